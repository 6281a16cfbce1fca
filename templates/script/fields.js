/* The page's fields: rows added and taken away, texts read and written, faults shown beside them. */
"use strict";
(function (yj) {
	const byId = (id) => document.getElementById(id);
	const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/^[ \u3000]+|[ \u3000\n]+$/g, "");
	let rowCount = 0;

	/* --- rows of a table ---------------------------------------------------------------------- */
	function number(list) {
		list.querySelectorAll(":scope > .list > .row").forEach((row, i) => { row.querySelector(".nth").textContent = i + 1; });
	}
	/* A copy of the template, its ids made unique. */
	function copyOf(template, n) {
		const row = template.content.firstElementChild.cloneNode(true);
		for (const element of row.querySelectorAll("[id], [for], [aria-describedby]")) {
			for (const name of ["id", "for", "aria-describedby"]) {
				const value = element.getAttribute(name);
				if (value) element.setAttribute(name, value.replace(/-0(?=-|$|\s)/g, "-" + n));
			}
		}
		return row;
	}
	function addRow(list) {
		const row = copyOf(list.querySelector(":scope > template"), ++rowCount);
		list.querySelector(":scope > .list").append(row);
		row.querySelector(".remove").addEventListener("click", () => {
			row.remove();
			number(list);
			list.querySelector(".add").focus();
			list.dispatchEvent(new Event("input", { bubbles: true }));
		});
		number(list);
		return row;
	}
	function startLists(form) {
		for (const list of form.querySelectorAll("[data-list]")) {
			addRow(list);
			list.querySelector(":scope > p > .add").addEventListener("click", () => addRow(list).querySelector("input, select, textarea").focus());
		}
	}

	/* --- texts -------------------------------------------------------------------------------- */
	const cell = (row, key) => row.querySelector('[data-key="' + key + '"]');
	function readRow(field, row) {
		const texts = {};
		for (const column of field.columns) texts[column.key] = clean(cell(row, column.key).value);
		return texts;
	}
	const isEmpty = (row) => Object.values(row).every((text) => text === "");
	/* Rows that say something, with their elements. */
	function filledRows(field) {
		const rows = [...byId("f-" + field.key).querySelectorAll(":scope > .list > .row")];
		return rows.map((element) => ({ element, texts: readRow(field, element) })).filter((row) => !isEmpty(row.texts));
	}
	function read(field) {
		if (field.type === "list") return filledRows(field).map((row) => row.texts);
		const text = clean(byId("f-" + field.key).value);
		return field.type === "texts" ? text.split("\n").map(clean).filter((line) => line !== "") : text;
	}
	function readAll(fields) {
		const texts = {};
		for (const field of fields) texts[field.key] = read(field);
		return texts;
	}
	function writeRow(field, row, texts) {
		for (const column of field.columns) cell(row, column.key).value = texts[column.key] === undefined ? "" : texts[column.key];
	}
	function writeList(field, rows) {
		const list = byId("f-" + field.key);
		list.querySelector(":scope > .list").replaceChildren();
		for (const texts of rows.length ? rows : [{}]) writeRow(field, addRow(list), texts);
	}
	function write(field, text) {
		if (text === undefined) return;
		if (field.type === "list") writeList(field, Array.isArray(text) ? text : []);
		else byId("f-" + field.key).value = Array.isArray(text) ? text.join("\n") : text;
	}
	/* A ticket's values (law.js types) back to texts. */
	function textOf(field, value) {
		if (value === undefined) return field.type === "list" || field.type === "texts" ? [] : "";
		if (field.type === "list") return Array.isArray(value) ? value.map((row) => textsOf(field.columns, row)) : [];
		if (field.type === "texts") return Array.isArray(value) ? value.map(String) : [];
		if (typeof value === "boolean") return value ? "是" : "否";
		return String(value);
	}
	function textsOf(fields, values) {
		const texts = {};
		for (const field of fields) texts[field.key] = textOf(field, values[field.key]);
		return texts;
	}

	/* --- marks and faults ----------------------------------------------------------------------- */
	function mark(element, field, values) {
		if (!field.required_when) return;
		const needed = yj.holds(field.required_when, values), box = element.closest(".field") || element;
		const must = box.querySelector(":scope > label .must, :scope > legend .must");
		if (must) must.hidden = !needed;
		box.classList.toggle("idle", !needed);
	}
	function markAll(fields, values) {
		for (const field of fields) {
			mark(byId("f-" + field.key), field, values);
			if (field.type !== "list") continue;
			for (const row of byId("f-" + field.key).querySelectorAll(":scope > .list > .row")) {
				const rowValues = yj.valuesOf(field.columns, readRow(field, row));
				for (const column of field.columns) mark(cell(row, column.key), column, rowValues);
			}
		}
	}
	/* The element that a fault's key names. */
	function locate(key, fields) {
		const found = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(key);
		if (found) {
			const rows = filledRows(fields.find((field) => field.key === found[1]));
			return cell(rows[found[2] - 1].element, found[3]);
		}
		if (key.startsWith("paper:")) return [...document.querySelectorAll(".paper")].find((box) => box.dataset.paper === key.slice(6)).querySelector("input");
		if (key.startsWith("section:")) return [...document.querySelectorAll("[data-section]")].find((box) => box.dataset.section === key.slice(8));
		return byId("f-" + key) || byId(key);
	}
	function clearFaults(form) {
		for (const line of form.querySelectorAll(".error")) { line.hidden = true; line.textContent = ""; }
		for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
	}
	function showFault(element, text) {
		const line = byId("e-" + element.id);
		if (element.tagName !== "FIELDSET") element.setAttribute("aria-invalid", "true");
		if (!line) return;
		line.append(...(line.hidden ? [] : [document.createElement("br")]), text);
		line.hidden = false;
	}
	function faultLink(element, text) {
		const item = document.createElement("li"), link = document.createElement("a");
		link.href = "#" + element.id;
		link.textContent = text;
		link.addEventListener("click", (event) => {
			event.preventDefault();
			element.focus();
			element.scrollIntoView({ block: "center" });
		});
		item.append(link);
		return item;
	}
	/* Beside the fields, and together above the form with links to them. */
	function showFaults(form, faults, fields) {
		const summary = byId("errors"), heading = document.createElement("h2"), items = document.createElement("ul");
		clearFaults(form);
		summary.replaceChildren();
		summary.hidden = faults.length === 0;
		heading.textContent = "有 " + faults.length + " 处要改，改好后再生成";
		for (const fault of faults) {
			const element = locate(fault.key, fields) || form, text = fault.text + (fault.article ? "（" + fault.article + "）" : "");
			showFault(element, text);
			items.append(faultLink(element, text));
		}
		summary.append(heading, items);
		if (faults.length > 0) summary.focus();
	}

	Object.assign(yj, { byId, clean, copyOf, startLists, readAll, write, textsOf, markAll, showFaults });
})((globalThis.yunjuan = globalThis.yunjuan || {}));
