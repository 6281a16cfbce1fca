// run.mjs PUBLIC PROGRAM TMP NAME…: runs the test modules in Debian's Chromium, from file://, and prints TAP.
// A module's default export gets { browser, root, public, demo, program, tmp, test(name, body), skip(name, why) }; see browser.sh.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url)), root = resolve(here, "../.."), modules = join(root, "build/browser/");
const [site, program, tmp, ...names] = process.argv.slice(2);
const { chromium } = createRequire(modules)("playwright-core");
const paths = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browser = await chromium.launch({ executablePath: paths.find((path) => path && existsSync(path)), args: ["--no-sandbox"] });
let count = 0, failed = 0;

async function test(name, body) {
	count++;
	try {
		await body();
		console.log("ok " + count + " - " + name);
	} catch (error) {
		failed++;
		console.log("not ok " + count + " - " + name);
		console.log([error.stack || String(error), error.stdout, error.stderr].filter((text) => text).join("\n").replace(/^/gm, "# ").slice(0, 6000));
	}
}
function skip(name, why) {
	count++;
	console.log("ok " + count + " - " + name + " # SKIP " + why);
}
for (const name of names) {
	const { default: run } = await import("./" + name + ".mjs");
	await run({ browser, root, modules, public: resolve(site), demo: dirname(resolve(site)), program: resolve(program), tmp: resolve(tmp), test, skip });
}
await browser.close();
console.log("1.." + count);
process.exit(failed > 0 ? 1 : 0);
