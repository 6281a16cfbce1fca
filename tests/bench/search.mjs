// search.mjs PUBLIC: what a question loads of the index and how long its answer takes, in a page just
// opened, from file://, excerpts that come after the answer included. Needs what tests/browser.sh installs. One line a question, then the worst.
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "../../build/browser/");
const { chromium } = createRequire(modules)("playwright-core");
const paths = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browser = await chromium.launch({ executablePath: paths.find((path) => path && existsSync(path)), args: ["--no-sandbox"] });
const QUESTIONS = ["教育局", "mzjy", "SQ-2024", "迁云 数据库扩容", "云资源", "统筹管理单位审核通过", "档案管理系统", "vm-2022", "局", "恢复演练"];

/* The middle of five pages. */
async function measure(words) {
	const times = [];
	let kilobytes = 0, said = "";
	for (let i = 0; i < 5; i++) {
		const page = await browser.newPage();
		await page.goto("file://" + join(resolve(process.argv[2]), "search.html"));
		await page.evaluate(() => {
			document.addEventListener("input", () => { globalThis.asked = performance.now(); }, true);
			new MutationObserver(() => { globalThis.answered = performance.now(); }).observe(document.body, { attributes: true, attributeFilter: ["data-answered"] });
		});
		await page.fill("#q", words);
		await page.waitForFunction(() => globalThis.answered);
		await page.waitForTimeout(300); // excerpts
		times.push(await page.evaluate(() => globalThis.answered - globalThis.asked));
		const names = await page.evaluate(() => [...document.querySelectorAll('script[src^="search/"]')].map((script) => script.src));
		kilobytes = names.reduce((sum, name) => sum + statSync(new URL(name)).size, 0) / 1024;
		said = await page.innerText("#said");
		await page.close();
	}
	return { words, ms: times.sort((a, b) => a - b)[2], kilobytes, said };
}

const rows = [];
for (const words of QUESTIONS) rows.push(await measure(words));
await browser.close();
for (const row of rows) console.log(row.words + ": " + row.ms.toFixed(0) + " ms, " + row.kilobytes.toFixed(0) + " KB, " + row.said);
const ms = Math.max(...rows.map((row) => row.ms)), kilobytes = Math.max(...rows.map((row) => row.kilobytes));
console.log("search: at most " + ms.toFixed(0) + " ms (" + (ms < 100 ? "ok" : "over") + ": < 100), " + kilobytes.toFixed(0) + " KB (" + (kilobytes < 300 ? "ok" : "over") + ": < 300)");
