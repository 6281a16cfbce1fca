-- The period to be paid: whole settled months. Article 47.
return form_fields {
	id = "pay-period", article = "47",
	title = "支付周期清单及费用汇总表",
	fields = {
		field { key = "period_from", label = "起始月份", type = "month", required = true },
		field { key = "period_to", label = "终止月份", type = "month", required = true, help = "含这一月；期内各月都须已结算" },
		field { key = "months", label = "各月费用", type = "list", required = true, help = "每个月一行",
			columns = {
				field { key = "month", label = "月份", type = "month", required = true },
				field { key = "ticket", label = "结算工单", type = "text", required = true, help = "该月的费用结算工单编号，例如 JS-20210610-…" },
				field { key = "amount", label = "金额", type = "decimal", unit = "元", min = 0, required = true },
			} },
		field { key = "total", label = "合计金额", type = "decimal", unit = "元", min = 0, required = true },
		field { key = "project_progress", label = "项目实施进度", type = "long", required = true },
	},
}
