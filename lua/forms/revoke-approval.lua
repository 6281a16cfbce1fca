-- The coordinator's approval of a revocation. Article 25(2).
return form_fields {
	id = "revoke-approval", article = "25(2)",
	title = "云资源撤销审批表",
	fields = {
		field { key = "criteria_met", label = "是否符合规定条件", type = "bool", must = true, required = true, article = "25(2)1", help = "第二十四条（二）的情形成立" },
		field { key = "evidence_complete", label = "佐证材料是否齐全", type = "bool", must = true, required = true, article = "25(2)2" },
	},
}
