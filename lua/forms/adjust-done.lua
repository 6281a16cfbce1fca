-- The resources as adjusted. Article 21(1)2.
return form_fields {
	id = "adjust-done", article = "21(1)2",
	title = "云资源调整结果表",
	fields = {
		field { key = "adjusted", label = "已调整资源", type = "list", required = true, help = "每个资源一行；配置填调整后的值，不变的不填",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true },
				field { key = "name", label = "资源名称", type = "text", required = true },
				field { key = "type", label = "资源类型", type = "choice", required = true, choices = { "虚拟机", "PaaS 数据库", "PaaS 容器" } },
				field { key = "count", label = "数量", type = "integer", unit = "台（项）", min = 1 },
				field { key = "vcpu", label = "vCPU", type = "integer", unit = "核", min = 0,
					required_when = { "not", { "any", { "filled", "count" }, { "filled", "memory_gb" }, { "filled", "storage_gb" } } },
					help = "各项配置至少填一项" },
				field { key = "memory_gb", label = "内存", type = "integer", unit = "GB", min = 0 },
				field { key = "storage_gb", label = "存储", type = "integer", unit = "GB", min = 0 },
				field { key = "adjusted_on", label = "调整日期", type = "date", required = true, article = "43", help = "自这一日起按新配置计费" },
				field { key = "remark", label = "说明", type = "text" },
			} },
		field { key = "adjust_checked", label = "是否已检查确认", type = "bool", must = true, required = true },
	},
}
