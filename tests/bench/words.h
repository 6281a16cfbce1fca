/*
 * The words of the bench's tickets: what each move says and what it brings along. When a form in
 * lua/forms changes its keys, this is the file to follow.
 *
 * In every text: {name} is replaced by a fact of the ticket (see put_fact in generate.c), {4-16} by
 * a number of that range, [a|b|c] by one of the choices. A `\t` ends one paper of `papers`.
 */
/* tables are read as tables */
/* clang-format off */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

enum kind { TENANT, BUREAU, COORDINATOR, OPERATOR, REVIEWER, KIND_COUNT };

static const char *const kind_names[KIND_COUNT] = {
	"tenant", "bureau", "coordinator", "operator", "reviewer"
};

enum { SAME_DAY = -1, NO_LIMIT = 0 };

struct flow {
	const char *id, *prefix, *title;
	const char *head;	/* the fields that are there when the ticket is opened */
	const char *body;
};

/* A move by a party out of `from`; `from` equal to `to` is an edit, no `from` opens the ticket. */
struct move {
	const char *flow, *from, *to;
	enum kind by;
	int limit_days;		/* of the stage that is left, in working days */
	const char *says;
	const char *fields;	/* front matter added by this commit */
	const char *papers;	/* "kind=text\t…": attachments added by this commit */
};

/* `base` counts for backup and access only. Ten tickets make a group; the lengths of a group's trails sum to 80 commits. */
struct plan {
	const char *flow;
	int city;
	const char *trail;
	int base;		/* of the group: the finished request whose machines it is about */
};

#define APPLY_START "plan request intake assess approve provision confirm "
#define COUNTY_START "plan request forward intake assess approve provision "
#define APPLY_END "report check deploy test-request test "

static const struct plan groups[][10] = {
	{
		{ "apply", 1, APPLY_START APPLY_END "golive closed", -1 },
		{ "apply", 1, "plan plan plan plan", -1 },
		{ "apply", 0, COUNTY_START, -1 },
		{ "backup", 1, "request intake assess approve implement confirm submit review closed", 0 },
		{ "apply", 1, APPLY_START "report check", -1 },
		{ "access", 1, "request open closed", 0 },
		{ "apply", 0, COUNTY_START "confirm " APPLY_END "golive closed", -1 },
		{ "apply", 0, "plan request forward intake request forward intake assess approve", -1 },
		{ "backup", 0, "request forward intake assess approve implement", 6 },
		{ "apply", 1, "plan request intake assess", -1 },
	}, {
		{ "apply", 1, APPLY_START APPLY_END "remedy test golive closed", -1 },
		{ "apply", 1, "plan plan plan plan", -1 },
		{ "apply", 0, COUNTY_START, -1 },
		{ "backup", 1, "request intake assess approve implement confirm submit review closed", 0 },
		{ "apply", 1, APPLY_START "report check", -1 },
		{ "access", 1, "request open closed", 0 },
		{ "apply", 0, COUNTY_START "confirm " APPLY_END "golive closed", -1 },
		{ "apply", 0, "plan request forward intake request forward intake", -1 },
		{ "backup", 0, "request forward intake assess approve implement", 6 },
		{ "apply", 1, "plan request intake assess", -1 },
	}, {
		{ "apply", 1, APPLY_START APPLY_END "golive closed", -1 },
		{ "apply", 1, "plan plan plan plan", -1 },
		{ "apply", 0, "plan request forward intake", -1 },
		{ "backup", 1, "request intake assess approve implement confirm submit review closed", 0 },
		{ "apply", 1, APPLY_START "report check", -1 },
		{ "access", 1, "request open closed", 0 },
		{ "apply", 0, COUNTY_START "confirm " APPLY_END "golive closed", -1 },
		{ "apply", 0, "plan request forward intake request forward intake assess approve", -1 },
		{ "backup", 0, "request forward intake assess approve implement", 6 },
		{ "apply", 1, "plan request intake assess approve refuse cancelled", -1 },
	},
};

