/* Tables that sort by a column, show only rows with some words, and give what is shown as CSV. What was
   chosen stands in the address: s<N>=<column>[d] and f<N>=<words> of the page's Nth table. */
"use strict";
(function () {
	const order = new Intl.Collator("zh-CN", { numeric: true }).compare;
	const tables = [...document.querySelectorAll("table.sortable")].map((table, number) => ({
		table, number, heads: [...table.tHead.rows[0].cells], rows: [...table.tBodies[0].rows].map((row, at) => ({ row, at })), column: -1, down: false, words: "",
	}));

	function textOf(cell) {
		return (cell ? cell.innerText : "").replace(/\s+/g, " ").trim();
	}
	const valueOf = (item, column) => {
		item.values = item.values || [];
		if (item.values[column] === undefined) item.values[column] = item.row.cells[column] ? item.row.cells[column].textContent.replace(/\s+/g, " ").trim() : "";
		return item.values[column];
	};
	/* Signs that stand for nothing go last whichever way the rest goes. */
	const isEmpty = (text) => text === "" || text === "—" || text === "·";
	/* "1,234.50", "3 日", but no date and no ticket's number. */
	function numberOf(text) {
		const found = /^(-?[\d,]+(?:\.\d+)?)(?:\s?[^\d\s-]+)?$/.exec(text);
		return found ? Number(found[1].replace(/,/g, "")) : NaN;
	}
	function inOrder(a, b) {
		const x = numberOf(a), y = numberOf(b);
		return Number.isNaN(x) || Number.isNaN(y) ? order(a, b) : x - y;
	}
	function compare(one, x, y) {
		const a = valueOf(x, one.column), b = valueOf(y, one.column);
		if (isEmpty(a) !== isEmpty(b)) return isEmpty(a) ? 1 : -1;
		return (one.down ? -1 : 1) * inOrder(a, b) || x.at - y.at;
	}
	function sort(one) {
		const rows = [...one.rows].sort((x, y) => (one.column < 0 ? x.at - y.at : compare(one, x, y)));
		one.table.tBodies[0].append(...rows.map((item) => item.row));
		one.heads.forEach((head, i) => {
			if (i === one.column) head.setAttribute("aria-sort", one.down ? "descending" : "ascending");
			else head.removeAttribute("aria-sort");
		});
		one.by.value = one.column < 0 ? -1 : one.column * 2 + (one.down ? 1 : 0);
	}
	function filter(one) {
		const words = one.words.toLowerCase().split(/\s+/).filter((word) => word);
		let shown = 0;
		for (const item of one.rows) {
			if (item.low === undefined) item.low = item.row.textContent.toLowerCase();
			item.row.hidden = !words.every((word) => item.low.includes(word));
			shown += item.row.hidden ? 0 : 1;
		}
		one.said.textContent = words.length === 0 ? "" : shown === 0 ? "没有符合的行" : "显示 " + shown + " 行，共 " + one.rows.length + " 行";
	}

	/* --- CSV: Excel needs the mark in front to read Chinese, and takes = + - @ for a formula --------------- */
	function csvCell(text) {
		const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
		return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
	}
	function csvOf(one) {
		const rows = [...one.table.tBodies[0].rows].filter((row) => !row.hidden);
		const lines = [one.heads.map((head) => head.dataset.name), ...rows.map((row) => [...row.cells].map(textOf))];
		return "\ufeff" + lines.map((line) => line.map(csvCell).join(",") + "\r\n").join("");
	}
	function save(one) {
		const link = document.createElement("a"), title = one.table.getAttribute("aria-label") || document.title.split(" · ")[0];
		link.href = URL.createObjectURL(new Blob([csvOf(one)], { type: "text/csv;charset=utf-8" }));
		link.download = title.replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_").slice(0, 80) + ".csv";
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 10000);
	}

	/* --- the address: an anchor of the page is left alone ---------------------------------------------------- */
	function remember() {
		const words = new URLSearchParams();
		for (const one of tables) {
			if (one.column >= 0) words.set("s" + one.number, one.column + (one.down ? "d" : ""));
			if (one.words) words.set("f" + one.number, one.words);
		}
		history.replaceState(null, "", words.size === 0 ? location.pathname : "#" + words);
	}
	function recall() {
		if (location.hash.length > 1 && !location.hash.includes("=")) return;
		const words = new URLSearchParams(location.hash.slice(1));
		for (const one of tables) {
			const [, place, down] = /^(\d{1,2})(d?)$/.exec(words.get("s" + one.number) || "") || [];
			const column = place !== undefined && Number(place) < one.heads.length ? Number(place) : -1, wanted = words.get("f" + one.number) || "";
			// A long table is put in order only when that changes it: ten thousand rows take seconds.
			const sorted = one.column === column && one.down === (down === "d"), filtered = one.words === wanted;
			one.column = column;
			one.down = down === "d";
			one.words = one.input.value = wanted;
			if (!sorted) sort(one);
			if (!filtered) filter(one);
		}
	}

	/* --- controls ---------------------------------------------------------------------------------------------- */
	function button(text, act) {
		const made = document.createElement("button");
		made.type = "button";
		made.textContent = text;
		made.addEventListener("click", act);
		return made;
	}
	function turn(one, column) {
		const again = one.column === column;
		one.column = again && one.down ? -1 : column;
		one.down = again && !one.down;
		sort(one);
		remember();
	}
	function equip(one) {
		const bar = document.createElement("p"), label = document.createElement("label");
		one.heads.forEach((head, i) => {
			head.dataset.name = head.textContent.trim();
			const words = [...head.childNodes], press = button("", () => turn(one, i));
			press.append(...words);
			head.append(press);
		});
		one.input = document.createElement("input");
		one.input.type = "search";
		one.input.addEventListener("input", () => {
			one.words = one.input.value.trim();
			filter(one);
			remember();
		});
		label.append("筛选 ", one.input);
		one.by = document.createElement("select");
		one.by.append(...["原来的顺序", ...one.heads.flatMap((head) => [head.dataset.name + " ↑", head.dataset.name + " ↓"])].map((text, i) => new Option(text, i - 1)));
		one.by.addEventListener("change", () => {
			const chosen = Number(one.by.value);
			one.column = chosen < 0 ? -1 : chosen >> 1;
			one.down = chosen >= 0 && chosen % 2 === 1;
			sort(one);
			remember();
		});
		const by = document.createElement("label");
		by.className = "by";
		by.append("排序 ", one.by);
		one.said = document.createElement("span");
		one.said.setAttribute("role", "status");
		bar.className = "tools";
		bar.append(label, by, button("导出 CSV", () => save(one)), one.said);
		one.table.parentElement.before(bar);
	}
	tables.forEach(equip);
	window.addEventListener("hashchange", recall);
	recall();
})();
