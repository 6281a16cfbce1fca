// Every page of the sample year through the Nu HTML checker, which needs Java. Its style sheets are left out: it
// does not know all of CSS (paint-order), nor that file: is allowed by the pages' policy (a warning only).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export default async function (h) {
	const jar = join(h.modules, "node_modules/vnu-jar/build/dist/vnu.jar");
	const errorsOf = (folder) => {
		const { stderr, error } = spawnSync("java", ["-Xss4m", "-jar", jar, "--format", "json", "--errors-only", "--skip-non-html", folder], { encoding: "utf8", maxBuffer: 1 << 26 });
		if (error) throw error;
		return JSON.parse(stderr).messages.map((one) => one.url + ":" + one.lastLine + ": " + one.message);
	};
	if (spawnSync("java", ["-version"]).error) return h.skip("the Nu HTML checker has nothing to say", "no java: sh tests/deps.sh markup");
	const pages = readdirSync(h.public, { recursive: true }).filter((name) => name.endsWith(".html")).length;
	await h.test("the Nu HTML checker has nothing to say of " + pages + " pages", async () => {
		assert.ok(pages > 200);
		assert.deepEqual(errorsOf(h.public), []);
	});
	await h.test("it does say what is wrong with a page", async () => {
		const folder = mkdtempSync(join(h.tmp, "markup-"));
		writeFileSync(join(folder, "wrong.html"), '<!DOCTYPE html><html lang="zh-CN"><head><title>x</title></head><body><p id="a"><div id="a"></div></p></body></html>');
		assert.match(errorsOf(folder).join("\n"), /wrong\.html.*Duplicate ID/);
	});
}