/* What is left over after the last whole group: trails of exactly eight commits. */
static const struct plan rest = { "apply", 1, APPLY_START "report", -1 };

static const struct flow flows[] = {
	{ "apply", "SQ", "{system}云资源申请",
	  "kind: {kind}\n"
	  "first: 是\n"
	  "contact_post: [信息中心系统管理岗|办公室信息化岗|科技信息科综合岗|机关党委信息员岗]\n"
	  "purpose: 面向[全市企业和群众|本系统工作人员|各县（市、区）对口科室|乡镇和街道窗口]提供"
	  "[在线受理|数据归集|业务协同|统计分析]服务，日均业务量约{3-90}00笔，"
	  "依据[年度信息化建设计划|市政府重点工作安排|省厅业务系统部署要求]建设{revised}\n"
	  "dedicated_pool: 否\n"
	  "resources:\n{rows}"
	  "proposal:\n{totals}"
	  "plan_system: {system}\n",
	  "## 系统现状描述\n\n{system}由{unit}建设和管理，主要承担[业务受理、流转和归档|数据采集、核对和上报|"
	  "信息公开和查询|内部审批和督办]等功能，注册用户约{2-60}00人。现有物理服务器{2-9}台，"
	  "部署在[单位机房|县级机房|租用机房]，经[电子政务外网|业务专网]互联，近三个月处理器平均使用率约{15-65}%，"
	  "内存平均使用率约{20-70}%，已用存储约{80-480}GB。{now}\n\n"
	  "## 云资源需求\n\n{table}\n"
	  "## 实施步骤及时间\n\n"
	  "1. 第{1-2}周：核对资产和依赖关系，完成云上环境准备。\n"
	  "2. 第{3-4}周：部署应用和数据库，迁移历史数据，核对记录数和校验值。\n"
	  "3. 第{5-6}周：联调接口，完成功能测试和压力测试。\n"
	  "4. 第{7-8}周：切换上线，观察[三|五|七]个工作日。\n\n{revisions}"
	  "## 影响面评估\n\n切换期间[受理窗口|网上办事入口|数据上报接口]暂停约{1-6}小时，"
	  "安排在[周末|夜间|非申报期]进行，已书面告知{3-20}个相关单位。\n\n"
	  "## 回退方案\n\n保留原服务器和原数据库{10-30}天；切换后{2-8}小时内出现[数据不一致|接口中断|性能不达标]且无法修复的，"
	  "恢复原入口地址，回写增量数据。\n\n"
	  "## 应急保障措施\n\n成立由分管负责人牵头的应急小组，[每日|每两小时|每半日]报告一次运行情况；"
	  "重要数据在切换前做[一份|两份]离线备份，备用联系渠道为政务邮箱和粤政易。\n" },
	{ "backup", "BF", "{system}云资源备份",
	  "{backups}",
	  "## 备份说明\n\n{system}已在云上运行，{unit}申请对下列虚拟机定期备份，"
	  "以[防误删|满足等级保护要求|保障年度核算]。备份窗口选在业务低谷，不影响[受理窗口|数据上报|对外查询]。"
	  "每[月|季度|半年]抽取一份做恢复演练，演练结果由系统管理岗登记。\n\n{backup-table}\n"
	  "## 恢复要求\n\n恢复点目标{4-24}小时，恢复时间目标{2-8}小时；恢复由[信息中心|办公室|运维科室]提出，"
	  "评估实施单位操作，双方当日确认。保存期满的备份由评估实施单位清除，并留存清除记录。\n" },
	{ "access", "FW", "{system}远程访问申请",
	  "{access}",
	  "## 申请说明\n\n{unit}因{system}[日常维护|版本升级|接口联调|故障处理]需要，申请开通下列访问。"
	  "账号与使用人一一对应，登录使用本人手机短信验证；端口只对列明的源地址开放，到期自动关闭。\n\n"
	  "## 安全承诺\n\n不多人共用账号，不转借他人，[离岗|调岗|合同到期]当日书面通知评估实施单位注销；"
	  "操作在堡垒机留痕，保存{6-12}个月。\n" },
};

