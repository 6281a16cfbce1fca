-- 云资源申请: chapter 3, annex 1.
local large_vm = { "exists", "resources", { "all", { "is", "type", "虚拟机" }, { "any", { "gt", { "value", "vcpu" }, 8 }, { "gt", { "value", "memory_gb" }, 32 } } } }
local large_storage = { "exists", "resources", { "gt", { "value", "storage_gb" }, reading_value "storage-each" } }
local needs_annex_4 = { "exists", "resources", { "is", "type", "PaaS 中间件（分布式服务框架）", "硬件托管" } }
local database = { "is", "type", "PaaS 数据库" }
local needs_annex_5 = { "any",
	{ "ge", { "sum", "resources", { "vcpu", "count" }, database }, 20 },
	{ "ge", { "sum", "resources", { "memory_gb", "count" }, database }, 40 },
	{ "exists", "resources", { "is", "type", "PaaS 容器", "PaaS 大数据平台" } } }
local migrating = { "is", "kind", "迁云" }

return flow {
	id = "apply", name = "云资源申请", prefix = "SQ", chapter = 3, article = "10", annex = 1,
	chart = "广东“数字政府”政务云梅州节点云资源申请流程图",
	opens = "tenant",
	gathers = { { flow = "apply", same_system = true } },
	ledger = { does = "opens", rows = "granted", day = "opened_on", mark = "新增" },
	stages = {
		stage { id = "plan", name = "实施方案制定", party = "tenant", article = "11",
			needs = {
				sections { article = "11", "系统现状描述", "云资源需求", "实施步骤及时间", "影响面评估", "回退方案", "应急保障措施" },
			},
			outcomes = { outcome { id = "submit", name = "提交", to = "request" } } },
		stage { id = "request", name = "需求发起", party = "tenant", article = "12",
			needs = {
				form { "annex-2", article = "12(1)" },
				paper { "实施方案", article = "12(2)2", when = migrating },
				paper { "立项方案", article = "12(2)2", when = { "not", migrating } },
				form { "annex-4", article = "12(3)", when = needs_annex_4, serves = { "12(3)1", "12(3)2" } },
				paper { "附件4 云资源申请依据", article = "12(3)", when = needs_annex_4 },
				form { "annex-5", article = "12(4)", when = needs_annex_5, serves = { "12(4)1", "12(4)2", "12(4)3" } },
				paper { "附件5 系统测试报告", article = "12(4)", when = needs_annex_5 },
				paper { "存储需求书面说明", article = "13(2)4", when = large_storage },
				check "system-name",
			},
			outcomes = { outcome { id = "submit", name = "提交", to = { county = "forward", city = "intake" } } } },
		stage { id = "forward", name = "汇总提交", party = "bureau", article = "12(1)",
			limit = { working_days = 1 },
			outcomes = {
				outcome { id = "forward", name = "汇总", to = "intake" },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		stage { id = "intake", name = "受理转交", party = "coordinator", article = "13(1)",
			limit = { prompt = true },
			outcomes = {
				outcome { id = "pass-on", name = "转交", to = "assess" },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		stage { id = "assess", name = "需求评估", party = "operator", article = "13(1)",
			limit = { working_days = 3 },
			needs = {
				form { "assessment", article = "13(2)1" },
				paper { "评估意见", article = "13(1)" },
				check "first-application",
				check "totals-within-proposal",
				check { "large-vm-remark", when = large_vm },
				check { "large-storage-agreed", when = large_storage },
				check "system-name",
			},
			outcomes = {
				outcome { id = "assess", name = "出具意见", to = "approve", opinion = true },
				outcome { id = "return", name = "退回补正", to = "request", back = true, opinion = true } } },
		stage { id = "approve", name = "需求审批", party = "coordinator", article = "14(1)",
			limit = { working_days = 3 },
			needs = {
				form { "approval", article = "14(2)" },
				check "not-own-request",
			},
			outcomes = {
				outcome { id = "agree", name = "同意", to = "provision", opinion = true },
				outcome { id = "disagree", name = "不同意", to = "refuse", back = true, opinion = true } } },
		stage { id = "refuse", name = "通知取消", party = "operator", article = "14(1)",
			limit = { prompt = true },
			outcomes = { outcome { id = "notified", name = "已通知", to = "cancelled" } } },
		stage { id = "provision", name = "资源发放", party = "operator", article = "15(1)",
			limit = { working_days = 3 },
			needs = {
				form { "provision", article = "15(1)" },
				paper { "发放测试记录", article = "15(1)" },
				paper { "部署操作手册", article = "15(2)" },
			},
			outcomes = { outcome { id = "deliver", name = "交付确认", to = "confirm" } } },
		stage { id = "confirm", name = "开通确认", party = "tenant", article = "15(2)",
			limit = { working_days = 3 },
			needs = { form { "confirmation", article = "15(2)" } },
			outcomes = {
				outcome { id = "confirm", name = "确认", to = "report" },
				outcome { id = "problem", name = "有问题", to = "provision", back = true, opinion = true } } },
		stage { id = "report", name = "结果反馈", party = "operator", article = "15(3)",
			limit = { prompt = true },
			needs = { paper { "发放结果单", article = "15(3)" } },
			owes = { copies { "coordinator", "reviewer", article = "15(3)" }, copies { "bureau", article = "15(3)", when = { "is", "tenant_level", "county" } } },
			outcomes = { outcome { id = "report", name = "反馈", to = "check" } } },
		stage { id = "check", name = "发放核查", party = "reviewer", article = "16(1)",
			limit = { working_days = 2 },
			needs = {
				form { "provision-check", article = "16(2)" },
				check "late-provision-warned",
				paper { "核查意见", article = "16(1)" },
				paper { "整改通知单", article = "16(3)", on = "rectify" },
			},
			owes = { copies { "coordinator", "operator", article = "16(4)", on = "pass" } },
			outcomes = {
				outcome { id = "pass", name = "无误", to = "deploy" },
				outcome { id = "rectify", name = "整改", to = "rectify", back = true, opinion = true } } },
		stage { id = "rectify", name = "发放整改", party = "operator", article = "16(3)",
			needs = {
				paper { "整改通知单", article = "16(3)" },
				form { "provision", article = "16(3)" }, -- put right here what was provisioned wrongly
			},
			outcomes = { outcome { id = "rectified", name = "已整改", to = "check" } } },
		stage { id = "deploy", name = "系统部署", party = "tenant", article = "17(1)",
			limit = { working_days = 20, from = reading_value "deploy-start" },
			needs = { form { "deployment", article = "17(2)" } },
			owes = { copies { "operator", article = "17(2)" } },
			outcomes = { outcome { id = "deployed", name = "部署完成", to = "test-request" } } },
		stage { id = "test-request", name = "申请安全检测", party = "tenant", article = "17(2)",
			limit = { working_days = 2 },
			needs = { form { "annex-6", article = "17(2)" } },
			outcomes = { outcome { id = "request", name = "申请", to = "test" } } },
		stage { id = "test", name = "安全检测", party = "coordinator", article = "17(3)",
			limit = { working_days = 5 },
			again = { working_days = 10, from = { stage = "test", which = "first" } },
			needs = {
				paper { "安全检测报告", article = "17(3)" },
				paper { "安全检测报告", article = "17(3)", on = "problem" },
			},
			outcomes = {
				outcome { id = "pass", name = "通过", to = "golive" },
				outcome { id = "problem", name = "有问题", to = "remedy", back = true, opinion = true } } },
		stage { id = "remedy", name = "安全整改", party = "tenant", article = "17(3)",
			limit = { working_days = 10, from = { stage = "test", which = "first" } },
			outcomes = { outcome { id = "rectified", name = "已整改", to = "test" } } },
		stage { id = "golive", name = "系统上线", party = "tenant", article = "17(4)",
			limit = { working_days = 2 },
			owes = { copies { "operator", article = "17(4)" } },
			outcomes = { outcome { id = "go-live", name = "上线", to = "closed" } } },
	},
	-- What the reviewer may add to a ticket out of turn: 16(3), 17(5).
	notices = { by = "reviewer", article = "17(5)", "整改通知单", "工作警示", "通报" },
	online = { stage = "golive", outcome = "go-live", article = "17(4)" },
}
