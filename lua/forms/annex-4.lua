-- 附件 4: the basis of a request for PaaS middleware or hardware hosting. Article 12(3).
return form_fields {
	id = "annex-4", annex = 4, article = "12(3)",
	title = "云资源申请依据",
	fields = {
		field { key = "basis_system", label = "系统架构说明", type = "long", required = true,
			help = "系统由哪些服务组成、怎样部署，为什么需要所申请的资源" },
		field { key = "basis_items", label = "申请依据", type = "list", required = true, article = "12(3)",
			help = "每项中间件或硬件托管一行，与附件 2 一致",
			columns = {
				field { key = "name", label = "资源名称", type = "text", required = true, help = "与附件 2 的资源名称相同" },
				field { key = "type", label = "资源类型", type = "choice", required = true,
					choices = { "PaaS 中间件（分布式服务框架）", "硬件托管" } },
				field { key = "count", label = "数量", type = "integer", unit = "台（项）", min = 1, required = true },
				field { key = "calculation", label = "测算过程", type = "text", required = true, help = "数量怎样算出，例如服务数、实例数、机柜单元数" },
				field { key = "necessity", label = "必要性", type = "text", required = true, help = "为什么不能用其他云资源代替" },
			} },
		field { key = "basis_function_points", label = "功能点数", type = "integer", unit = "个", min = 0,
			help = "有功能点报告的填写（第四十八条）" },
		field { key = "basis_device", label = "托管设备情况", type = "long",
			required_when = { "exists", "resources", { "is", "type", "硬件托管" } }, article = "12(3)2",
			help = "设备型号、数量、功率和网络要求" },
	},
}
