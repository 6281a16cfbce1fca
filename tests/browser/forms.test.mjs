// Forms without git: each filled wrongly and rightly in the browser, the slip saved, and the slip checked.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confirmation, fill, fillFields, others, paas, request, test6 } from "./data.mjs";
import { openSlip, Workspace } from "./slips.mjs";

// A byte in the middle of the largest file that lies in the zip as it is: signatures differ in length from run to
// run, so any other place may be one that no digest covers.
function storedByte(zip) {
	let at = zip.readUInt32LE(zip.length - 6), size = 0, header = 0;
	for (; zip.readUInt32LE(at) === 0x02014b50; at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)) {
		const packed = zip.readUInt32LE(at + 20);
		if (zip.readUInt16LE(at + 10) !== 0 || packed <= size) continue;
		size = packed;
		header = zip.readUInt32LE(at + 42);
	}
	assert.ok(size > 0, "nothing is stored");
	return header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28) + (size >> 1);
}

const AT = "2021-12-31T10:30:00+08:00", MADE = "2021-12-31 10:30";
const FORMS = ["annex-2", "annex-4", "annex-5", "annex-6", "annex-8", "annex-10", "annex-12", "access-request"];
const HOSTILE = '<img src=x onerror="document.title=1">&"\'`{{ 7*7 }} 😀 ' + "很长".repeat(200) + "X".repeat(400);
const BIDI = "正常\u202e反转";

