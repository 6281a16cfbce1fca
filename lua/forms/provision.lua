-- What the operator opened. Articles 15(1) and 15(2). No password stands in a ticket, ever.
return form_fields {
	id = "provision", article = "15(1)",
	title = "云资源开通情况表",
	fields = {
		field { key = "granted", label = "已开通资源", type = "list", required = true, article = "15(1)", help = "一台虚拟机一行，编号以后不变",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true, help = "云管理平台上的编号，全市不重复" },
				field { key = "name", label = "资源名称", type = "text", required = true, help = "与附件 2 的资源名称相同" },
				field { key = "type", label = "资源类型", type = "choice", required = true,
					choices = { "虚拟机", "PaaS 数据库", "PaaS 中间件（分布式服务框架）", "PaaS 容器", "PaaS 大数据平台", "硬件托管", "备份", "安全服务" } },
				field { key = "count", label = "数量", type = "integer", unit = "台（项）", min = 1, help = "不填为 1；按项计的服务填项数" },
				field { key = "vcpu", label = "vCPU", type = "integer", unit = "核", min = 0, required_when = { "is", "type", "虚拟机", "PaaS 数据库" } },
				field { key = "memory_gb", label = "内存", type = "integer", unit = "GB", min = 0, required_when = { "is", "type", "虚拟机", "PaaS 数据库" } },
				field { key = "storage_gb", label = "存储", type = "integer", unit = "GB", min = 0, required_when = { "is", "type", "虚拟机", "PaaS 数据库" } },
				field { key = "os", label = "操作系统", type = "text", required_when = { "is", "type", "虚拟机" } },
				field { key = "network", label = "网络区域", type = "text" },
				field { key = "opened_on", label = "开通日期", type = "date", required = true, article = "43", help = "自这一日起计费（第四十三条）" },
				field { key = "release", label = "发放说明", type = "text", help = "开通单号、内网地址等；不写口令" },
			} },
		field { key = "handover_sealed", label = "账号口令是否已密封移交", type = "bool", must = true, required = true, article = "15(2)",
			help = "口令只可密封移交，不得写入工单和附件" },
		field { key = "handover_list", label = "移交资料", type = "texts", required = true, article = "15(2)", help = "每份资料一行，例如部署操作手册" },
		field { key = "support_post", label = "技术支持岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
	},
}
