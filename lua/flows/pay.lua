-- 费用支付: article 47. One ticket a period of whole settled months.
return flow {
	id = "pay", name = "费用支付", prefix = "ZF", chapter = 8, article = "47",
	chart = "费用支付流程图（第四十七条）",
	opens = "coordinator",
	gathers = { { flow = "settle" }, { flow = "pay" } },
	stages = {
		stage { id = "start", name = "发起支付", party = "coordinator", article = "47",
			needs = {
				form { "pay-period", article = "47" },
				check "periods-settled",
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "confirm" } } },
		stage { id = "confirm", name = "三方确认", party = { "coordinator", "operator", "reviewer" }, each = true, article = "47",
			outcomes = { outcome { id = "confirm", name = "确认", to = "claim" } } },
		stage { id = "claim", name = "报账支付", party = "coordinator", article = "47",
			outcomes = { outcome { id = "claim", name = "报账", to = "closed" } } },
	},
}
