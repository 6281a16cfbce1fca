-- The operator's assessment of a backup request. Article 30.
return form_fields {
	id = "backup-assessment", article = "30",
	title = "云资源备份评估表",
	fields = {
		field { key = "backup_policy_opinion", label = "对备份策略的意见", type = "long", required = true, help = "与备份需求方沟通后，策略怎样完善" },
		field { key = "backup_compliant", label = "是否合规", type = "bool", required = true },
		field { key = "backup_reasonable", label = "是否合理", type = "bool", required = true, help = "类型、策略和保存期限与实际需要相称" },
	},
}
