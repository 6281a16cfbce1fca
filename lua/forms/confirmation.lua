-- The tenant's three checks of what was opened. Article 15(2).
return form_fields {
	id = "confirmation", article = "15(2)",
	title = "云资源开通确认表",
	fields = {
		field { key = "compute_ok", label = "计算资源是否相符", type = "bool", must = true, required = true, help = "数量、vCPU、内存、存储与开通情况表一致" },
		field { key = "os_ok", label = "操作系统测试是否正常", type = "bool", must = true, required = true, help = "版本相符，能登录使用" },
		field { key = "network_ok", label = "网络环境测试是否正常", type = "bool", must = true, required = true, help = "网络区域相符，能按需互通" },
		field { key = "confirm_remark", label = "确认说明", type = "long" },
	},
}