static const struct move moves[] = {
	{ "apply", NULL, "plan", TENANT, NO_LIMIT,
	  "[新建|起草|拟定]{system}实施方案", "", "" },
	{ "apply", "plan", "plan", TENANT, NO_LIMIT,
	  "[按会议意见修订实施方案|补充实施步骤|核对资源需求后修订]", "", "" },
	{ "apply", "plan", "request", TENANT, NO_LIMIT,
	  "实施方案已定稿，[转入需求发起|请予受理|提交审核]", "", "" },
	{ "apply", "request", "forward", TENANT, NO_LIMIT,
	  "提交资源申请表，[请汇总上报|请予汇总]", "",
	  "{basis}={system}{basis}\n\n一、建设依据：年度信息化建设计划。\n二、资源总量见申请表。\n三、本件与原件一致。\n" },
	{ "apply", "request", "intake", TENANT, NO_LIMIT,
	  "提交资源申请表，[请予受理|请审核]", "",
	  "{basis}={system}{basis}\n\n一、建设依据：年度信息化建设计划。\n二、资源总量见申请表。\n三、本件与原件一致。\n" },
	{ "apply", "forward", "intake", BUREAU, 1,
	  "已核对申请表，[同意汇总上报|材料齐全，汇总提交]", "", "" },
	{ "apply", "intake", "request", COORDINATOR, NO_LIMIT,
	  "退回补正：[申请表用途说明不清，请补充业务量依据|资源总量与方案不一致，请核对]", "", "" },
	{ "apply", "intake", "assess", COORDINATOR, NO_LIMIT,
	  "材料齐全，[转交评估|请评估实施单位评估]", "", "" },
	{ "apply", "assess", "approve", OPERATOR, 3,
	  "经[现场调研|核对监控数据|与使用单位沟通]，申请量与业务量相符，预计上云后使用率达标，建议同意",
	  "{assessment}",
	  "评估意见=评估意见\n\n{system}：现有配置已核实，申请量合理，预计使用率符合负载标准。\n" },
	{ "apply", "approve", "provision", COORDINATOR, 3,
	  "[同意|符合建设要求，同意|同意按评估意见办理]", "{approval}", "" },
	{ "apply", "approve", "refuse", COORDINATOR, 3,
	  "不同意：[与已建系统功能重复|未列入年度计划]，请整合后再报", "{approval}", "" },
	{ "apply", "refuse", "cancelled", OPERATOR, NO_LIMIT, "已通知使用单位，工单取消", "", "" },
	{ "apply", "provision", "confirm", OPERATOR, 3,
	  "资源已全部开通并测试，[请确认|交付使用单位]", "{provision}",
	  "发放测试记录=发放测试记录\n\n计算、存储、网络逐项测试，结果正常。\n\t"
	  "部署操作手册=部署操作手册\n\n登录方式、网络区域和磁盘挂载说明；口令另行密封交付。\n" },
	{ "apply", "confirm", "report", TENANT, 3,
	  "计算资源、操作系统和网络均已测试，[确认无误|具备部署条件]", "{confirmation}", "" },
	{ "apply", "report", "check", OPERATOR, NO_LIMIT, "发放结果已反馈，[请核查|请复核]", "",
	  "发放结果单=发放结果单\n\n{system}资源已按工单开通，清单与申请表一致。\n" },
	{ "apply", "check", "deploy", REVIEWER, 2, "全量核查，[与工单一致|未发现差异]，无误",
	  "{check}", "核查意见=核查意见\n\n逐项核对开通清单与申请表，无差异。\n{warning-if-late}" },
	{ "apply", "deploy", "test-request", TENANT, NO_LIMIT, "系统部署完成，已反馈评估实施单位",
	  "{deployment}", "" },
	{ "apply", "test-request", "test", TENANT, 2, "申请上线前安全检测", "{annex-6}", "" },
	{ "apply", "test", "remedy", COORDINATOR, 5, "检测发现[弱口令|高危端口|组件漏洞]问题，请整改", "",
	  "安全检测报告=安全检测报告（初测）\n\n发现问题{1-6}项，详见清单。\n" },
	{ "apply", "remedy", "test", TENANT, NO_LIMIT, "问题已逐项整改，请复测", "", "" },
	{ "apply", "test", "golive", COORDINATOR, 5, "安全检测通过", "",
	  "安全检测报告=安全检测报告\n\n未发现高危问题，结论：通过。\n" },
	{ "apply", "golive", "closed", TENANT, 2, "系统已切换上线，运行正常，已反馈评估实施单位", "", "" },

	{ "backup", NULL, "request", TENANT, NO_LIMIT, "[新建|起草]备份申请", "", "" },
	{ "backup", "request", "forward", TENANT, NO_LIMIT, "提交备份申请，请汇总", "", "" },
	{ "backup", "request", "intake", TENANT, NO_LIMIT, "提交备份申请，请受理", "", "" },
	{ "backup", "forward", "intake", BUREAU, 1, "已核对，汇总提交", "", "" },
	{ "backup", "intake", "assess", COORDINATOR, 1, "[转交评估|材料齐全，转交评估]", "", "" },
	{ "backup", "assess", "approve", OPERATOR, 3, "备份策略合理，[建议同意|容量充足，建议同意]",
	  "{backup-assessment}", "评估意见=评估意见\n\n备份类型、策略和保存期限符合要求。\n" },
	{ "backup", "approve", "implement", COORDINATOR, 2, "[同意|理由充分，同意]", "{backup-approval}", "" },
	{ "backup", "implement", "confirm", OPERATOR, 3, "策略已生效，请当日确认", "{implementation}",
	  "备份检查记录=备份检查记录\n\n首次备份成功，校验一致。\n" },
	{ "backup", "confirm", "submit", TENANT, SAME_DAY, "备份有效，与需求一致", "{backup-confirmation}", "" },
	{ "backup", "submit", "review", OPERATOR, NO_LIMIT, "实施结果及资料已提交，请复核", "",
	  "备份实施结果=备份实施结果\n\n策略、窗口和保存期限与工单一致。\n" },
	{ "backup", "review", "closed", REVIEWER, 2, "全量检查，[无误|与工单一致]", "{review}",
	  "复核意见=复核意见\n\n配置与工单一致，按时完成。\n" },

	{ "access", NULL, "request", TENANT, NO_LIMIT, "[新建|起草]远程访问申请", "", "" },
	{ "access", "request", "open", TENANT, NO_LIMIT, "提交申请，请按最小权限开通", "",
	  "账号使用人信息（密封）=账号使用人信息（密封）\n\n本件密封交评估实施单位，手机号码以登记表为准。\n" },
	{ "access", "open", "closed", OPERATOR, NO_LIMIT, "已按最小权限开通，到期自动关闭", "{opened}", "" },
};

