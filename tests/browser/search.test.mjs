// Search and tables, as a person uses them: typing, filters, keys, and names full of markup.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync, statSync } from "node:fs";
import { join } from "node:path";

const KINDS = ["index.html", "search.html", "list/index.html", "parties/index.html", "systems/index.html", "reminders.html", "handovers.html", "list/2021-05.html", "late/2021.html", "parties/mzjy.html", "todo/mzjy.html", "flows/index.html",
	"regulation.html", "readings.html", "tickets/2021/05/SQ-20210510-mzjy-01.html", "systems/mzjy-zygx.html", "flows/apply.html", "forms/annex-2.html", "inventory/index.html", "fees/index.html", "handbook/handbook-start.html", "forms/index.html", "inspect.html"];

export default async function (h) {
	const tmp = mkdtempSync(join(h.tmp, "search-")), site = join(tmp, "public"), errors = [];
	cpSync(h.public, site, { recursive: true });
	const axe = readFileSync(join(h.modules, "node_modules/axe-core/axe.min.js"), "utf8");

	async function open(path, width = 1400) {
		const context = await h.browser.newContext({ viewport: { width, height: 900 }, acceptDownloads: true });
		const page = await context.newPage();
		page.setDefaultTimeout(8000);
		page.on("pageerror", (error) => errors.push(path + ": " + error.message));
		page.on("console", (line) => line.type() === "error" && errors.push(path + ": " + line.text()));
		await page.goto("file://" + join(site, path));
		return page;
	}
	const close = async (page) => {
		await page.context().close();
		assert.deepEqual(errors.splice(0), []);
	};
	const texts = (page) => page.locator("#results li").allInnerTexts();
	const answered = (page) => page.evaluate(() => document.body.dataset.answered || "0");
	// Waits until the answer that follows the act is there.
	async function after(page, act) {
		const before = await answered(page);
		await act();
		await page.waitForFunction((old) => (document.body.dataset.answered || "0") !== old, before);
	}
	const ask = (page, words) => after(page, () => page.fill("#q", words));

	await h.test("search by Chinese marks the hit", async () => {
		const page = await open("search.html");
		await ask(page, "教育局");
		const found = await texts(page);
		assert.ok(found.length > 3, found.join("\n"));
		assert.match(found[0], /教育局/);
		assert.equal(await page.locator("#results li:first-child mark").first().innerText(), "教育局");
		await close(page);
	});
	await h.test("search by initials finds the party and its systems", async () => {
		const page = await open("search.html");
		for (const letters of ["mzjy", "mzsjyj", "MZSJ"]) {
			await ask(page, letters);
			assert.ok((await texts(page)).some((text) => text.includes("梅州市教育局")), letters);
		}
		await ask(page, "jyj");
		assert.equal(await page.locator("#results mark", { hasText: "教育局" }).count() > 0, true);
		await close(page);
	});
	await h.test("search by the beginning of a number", async () => {
		const page = await open("search.html");
		const id = readdirSync(join(site, "tickets/2021/05"))[0].replace(".html", "");
		for (const start of [id, id.slice(0, id.length - 2), id.replaceAll("-", "").slice(0, 11)]) {
			await ask(page, start);
			assert.ok((await texts(page)).some((text) => text.includes(id)), start);
		}
		await page.selectOption('[data-mark="kind"]', "t");
		await ask(page, id.slice(0, 9));
		const found = await texts(page);
		assert.ok(found.length > 0 && found.every((text) => text.includes(id.slice(0, 9))), found.join("\n"));
		await close(page);
	});
	await h.test("the text of tickets, the regulation and the handbook are found", async () => {
		const page = await open("search.html");
		await ask(page, "前 5 个工作日 峰值使用率");
		assert.ok((await texts(page)).length > 0);
		await page.selectOption('[data-mark="kind"]', "r");
		await page.waitForFunction(() => document.querySelectorAll("#results .kind").length > 0 && [...document.querySelectorAll("#results .kind")].every((one) => one.textContent === "制度"));
		await ask(page, "统筹管理");
		assert.ok((await texts(page)).length > 0);
		await after(page, () => page.selectOption('[data-mark="kind"]', "h"));
		assert.ok((await texts(page)).every((text) => text.startsWith("手册")));
		await close(page);
	});
	await h.test("filters narrow, alone and together, and stand in the address", async () => {
		const page = await open("search.html");
		await after(page, () => page.selectOption('[data-mark="flow"]', { index: 1 }));
		const flow = await page.locator("#said").innerText();
		await after(page, () => page.check('[data-mark="late"]'));
		const late = await page.locator("#said").innerText();
		assert.ok(Number(/\d+/.exec(late)) < Number(/\d+/.exec(flow)), flow + " / " + late);
		await after(page, () => page.selectOption('[data-mark="year"]', "2021"));
		await after(page, () => page.selectOption('[data-mark="state"]', "closed"));
		const states = await page.locator("#results .tag").allInnerTexts();
		assert.ok(states.every((state) => state.includes("办结") || state.includes("完成") || state === states[0]), states.join());
		const url = page.url();
		assert.match(url, /#.*flow=.*state=closed.*year=2021.*late=yes/);
		const before = await texts(page);
		await page.goto("about:blank");
		await page.goto(url);
		await page.waitForFunction(() => document.body.dataset.answered);
		assert.deepEqual(await texts(page), before);
		await page.selectOption('[data-mark="party"]', "mzjy");
		await page.click("button[type=reset]");
		assert.equal((await texts(page)).length, 0);
		await close(page);
	});
	await h.test("the filters count what the dashboard counts", async () => {
		const page = await open("search.html");
		const tickets = readdirSync(join(site, "tickets"), { recursive: true }).filter((name) => name.endsWith(".html")).length;
		await after(page, () => page.selectOption('[data-mark="kind"]', "t"));
		assert.equal(Number(/\d+/.exec(await page.locator("#said").innerText())), tickets);
		let shown = 20;
		while (await page.locator("#more").isVisible()) {
			await page.click("#more");
			shown = Math.min(shown + 20, tickets);
			await page.waitForFunction((n) => document.querySelectorAll("#results li").length === n, shown);
		}
		assert.equal(await page.locator("#results li").count(), tickets);
		await close(page);
	});
	await h.test("keys: / arrows Enter Esc", async () => {
		const page = await open("search.html");
		await page.locator("h1").click();
		await page.keyboard.press("/");
		assert.equal(await page.evaluate(() => document.activeElement.id), "q");
		await after(page, () => page.keyboard.type("梅州"));
		await page.waitForSelector("#results li:nth-child(2)");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("ArrowDown");
		const second = await page.locator("#results li:nth-child(2) a").getAttribute("href");
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), second);
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("ArrowUp");
		assert.equal(await page.evaluate(() => document.activeElement.id), "q");
		await page.keyboard.press("Escape");
		assert.equal(await page.inputValue("#q"), "");
		assert.equal((await texts(page)).length, 0);
		await ask(page, "mzsjyj");
		await page.keyboard.press("Enter");
		await page.waitForURL(/parties\/mzjy\.html$/);
		await close(page);
	});
	await h.test("a single character is found in names, and in the text of regulation and handbook", async () => {
		const page = await open("search.html");
		await ask(page, "鲸");
		assert.match(await page.locator("#said").innerText(), /没有找到/);
		await ask(page, "医");
		assert.ok((await page.locator("#results li").count()) > 0);
		assert.equal(await page.locator("#results b mark").first().innerText(), "医");
		await page.selectOption('[data-mark="kind"]', "r");
		await ask(page, "盖");
		await page.waitForSelector("#results q mark");
		assert.equal(await page.locator("#results q mark").first().innerText(), "盖");
		await close(page);
	});
	await h.test("a hit in the text shows what stands around it, the hit marked", async () => {
		const page = await open("search.html");
		await ask(page, "停机时段");
		await page.waitForFunction(() => document.querySelectorAll("#results q").length === 2);
		for (const text of await page.locator("#results q").allInnerTexts()) assert.ok(text.includes("停机时段") && text.length < 90 && !/[{}#*]|^\w+:/.test(text), text);
		assert.equal(await page.locator("#results q mark").first().innerText(), "停机时段");
		// Words that stand in different places are both shown.
		await ask(page, "低负载 数据库");
		await page.selectOption('[data-mark="kind"]', "t");
		await page.waitForFunction(() => [...document.querySelectorAll("#results q")].some((one) => one.textContent.includes(" … ")));
		for (const text of await page.locator("#results q").allInnerTexts()) assert.ok(text.includes("低负载") && text.includes("数据库"), text);
		// A hit in a name needs none, and nothing is loaded for it.
		await page.reload();
		await ask(page, "mzsjyj");
		assert.equal(await page.locator("#results q").count(), 0);
		await close(page);
	});
	await h.test("excerpts of hostile text run nothing", async () => {
		const hostile = '<img src=x onerror="document.title=1">停机时段</script>\u202e😀' + "长".repeat(300) + "X".repeat(400);
		for (const name of readdirSync(join(site, "search")).filter((one) => one.startsWith("t"))) {
			const file = join(site, "search", name), old = readFileSync(file, "utf8");
			writeFileSync(file, old.replace(/停机时段/g, JSON.stringify(hostile).slice(1, -1)));
		}
		const page = await open("search.html", 320);
		await ask(page, "停机时段");
		await page.waitForSelector("#results q mark");
		assert.ok((await page.locator("#results q").first().innerText()).includes("title=1\">停机时段</script>"));
		assert.equal(await page.locator("#results img").count(), 0);
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
		await close(page);
	});
	await h.test("/ leads to the search from every kind of page, but not out of a field", async () => {
		for (const path of KINDS.filter((one) => one !== "search.html")) {
			const page = await open(path);
			const field = page.locator("main input[type=text]:visible, main input[type=search]:visible, main select:visible").first();
			if (await field.count()) {
				await field.focus();
				await page.keyboard.press("/");
				assert.ok(page.url().includes(path), path);
				await field.blur();
			}
			await page.keyboard.press("/");
			await page.waitForURL(/search\.html$/).catch(() => assert.fail(path + " stays"));
			assert.equal(await page.evaluate(() => document.activeElement.id + document.activeElement.value), "q");
			await close(page);
		}
	});
	await h.test("nothing found and too little say what to do", async () => {
		const page = await open("search.html");
		await page.fill("#q", "m");
		assert.match(await page.locator("#said").innerText(), /至少一个汉字，或两个字母/);
		await ask(page, "火星基地");
		assert.match(await page.locator("#said").innerText(), /没有找到/);
		await close(page);
	});
	await h.test("records full of markup show as they are and run nothing", async () => {
		const hostile = '<img src=x onerror="document.title=1">"\'</script>&amp;\u202e😀' + "长".repeat(300) + "X".repeat(400), name = join(site, "search/d0.js");
		const old = readFileSync(name, "utf8");
		writeFileSync(name, old.replace(/"梅州市教育局"/, () => JSON.stringify(hostile)).replace("parties/mzjy.html", "javascript:document.title=1"));
		const page = await open("search.html", 320);
		await ask(page, "mzsjyj");
		assert.ok((await page.locator("#results li b").first().innerText()).startsWith("<img src=x onerror="));
		assert.match(await page.title(), /^搜索/);
		assert.equal(await page.locator("#results img").count(), 0);
		assert.equal(await page.locator("#results a").first().evaluate((link) => link.protocol), "file:");
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
		writeFileSync(name, old);
		await close(page);
	});
	await h.test("a question loads little of the index, and only once", async () => {
		const page = await open("search.html");
		const loaded = () => page.evaluate(() => [...document.querySelectorAll('script[src^="search/"]')].map((script) => script.src));
		for (const words of ["教育局 扩容", "mzsjyj", "统筹管理单位审核"]) {
			const before = await loaded();
			await ask(page, words);
			const names = (await loaded()).slice(before.length);
			assert.ok(names.length > 0 && names.length < 40, String(names.length));
			assert.ok(names.reduce((sum, name) => sum + statSync(new URL(name)).size, 0) < 300 * 1024);
		}
		const all = await loaded();
		assert.equal(new Set(all).size, all.length);
		await ask(page, "mzsjyj");
		assert.equal((await loaded()).length, all.length);
		await close(page);
	});
	await h.test("without scripts the page says where the lists are", async () => {
		const context = await h.browser.newContext({ javaScriptEnabled: false }), page = await context.newPage();
		await page.goto("file://" + join(site, "search.html"));
		assert.equal(await page.locator('noscript a[href="list/index.html"], main a[href="list/index.html"]').first().isVisible(), true);
		assert.equal(await page.locator("#search").isVisible(), false);
		await context.close();
	});
	await h.test("tables sort, filter and keep it in the address", async () => {
		const page = await open("list/2021-05.html");
		const column = (n) => page.locator(`tbody tr:visible td:nth-child(${n})`).allInnerTexts();
		const first = await column(1);
		await page.click("thead th:nth-child(1) button");
		assert.deepEqual(await column(1), [...first].sort());
		assert.equal(await page.locator("thead th:nth-child(1)").getAttribute("aria-sort"), "ascending");
		await page.click("thead th:nth-child(1) button");
		assert.deepEqual(await column(1), [...first].sort().reverse());
		await page.fill(".tools input", "归档 教育");
		const kept = await column(1), total = first.length;
		assert.ok(kept.length > 0 && kept.length < total, kept.length + " of " + total);
		const url = page.url();
		await page.goto("about:blank");
		await page.goto(url);
		assert.deepEqual(await column(1), kept);
		await page.fill(".tools input", "没有这个词");
		assert.match(await page.locator(".tools [role=status]").innerText(), /没有符合/);
		await page.fill(".tools input", "");
		await page.click("thead th:nth-child(1) button");
		assert.deepEqual(await column(1), first);
		assert.doesNotMatch(page.url(), /#/);
		await close(page);
	});
	await h.test("numbers sort as numbers, and what is empty goes last", async () => {
		const path = join(site, "systems/index.html"), old = readFileSync(path, "utf8"), values = ["1,200.50", "9", "—", "30 日", "-1"];
		let n = 0;
		writeFileSync(path, old.replace(/(data-l="等保级别">)[^<]*/g, (all, head) => head + (values[n++] || "—")));
		const page = await open("systems/index.html");
		const column = () => page.locator('tbody td[data-l="等保级别"]').allInnerTexts();
		await page.click("thead th:nth-child(4) button");
		assert.deepEqual((await column()).slice(0, 4), ["-1", "9", "30 日", "1,200.50"]);
		await page.click("thead th:nth-child(4) button");
		assert.deepEqual((await column()).slice(0, 4), ["1,200.50", "30 日", "9", "-1"]);
		writeFileSync(path, old);
		await close(page);
	});
	await h.test("what a table shows is saved as CSV, no cell of it a formula", async () => {
		const path = join(site, "list/2021-05.html"), old = readFileSync(path, "utf8");
		let n = 0;
		const cells = ["=1+1", "+1", "-2", "@SUM(A1)", 'a"b,c', "<b>x</b>"];
		writeFileSync(path, old.replace(/<td class="title">[^<]*/g, (found) => (n < cells.length ? '<td class="title">' + cells[n++].replaceAll("<", "&lt;") : found)));
		const page = await open("list/2021-05.html");
		const [download] = await Promise.all([page.waitForEvent("download"), page.click(".tools button")]);
		assert.match(download.suggestedFilename(), /^2021-05 的工单\.csv$/);
		const text = readFileSync(await download.path(), "utf8");
		assert.ok(text.startsWith("\ufeff工单,标题,流程,"), text.slice(0, 60));
		for (const cell of [",'=1+1,", ",'+1,", ",'-2,", ",'@SUM(A1),", ',"a""b,c",', ",<b>x</b>,"]) assert.ok(text.includes(cell), cell + "\n" + text);
		assert.equal(text.split("\r\n").length - 2, await page.locator("tbody tr").count());
		await page.fill(".tools input", "=1+1");
		const [one] = await Promise.all([page.waitForEvent("download"), page.click(".tools button")]);
		assert.equal(readFileSync(await one.path(), "utf8").split("\r\n").length, 3);
		writeFileSync(path, old);
		await close(page);
	});
	for (const path of KINDS) {
		await h.test("axe finds nothing and 320 px is enough: " + path, async () => {
			const page = await open(path, 320);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the screen");
			if (path === "search.html") await ask(page, "梅州");
			await page.evaluate(axe);
			const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
			assert.deepEqual(violations.map((one) => one.id + " " + one.nodes.map((node) => node.target + " " + node.failureSummary).slice(0, 3)), []);
			await close(page);
		});
	}
}