export default async function (h) {
	mkdirSync(h.tmp, { recursive: true });
	const tmp = mkdtempSync(join(h.tmp, "forms-")), site = join(tmp, "public");
	cpSync(h.public, site, { recursive: true });
	const errors = [];

	// A fresh browser profile at the fixed minute; every error of a page is a failure of its test.
	async function open(path, options = {}) {
		const context = await h.browser.newContext({ viewport: { width: options.width || 1200, height: 900 }, timezoneId: options.zone || "Asia/Shanghai", acceptDownloads: true });
		await context.clock.setFixedTime(new Date(AT));
		const page = await context.newPage();
		page.setDefaultTimeout(8000);
		page.on("pageerror", (error) => errors.push(path + ": " + error.message));
		page.on("console", (line) => line.type() === "error" && !/ERR_FILE_NOT_FOUND/.test(line.text()) && errors.push(path + ": " + line.text()));
		await page.goto("file://" + join(options.site || site, path));
		if (path.startsWith("forms/") && !path.startsWith("forms/index")) await page.waitForSelector('#slip[data-ready="yes"]', { state: "attached" });
		return page;
	}
	const close = async (page) => {
		await page.context().close();
		assert.deepEqual(errors.splice(0), []);
	};
	const faults = (page) => page.locator("#errors li").allTextContents();
	async function save(page) {
		const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]).catch(async (error) => {
			throw new Error("not saved: " + JSON.stringify(await faults(page)) + " " + error.message);
		});
		const file = join(tmp, download.suggestedFilename());
		await download.saveAs(file);
		return openSlip(file, download.suggestedFilename(), tmp, h.program);
	}
	const fixture = (name) => readFileSync(join(h.root, "tests/fixtures", name), "utf8");

	/* --- the same judgement in the page as in the program ------------------------------------- */
	await h.test("conditions hold as in the law", async () => {
		const page = await open("forms/annex-2.html");
		const text = fixture("conditions.json").replace(/(?<=[\s,[:])(\d{16,})(?=[\],}])/g, '"big:$1"');
		const [count, wrong] = await page.evaluate((source) => {
			const whole = (key, value) => (typeof value === "string" && value.startsWith("big:") ? BigInt(value.slice(4)) : Number.isInteger(value) ? BigInt(value) : value);
			const rows = JSON.parse(source, whole).filter((row) => Array.isArray(row));
			return [rows.length, rows.filter(([condition, values, holds]) => yunjuan.holds(condition, values) !== holds).map(([condition]) => String(condition))];
		}, text);
		assert.deepEqual(wrong, []);
		assert.ok(count > 70);
		await close(page);
	});
	await h.test("values fit as in the program", async () => {
		const page = await open("forms/annex-2.html");
		const rows = fixture("values.tsv").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
		const got = await page.evaluate((list) => list.map(([type, min, max, text]) =>
			yunjuan.misfit({ type, choices: ["甲", "乙"], min: min === "" ? undefined : Number(min), max: max === "" ? undefined : Number(max) }, text)), rows);
		assert.deepEqual(got, rows.map((row) => row[4]));
		assert.ok(rows.length > 40);
		await close(page);
	});
	await h.test("guards say the same as the law", async () => {
		const page = await open("forms/annex-2.html");
		const rows = JSON.parse(fixture("guards.json"));
		const got = await page.evaluate((list) => list.map(([rule, values]) => {
			if (rule === "secret") return String(values.split("\n").map((line, i) => (yunjuan.secret(line) ? i + 1 : "")).join(""));
			const out = [];
			yunjuan.guards[rule]({ values, today: "2021-05-10" }, (key, words) => out.push(key + (words.as ? " " + words.as : "")), yunjuan.law.rules[rule].data);
			return out.join(";");
		}), rows);
		assert.deepEqual(got.map((text, i) => [i, text]), rows.map((row, i) => [i, row[2]]));
		await close(page);
	});

	/* --- wrongly ---------------------------------------------------------------------------------- */
	for (const name of FORMS) {
		await h.test(name + ": nothing filled in is told field by field", async () => {
			const page = await open("forms/" + name + ".html");
			await page.click("#check");
			const said = await faults(page), missing = await page.evaluate(() => {
				const forms = document.getElementById("slip").dataset.forms.split(" ").filter((id) => !document.getElementById("part-" + id).hidden);
				return forms.flatMap((id) => yunjuan.law.forms[id].fields.filter((field) => field.required).map((field) => field.label));
			});
			if (await page.evaluate(() => document.getElementById("slip").dataset.kind === "open")) {
				for (const label of missing) assert.ok(said.some((text) => text.includes("“" + label + "”")), label);
				assert.equal(await page.evaluate(() => document.activeElement.id), "errors");
				await page.locator("#errors a").first().click();
				assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-invalid")), "true");
			}
			await close(page);
		});
		await h.test(name + ": wrong and hostile text in every field", async () => {
			const page = await open("forms/" + name + ".html");
			await page.evaluate(([hostile, bidi]) => {
				document.querySelectorAll("#slip input[type=text], #slip textarea").forEach((box, i) => { box.value = i % 3 === 2 ? bidi : hostile; });
				document.querySelectorAll("#slip select[data-key]").forEach((box) => { box.selectedIndex = box.options.length - 1; });
				document.querySelector("#slip input").dispatchEvent(new Event("input", { bubbles: true }));
			}, [HOSTILE, BIDI]);
			await page.click("#check");
			const said = await faults(page), numbers = await page.locator('#slip [inputmode="numeric"][data-key]:visible, #slip [inputmode="decimal"][data-key]:visible').count();
			assert.ok(said.some((text) => text.includes("看不见的字符（U+202E）")), said.join("\n"));
			assert.ok(said.filter((text) => /应填整数|应填数字|看不见的字符/.test(text)).length >= numbers);
			assert.equal(await page.locator("#slip img, #errors img, #sheets img").count(), 0);
			assert.ok(!(await page.title()).startsWith("1"));
			await page.setViewportSize({ width: 320, height: 800 });
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
			await close(page);
		});
	}
	await h.test("what the law refuses is refused before it is saved", async () => {
		const page = await open("forms/access-request.html");
		await fill(page, { ...others["access-request"], fields: {
			...others["access-request"].fields, access_reason: "密码：Abc@12345",
			accounts: [{ person: "张**、李**", mobile: "13812345678", target: "a", purpose: "部署" }],
			ports: [{ source: "任意", target: "b", port: "70000", purpose: "网页", until: "2021-01-01" }] } });
		await page.fill("#a-mail", "other@mzjy.example");
		await page.click("#save");
		const said = (await faults(page)).join("\n");
		for (const words of ["多人共用", "应遮蔽", "等于不限", "已过", "1 至 65535", "明文的密码", "登记的邮箱不一致"]) assert.ok(said.includes(words), words + " in\n" + said);
		assert.match(said, /第三十七条/);
		await close(page);
	});

	/* --- rightly ------------------------------------------------------------------------------------- */
	const work = new Workspace(h.demo, h.program, tmp, AT);
	await h.test("annex-2: a ticket that the program takes", async () => {
		const page = await open("forms/annex-2.html");
		await fill(page, request);
		assert.equal(await page.textContent("#t-id"), "工单编号：SQ-20211231-mzjy-01");
		const slip = await save(page);
		assert.deepEqual(slip.slip, [["kind", "ticket"], ["ticket", "SQ-20211231-mzjy-01"], ["flow", "apply"], ["tenant", "mzjy"],
			["submitted_by", "经办一 <mzjy01@mzjy.example>"], ["made", MADE], ["outcome", "submit submit"], ["opinion", "按要求申请，请审核。"]]);
		assert.deepEqual(slip.names, ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sm3.txt", "tagmanifest-sha256.txt", "tagmanifest-sm3.txt",
			"data/papers/立项方案.pdf", "data/slip.yaml", "data/ticket.md"]);
		assert.equal(slip.info["Source-Organization"], "梅州市教育局");
		assert.equal(slip.info["External-Identifier"], "SQ-20211231-mzjy-01");
		assert.equal(slip.info["Bagging-Date"], "2021-12-31");
		assert.equal(slip.info["Yunjuan-Kind"] + slip.info["Yunjuan-Format"], "slip1");
		assert.ok(slip.read("data/ticket.md").includes("system: 梅州市中小学教师培训管理系统\n"));
		assert.match(work.receive(slip), /^stage: intake$/m);
		await close(page);
	});
	const atTicket = async (id, site) => {
		const page = await open("tickets/2021/12/" + id + ".html", { site });
		await page.click(".slip-link");
		await page.waitForSelector('#slip[data-ready="yes"]', { state: "attached" });
		return page;
	};
	await h.test("a ticket that is only laid down goes in later from its own page, with all that is known filled in", async () => {
		const first = await open("forms/annex-2.html");
		await fill(first, request);
		await first.fill("#t-number", "02");
		await first.selectOption("#a-submit", "否");
		assert.ok(await first.locator("#a-opinion").isHidden());
		const laid = await save(first);
		assert.ok(!laid.slip.some(([key]) => key === "outcome" || key === "opinion"));
		assert.match(await first.textContent("#done"), /登记在“实施方案制定”环节，还没有提交/);
		assert.match(work.receive(laid), /^stage: plan$/m);
		await close(first);
		const site = work.build(), page = await atTicket("SQ-20211231-mzjy-02", site), stale = await atTicket("SQ-20211231-mzjy-02", site);
		assert.match(await page.textContent("#which"), /SQ-20211231-mzjy-02.*实施方案制定/);
		assert.ok(await page.locator("#part-ticket").isHidden() && await page.locator("#a-submit").isHidden());
		assert.equal(await page.inputValue("#f-purpose"), request.fields.purpose);
		assert.equal(await page.inputValue('#f-resources .row [data-key="memory_gb"]'), "16");
		assert.match(await page.textContent('.paper[data-paper="立项方案"]'), /已有：立项方案\.pdf/);
		for (const one of [page, stale]) await fill(one, { fields: { contact_post: "办公室" }, papers: [], opinion: "申请表见附件。", name: request.name, mail: request.mail });
		const slip = await save(page), late = await save(stale);
		assert.equal(slip.read("data/fields.yaml"), "contact_post: 办公室\n");
		const ticket = work.receive(slip);
		assert.match(ticket, /^stage: intake$/m);
		assert.match(ticket, /^contact_post: 办公室$/m);
		assert.throws(() => work.receive(late), (error) => /填报的是“实施方案制定”环节，工单现在在“受理转交”/.test(error.stderr));
		await close(page);
		await close(stale);
	});
	await h.test("annexes 4 and 5 come when they are needed", async () => {
		const page = await open("forms/annex-2.html");
		assert.ok(await page.locator("#part-annex-4").isHidden());
		await fillFields(page, { resources: [{ name: "a", type: "PaaS 数据库", count: "1", vcpu: "19", memory_gb: "39" }] });
		assert.ok(await page.locator("#part-annex-5").isHidden());
		await page.locator("#f-resources .row [data-key=count]").fill("2");
		assert.ok(await page.locator("#part-annex-5").isVisible());
		await page.locator("#f-resources .row .remove").click();
		await page.locator("#f-resources > p > .add").click();
		await fill(page, { ...paas, tenant: "mzwj", system: await page.evaluate(() => yunjuan.registers.systems.find((one) => one.tenant === "mzwj").name), mail: "mzwj01@mzwj.example" });
		await page.fill("#f-plan_system", await page.inputValue("#t-system"));
		assert.ok(await page.locator("#part-annex-4").isVisible());
		const slip = await save(page);
		assert.match(work.receive(slip), /^stage: intake$/m);
		await close(page);
	});
	const next = { "annex-8": "approve", "annex-10": "approve", "annex-12": "intake", "access-request": "open" };
	const prefix = { "annex-8": "TZ", "annex-10": "CX", "annex-12": "BF", "access-request": "FW" };
	for (const name of Object.keys(others)) {
		await h.test(name + ": a ticket that the program takes", async () => {
			const page = await open("forms/" + name + ".html");
			await fill(page, others[name]);
			const slip = await save(page);
			assert.equal(slip.info["External-Identifier"], prefix[name] + "-20211231-mzjy-01");
			assert.match(work.receive(slip), new RegExp("^stage: " + next[name] + "$", "m"));
			await close(page);
		});
	}
	await h.test("the same input gives the same bytes in every time zone", async () => {
		const saved = [];
		for (const zone of ["Asia/Shanghai", "America/New_York"]) {
			const page = await open("forms/annex-12.html", { zone });
			await fill(page, others["annex-12"]);
			const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
			saved.push(readFileSync(await download.path()));
			await close(page);
		}
		assert.ok(saved[0].equals(saved[1]));
	});

	/* --- acts ------------------------------------------------------------------------------------------ */
	await h.test("a step begins at the ticket's own page", async () => {
		const page = await open("tickets/2021/11/SQ-20211119-mzjt-01.html");
		await page.click(".slip-link");
		await page.waitForSelector('#slip[data-ready="yes"]', { state: "attached" });
		assert.match(await page.textContent("#which"), /SQ-20211119-mzjt-01.*开通确认/);
		await page.click("#save");
		assert.ok((await faults(page)).some((text) => text.includes("办理结果")));
		await fill(page, confirmation);
		const slip = await save(page), act = Object.fromEntries(slip.slip);
		assert.deepEqual(slip.slip.map(([key]) => key), ["kind", "ticket", "flow", "tenant", "submitted_by", "made", "outcome", "opinion", "stage", "base"].sort((a, b) => slip.slip.findIndex(([key]) => key === a) - slip.slip.findIndex(([key]) => key === b)));
		assert.equal(act.stage + " " + act.outcome, "confirm confirm");
		assert.equal(act.base, work.git("log", "--format=%H", "-1", "origin/HEAD", "--", work.folderOf("SQ-20211119-mzjt-01")).trim());
		assert.match(slip.read("data/fields.yaml"), /^compute_ok: 是\nos_ok: 是\nnetwork_ok: 是\nconfirm_remark: \|-\n {2}与开通单一致：\n {3}无差异\n$/);
		assert.match(work.receive(slip), /^stage: report$/m);
		await close(page);
	});
	await h.test("a check that failed goes the other way out", async () => {
		const page = await open("forms/confirmation.html#SQ-20211119-mzjt-01");
		await fill(page, { ...confirmation, fields: { ...confirmation.fields, os_ok: "否" } });
		await page.click("#save");
		assert.ok((await faults(page)).some((text) => text.includes("不是“是”")));
		await page.selectOption("#a-outcome", "problem");
		assert.equal(Object.fromEntries((await save(page)).slip).outcome, "problem");
		await close(page);
	});
	await h.test("papers hang on the way out, and the program takes what goes with it", async () => {
		const page = await open("forms/adjust-confirm.html#TZ-20211213-mzzr-01");
		assert.ok(await page.locator('.paper[data-paper="书面说明"]').isHidden());
		await page.selectOption("#a-outcome", "disagree");
		await page.click("#save");
		const said = (await faults(page)).join("\n");
		for (const words of ["缺少材料“书面说明”；请在“材料”里选择文件", "缺少材料“佐证材料”", "超期"]) assert.ok(said.includes(words), said);
		assert.ok(!said.includes("attachments") && !said.includes("确认函"));
		await page.fill("#a-late", "会议研究，已说明。");
		await fill(page, { fields: {}, papers: ["书面说明", "佐证材料", "盖章交接件"], outcome: "disagree", opinion: "停机时段与业务冲突，请改期。", name: "经办一", mail: "mzzr01@mzzr.example" });
		const slip = await save(page);
		assert.match(slip.read("data/fields.yaml"), /^attachments:\n(?: {2}- \{ paper: .*, file: .* \}\n)+$/);
		assert.match(work.receive(slip), /^stage: plan$/m);
		await close(page);
	});
	await h.test("a step with no form at all", async () => {
		const page = await open("forms/apply-golive.html#SQ-20211101-mxmz-01");
		assert.equal(await page.inputValue("#a-outcome"), "go-live");
		await fill(page, { fields: {}, papers: [], opinion: "已上线运行。", name: "经办一", mail: "mxmz01@mxmz.example" });
		const slip = await save(page);
		assert.equal(slip.read("data/fields.yaml"), "");
		assert.match(work.receive(slip), /^stage: closed$/m);
		await close(page);
	});
	await h.test("annex-6 with a ticket that waits for it; what is late asks for its reason", async () => {
		const file = join(site, "forms/tickets/SQ-20210615-mzjy-01.js");
		writeFileSync(file, readFileSync(file, "utf8").replace('"stage":"deploy"', '"stage":"test-request"'));
		const page = await open("forms/annex-6.html#SQ-20210615-mzjy-01");
		await fill(page, test6);
		await page.click("#save");
		assert.ok((await faults(page)).some((text) => text.includes("超期")));
		await page.fill("#a-late", "等待测评机构排期：已协调。");
		const slip = await save(page), act = Object.fromEntries(slip.slip);
		assert.equal(act.late_reason, "等待测评机构排期：已协调。");
		assert.match(slip.read("data/fields.yaml"), /^ {2}- address: https:\/\/example\.gov\.cn\/app\n {4}port: 443$/m);
		await close(page);
	});
	await h.test("a ticket that does not wait for its tenant is not taken", async () => {
		const page = await open("forms/confirmation.html#SQ-20210510-mzjy-01");
		assert.match(await page.textContent("#which"), /重新进入/);
		assert.ok(await page.locator("#save").isHidden());
		await close(page);
	});

	/* --- drafts ------------------------------------------------------------------------------------------ */
	await h.test("a draft comes back, rows and all, and is shared with annex 4", async () => {
		const page = await open("forms/annex-2.html");
		await fill(page, paas);
		await page.waitForFunction(() => document.getElementById("draft").textContent.includes("草稿已存"));
		await page.clock.runFor(1000).catch(() => {});
		await page.waitForTimeout(400);
		await page.reload();
		await page.waitForSelector('#slip[data-ready="yes"]', { state: "attached" });
		assert.match(await page.textContent("#draft"), /已恢复 2021-12-31 10:30/);
		assert.equal(await page.locator("#f-resources > .list > .row").count(), 2);
		assert.equal(await page.inputValue("#t-system"), paas.system);
		await page.goto("file://" + join(site, "forms/annex-4.html"));
		assert.equal(await page.locator('#f-basis_items [data-key="calculation"]').inputValue(), "12 个服务");
		page.on("dialog", (dialog) => dialog.accept());
		await page.click("#forget");
		await page.waitForFunction(() => document.getElementById("f-basis_system").value === "");
		await close(page);
	});
	await h.test("the next ticket of the day gets the next number", async () => {
		const page = await open("forms/annex-12.html");
		await fill(page, others["annex-12"]);
		await save(page);
		page.on("dialog", (dialog) => dialog.accept());
		await page.click("#forget");
		await page.waitForFunction(() => document.getElementById("t-title") && document.getElementById("t-title").value === "");
		await page.selectOption("#t-tenant", "mzjy");
		assert.equal(await page.inputValue("#t-number"), "02");
		await close(page);
	});

	/* --- hostile text goes through unharmed ----------------------------------------------------------------- */
	await h.test("markup, quotes and very long words are kept letter by letter", async () => {
		const page = await open("forms/annex-12.html"), odd = HOSTILE.replace(/'/g, "’");
		const reason = "# 不是标题\n---\n- [x](javascript:alert(1)) " + odd + "\n  最后一行";
		await fill(page, { ...others["annex-12"], tenant: "mzrs", system: await page.evaluate(() => yunjuan.registers.systems.find((one) => one.tenant === "mzrs").name), mail: "mzrs01@mzrs.example",
			title: 'a: b # c "引号" \\ & <b>', fields: { ...others["annex-12"].fields, backup_reason: reason, contact_post: "- 岗: [x] {y} *z",
			resources: [{ ...others["annex-12"].fields.resources[0], id: "mzvm-0130" }] } });
		const slip = await save(page);
		assert.match(work.receive(slip), /^stage: intake$/m);
		assert.equal(JSON.parse(slip.read("data/ticket.md").match(/^backup_reason: (".*")$/m)[1]), reason);
		await close(page);
	});

	/* --- for everybody ------------------------------------------------------------------------------------- */
	await h.test("axe finds nothing, blank and with faults shown, wide and narrow", async () => {
		const axe = readFileSync(join(h.modules, "node_modules/axe-core/axe.min.js"), "utf8"), found = [];
		for (const path of ["forms/index.html", "forms/annex-2.html", "forms/annex-4.html", "forms/annex-8.html", "forms/access-request.html", "forms/confirmation.html#SQ-20211119-mzjt-01", "inspect.html"]) {
			for (const width of [1200, 320]) {
				const page = await open(path, { width });
				if (await page.locator("#check").count()) await page.click("#check");
				const { violations } = await page.evaluate(axe + "; axe.run({ preload: false })");
				found.push(...violations.map((one) => path + " " + width + ": " + one.id + " " + one.nodes[0].html));
				assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, path + " is wider than " + width);
				await close(page);
			}
		}
		assert.deepEqual(found, []);
	});
	await h.test("a form is filled with the keyboard alone", async () => {
		const page = await open("forms/trial.html");
		await page.focus("#f-functions_ok");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Tab");
		await page.keyboard.press("ArrowDown");
		assert.equal(await page.inputValue("#f-interfaces_ok"), "是");
		await page.goto("file://" + join(site, "forms/annex-12.html"));
		await page.focus("#f-resources > p > .add");
		await page.keyboard.press("Enter");
		assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "id");
		assert.equal(await page.locator("#f-resources .row").count(), 2);
		await page.locator("#f-resources .row .remove").last().focus();
		await page.keyboard.press("Enter");
		assert.equal(await page.locator("#f-resources .row").count(), 1);
		assert.equal(await page.evaluate(() => document.activeElement.className), "add");
		await close(page);
	});

	/* --- the checker page ------------------------------------------------------------------------------------- */
	await h.test("the checker page finds a slip whole, and every change to it", async () => {
		const page = await open("forms/annex-12.html");
		await fill(page, others["annex-12"]);
		const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
		const bytes = readFileSync(await download.path()), name = download.suggestedFilename();
		const look = async (buffer) => {
			await page.goto("file://" + join(site, "inspect.html"));
			await page.setInputFiles("#file", { name, mimeType: "application/zip", buffer });
			await page.waitForFunction(() => document.getElementById("result").textContent !== "" && document.getElementById("busy").textContent === "");
			return page.textContent("#result");
		};
		const whole = await look(bytes);
		assert.match(whole, /摘要全部一致：6 个文件/);
		assert.match(whole, /submitted_by: 经办一/);
		assert.match(whole, /kind: ticket/);
		assert.match(whole, /交接件 · BF-20211231-mzjy-01 · 梅州市教育局 · 2021-12-31/);
		assert.match(await look(bytes.subarray(0, bytes.length - 40)), /不是 zip 文件，或者文件不完整/);
		assert.match(await look(Buffer.from("hello")), /不是 zip 文件/);
		const changed = await page.evaluate(async (list) => {
			const files = fflate.unzipSync(new Uint8Array(list)), keys = Object.keys(files), ticket = keys.find((key) => key.endsWith("ticket.md"));
			const zip = (change) => { const copy = { ...files }; change(copy); return [...fflate.zipSync(copy)]; };
			return [
				zip((copy) => { copy[ticket] = copy[ticket].slice(0, -1); }),
				zip((copy) => { delete copy[ticket]; }),
				zip((copy) => { copy[keys[0].split("/")[0] + "/data/more.txt"] = new Uint8Array(3); }),
				zip((copy) => { copy[keys[0].split("/")[0] + "/../x.txt"] = new Uint8Array(3); }),
				[...fflate.zipSync({ "a/x.txt": new Uint8Array(30e6) })],
			];
		}, [...bytes]);
		const [cut, gone, more, climbs, bomb] = [await look(Buffer.from(changed[0])), await look(Buffer.from(changed[1])), await look(Buffer.from(changed[2])), await look(Buffer.from(changed[3])), await look(Buffer.from(changed[4]))];
		assert.match(cut, /ticket\.md”与 manifest-sha256\.txt 不符/);
		assert.match(gone, /ticket\.md”不在包里/);
		assert.match(more, /more\.txt”没有列入 manifest-sha256\.txt/);
		assert.match(climbs, /写到别的文件夹去/);
		assert.match(bomb, /没有清单可核对|压缩炸弹/);
		assert.match(await page.textContent("main"), /不验签名/);
		await close(page);
	});
	await h.test("an archive that is dropped on the checker page: whole, bent, cut short", async () => {
		const out = mkdtempSync(join(tmp, "archive-")), id = "SQ-20210511-mzwj-01";
		execFileSync(h.program, ["archive", "--unsigned", "--out", out, id], { cwd: h.demo, stdio: "pipe" });
		const whole = readFileSync(join(out, "归档-" + id + ".zip")), bent = Buffer.from(whole);
		bent[storedByte(bent)] ^= 0x55;
		const page = await open("inspect.html");
		const look = async (bytes) => {
			await page.reload();
			const data = await page.evaluateHandle((list) => {
				const dropped = new DataTransfer();
				dropped.items.add(new File([new Uint8Array(list)], "归档.zip"));
				return dropped;
			}, [...bytes]);
			await page.dispatchEvent("#file", "drop", { dataTransfer: data });
			await page.waitForFunction(() => document.getElementById("result").textContent !== "" && document.getElementById("busy").textContent === "");
			return page.textContent("#result");
		};
		assert.match(await look(whole), new RegExp("摘要全部一致：\\d{3} 个文件.*归档包 · 归档-" + id));
		assert.match(await look(bent), /有 \d 处不符/);
		assert.match(await look(whole.subarray(0, whole.length >> 1)), /打不开：不是 zip 文件，或者文件不完整/);
		await close(page);
	});
}