/* Front matter that a form wants, by the name used above. */
enum repeat { ONCE, EACH_ROW, EACH_VM, IF_MIGRATING };

static const struct {
	const char *name;
	enum repeat repeat;
	const char *text;
} facts[] = {
	{ "rows", EACH_ROW,
	  "  - name: {r.name}\n    type: {r.type}\n    count: {r.count}\n    vcpu: {r.vcpu}\n"
	  "    memory_gb: {r.memory}\n    storage_gb: {r.storage}\n    os: {r.os}\n"
	  "    network: {r.network}\n" },
	{ "table-row", EACH_ROW, "| {r.name} | {r.type} | {r.count} | {r.vcpu} | {r.memory} | {r.storage} |\n" },
	{ "table", ONCE, "| 用途 | 类型 | 数量 | vCPU（核） | 内存（GB） | 存储（GB） |\n"
	  "| --- | --- | ---: | ---: | ---: | ---: |\n{table-row}" },
	{ "totals", ONCE,
	  "  - type: 虚拟机\n    vcpu: {vcpu}\n    memory_gb: {memory}\n    storage_gb: {storage}\n" },
	{ "assessment", ONCE,
	  "survey_note: [现场查看|远程核对监控数据|召开调研会]，核实了现有配置和近三个月的使用情况\n{survey}"
	  "estimates:\n{estimates}load_standard_met: 是\n" },
	{ "survey", IF_MIGRATING,
	  "survey:\n  - name: 现有服务器\n    count: {2-6}\n    vcpu: {4-16}\n    memory_gb: {16-64}\n"
	  "    storage_gb: {200-900}\n    usage: 处理器约{15-60}%，内存约{20-70}%\n" },
	{ "estimates", EACH_ROW,
	  "  - name: {r.name}\n    vcpu_pct: {25-60}\n    memory_pct: {50-75}\n    storage_pct: {40-70}\n" },
	{ "approval", ONCE, "purpose_fits: 是\n" },
	{ "provision", ONCE,
	  "granted:\n{granted}handover_sealed: 是\nhandover_list:\n  - 部署操作手册\n  - 资源清单\n"
	  "support_post: [平台运维岗|交付支持岗]\n" },
	{ "granted", EACH_VM,
	  "  - id: {v.id}\n    name: {r.name}\n    type: {r.type}\n    vcpu: {r.vcpu}\n"
	  "    memory_gb: {r.memory}\n    storage_gb: {r.storage}\n    os: {r.os}\n"
	  "    network: {r.network}\n    opened_on: {day}\n" },
	{ "confirmation", ONCE, "compute_ok: 是\nos_ok: 是\nnetwork_ok: 是\n" },
	{ "check", ONCE, "checked_all: 是\nchecks:\n{checks}provision_on_time: {on-time}\n" },
	{ "checks", EACH_VM, "  - id: {v.id}\n    matches: 是\n" },
	{ "deployment", ONCE,
	  "deploy_started_on: {day-before}\ndeployed_on: {day}\n"
	  "deploy_summary: 应用和数据库已部署，[历史数据迁移完毕|数据核对一致|接口联调通过]\n" },
	{ "annex-6", ONCE,
	  "system_type: [业务系统|网站|接口服务]\nsystem_summary: 提供[在线受理|信息查询|数据上报]，使用国产数据库和中间件\n"
	  "protection_level: [第二级|第三级]\ninternet_facing: [是|否]\ntest_targets:\n"
	  "  - address: https://{tenant}.gov.example/app\n    port: 443\n    id: {first-vm}\n"
	  "test_planned_on: {soon}\ntest_contact_post: 信息中心安全管理岗\n" },
	{ "backups", ONCE,
	  "contact_post: [信息中心系统管理岗|办公室信息化岗]\n"
	  "backup_reason: [防止误删误改|满足等级保护要求|年度核算数据须留存]，业务数据每日更新\nresources:\n{backup-rows}" },
	{ "backup-rows", EACH_VM,
	  "  - id: {v.id}\n    name: {r.name}\n    backup_type: 整机备份\n"
	  "    backup_policy: 每日2时增量，每周日全量\n    retention_days: 30\n    storage_gb: {r.storage}\n" },
	{ "backup-table", ONCE, "| 编号 | 用途 | 数据量（GB） |\n| --- | --- | ---: |\n{backup-table-row}" },
	{ "backup-table-row", EACH_VM, "| {v.id} | {r.name} | {r.storage} |\n" },
	{ "backup-assessment", ONCE,
	  "backup_policy_opinion: 增量与全量结合，[窗口合理|保存期限合理]，容量充足\nbackup_compliant: 是\n"
	  "backup_reasonable: 是\n" },
	{ "backup-approval", ONCE, "criteria_met: 是\nevidence_complete: 是\n" },
	{ "implementation", ONCE, "backed_up:\n{backed-up}effective_day: {day}\n" },
	{ "backed-up", EACH_VM,
	  "  - id: {v.id}\n    name: {r.name}\n    backup_type: 整机备份\n"
	  "    backup_policy: 每日2时增量，每周日全量\n    retention_days: 30\n    storage_gb: {r.storage}\n"
	  "    effective_at: {time}\n" },
	{ "backup-confirmation", ONCE, "backup_verified: [抽取一份恢复到测试机|核对备份清单和校验值]，与申请一致\n" },
	{ "review", ONCE, "checked_all: 是\nchecks:\n{checks}done_on_time: 是\n" },
	{ "access", ONCE,
	  "contact_post: 信息中心系统管理岗\naccess_reason: [日常维护|版本升级|故障处理]须远程登录，现场条件不足\n"
	  "accounts:\n  - person: [张|李|陈|黄|刘]**\n    mobile: 138****{1000-9999}\n    target: {first-vm}\n"
	  "    purpose: 系统维护\nports:\n  - source: 10.{10-60}.{1-200}.{2-250}\n    target: {first-vm}\n"
	  "    port: [22|443|8443]\n    purpose: 系统维护\n    until: {later}\n" },
	{ "opened", ONCE, "access_opened: 实名账号一个、端口一个，仅限维护目录和维护时段\nleast_privilege: 是\nsms_required: 是\n" },
	{ "warning", ONCE, "\t工作警示=工作警示\n\n资源发放超过3个工作日，请说明原因并改进。\n" },
};

