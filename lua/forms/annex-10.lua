-- 附件 10: the request to take opened resources back. Article 24.
return form_fields {
	id = "annex-10", annex = 10, article = "24(1)",
	title = "广东“数字政府”政务云梅州节点 IaaS 资源撤销申请表",
	fields = {
		field { key = "contact_post", label = "联系岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
		field { key = "revoke_ground", label = "撤销情形", type = "choice", required = true, article = "24(2)",
			choices = { "发放超过 30 天未开展部署", "发放超过 60 天未完成部署", "发放超过 90 天未检测上线", "系统调整不再使用" },
			help = "前三种的天数由程序按申请工单的办理记录计算" },
		field { key = "revoke_reason", label = "撤销理由", type = "long", article = "24(2)4",
			required_when = { "is", "revoke_ground", "系统调整不再使用" },
			help = "系统有什么变动、为什么不再需要（第二十四条（二）⒋须写明）" },
		field { key = "wanted_on", label = "希望完成日期", type = "date" },
		field { key = "resources", label = "撤销资源", type = "list", required = true, help = "每个资源一行",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true, help = "发放单上的编号" },
				field { key = "name", label = "资源名称", type = "text", required = true },
				field { key = "type", label = "资源类型", type = "choice", required = true,
					choices = { "虚拟机", "PaaS 数据库", "PaaS 中间件（分布式服务框架）", "PaaS 容器", "PaaS 大数据平台", "硬件托管", "备份", "安全服务" } },
				field { key = "vcpu", label = "现有 vCPU", type = "integer", unit = "核", min = 0 },
				field { key = "memory_gb", label = "现有内存", type = "integer", unit = "GB", min = 0 },
				field { key = "storage_gb", label = "现有存储", type = "integer", unit = "GB", min = 0 },
				field { key = "remark", label = "说明", type = "text" },
			} },
	},
}
