-- The reviewer's full check of what was opened. Article 16(2).
return form_fields {
	id = "provision-check", article = "16(2)",
	title = "云资源发放核查表",
	fields = {
		field { key = "checked_all", label = "是否逐项核查", type = "bool", must = true, required = true, help = "须全部核查，不得抽查（第十六条（二））" },
		field { key = "checks", label = "核查结果", type = "list", required = true, help = "开通情况表的每个资源一行",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true },
				field { key = "matches", label = "是否与工单相符", type = "bool", must = true, required = true },
				field { key = "remark", label = "说明", type = "text", required_when = { "is", "matches", false }, help = "不相符的写明哪里不符" },
			} },
		field { key = "provision_on_time", label = "是否按时发放", type = "bool", required = true, help = "延期的须发工作警示并存档（第十六条（三））" },
	},
}
