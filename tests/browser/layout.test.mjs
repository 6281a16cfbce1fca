// Every page of the sample year, on a small screen and on a phone: nothing is wider than the window, nothing
// in a table or a list is taller than the place it was given, where it would lie on its neighbour, and on the
// small screen no table is cut off on the right.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

// What runs out of its box, in the page.
function spilled() {
	const out = [];
	if (document.documentElement.scrollWidth > innerWidth) out.push("the page is " + document.documentElement.scrollWidth + " wide");
	for (const box of document.querySelectorAll("main td > *, main th > *, main li, main dd")) {
		const style = getComputedStyle(box);
		if (style.display === "inline" || style.overflowY !== "visible" || box.namespaceURI.endsWith("svg")) continue;
		if (box.clientHeight > 0 && box.scrollHeight > box.clientHeight + 3) out.push(box.tagName + "." + box.className + ": " + box.textContent.trim().slice(0, 40));
	}
	for (const card of innerWidth < 1000 ? [] : document.querySelectorAll("main .card"))
		if (card.scrollWidth > card.clientWidth + 1) out.push("cut off: " + card.textContent.trim().slice(0, 40));
	return out.slice(0, 3);
}

export default async function (h) {
	const pages = readdirSync(h.public, { recursive: true }).filter((name) => name.endsWith(".html")).sort();
	for (const width of [1024, 390]) {
		await h.test("nothing lies on another on " + pages.length + " pages, " + width + " wide", async () => {
			const page = await h.browser.newPage({ viewport: { width, height: 800 } }), found = [];
			for (const name of pages) {
				await page.goto("file://" + h.public + "/" + name);
				for (const what of await page.evaluate(spilled)) found.push(name + ": " + what);
			}
			await page.close();
			assert.ok(pages.length > 200);
			assert.deepEqual(found, []);
		});
	}
}
