-- The reviewer's check of the month's list and fees. Article 45.
return form_fields {
	id = "settle-check", article = "45",
	title = "清单和费用复核表",
	fields = {
		field { key = "list_checked", label = "清单是否已复核", type = "bool", must = true, required = true },
		field { key = "fees_checked", label = "费用是否已复核", type = "bool", must = true, required = true },
		field { key = "month_changes", label = "本月变动资源", type = "list", required_when = { "exists", "fees", { "filled", "change" } },
			help = "被结算月份新增、调整、撤销、备份的资源，每项一行",
			columns = {
				field { key = "resource", label = "资源编号", type = "text", required = true },
				field { key = "change", label = "变动", type = "choice", required = true, choices = { "新增", "调整", "撤销", "备份" } },
				field { key = "delivered_on", label = "清单上的交付日期", type = "date", required = true, help = "须与工单的办理记录一致" },
				field { key = "matches", label = "是否与实际一致", type = "bool", must = true, required = true },
				field { key = "remark", label = "说明", type = "text", required_when = { "is", "matches", false }, help = "不一致的写明哪里不符" },
			} },
	},
}
