-- The coordinator's approval of a backup. Article 31(2).
return form_fields {
	id = "backup-approval", article = "31(2)",
	title = "云资源备份审批表",
	fields = {
		field { key = "criteria_met", label = "是否符合规定条件", type = "bool", must = true, required = true, article = "31(2)1", help = "备份理由充分，策略的各项参数符合实际需要" },
		field { key = "evidence_complete", label = "佐证材料是否齐全", type = "bool", must = true, required = true, article = "31(2)2" },
	},
}
