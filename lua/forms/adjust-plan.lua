-- The dates of an adjustment's plan; its text is the ticket's body. Article 20(3).
return form_fields {
	id = "adjust-plan", article = "20(3)",
	title = "云资源调整方案安排表",
	fields = {
		field { key = "plan_start", label = "计划开始日期", type = "date", required = true },
		field { key = "plan_due", label = "计划完成日期", type = "date", required = true, article = "21(1)2", help = "“调整”环节以这一日为限（第二十一条（一）⒉）" },
		field { key = "downtime_needed", label = "是否需要停机", type = "bool", required = true },
		field { key = "downtime_window", label = "停机时段", type = "text", required_when = { "is", "downtime_needed", true }, help = "例如“6 月 5 日 22 时至次日 2 时”" },
		field { key = "plan_post", label = "实施岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
	},
}
