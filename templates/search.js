/* The search page. The index is files of search/ loaded as scripts when a question needs them, because
   pages opened from a disk may not fetch. The question is cut as gen/site/search_grams.c cuts texts. */
"use strict";
(function (yj) {
	const form = document.getElementById("search"), input = document.getElementById("q"), list = document.getElementById("results");
	const said = document.getElementById("said"), more = document.getElementById("more");
	const marks = [...form.querySelectorAll("[data-mark]")];
	const shardCount = Number(form.dataset.shards), first = Number(form.dataset.first), count = Number(form.dataset.count);
	const RECORDS = 16, TEXTS = 4, PAGE = 20, WORD_MAX = 32, AROUND = 36;
	const stateNames = {}, looks = { open: "go", soon: "soon", late: "late", waiting: "wait", closed: "done", cancelled: "gone" };
	for (const option of form.querySelector('[data-mark="state"]').options) stateNames[option.value] = option.textContent;
	const kindNames = {};
	for (const option of form.querySelector('[data-mark="kind"]').options) kindNames[option.value] = option.textContent;

	/* --- files of the index ------------------------------------------------------------------------ */
	const shards = new Map(), pieces = new Map(), bodies = new Map(), asked = new Map();
	yj.grams = (number, text) => shards.set(number, text);
	yj.records = (number, rows) => pieces.set(number, rows);
	yj.texts = (number, rows) => bodies.set(number, rows);
	function load(name) {
		if (!asked.has(name)) asked.set(name, new Promise((resolve) => {
			const script = document.createElement("script");
			script.src = "search/" + name + ".js";
			script.onload = () => resolve();
			script.onerror = () => { asked.delete(name); resolve(); };
			document.head.append(script);
		}));
		return asked.get(name);
	}

	/* --- grams --------------------------------------------------------------------------------------- */
	const utf8 = new TextEncoder();
	function hash(text) {
		let h = 2166136261;
		for (const byte of utf8.encode(text)) h = Math.imul(h ^ byte, 16777619);
		return h >>> 0;
	}
	/* The question's parts: Chinese runs, words. Each is { text, grams: all must stand, or: these instead }. */
	function partsOf(question) {
		const parts = [];
		for (const [text] of question.toLowerCase().matchAll(/[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]+|[a-z0-9]+/gu)) {
			const signs = [...text], part = { text, grams: [], or: [] };
			if (/^[a-z0-9]/.test(text)) {
				if (text.length > 1) part.grams.push(hash(text.slice(0, WORD_MAX)));
				const size = text.length === 2 ? 2 : 3;
				if (/^[a-z]{2,}$/.test(text)) for (let i = 0; i + size <= text.length; i++) part.or.push(hash("initials:" + text.slice(i, i + size)));
			} else if (signs.length === 1) {
				part.grams.push(hash(text));
			} else {
				for (let i = 0; i + 1 < signs.length; i++) part.grams.push(hash(signs[i] + signs[i + 1]));
			}
			parts.push(part);
		}
		return parts;
	}
	const markGrams = () => marks.filter((mark) => (mark.type === "checkbox" ? mark.checked : mark.value)).map((mark) => hash(mark.dataset.mark + ":" + mark.value));

	/* --- postings: for each document 2 where a gram stands in a name, 1 in the text, 0 nowhere --------- */
	function readNumbers(text, level, into) {
		let number = 0, scale = 1, at = 0;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i), digit = code - 35 - (code > 92 ? 1 : 0);
			number += (digit % 45) * scale;
			scale *= 45;
			if (digit >= 45) continue;
			at += number;
			into[at] = level;
			number = 0;
			scale = 1;
		}
	}
	function levelsOf(gram) {
		const levels = new Uint8Array(count), text = shards.get(gram & (shardCount - 1)) || "", head = " " + gram.toString(16) + "!";
		const at = text.indexOf(head);
		if (at < 0) return levels;
		const [names, texts] = text.slice(at + head.length, text.indexOf(" ", at + 1)).split("!");
		readNumbers(texts, 1, levels);
		readNumbers(names, 2, levels);
		return levels;
	}
	function all(grams) {
		const levels = new Uint8Array(count).fill(2);
		for (const gram of grams) {
			const other = levelsOf(gram);
			for (let i = 0; i < count; i++) if (other[i] < levels[i]) levels[i] = other[i];
		}
		return levels;
	}
	function levelsOfPart(part) {
		const levels = part.grams.length > 0 ? all(part.grams) : new Uint8Array(count);
		if (part.or.length === 0) return levels;
		const other = all(part.or);
		for (let i = 0; i < count; i++) if (other[i] > levels[i]) levels[i] = other[i];
		return levels;
	}

	/* --- an answer: names before texts; what is no ticket first, then the newest ------------------------ */
	function ranked(levels) {
		const names = [], texts = [];
		const take = (i) => { if (levels[i] === 2) names.push(i); else if (levels[i] === 1) texts.push(i); };
		for (let i = 0; i < first; i++) take(i);
		for (let i = count - 1; i >= first; i--) take(i);
		return names.concat(texts);
	}
	let hits = [], levels = new Uint8Array(0), shown = 0, parts = [], turn = 0;
	async function answer() {
		const mine = ++turn, filters = markGrams(), asks = partsOf(input.value), usable = asks.filter((part) => part.grams.length + part.or.length > 0);
		remember();
		if (usable.length + filters.length === 0) {
			hits = [];
			parts = [];
			list.replaceChildren();
			more.hidden = true;
			said.textContent = input.value.trim() === "" ? "" : "请再输入一个：至少一个汉字，或两个字母、数字";
			return;
		}
		const grams = [...usable.flatMap((part) => [...part.grams, ...part.or]), ...filters];
		await Promise.all([...new Set(grams.map((gram) => gram & (shardCount - 1)))].map((shard) => load("g" + (shard >>> 0))));
		if (mine !== turn) return;
		levels = new Uint8Array(count).fill(2);
		for (const other of [...usable.map(levelsOfPart), all(filters)]) for (let i = 0; i < count; i++) if (other[i] < levels[i]) levels[i] = other[i];
		hits = ranked(levels);
		parts = usable;
		shown = 0;
		await show(mine);
	}
	async function show(mine) {
		const next = hits.slice(shown, shown + PAGE);
		await Promise.all([...new Set(next.map((hit) => Math.floor(hit / RECORDS)))].map((piece) => load("d" + piece)));
		if (mine !== turn) return;
		const lines = next.map((hit) => [hit, (pieces.get(Math.floor(hit / RECORDS)) || [])[hit % RECORDS]]).filter(([, record]) => record).map(([hit, record]) => lineOf(record, hit));
		if (shown === 0) list.replaceChildren(...lines);
		else list.append(...lines);
		shown += next.length;
		more.hidden = shown >= hits.length;
		said.textContent = hits.length === 0 ? "没有找到。换一个说法，或清除筛选条件" : "找到 " + hits.length + " 条" + (shown < hits.length ? "，显示前 " + shown + " 条" : "");
		document.body.dataset.answered = String(mine);
	}

	/* --- a line, with the hit marked ---------------------------------------------------------------------- */
	function element(name, className, text) {
		const made = document.createElement(name);
		if (className) made.className = className;
		if (text !== undefined) made.textContent = text;
		return made;
	}
	/* Of the same length, so that places in it are places in the text. */
	function lower(text) {
		const low = text.toLowerCase();
		return low.length === text.length ? low : text;
	}
	/* Where each word stands: [from, to), a part also by initials; then without overlap. */
	function spans(text, initials, words) {
		const low = lower(text), found = [];
		for (const word of words) {
			for (const [where, ok] of [[low, true], [initials, /^[a-z]{2,}$/.test(word)]]) {
				for (let at = ok && where ? where.indexOf(word) : -1; at >= 0; at = where.indexOf(word, at + word.length)) found.push([at, at + word.length]);
			}
		}
		found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
		return found.filter((span, i) => found.slice(0, i).every((other) => other[1] <= span[0]));
	}
	function marked(into, text, initials, words = parts.map((part) => part.text)) {
		let at = 0;
		for (const [from, to] of spans(text, initials, words)) {
			if (from < at) continue;
			into.append(text.slice(at, from), element("mark", "", text.slice(from, to)));
			at = to;
		}
		into.append(text.slice(at));
		return into;
	}
	/* --- an excerpt, where the hit stands in the text: loaded when its line comes into view ------------------- */
	/* The longest pieces of a question that the text has: a question may be put together from several places. */
	function pieceIn(low, word) {
		for (let size = word.length; size > 1 || size === word.length; size--) {
			for (let at = 0; at + size <= word.length; at++) if (low.includes(word.slice(at, at + size))) return word.slice(at, at + size);
		}
		return "";
	}
	function lineWith(lines, words) {
		let best = "", most = 0;
		for (const line of lines) {
			const low = lower(line), there = words.filter((word) => low.includes(word)).length;
			if (there > most) [best, most] = [line, there];
		}
		return best;
	}
	/* What stands around the first of the words in the line, no character cut in two. */
	function cutAround(line, words) {
		const first = Math.min(...words.map((word) => lower(line).indexOf(word)).filter((at) => at >= 0));
		const from = first > AROUND ? first - AROUND / 2 : 0, signs = [...line.slice(from).replace(/^[\udc00-\udfff]/, "")];
		return (from > 0 ? "…" : "") + signs.slice(0, 2 * AROUND).join("") + (signs.length > 2 * AROUND ? "…" : "");
	}
	/* The line that has most of the words, and one more for those it has not. */
	function excerptOf(text) {
		const lines = text.split("\n"), low = lower(text), words = parts.map((part) => pieceIn(low, part.text)).filter((word) => word !== ""), cuts = [];
		for (let left = words; left.length > 0 && cuts.length < 2;) {
			const line = lineWith(lines, left), there = left.filter((word) => lower(line).includes(word));
			cuts.push(cutAround(line, there));
			left = there.length === 0 ? [] : left.filter((word) => !there.includes(word));
		}
		return words.length === 0 ? null : marked(element("q"), cuts.join(" … "), "", words);
	}
	async function showExcerpt(line, hit, mine) {
		const piece = Math.floor(hit / TEXTS);
		await load("t" + piece);
		if (mine !== turn) return;
		const made = excerptOf((bodies.get(piece) || [])[hit % TEXTS] || "");
		if (made) line.firstChild.append(made);
	}
	const eyes = new IntersectionObserver((lines) => {
		for (const { target, isIntersecting } of lines) {
			if (!isIntersecting) continue;
			eyes.unobserve(target);
			showExcerpt(target, Number(target.dataset.hit), turn);
		}
	});
	function lineOf([kind, path, title, note, state, initials], hit) {
		const line = element("li"), link = element("a");
		link.href = path.split("#").map((piece) => piece.split("/").map(encodeURIComponent).join("/")).join("#");
		if (state) link.append(element("span", "tag " + (looks[state] || "wait"), stateNames[state] || state));
		link.append(element("span", "kind", kindNames[kind] || kind), marked(element("b"), title, initials), marked(element("small"), note, ""));
		line.append(link);
		line.dataset.hit = hit;
		if (parts.length > 0 && levels[hit] === 1) eyes.observe(line);
		return line;
	}

	/* --- the address holds the question --------------------------------------------------------------------- */
	function remember() {
		const words = new URLSearchParams();
		if (input.value) words.set("q", input.value);
		for (const mark of marks) if (mark.type === "checkbox" ? mark.checked : mark.value) words.set(mark.dataset.mark, mark.value);
		const text = words.toString();
		if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname);
	}
	function recall() {
		const words = new URLSearchParams(location.hash.slice(1));
		input.value = words.get("q") || "";
		for (const mark of marks) {
			if (mark.type === "checkbox") mark.checked = words.get(mark.dataset.mark) === mark.value;
			else mark.value = [...mark.options].some((one) => one.value === words.get(mark.dataset.mark)) ? words.get(mark.dataset.mark) : "";
		}
		answer();
	}

	/* --- keys --------------------------------------------------------------------------------------------- */
	function move(step) {
		const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
		if (at + step < 0) input.focus();
		else if (links[at + step]) links[at + step].focus();
		else if (!more.hidden) more.focus();
	}
	function clear() {
		input.value = "";
		for (const mark of marks) if (mark.type === "checkbox") mark.checked = false; else mark.value = "";
		input.focus();
		answer();
	}
	document.addEventListener("keydown", (event) => {
		if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
		const inList = list.contains(document.activeElement), inField = document.activeElement === input;
		if (event.key === "/" && !inField) input.focus();
		else if (event.key === "Escape") clear();
		else if (event.key === "ArrowDown" && (inField || inList)) move(1);
		else if (event.key === "ArrowUp" && inList) move(-1);
		else if (event.key === "Enter" && inField) { if (list.querySelector("a")) list.querySelector("a").click(); }
		else return;
		event.preventDefault();
	});
	input.addEventListener("input", answer);
	for (const mark of marks) mark.addEventListener("change", answer);
	form.addEventListener("submit", (event) => event.preventDefault());
	form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
	more.addEventListener("click", () => {
		const at = list.children.length;
		show(turn).then(() => list.children[at] && list.children[at].querySelector("a").focus());
	});
	window.addEventListener("hashchange", recall);
	form.hidden = false;
	recall();
	input.focus();
})((globalThis.yunjuan = globalThis.yunjuan || {}));
