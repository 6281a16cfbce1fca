/* One form page: opens a ticket, takes a step of one, or fills a form to be printed; saves the slip that
   `yunjuan receive` takes in. */
"use strict";
(function (yj) {
	const { byId, clean } = yj;
	const form = byId("slip"), page = form.dataset;
	const flow = yj.law.flows[page.flow], formIds = page.forms.split(" ").filter((id) => id), stageIds = page.stages.split(" ").filter((id) => id);
	const fields = formIds.flatMap((id) => yj.law.forms[id].fields);
	const LIMIT_BYTES = 300 * 1024 * 1024;
	/* What is known beside the fields: the ticket (when a step is taken), other papers, and when. */
	const state = { ticket: null, papers: 0 };
	const opening = () => page.kind === "open" && !state.ticket;
	const acting = () => state.ticket !== null;
	const value = (id) => (byId(id) ? clean(byId(id).value) : "");

	/* --- now, in Beijing ------------------------------------------------------------------------ */
	function now() {
		const at = new Date(Date.now() + 8 * 3600 * 1000).toISOString();
		return at.slice(0, 10) + " " + at.slice(11, 16);
	}
	const today = () => now().slice(0, 10);

	/* --- small store of this browser: drafts, numbers used --------------------------------------- */
	function load(key) {
		try { return JSON.parse(localStorage.getItem("yunjuan:" + key)); } catch (failure) { return null; }
	}
	function store(key, what) {
		try {
			if (what === null) localStorage.removeItem("yunjuan:" + key);
			else localStorage.setItem("yunjuan:" + key, JSON.stringify(what));
			return true;
		} catch (failure) {
			return false;
		}
	}
	const draftKey = () => "draft:" + (acting() ? state.ticket.id + ":" + state.ticket.base : page.flow);
	const plainIds = ["t-tenant", "t-system", "t-title", "t-number", "t-urgent", "t-ground", "a-outcome", "a-submit", "a-opinion", "a-late", "a-name", "a-mail"];
	function sectionTexts() {
		const texts = {};
		for (const box of form.querySelectorAll("[data-section]")) texts[box.dataset.section] = clean(box.value);
		return texts;
	}
	function saveDraft() {
		const old = load(draftKey()) || {}, plain = {};
		for (const id of plainIds) if (byId(id)) plain[id] = value(id);
		const kept = store(draftKey(), { at: now(), texts: { ...old.texts, ...yj.readAll(fields) }, plain: { ...old.plain, ...plain }, sections: { ...old.sections, ...sectionTexts() } });
		byId("draft").textContent = kept ? "草稿已存在这台电脑的浏览器里（" + now().slice(11) + "），不含材料" : "这个浏览器不能保存草稿，请填完再关闭本页";
	}
	function restoreDraft() {
		const draft = load(draftKey());
		if (!draft) return false;
		for (const field of fields) yj.write(field, (draft.texts || {})[field.key]);
		for (const id of plainIds) {
			if (!byId(id) || (draft.plain || {})[id] === undefined) continue;
			byId(id).value = draft.plain[id];
			if (id === "t-tenant") offerSystems();
		}
		offerOfficers();
		if (byId("a-name") && draft.plain) byId("a-name").value = draft.plain["a-name"] || "";
		for (const box of form.querySelectorAll("[data-section]")) box.value = (draft.sections || {})[box.dataset.section] || "";
		byId("draft").textContent = "已恢复 " + draft.at + " 的草稿，材料请重新选择";
		return true;
	}

	/* --- choices from the registers ---------------------------------------------------------------- */
	function option(text, key) {
		const element = document.createElement("option");
		element.value = key === undefined ? text : key;
		element.textContent = text;
		return element;
	}
	function offer(select, options, first) {
		const old = select.value;
		select.replaceChildren(option(first, ""), ...options);
		select.value = [...select.options].some((one) => one.value === old) ? old : "";
		if (options.length === 1) select.value = options[0].value;
	}
	const tenantId = () => (acting() ? state.ticket.tenant : value("t-tenant"));
	const tenant = () => yj.registers.parties.find((party) => party.id === tenantId());
	function offerTenants() {
		if (!byId("t-tenant")) return;
		const place = (party) => (party.level === "county" ? party.county : "市级"), places = [...new Set(yj.registers.parties.map(place))];
		const groups = places.map((name) => {
			const group = document.createElement("optgroup");
			group.label = name;
			group.append(...yj.registers.parties.filter((party) => place(party) === name).map((party) => option(party.name, party.id)));
			return group;
		});
		byId("t-tenant").append(...groups);
	}
	function offerSystems() {
		if (!byId("t-system")) return;
		const own = yj.registers.systems.filter((system) => system.tenant === value("t-tenant")).map((system) => option(system.name));
		offer(byId("t-system"), own, value("t-tenant") === "" ? "请先选使用单位" : own.length === 0 ? "本单位没有登记系统" : "请选择");
	}
	function offerOfficers() {
		const party = tenant();
		if (byId("a-name")) offer(byId("a-name"), party ? party.officers.map((officer) => option(officer.name)) : [], party ? "请选择" : "请先选使用单位");
	}

	/* --- the number, as `yunjuan new` makes it -------------------------------------------------------- */
	const numbered = (n) => flow.prefix + "-" + today().replace(/-/g, "") + "-" + value("t-tenant") + "-" + String(n).padStart(2, "0");
	function isTaken(id) {
		return yj.registers.taken.includes(id) || (load("used") || []).includes(id);
	}
	function proposeNumber() {
		if (!byId("t-number") || value("t-tenant") === "") return;
		let n = 1;
		while (n < 99 && isTaken(numbered(n))) n++;
		byId("t-number").value = String(n).padStart(2, "0");
	}
	const ticketId = () => (acting() ? state.ticket.id : value("t-tenant") === "" ? "" : numbered(value("t-number") || "?"));

	/* --- what is filled in ------------------------------------------------------------------------------ */
	const stageOf = (id) => flow.stages[id];
	const outcome = () => (acting() ? stageOf(state.ticket.stage).outcomes.find((one) => one.id === value("a-outcome")) : undefined);
	/* The stages that are left, each with its way out: of an opening page all that its party has in hand, one
	   after the other; else the one that the ticket stands at. */
	function turns() {
		const chosen = acting() ? [[stageOf(state.ticket.stage), outcome()]] : [];
		if (page.kind !== "open" || (acting() && outcome() !== chosen[0][0].outcomes[0])) return chosen;
		const from = acting() ? stageIds.indexOf(state.ticket.stage) : 0;
		return stageIds.slice(from).map((id) => [stageOf(id), stageOf(id).outcomes[0]]);
	}
	/* Whether the taker moves the ticket on: a new one may be laid down only. */
	const submitting = () => !opening() || value("a-submit") !== "否";
	function baseValues() {
		const party = tenant(), known = acting() ? { ...state.ticket.values } : {};
		for (const field of fields) delete known[field.key];
		const values = { ...known, tenant: tenantId(), tenant_level: acting() ? state.ticket.level : party ? party.level : "city" };
		if (!acting()) values.system = value("t-system");
		if (value("t-urgent") === "是") values.urgent = true;
		return values;
	}
	/* Forms that belong to it as it is filled in now; the others stay out of ticket and page. */
	function shownForms(values) {
		if (page.kind !== "open" && !acting()) return formIds;
		const all = turns().flatMap(([stage, way]) => stage.needs.filter((need) => need.kind === "form" && yj.holds(need.when, values) && (!need.on || (way && need.on === way.id))));
		return formIds.filter((id) => all.some((need) => need.names[0] === id));
	}
	const fieldsOf = (ids) => ids.flatMap((id) => yj.law.forms[id].fields);

	/* --- papers -------------------------------------------------------------------------------------------- */
	const known = () => (acting() && state.ticket.values.attachments) || [];
	function chosen() {
		const out = [];
		for (const box of form.querySelectorAll(".paper")) {
			const input = box.querySelector("input");
			if (input.files.length > 0 && !box.hidden) out.push({ paper: box.dataset.paper, data: input.files[0], input });
		}
		for (const row of form.querySelectorAll(".other")) {
			const input = row.querySelector('input[type="file"]'), name = row.querySelector(".name");
			if (input.files.length > 0 || clean(name.value) !== "") out.push({ paper: clean(name.value), data: input.files[0], input, name });
		}
		return out;
	}
	/* "实施方案" and "X.PDF" -> "实施方案.pdf", another number where that name is taken. */
	function fileName(paper, original, used) {
		const ending = (/\.([A-Za-z0-9]{1,8})$/.exec(original) || ["", "dat"])[1].toLowerCase();
		for (let n = 1; ; n++) {
			const name = paper + (n === 1 ? "" : "-" + n) + "." + ending;
			if (!used.has(name.toLowerCase())) {
				used.add(name.toLowerCase());
				return name;
			}
		}
	}
	/* All attachments the ticket has then, and the files that are new: a paper given again before it is
	   settled takes the place of the old one. */
	function attachments() {
		const used = new Set(["ticket.md", ...known().map((row) => String(row.file).toLowerCase())]), files = [];
		for (const one of chosen()) if (one.data && one.paper !== "") files.push({ ...one, file: fileName(one.paper, one.data.name, used) });
		const replaced = (row) => page.kind === "open" && files.some((one) => one.paper === row.paper && !one.name);
		return { files, rows: known().filter((row) => !replaced(row)).concat(files.map(({ paper, file }) => ({ paper, file }))) };
	}

	/* --- judging ----------------------------------------------------------------------------------------------- */
	function judgeWho(say) {
		const party = tenant(), officer = party && party.officers.find((one) => one.name === value("a-name"));
		const mail = value("a-mail");
		if (!officer) say("a-name", "请选择经办人");
		if (!/^[^\s<>@"]+@[^\s<>@"]+$/.test(mail)) say("a-mail", "请填写经办人在名册中登记的邮箱");
		else if (officer && officer.mark && !yj.digestOf.sha256(yj.encode(mail.toLowerCase())).startsWith(officer.mark)) say("a-mail", "与名册中“" + officer.name + "”登记的邮箱不一致，收件时会被退回；请核对");
	}
	function judgeOpening(say) {
		if (!tenant()) say("t-tenant", "请选择使用单位");
		if (value("t-system") === "") say("t-system", "请选择系统");
		if (value("t-title") === "") say("t-title", "没有标题；请写一句话说明办什么");
		for (const id of ["t-title", "t-ground"]) if (yj.hidden(value(id))) say(id, "里面有" + yj.hidden(value(id)) + "，请删去后重新输入");
		if (Array.from(value("t-title")).length > 200) say("t-title", "太长；标题请写一句话（200 字以内），细节写在下面");
		if (tenant() && !/^(?!00)\d\d$/.test(value("t-number"))) say("t-number", "应填两位数字，从 01 到 99");
		else if (isTaken(ticketId())) say("t-number", "编号 " + ticketId() + " 已经用过，请换一个序号");
		if (value("t-urgent") === "是" && value("t-ground") === "") say("t-ground", yj.fault("ticket-basics", { as: "urgent" }) + "；请填写");
		for (const [title, text] of Object.entries(sectionTexts())) if (yj.hidden(text)) say("section:" + title, "里面有" + yj.hidden(text) + "，请删去后重新输入");
	}
	function judgeAct(say) {
		if (acting() && !outcome()) say("a-outcome", "请选择办理结果");
		if (submitting() && Array.from(value("a-opinion")).length < 2) say("a-opinion", "请写办理意见（至少 2 个字），它会写进提交说明");
		if (!byId("late-box").hidden && value("a-late") === "") say("a-late", "这一环节已经超期，可以办，但要说明原因");
		for (const id of ["a-opinion", "a-late"]) if (yj.hidden(value(id))) say(id, "里面有" + yj.hidden(value(id)) + "，请删去后重新输入");
	}
	function judgePapers(say) {
		let bytes = 0;
		for (const { paper, data, input, name } of chosen()) {
			if (name && (paper === "" || yj.nameFault(paper))) say(name.id, paper === "" ? "请写明材料名称" : "材料名称" + yj.nameFault(paper) + "，请改名");
			if (!data) say(input.id, "请选择文件");
			else if (data.size === 0) say(input.id, "文件“" + data.name + "”是空的");
			bytes += data ? data.size : 0;
		}
		if (bytes > LIMIT_BYTES) say("part-papers", "材料共 " + Math.ceil(bytes / 1048576) + " MB，太大；请压缩扫描件，或改用装有云卷的电脑办理");
	}
	function judgeSecrets(list, texts, say) {
		const { article, says: words } = yj.law.rules.secret || {};
		for (const field of list) {
			const rows = field.type === "list" ? texts[field.key] : [];
			rows.forEach((row, i) => field.columns.forEach((column) => yj.secret(row[column.key] || "") && say(field.key + "[" + (i + 1) + "]." + column.key, words, article)));
			const text = Array.isArray(texts[field.key]) && field.type !== "list" ? texts[field.key].join("\n") : texts[field.key];
			if (field.type !== "list" && text && (yj.secret(text) || yj.secret(field.key + ": " + text))) say(field.key, words, article);
		}
		for (const [title, text] of Object.entries(sectionTexts())) if (yj.secret(text)) say("section:" + title, words, article);
		for (const id of ["t-title", "t-ground", "a-opinion", "a-late"]) if (yj.secret(value(id))) say(id, words, article);
	}
	function judge() {
		const faults = [], say = (key, text, article) => faults.push({ key, text, article });
		const texts = yj.readAll(fields), all = { ...baseValues(), ...yj.valuesOf(fields, texts) };
		const shown = shownForms(all), list = fieldsOf(shown), values = { ...baseValues(), ...yj.valuesOf(list, texts) };
		if (opening()) judgeOpening(say);
		yj.checkTexts(list, texts, "", say);
		const { rows, files } = page.kind === "form" ? { rows: [], files: [] } : attachments(), papers = {};
		for (const one of files) papers[one.file] = one.data.size;
		const at = { values: { ...values, attachments: rows }, sections: opening() ? sectionTexts() : undefined, papers, today: today() };
		for (const [stage, way] of turns()) yj.checkNeeds(stage, way, at, (fault) => faults.some((one) => one.key === fault.key && one.text === fault.text) || faults.push(fault));
		if (page.kind !== "form") judgePapers(say);
		judgeSecrets(list, texts, say);
		if (page.kind !== "form") {
			judgeAct(say);
			judgeWho(say);
		}
		return { faults, texts, list, values, rows, files };
	}

	/* --- the slip ------------------------------------------------------------------------------------------------ */
	function ticketText(found) {
		const head = yj.yaml.pairs([["flow", page.flow], ["stage", flow.first], ["title", value("t-title")], ["system", value("t-system")], ["tenant", value("t-tenant")],
			["urgent", value("t-urgent")], ["urgent_ground", value("t-urgent") === "是" ? value("t-ground") : ""]]);
		const lines = found.list.map((field) => yj.yaml.entry(field, found.texts[field.key])).join("");
		const body = Object.entries(sectionTexts()).map(([title, text]) => "\n## " + title + "\n\n" + yj.yaml.paragraph(text) + "\n").join("");
		return "---\n" + head + yj.yaml.attachments(found.rows) + lines + "---\n" + body;
	}
	/* Only what changed: the rest of the ticket stays as it is. */
	function fieldsText(found) {
		const before = yj.textsOf(found.list, state.ticket.values);
		const changed = found.list.filter((field) => JSON.stringify(found.texts[field.key]) !== JSON.stringify(before[field.key]));
		return (found.files.length > 0 ? yj.yaml.attachments(found.rows) : "") + changed.map((field) => yj.yaml.entry(field, found.texts[field.key])).join("");
	}
	function slipText(made) {
		const who = value("a-name") + " <" + value("a-mail") + ">";
		const rows = [["kind", acting() ? "act" : "ticket"], ["ticket", ticketId()], ["flow", page.flow], ["tenant", tenantId()], ["submitted_by", who], ["made", made]];
		const said = submitting() ? [["outcome", turns().map(([, way]) => way.id).join(" ")], ["opinion", value("a-opinion")]] : [];
		if (!acting()) return rows.concat(said);
		return rows.concat([["stage", state.ticket.stage], ...said,
			["late_reason", byId("late-box").hidden ? "" : value("a-late")], ["base", state.ticket.base]]);
	}
	const yamlRows = (rows) => rows.filter(([, text]) => text !== "").map(([key, text]) => key + ": " + yj.yaml.value(text) + "\n").join("");
	async function payloadOf(found, made) {
		const payload = { "slip.yaml": yj.encode(yamlRows(slipText(made))) };
		if (acting()) payload["fields.yaml"] = yj.encode(fieldsText(found));
		else payload["ticket.md"] = yj.encode(ticketText(found));
		for (const one of found.files) payload["papers/" + one.file] = new Uint8Array(await one.data.arrayBuffer());
		return payload;
	}
	function download(name, bytes) {
		const link = document.createElement("a");
		link.href = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
		link.download = name;
		document.body.append(link);
		link.click();
		link.remove();
		setTimeout(() => URL.revokeObjectURL(link.href), 60000);
	}
	function tell(name, bytes) {
		const size = (bytes.length / 1048576).toFixed(1), mail = yj.registers.mail_bytes;
		byId("done").hidden = false;
		byId("done").textContent = "已生成 " + name + "（" + size + " MB）。请用单位 U 盘、光盘、政务邮箱或粤政易交给统筹管理单位或县级政务服务数据管理局，不要用私人微信、QQ、邮箱。"
			+ (submitting() ? "" : "收入后工单登记在“" + stageOf(flow.first).name + "”环节，还没有提交；要提交时，请从新看板的工单页再填一次交接件。")
			+ (mail && bytes.length > mail ? "它超过了邮件上限 " + Math.floor(mail / 1048576) + " MB，请用 U 盘或光盘。" : "");
		byId("done").focus();
	}
	async function save(event) {
		event.preventDefault();
		const found = judge(), made = now();
		yj.showFaults(form, found.faults, fields);
		if (found.faults.length > 0) return;
		try {
			const payload = await payloadOf(found, made);
			const folder = ticketId() + "-" + (acting() ? state.ticket.stage : flow.first) + "-" + made.replace(/\D/g, "");
			const info = [["Source-Organization", tenant().name], ["External-Identifier", ticketId()], ["Bagging-Date", made.slice(0, 10)]];
			const bytes = yj.zipOf(folder, yj.bagFiles(payload, info), made);
			download(folder + ".zip", bytes);
			if (opening()) store("used", [...(load("used") || []).slice(-200), ticketId()]);
			saveDraft();
			tell(folder + ".zip", bytes);
		} catch (failure) {
			yj.showFaults(form, [{ key: "part-papers", text: "没有生成：读不出选的文件，可能已被移动或正被别的程序占用；请重新选择（" + failure.message + "）" }], fields);
		}
	}

	/* --- the page follows what is filled in ------------------------------------------------------------------------ */
	function sheetTexts(texts) {
		const ticket = state.ticket, party = tenant();
		return { ...texts, system: ticket ? ticket.values.system : value("t-system"), tenant: party ? party.name : "", ticket: ticketId().includes("?") ? "" : ticketId(), made: ticketId() === "" ? "" : today() };
	}
	function markPapers(values) {
		const needs = turns().flatMap(([stage, way]) => stage.needs.filter((need) => need.kind === "paper").map((need) => ({ need, due: yj.dueNow(need, way, values) })));
		for (const box of form.querySelectorAll(".paper")) {
			const rows = needs.filter(({ need }) => need.names[0] === box.dataset.paper), due = rows.some((row) => row.due);
			const had = known().filter((row) => row.paper === box.dataset.paper);
			const must = box.querySelector(".must");
			box.hidden = !box.dataset.always && (rows.length === 0 || (!due && rows.every(({ need }) => need.when || need.on)));
			if (must) must.hidden = !due || had.length > 0;
			box.querySelector(".had").textContent = had.length > 0 ? "已有：" + had.map((row) => row.file).join("、") + "。" : "";
		}
	}
	function refresh() {
		const texts = yj.readAll(fields), values = { ...baseValues(), ...yj.valuesOf(fields, texts) }, shown = shownForms(values);
		for (const part of form.querySelectorAll("[data-form]")) part.hidden = !shown.includes(part.dataset.form);
		yj.markAll(fields, values);
		markPapers(values);
		if (byId("opinion-box")) byId("opinion-box").hidden = !submitting();
		if (byId("t-ground")) byId("t-ground").closest(".field").querySelector(".must").hidden = value("t-urgent") !== "是";
		if (byId("t-id")) byId("t-id").textContent = ticketId() === "" ? "" : "工单编号：" + ticketId();
		yj.fillSheets(sheetTexts(texts), sectionTexts(), shown);
	}

	/* --- a step of a ticket ------------------------------------------------------------------------------------------- */
	function which(text, href) {
		const line = byId("which"), words = document.createElement("span");
		words.textContent = text;
		line.replaceChildren(words);
		if (href) {
			const link = document.createElement("a");
			link.href = href;
			link.textContent = "看工单";
			line.append(link);
		}
		line.hidden = false;
	}
	function begin(ticket) {
		const stage = flow.stages[ticket.stage];
		state.ticket = ticket;
		for (const id of ["part-ticket", "part-plan"]) if (byId(id)) byId(id).hidden = true;
		for (const field of fields) yj.write(field, yj.textsOf([field], ticket.values)[field.key]);
		offer(byId("a-outcome"), stage.outcomes.map((one) => option(one.name, one.id)), "请选择");
		byId("late-box").hidden = !(ticket.due && ticket.due < today());
		which(ticket.id + " " + (ticket.values.title || "") + "：现在是“" + stage.name + "”（" + stage.article + "）" + (ticket.due ? "，应于 " + ticket.due + " 24:00 前办理" : "") + "。", "../" + ticket.path);
	}
	/* The slip's ticket is named behind the # of the address. */
	function loadTicket(id, then) {
		const script = document.createElement("script");
		script.src = "tickets/" + id + ".js";
		script.addEventListener("load", () => {
			const ticket = yj.ticket;
			if (ticket.flow === page.flow && stageIds.includes(ticket.stage)) begin(ticket);
			else which("工单 " + id + " 现在不在这一环节，请从工单页重新进入。", "../" + ticket.path);
			then();
		});
		script.addEventListener("error", () => {
			which("工单 " + id + " 现在不由使用单位办理，或看板已经过时；请从工单页重新进入。");
			then();
		});
		document.head.append(script);
	}
	const wanted = () => (/^#([A-Z]{2}-\d{8}-[a-z0-9_]+-\d\d)$/.exec(location.hash) || [])[1];

	/* --- start ----------------------------------------------------------------------------------------------------------- */
	let timer = 0;
	function changed(event) {
		if (event.target.id === "t-tenant") { offerSystems(); proposeNumber(); }
		if (event.target.id === "t-tenant") offerOfficers();
		refresh();
		clearTimeout(timer);
		timer = setTimeout(saveDraft, 300);
	}
	function addPaper() {
		const row = yj.copyOf(byId("other"), "n" + ++state.papers);
		byId("others").append(row);
		row.querySelector("input").focus();
	}
	function forget() {
		if (!confirm("清除这台电脑上本页的草稿，清空填写的内容？")) return;
		store(draftKey(), null);
		location.reload();
	}
	function listen() {
		const press = (id, then) => byId(id) && byId(id).addEventListener("click", then);
		form.addEventListener("input", changed);
		form.addEventListener("change", changed);
		form.addEventListener("submit", save);
		press("check", () => {
			const { faults } = judge();
			yj.showFaults(form, faults, fields);
			if (faults.length === 0) byId("draft").textContent = "没有发现问题；其余由程序在收件时核对";
		});
		press("print", () => print());
		press("forget", forget);
		press("add-paper", addPaper);
		addEventListener("hashchange", () => location.reload());
		addEventListener("beforeprint", refresh);
	}
	function ready() {
		const restored = restoreDraft();
		if (opening() && (!restored || isTaken(ticketId()))) proposeNumber();
		if (byId("outcome-box")) byId("outcome-box").hidden = !acting();
		if (byId("a-submit")) byId("a-submit").closest(".field").hidden = acting();
		offerOfficers();
		if (page.kind === "act" && !acting() && byId("which").hidden) which("这里可以先填好、打印；要生成交接件，请从工单页的“填写交接件”进入，编号和环节会自动带上。");
		if (byId("save")) byId("save").hidden = page.kind === "act" && !acting();
		refresh();
		form.dataset.ready = "yes";
	}
	yj.startLists(form);
	offerTenants();
	listen();
	if (page.kind !== "form" && wanted()) loadTicket(wanted(), ready);
	else ready();
})((globalThis.yunjuan = globalThis.yunjuan || {}));
