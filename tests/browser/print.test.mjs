// Forms and tickets on paper: printed to PDF by the browser, and what the sheets say and how they lie.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { confirmation, fill, others, paas, request } from "./data.mjs";

const run = (program, ...args) => execFileSync(program, args, { encoding: "utf8" });
const A4 = "594.96 x 841.92", ACROSS = "841.92 x 594.96";

/* Of each sheet: size, text as it lies, and text as it was written, cell by cell. */
function read(file) {
	const count = Number(/^Pages: +(\d+)/m.exec(run("pdfinfo", file))[1]), sizes = run("pdfinfo", "-f", "1", "-l", String(count), file);
	return Array.from({ length: count }, (_, i) => ({
		size: new RegExp("^Page +" + (i + 1) + " size: +([0-9.]+ x [0-9.]+)", "m").exec(sizes)[1],
		text: run("pdftotext", "-layout", "-f", String(i + 1), "-l", String(i + 1), file, "-"),
		raw: run("pdftotext", "-raw", "-f", String(i + 1), "-l", String(i + 1), file, "-"),
	}));
}
const all = (pages) => pages.map((page) => page.raw).join("\n");
/* Whatever the line breaks of a cell. */
const flat = (text) => text.replace(/\s+/g, "");

export default async function (h) {
	mkdirSync(h.tmp, { recursive: true });
	const tmp = mkdtempSync(join(h.tmp, "print-"));
	async function print(path, prepare) {
		const context = await h.browser.newContext({ viewport: { width: 1200, height: 900 }, timezoneId: "Asia/Shanghai" });
		await context.clock.setFixedTime(new Date("2021-12-31T10:30:00+08:00"));
		const page = await context.newPage(), file = join(tmp, path.replace(/[^\w-]+/g, "_") + (prepare ? "-filled" : "") + ".pdf");
		await page.goto("file://" + join(h.public, path));
		if (path.startsWith("forms/")) await page.waitForSelector('#slip[data-ready="yes"]', { state: "attached" });
		if (prepare) await prepare(page);
		await page.pdf({ path: file, preferCSSPageSize: true });
		await context.close();
		return read(file);
	}
	/* Every sheet has its number, none is empty, and it lies as it should. */
	function checkSheets(pages, sizes) {
		pages.forEach(({ text, size }, i) => {
			assert.match(text, new RegExp("\\b" + (i + 1) + " ?/ ?" + pages.length + "\\s*$"), "number of sheet " + (i + 1));
			assert.ok(flat(text).length > 12, "sheet " + (i + 1) + " is empty");
			if (sizes) assert.equal(size, sizes[Math.min(i, sizes.length - 1)]);
		});
	}
	const titles = [
		["annex-2", "附件 2", "广东“数字政府”政务云梅州节点 IaaS 资源申请表", A4], ["annex-4", "附件 4", "云资源申请依据", A4],
		["annex-5", "附件 5", "系统测试报告", A4], ["annex-6", "附件 6", "广东“数字政府”政务云梅州节点政务信息系统迁云上云安全检测申请表", A4],
		["annex-8", "附件 8", "广东“数字政府”政务云梅州节点 IaaS 资源调整申请表", ACROSS], ["annex-10", "附件 10", "广东“数字政府”政务云梅州节点 IaaS 资源撤销申请表", A4],
		["annex-12", "附件 12", "广东“数字政府”政务云梅州节点 IaaS 资源备份申请表", A4], ["annex-13", "附件 13", "广东“数字政府”政务云梅州节点云资源使用及费用统计表", ACROSS],
		["access-request", "", "账号与远程访问申请表", A4],
	];
	for (const [name, annex, title, size] of titles) {
		await h.test("blank " + name + " is one sheet to write on and stamp", async () => {
			const pages = await print("forms/" + name + ".html"), text = all(pages);
			assert.equal(pages.length, 1);
			checkSheets(pages, [size]);
			for (const words of [annex, title, "系统名称", "使用单位", "（盖章）", "经办人（签字）", "负责人（签字）"]) assert.ok(flat(text).includes(flat(words)), words);
			assert.ok(!/请选择|必填|生成交接件|总览/.test(text));
		});
	}
	await h.test("every other form has a blank sheet too", async () => {
		const forms = readdirSync(join(h.public, "forms")).filter((name) => name.endsWith(".html") && name !== "index.html");
		assert.ok(forms.length >= 35);
		for (const name of forms) {
			const pages = await print("forms/" + name);
			if (!/-(golive|remedy|confirm)\.html$/.test(name) || name === "backup-confirm.html") checkSheets(pages);
		}
	});
	await h.test("annex-2 filled in: with annexes 4 and 5 and the plan, nothing lost", async () => {
		const pages = await print("forms/annex-2.html", (page) => fill(page, paas)), text = flat(all(pages));
		checkSheets(pages);
		for (const words of ["附件2", "附件4", "附件5", "教师继续教育：学分登记。", paas.system, "SQ-20211231-mzjy-01", "2021-12-31", "PaaS中间件（分布式服务框架）", "12个服务", "71.5", "应急保障措施", "双人值守。"])
			assert.ok(text.includes(flat(words)), words);
	});
	await h.test("long text breaks over sheets and is not cut", async () => {
		const long = Array.from({ length: 150 }, (_, i) => "第" + (i + 1) + "条说明文字，写得很长很长。").join("\n"), word = "A".repeat(300);
		const rows = Array.from({ length: 40 }, (_, i) => ({ ...others["annex-12"].fields.resources[0], id: "mzvm-" + (1000 + i), name: i === 7 ? word : "主机" + i }));
		const pages = await print("forms/annex-12.html", (page) => fill(page, { ...others["annex-12"], fields: { ...others["annex-12"].fields, backup_reason: long, resources: rows } })), text = flat(all(pages));
		checkSheets(pages, [A4]);
		assert.ok(pages.length > 3);
		for (let i = 1; i <= 150; i++) assert.ok(text.includes("第" + i + "条说明文字"), "line " + i);
		for (let i = 0; i < 40; i++) assert.ok(text.includes("mzvm-" + (1000 + i)), "row " + i);
		assert.equal(text.match(/A/g).length >= 300, true);
		assert.match(flat(pages[pages.length - 1].text), /经办人（签字）/);
	});
	await h.test("annex-8 filled in lies across and shows what was filled", async () => {
		const pages = await print("forms/annex-8.html", (page) => fill(page, others["annex-8"])), text = flat(all(pages));
		checkSheets(pages, [ACROSS]);
		for (const words of ["扩容", "71.5", "mzvm-0101", "前5个工作日vCPU峰值使用率"]) assert.ok(text.includes(words), words);
	});
	await h.test("a step's form filled in", async () => {
		const pages = await print("forms/confirmation.html#SQ-20211119-mzjt-01", (page) => fill(page, confirmation)), text = flat(all(pages));
		checkSheets(pages, [A4]);
		for (const words of ["云资源开通确认表", "SQ-20211119-mzjt-01", "梅州市交通运输局", "无差异"]) assert.ok(text.includes(words), words);
	});

	/* --- tickets ------------------------------------------------------------------------------------ */
	const tickets = readdirSync(join(h.public, "tickets"), { recursive: true }).filter((name) => name.endsWith(".html")).sort();
	const kinds = { SQ: "附件2", TZ: "附件8", CX: "附件10", BF: "附件12", JS: "附件13", FW: "账号与远程访问申请表", ZF: "支付周期清单及费用汇总表" };
	for (const [prefix, words] of Object.entries(kinds)) {
		const name = tickets.find((one) => one.includes("/" + prefix + "-"));
		await h.test("a ticket of each flow prints: " + name, async () => {
			const pages = await print("tickets/" + name), text = flat(all(pages));
			checkSheets(pages);
			for (const part of [words, "（盖章）", "经办人（签字）", /([A-Z]{2}-\d{8}-\w+-\d\d)/.exec(name)[1]]) assert.ok(text.includes(part), part);
			assert.ok(!text.includes("填写交接件"));
		});
	}
	await h.test("the settlement lies on A4 across, with every row and three boxes", async () => {
		const name = tickets.filter((one) => one.includes("/JS-")).pop(), pages = await print("tickets/" + name);
		const table = pages.filter((page) => page.size === ACROSS), text = table.map((page) => page.text).join("\n");
		assert.ok(table.length >= 2);
		for (const party of ["云资源统筹管理单位", "云资源评估实施单位", "云资源复核单位"]) assert.ok(flat(text).includes(party + "（盖章）"), party);
		const rows = await count(name);
		assert.equal((text.match(/\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d/g) || []).length, rows);
		assert.ok(rows > 30);
	});
	async function count(name) {
		const context = await h.browser.newContext(), page = await context.newPage();
		await page.goto("file://" + join(h.public, "tickets", name));
		const rows = await page.locator("#form-annex-13 ~ .card table.grid").first().locator("tbody tr").count();
		await context.close();
		return rows;
	}
}
