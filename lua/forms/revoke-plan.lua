-- The dates of a revocation's plan; its text is the ticket's body. Article 25(3).
return form_fields {
	id = "revoke-plan", article = "25(3)",
	title = "云资源撤销方案安排表",
	fields = {
		field { key = "plan_start", label = "计划开始日期", type = "date", required = true },
		field { key = "plan_due", label = "计划完成日期", type = "date", required = true, article = "26.2", help = "“撤销”环节以这一日为限（第二十六条⒉）" },
		field { key = "plan_post", label = "实施岗位", type = "text", required = true, help = "填岗位，不填个人姓名和电话" },
	},
}
