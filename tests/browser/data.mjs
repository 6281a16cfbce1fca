// What a person fills into each form: enough for the law to let it pass. `fill` knows no markup of
// the page but the keys of the law.

export const request = {
	tenant: "mzjy", system: "梅州市中小学教师培训管理系统", title: "教师培训管理系统扩建上云", name: "经办一", mail: "mzjy01@mzjy.example",
	sections: {
		系统现状描述: "现有服务器 2 台。\n\n- 应用一台\n- 数据库一台", 云资源需求: "见附件 2。", 实施步骤及时间: "一月内完成。",
		影响面评估: "# 不影响其他系统", 回退方案: "保留原环境。", 应急保障措施: "双人值守。",
	},
	fields: {
		kind: "上云", first: "否", contact_post: "信息化岗", purpose: "教师继续教育：学分登记。\n证书查询。", dedicated_pool: "否",
		plan_system: "梅州市中小学教师培训管理系统",
		resources: [{ name: "应用服务", type: "虚拟机", count: "2", vcpu: "8", memory_gb: "16", storage_gb: "200", os: "麒麟 V10" }],
	},
	papers: ["立项方案"],
};
export const paas = {
	...request,
	fields: {
		...request.fields, kind: "迁云",
		resources: [
			{ name: "注册中心", type: "PaaS 中间件（分布式服务框架）", count: "1" },
			{ name: "业务库", type: "PaaS 数据库", count: "2", vcpu: "16", memory_gb: "64", storage_gb: "400" },
		],
		basis_system: "微服务 12 个。", basis_items: [{ name: "注册中心", type: "PaaS 中间件（分布式服务框架）", count: "1", calculation: "12 个服务", necessity: "没有替代" }],
		load_tested_on: "2021-12-20", load_environment: "测试机一台", load_scenario: "查询", load_users: "300",
		load_results: [{ name: "业务库", type: "PaaS 数据库", vcpu: "16", memory_gb: "64", vcpu_peak_pct: "71.5", memory_peak_pct: "66" }],
		load_conclusion: "与申请量一致",
	},
	papers: ["实施方案", "附件4 云资源申请依据", "附件5 系统测试报告"],
};
const same = { tenant: "mzjy", system: "梅州市教育资源公共服务平台", name: "经办一", mail: "MZJY01@mzjy.example" };
export const others = {
	"annex-8": {
		...same, title: "应用服务扩容", papers: ["调整佐证材料"],
		fields: {
			adjust_source: "业务需要", contact_post: "信息化岗", adjust_reason: "用户翻倍",
			resources: [{ id: "mzvm-0101", name: "应用", type: "虚拟机", direction: "扩容", vcpu: "16", vcpu_peak_pct: "71.5" }],
		},
	},
	"annex-10": {
		...same, title: "撤销旧应用", papers: ["撤销佐证材料"],
		fields: { contact_post: "信息化岗", revoke_ground: "系统调整不再使用", revoke_reason: "已并入新平台", resources: [{ id: "mzvm-0101", name: "应用", type: "虚拟机" }] },
	},
	"annex-12": {
		...same, title: "备份教育平台数据库", papers: [],
		fields: {
			contact_post: "信息化岗", backup_reason: "防止数据丢失",
			resources: [{ id: "mzvm-0101", name: "应用", backup_type: "整机备份", backup_policy: "每日 2 时增量，每周日全量", retention_days: "30", storage_gb: "200" }],
		},
	},
	"access-request": {
		...same, title: "开通运维账号", papers: ["账号使用人信息（密封）"],
		fields: {
			contact_post: "信息化岗", access_reason: "迁移期间部署需要",
			accounts: [{ person: "张**", mobile: "138****0000", target: "mzvm-0101", purpose: "部署" }],
			ports: [{ source: "10.10.1.5", target: "mzvm-0101", port: "443", purpose: "网页", until: "2022-06-30" }],
		},
	},
};
export const test6 = {
	name: "经办一", mail: "mzjy01@mzjy.example", outcome: "request", opinion: "部署完成，申请安全检测。", papers: [],
	fields: {
		system_type: "业务系统", system_summary: "培训管理", protection_level: "第二级", internet_facing: "是", test_planned_on: "2022-01-05", test_contact_post: "信息化岗",
		test_targets: [{ address: "https://example.gov.cn/app", port: "443" }],
	},
};
export const confirmation = {
	name: "经办一", mail: "mzjt01@mzjt.example", outcome: "confirm", opinion: "三项检查都通过，确认开通。", papers: [],
	fields: { compute_ok: "是", os_ok: "是", network_ok: "是", confirm_remark: "与开通单一致：\n 无差异" },
};

async function put(page, element, text) {
	const kind = await element.evaluate((one) => one.tagName);
	if (kind === "SELECT") await element.selectOption(text);
	else await element.fill(text);
}
async function putRows(page, key, rows) {
	const list = page.locator("#f-" + key);
	for (let i = 0; i < rows.length; i++) {
		if (i > 0) await list.locator(":scope > p > .add").click();
		const row = list.locator(":scope > .list > .row").nth(i);
		for (const [column, text] of Object.entries(rows[i])) await put(page, row.locator(`[data-key="${column}"]`), text);
	}
}
export async function fillFields(page, fields) {
	for (const [key, text] of Object.entries(fields)) {
		if (Array.isArray(text)) await putRows(page, key, text);
		else await put(page, page.locator("#f-" + key), text);
	}
}
export async function fill(page, data) {
	if (data.tenant) {
		await page.selectOption("#t-tenant", data.tenant);
		await page.selectOption("#t-system", data.system);
		await page.fill("#t-title", data.title);
	}
	for (const [title, text] of Object.entries(data.sections || {})) await page.fill(`[data-section="${title}"]`, text);
	await fillFields(page, data.fields);
	for (const paper of data.papers) {
		await page.locator(`.paper[data-paper="${paper}"] input`).setInputFiles({ name: "扫描 " + paper + ".PDF", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 " + paper + "，已盖章\n") });
	}
	if (data.outcome) await page.selectOption("#a-outcome", data.outcome);
	await page.fill("#a-opinion", data.opinion || "按要求申请，请审核。");
	await page.selectOption("#a-name", data.name);
	await page.fill("#a-mail", data.mail);
}
