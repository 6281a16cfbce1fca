/* The form on paper: what is filled in, laid into the annex that is printed. */
"use strict";
(function (yj) {
	const sheets = () => document.getElementById("sheets");
	function fillFacts(texts) {
		for (const place of sheets().querySelectorAll("[data-sheet-key]")) {
			const text = texts[place.dataset.sheetKey];
			place.textContent = Array.isArray(text) ? text.join("\n") : text === undefined ? "" : text;
		}
	}
	function cellOf(text) {
		const cell = document.createElement("td");
		cell.textContent = text === undefined ? "" : text;
		return cell;
	}
	/* Columns that no row fills are left out, so that a wide table keeps its width for what it says. */
	function fillTable(table, rows) {
		const heads = [...table.querySelectorAll("th")], keys = heads.map((head) => head.dataset.column);
		const used = keys.map((key) => rows.length === 0 || rows.some((row) => row[key]));
		heads.forEach((head, i) => { head.hidden = !used[i]; });
		const lines = rows.length === 0 ? [{}, {}, {}, {}] : rows;
		table.tBodies[0].replaceChildren(...lines.map((row) => {
			const line = document.createElement("tr");
			line.append(...keys.filter((key, i) => used[i]).map((key) => cellOf(row[key])));
			return line;
		}));
	}
	function fillPlan(sections) {
		for (const plan of sheets().querySelectorAll("[data-sheet-plan]")) {
			let any = false;
			for (const place of plan.querySelectorAll("[data-sheet-section]")) {
				place.textContent = (sections && sections[place.dataset.sheetSection]) || "";
				any = any || place.textContent !== "";
			}
			plan.hidden = !any;
		}
	}
	/* texts: of all fields and the ticket's own; shown: ids of the forms that belong to it now. */
	function fillSheets(texts, sections, shown) {
		fillFacts(texts);
		for (const table of sheets().querySelectorAll("[data-sheet-list]")) fillTable(table, texts[table.dataset.sheetList] || []);
		for (const sheet of sheets().querySelectorAll("[data-sheet]")) sheet.hidden = !shown.includes(sheet.dataset.sheet);
		fillPlan(sections);
	}
	yj.fillSheets = fillSheets;
})((globalThis.yunjuan = globalThis.yunjuan || {}));
