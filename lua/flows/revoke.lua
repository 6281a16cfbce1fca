-- 云资源撤销: chapter 5, annex 9.
return flow {
	id = "revoke", name = "云资源撤销", prefix = "CX", chapter = 5, article = "23", annex = 9,
	chart = "广东“数字政府”政务云梅州节点云资源撤销流程图",
	opens = { "tenant", "operator" },
	gathers = { { flow = "apply", same_system = true }, { flow = "revoke", same_system = true } },
	ledger = { does = "revokes", rows = "revoked", day = "revoked_on", mark = "撤销" },
	stages = {
		-- A list of parties without `each`: the kind that opened the ticket.
		stage { id = "request", name = "撤销申请发起", party = { "tenant", "operator" }, article = "24(1)",
			needs = {
				form { "annex-10", article = "24(1)" },
				paper { "撤销佐证材料", article = "24(1)" },
				check { "resources-exist", article = "24(1)" },
				check "revoke-ground",
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "approve" } } },
		stage { id = "approve", name = "撤销申请审批", party = "coordinator", article = "25(1)",
			limit = { working_days = 2 },
			needs = {
				form { "revoke-approval", article = "25(2)" },
				check "not-own-request",
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "plan" },
				outcome { id = "disagree", name = "不同意", to = "cancelled", back = true, opinion = true } } },
		stage { id = "plan", name = "制定撤销方案", party = "operator", article = "25(3)",
			needs = {
				form { "revoke-plan", article = "25(3)" },
				sections { article = "25(3)", "使用现状", "撤销原因", "撤销实施步骤", "时间安排" },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "plan-review" } } },
		stage { id = "plan-review", name = "方案审核", party = "coordinator", article = "25(3)",
			outcomes = {
				outcome { id = "pass", name = "通过", to = "confirm" },
				outcome { id = "return", name = "退回", to = "plan", back = true, opinion = true } } },
		stage { id = "confirm", name = "方案确认", party = "tenant", article = "25(3)",
			limit = { working_days = 2 },
			needs = {
				paper { "确认函", article = "25(3)" },
				paper { "书面说明", article = "25(3)", on = "disagree" },
				paper { "佐证材料", article = "25(3)", on = "disagree" },
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "prepare" },
				outcome { id = "disagree", name = "不同意", to = "plan", back = true, opinion = true } } },
		stage { id = "prepare", name = "准备", party = "tenant", article = "26.1",
			needs = { form { "revoke-prepare", article = "26.1" } },
			outcomes = { outcome { id = "ready", name = "就绪", to = "implement" } } },
		stage { id = "implement", name = "撤销", party = "operator", article = "26.2",
			limit = { until_field = "plan_due" },
			needs = { form { "revoke-done", article = "26.2" }, check "done-as-held" },
			outcomes = { outcome { id = "done", name = "完成", to = "submit" } } },
		stage { id = "submit", name = "提交", party = "operator", article = "26.3",
			owes = { copies { "bureau", article = "26.3", when = { "is", "tenant_level", "county" } } },
			outcomes = { outcome { id = "submit", name = "提交", to = "review" } } },
		stage { id = "review", name = "撤销复核", party = "reviewer", article = "27(1)",
			limit = { working_days = 2 },
			needs = { form { "revoke-review", article = "27(2)" } },
			outcomes = {
				outcome { id = "pass", name = "无误", to = "closed" },
				outcome { id = "problem", name = "有问题", to = "implement", back = true, opinion = true } } },
	},
	-- The reviewer follows the whole course and may add these out of turn.
	notices = { by = "reviewer", article = "27", "整改通知单", "工作警示", "通报" },
}
