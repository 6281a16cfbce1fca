-- The reviewer's full check of a backup policy. Article 33(2).
return form_fields {
	id = "backup-review", article = "33(2)",
	title = "云资源备份复核表",
	fields = {
		field { key = "checked_all", label = "是否逐项核查", type = "bool", must = true, required = true, help = "须全部核查，不得抽查（第三十三条（二））" },
		field { key = "checks", label = "核查结果", type = "list", required = true, help = "备份实施表的每台虚拟机一行",
			columns = {
				field { key = "id", label = "资源编号", type = "text", required = true },
				field { key = "matches", label = "是否与工单相符", type = "bool", must = true, required = true },
				field { key = "remark", label = "说明", type = "text", required_when = { "is", "matches", false }, help = "不相符的写明哪里不符" },
			} },
		field { key = "done_on_time", label = "是否按时完成", type = "bool", required = true },
	},
}