static const char *const late_reasons[] = {
	"经办人出差，返岗后办理", "等待相关科室会签", "系统升级期间无法测试", "材料补充后重新核对", "节前工单集中，排队办理",
};

static const char *const counties[] = {
	"梅州市", "梅江区", "梅县区", "兴宁市", "平远县", "蕉岭县", "大埔县", "丰顺县", "五华县"
};
static const char *const county_ids[] = { "mz", "mj", "mx", "xn", "py", "jl", "db", "fs", "wh" };

static const struct { const char *id, *name; } offices[] = {
	{ "jy", "教育局" }, { "ws", "卫生健康局" }, { "rs", "人力资源和社会保障局" }, { "mzj", "民政局" },
	{ "czj", "财政局" }, { "zr", "自然资源局" }, { "jt", "交通运输局" }, { "sw", "水务局" },
	{ "ny", "农业农村局" }, { "sf", "司法局" }, { "wg", "文化广电旅游体育局" }, { "yj", "应急管理局" },
	{ "sj", "审计局" }, { "sc", "市场监督管理局" }, { "tj", "统计局" }, { "yb", "医疗保障局" },
	{ "zj", "住房和城乡建设局" }, { "lyj", "林业局" }, { "fg", "发展和改革局" }, { "gx", "工业和信息化局" },
	{ "kj", "科学技术局" }, { "hb", "生态环境局" }, { "cg", "城市管理和综合执法局" }, { "tyj", "退役军人事务局" },
	{ "xf", "信访局" }, { "dag", "档案馆" }, { "gj", "公积金管理中心" }, { "dsy", "党史研究室" },
	{ "qx", "气象局" }, { "zd", "重点项目管理中心" }, { "gy", "公共资源交易中心" }, { "tsg", "图书馆" },
	{ "bwg", "博物馆" }, { "rmyy", "人民医院" }, { "fby", "妇幼保健院" }, { "zyy", "中医医院" },
};

static const char *const system_kinds[] = {
	"业务管理系统", "网上办事平台", "数据资源平台", "门户网站", "协同办公系统", "统计分析系统", "档案管理系统",
	"视频会议系统", "信用信息系统", "预约服务平台", "投诉举报平台", "项目管理系统", "资产管理系统", "培训考试系统",
};

static const char *const row_names[] = {
	"应用服务", "数据库服务", "文件服务", "接口服务", "缓存服务", "前置交换", "报表服务", "日志服务"
};

#endif
