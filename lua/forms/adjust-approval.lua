-- The coordinator's approval of an adjustment. Article 20(2).
return form_fields {
	id = "adjust-approval", article = "20(2)",
	title = "云资源调整审批表",
	fields = {
		field { key = "criteria_met", label = "是否符合规定条件", type = "bool", must = true, required = true, article = "20(2)1", help = "扩容、缩容的各项指标达到第十九条的标准" },
		field { key = "evidence_complete", label = "佐证材料是否齐全", type = "bool", must = true, required = true, article = "20(2)2" },
	},
}
