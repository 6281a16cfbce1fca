-- 云资源备份: chapter 6, annex 11. A backup asked for inside an apply ticket runs with that ticket (29).
return flow {
	id = "backup", name = "云资源备份", prefix = "BF", chapter = 6, article = "28", annex = 11,
	chart = "广东“数字政府”政务云梅州节点云资源备份流程图",
	opens = "tenant",
	gathers = { { flow = "apply", same_system = true }, { flow = "revoke", same_system = true } },
	ledger = { does = "backs-up", rows = "backed_up", day = "effective_at", mark = "备份", type = "备份" },
	stages = {
		stage { id = "request", name = "备份申请", party = "tenant", article = "29",
			needs = {
				form { "annex-12", article = "29" },
				check { "resources-exist", article = "29" },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = { county = "forward", city = "intake" } } } },
		stage { id = "forward", name = "汇总提交", party = "bureau", article = "30",
			limit = { working_days = 1 },
			outcomes = {
				outcome { id = "forward", name = "汇总", to = "intake" },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		-- For a tenant of the city the coordinator is itself the bureau of its level, so here the day counts too.
		stage { id = "intake", name = "受理转交", party = "coordinator", article = "30",
			limit = { working_days = 1 },
			outcomes = {
				outcome { id = "pass-on", name = "转交", to = "assess" },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		stage { id = "assess", name = "备份需求评估", party = "operator", article = "30",
			limit = { working_days = 3 },
			needs = {
				form { "backup-assessment", article = "30" },
				paper { "评估意见", article = "30" },
			},
			outcomes = {
				outcome { id = "assess", name = "出具意见", to = "approve", opinion = true },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		stage { id = "approve", name = "备份需求审批", party = "coordinator", article = "31(1)",
			limit = { working_days = 2 },
			needs = {
				form { "backup-approval", article = "31(2)" },
				check "not-own-request",
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "implement" },
				outcome { id = "disagree", name = "不同意", to = "refuse", back = true, opinion = true } } },
		stage { id = "refuse", name = "通知取消", party = "operator", article = "31(1)",
			limit = { prompt = true },
			outcomes = { outcome { id = "notified", name = "已通知", to = "cancelled" } } },
		stage { id = "implement", name = "备份实施", party = "operator", article = "32(1)",
			limit = { working_days = 3 },
			needs = {
				form { "backup-done", article = "32(1)" },
				paper { "备份检查记录", article = "32(1)" },
			},
			outcomes = { outcome { id = "effective", name = "生效", to = "confirm" } } },
		stage { id = "confirm", name = "有效性确认", party = "tenant", article = "32(2)",
			limit = { until_field = "effective_day" },
			needs = { form { "backup-confirm", article = "32(2)" } },
			outcomes = {
				outcome { id = "match", name = "一致", to = "submit" },
				outcome { id = "mismatch", name = "不一致", to = "implement", back = true, opinion = true } } },
		stage { id = "submit", name = "提交", party = "operator", article = "32(3)",
			owes = { copies { "bureau", article = "32(3)", when = { "is", "tenant_level", "county" } } },
			outcomes = { outcome { id = "submit", name = "提交", to = "review" } } },
		stage { id = "review", name = "备份复核", party = "reviewer", article = "33(1)",
			limit = { working_days = 2 },
			needs = { form { "backup-review", article = "33(2)" } },
			outcomes = {
				outcome { id = "pass", name = "无误", to = "closed" },
				outcome { id = "problem", name = "有问题", to = "implement", back = true, opinion = true } } },
	},
	-- The reviewer follows the whole course and may add these out of turn.
	notices = { by = "reviewer", article = "33", "整改通知单", "工作警示", "通报" },
}
