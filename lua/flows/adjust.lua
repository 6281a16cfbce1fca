-- 云资源调整: chapter 4, annex 7.
return flow {
	id = "adjust", name = "云资源调整", prefix = "TZ", chapter = 4, article = "18", annex = 7,
	chart = "广东“数字政府”政务云梅州节点云资源调整流程图",
	opens = { "tenant", "operator" },
	gathers = { { flow = "apply", same_system = true }, { flow = "revoke", same_system = true } },
	ledger = { does = "adjusts", rows = "adjusted", day = "adjusted_on", mark = "调整" },
	stages = {
		-- A list of parties without `each`: the kind that opened the ticket.
		stage { id = "request", name = "调整需求发起", party = { "tenant", "operator" }, article = "19(1)",
			needs = {
				form { "annex-8", article = "19(1)" },
				paper { "调整佐证材料", article = "19(1)" },
				check "resources-exist",
				check "figures-as-measured",
				check "figures-differ",
				check { "scale-out-evidence", when = { "exists", "resources", { "is", "direction", "扩容" } } },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "approve" } } },
		stage { id = "approve", name = "调整需求审批", party = "coordinator", article = "20(1)",
			limit = { working_days = 2 },
			needs = {
				form { "adjust-approval", article = "20(2)" },
				check "not-own-request",
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "plan" },
				outcome { id = "disagree", name = "不同意", to = "cancelled", back = true, opinion = true } } },
		stage { id = "plan", name = "制定调整方案", party = "operator", article = "20(3)",
			needs = {
				form { "adjust-plan", article = "20(3)" },
				sections { article = "20(3)", "使用现状", "调整原因", "调整内容", "实施步骤及时间安排" },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "plan-review" } } },
		stage { id = "plan-review", name = "方案审核", party = "coordinator", article = "20(3)",
			outcomes = {
				outcome { id = "pass", name = "通过", to = "confirm" },
				outcome { id = "return", name = "退回", to = "plan", back = true, opinion = true } } },
		stage { id = "confirm", name = "方案确认", party = "tenant", article = "20(3)",
			limit = { working_days = 2 },
			needs = {
				paper { "确认函", article = "20(3)" },
				paper { "书面说明", article = "20(3)", on = "disagree" },
				paper { "佐证材料", article = "20(3)", on = "disagree" },
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "prepare" },
				outcome { id = "disagree", name = "不同意", to = "plan", back = true, opinion = true } } },
		stage { id = "prepare", name = "准备", party = "tenant", article = "21(1)1",
			needs = { form { "adjust-prepare", article = "21(1)1" } },
			outcomes = { outcome { id = "ready", name = "就绪", to = "implement" } } },
		stage { id = "implement", name = "调整", party = "operator", article = "21(1)2",
			limit = { until_field = "plan_due" },
			needs = { form { "adjust-done", article = "21(1)2" }, check "done-as-held" },
			outcomes = { outcome { id = "done", name = "完成", to = "trial" } } },
		stage { id = "trial", name = "测试", party = "tenant", article = "21(1)3",
			needs = { form { "trial", article = "21(1)3" } },
			outcomes = {
				outcome { id = "pass", name = "通过", to = "submit" },
				outcome { id = "problem", name = "有问题", to = "implement", back = true, opinion = true } } },
		stage { id = "submit", name = "提交", party = "operator", article = "21(1)4",
			owes = { copies { "bureau", article = "21(1)4", when = { "is", "tenant_level", "county" } } },
			outcomes = { outcome { id = "submit", name = "提交", to = "review" } } },
		stage { id = "review", name = "调整复核", party = "reviewer", article = "22(1)",
			limit = { working_days = 2 },
			needs = { form { "adjust-review", article = "22(2)" } },
			outcomes = {
				outcome { id = "pass", name = "无误", to = "closed" },
				outcome { id = "problem", name = "有问题", to = "implement", back = true, opinion = true } } },
	},
	-- The reviewer follows the whole course and may add these out of turn.
	notices = { by = "reviewer", article = "22", "整改通知单", "工作警示", "通报" },
}
