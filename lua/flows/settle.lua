-- 费用结算: chapter 8, articles 43 to 46. One ticket a month of use; annex 13 is its form.
return flow {
	id = "settle", name = "费用结算", prefix = "JS", chapter = 8, article = "41",
	chart = "费用结算流程图（第四十三条至第四十六条）",
	opens = "operator",
	gathers = { { flow = "settle" }, { flow = "apply" } },
	ledger = { does = "settles", rows = "fees", day = "month", changes = "month_changes" },
	stages = {
		stage { id = "export", name = "费用统计", party = "operator", article = "44",
			limit = { day_of_next_month = reading_value "export-15", field = "month" },
			needs = {
				form { "annex-13", article = "43" },
				paper { "云资源使用清单", article = "44" },
				check "table-differences-explained",
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "verify" } } },
		stage { id = "verify", name = "费用复核", party = "reviewer", article = "45",
			limit = { day_of_next_month = reading_value "settle-25", field = "month" },
			needs = {
				form { "settle-check", article = "45" },
				check "check-dates",
			},
			outcomes = {
				outcome { id = "match", name = "一致", to = "approve" },
				outcome { id = "mismatch", name = "有差异", to = "export", back = true, opinion = true } } },
		stage { id = "approve", name = "费用审核", party = "coordinator", article = "46",
			outcomes = {
				outcome { id = "agree", name = "同意", to = "sign" },
				outcome { id = "disagree", name = "不同意", to = "verify", back = true, opinion = true } } },
		stage { id = "sign", name = "三方签章", party = { "coordinator", "operator", "reviewer" }, each = true, article = "46",
			needs = { check "signatures-same-table" },
			outcomes = { outcome { id = "sign", name = "签章", to = "closed" } } },
	},
}
