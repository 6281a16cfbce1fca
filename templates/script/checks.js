/* What is wrong with what was filled in: types and bounds as gen/model/fields.c judges them, then the needs
   of the stage. The words are the law's own (law.js). A fault is { key, text, article }; key names the
   field as in "resources[2].vcpu". Rules that need more than data are judged by the program on arrival. */
"use strict";
(function (yj) {
	const wants = {
		text: "应写成一行", integer: "应填整数，只写数字，不带单位", decimal: "应填数字（例如 12.50），不带单位", bool: "应填“是”或“否”",
		date: "应填实有的日期（例如 2021-05-10）", time: "应填日期和时间（例如 2021-05-10 09:30）", month: "应填月份（例如 2021-05）",
		choice: "不在可选的范围内",
	};
	/* Characters nobody sees or that turn the direction of text: as front_char() in gen/model/doc.c. */
	function hidden(text) {
		for (const mark of text) {
			const c = mark.codePointAt(0);
			if (c < 0x7f ? c < 0x20 && c !== 10 : c < 0xa0 || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
				(c >= 0x2060 && c <= 0x2069) || (c >= 0xd800 && c <= 0xdfff) || c === 0xfeff || c === 0xfffe || c === 0xffff)
				return c === 9 ? "制表符（Tab）" : "看不见的字符（U+" + c.toString(16).toUpperCase().padStart(4, "0") + "）";
		}
		return "";
	}
	function isDay(text) {
		const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
		if (!found) return false;
		const [year, month, day] = found.slice(1).map(Number);
		const last = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
		return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= last[month - 1];
	}
	const fits = {
		text: (text) => !text.includes("\n"),
		integer: (text) => /^-?\d+$/.test(text) && BigInt(text) === BigInt.asIntN(64, BigInt(text)),
		decimal: (text) => /^-?\d{1,15}(\.\d{1,9})?$/.test(text),
		bool: (text) => text === "是" || text === "否",
		date: isDay,
		time: (text) => isDay(text.slice(0, 10)) && /^.{10} ([01]\d|2[0-3]):[0-5]\d$/.test(text),
		month: (text) => isDay(text + "-01"),
		choice: (text, field) => field.choices.includes(text),
	};
	function within(field, text) {
		const n = field.type === "integer" ? BigInt(text) : Number(text);
		return (field.min === undefined || n >= field.min) && (field.max === undefined || n <= field.max);
	}
	/* "" or why one value does not fit. */
	function misfit(field, text) {
		if (text === "") return "";
		if (fits[field.type] && !fits[field.type](text, field)) return wants[field.type];
		const numeric = field.type === "integer" || field.type === "decimal";
		return numeric && !within(field, text) ? "超出了允许的范围" : "";
	}
	function bounds(field) {
		if (field.type === "choice") return "，可选：" + field.choices.join("、");
		if (field.type !== "integer" && field.type !== "decimal") return "";
		if (field.min !== undefined && field.max !== undefined) return "（" + field.min + " 至 " + field.max + "）";
		if (field.min !== undefined) return "（不小于 " + field.min + "）";
		return field.max !== undefined ? "（不大于 " + field.max + "）" : "";
	}
	const short = (text) => (Array.from(text).length > 30 ? Array.from(text).slice(0, 28).join("") + "……" : text);

	/* A text as the law's conditions see it. */
	function typed(field, text) {
		if (misfit(field, text) !== "") return text;
		if (field.type === "integer") return BigInt(text);
		if (field.type === "decimal") return Number(text);
		if (field.type === "bool") return text === "是";
		return text;
	}
	/* Filled-in texts ({ key: text, lines or rows }) as values; what is not filled is left out. */
	function valuesOf(fields, texts) {
		const values = {};
		for (const field of fields) {
			const text = texts[field.key];
			if (text === undefined || text === "" || (Array.isArray(text) && text.length === 0)) continue;
			if (field.type === "list") values[field.key] = text.map((row) => valuesOf(field.columns, row));
			else values[field.key] = Array.isArray(text) ? text : typed(field, text);
		}
		return values;
	}

	/* Types, choices, bounds, characters. */
	function checkTexts(fields, texts, prefix, say) {
		for (const field of fields) {
			const text = texts[field.key], key = prefix + field.key;
			if (text === undefined || text === "") continue;
			if (field.type === "list") text.forEach((row, i) => checkTexts(field.columns, row, key + "[" + (i + 1) + "].", say));
			else if (Array.isArray(text)) text.forEach((line) => hidden(line) && say(key, "“" + field.label + "”里有" + hidden(line) + "，请删去后重新输入"));
			else if (hidden(text)) say(key, "“" + field.label + "”里有" + hidden(text) + "，请删去后重新输入");
			else if (misfit(field, text)) say(key, "“" + field.label + "”填的是“" + short(text) + "”，" + misfit(field, text) + bounds(field));
		}
	}

	/* --- the needs of a stage ---------------------------------------------------------------- */
	function sentence(id, words) {
		const says = yj.law.rules[id].says;
		const text = typeof says === "string" ? says : says[words.as];
		return text.replace(/\{(\w+)\}/g, (whole, word) => (words[word] === undefined ? whole : String(words[word])));
	}
	/* On a page nobody needs the key of a field, but the number of its row. */
	const rowOf = (key) => (/\[(\d+)\]/.test(key) ? "第 " + /\[(\d+)\]/.exec(key)[1] + " 行" : "");
	/* What is wrong, without what a person with an editor would do about it. */
	const fault = (id, words) => sentence(id, words).split("；")[0];
	const mayBeFilled = (value) => value !== undefined && value !== "";
	function missing(fields, values, prefix, report) {
		for (const field of fields) {
			const value = values[field.key];
			const needed = field.required || (field.required_when && yj.holds(field.required_when, values));
			if (!mayBeFilled(value)) {
				if (needed) report(prefix + field.key, field, "empty");
			} else if (field.must !== undefined && value !== field.must) {
				report(prefix + field.key, field, "must");
			} else if (field.columns && Array.isArray(value)) {
				value.forEach((row, i) => missing(field.columns, row, prefix + field.key + "[" + (i + 1) + "].", report));
			}
		}
	}
	function needForm(need, at, say) {
		const form = yj.law.forms[need.names[0]];
		missing(form.fields, at.values, "", (key, field, kind) => say("form", key, {
			as: kind, form: form.annex ? "附件 " + form.annex : form.title, label: field.label, name: rowOf(key), help: field.help || "请补上",
			must: field.must === true ? "是" : String(field.must),
		}, field.article || need.article));
	}
	function needPaper(need, at, say) {
		const row = (at.values.attachments || []).find((one) => one.paper === need.names[0] && one.file);
		const key = "paper:" + need.names[0], words = { as: row ? "empty" : "missing", paper: need.names[0], name: row && row.file };
		if (!row) say("paper", key, words, need.article, fault("paper", words) + "；请在“材料”里选择文件");
		else if (at.papers[row.file] === 0) say("paper", key, words, need.article);
	}
	function needSections(need, at, say) {
		for (const title of need.names) {
			if (at.sections && !(at.sections[title] || "").trim()) say("section", "section:" + title, { as: "empty", title }, need.article);
		}
	}
	/* The guards whose facts are all in the ticket; gen/law reads the same words and figures. A law that
	   has no data for one leaves it to the program. */
	const masked = (mask) => new RegExp("^" + mask.replace(/\*/g, "\\*").replace(/#/g, "\\d") + "$");
	const guards = {
		"system-name"(at, say) {
			const name = at.values.system || "", plan = at.values.plan_system;
			if (plan !== undefined && plan !== name) say("plan_system", { as: "plan", plan, name });
		},
		"access-named-person"(at, say, data) {
			const seen = new Set();
			(at.values.accounts || []).forEach((row, i) => {
				const person = row.person || "", mobile = row.mobile || "", key = "accounts[" + (i + 1) + "].";
				if (data.shared.some((word) => person.includes(word))) say(key + "person", { as: "shared", person });
				if (mobile === "") say(key + "person", { as: "mobile", person });
				else if (!masked(data.mobile).test(mobile)) say(key + "mobile", { as: "masked", mobile });
				const known = person + (row.target || "") + mobile;
				if (seen.has(known)) say(key + "person", { as: "twice", person });
				seen.add(known);
			});
		},
		"access-port-exact"(at, say, data) {
			(at.values.ports || []).forEach((row, i) => {
				const key = "ports[" + (i + 1) + "].";
				for (const [column, what] of [["source", "来源"], ["target", "目标"]]) {
					const value = String(row[column] === undefined ? "" : row[column]);
					if (data.open.includes(value.toLowerCase().replace(/\s/g, ""))) say(key + column, { as: "any", what, value });
				}
				if (row.until === undefined) say(key + "until", { as: "none" });
				else if (row.until < at.today) say(key + "until", { as: "past", until_day: row.until });
			});
		},
		"scale-out-evidence"(at, say, data) {
			(at.values.resources || []).forEach((row, i) => {
				const rows = row.direction === "扩容" ? data[row.type || ""] || {} : {};
				for (const column of Object.keys(rows)) {
					const asked = column === "any" || (column === "compute" ? row.vcpu !== undefined || row.memory_gb !== undefined : row[column] !== undefined);
					for (const [key, least, words, article] of asked ? rows[column] : []) {
						const value = row[key];
						if (!(value >= least)) say("resources[" + (i + 1) + "]." + key, { name: row.name || row.id || "", words, least, value: value === undefined ? "空" : value }, article);
					}
				}
			});
		},
	};
	function needCheck(need, at, say) {
		const id = need.names[0], guard = guards[id], rule = yj.law.rules[id];
		if (guard && (guard.length < 3 || rule.data)) guard(at, (key, words) => say(id, key, words, need.article || rule.article), rule.data);
	}
	const kinds = { form: needForm, paper: needPaper, sections: needSections, check: needCheck };

	/* Whether a need of the stage holds for this way out. */
	function dueNow(need, outcome, values) {
		if (need.on ? !outcome || need.on !== outcome.id : outcome && outcome.back) return false;
		return yj.holds(need.when, values);
	}
	/* at: { values, sections (undefined: not to be judged), papers { file: bytes }, today }. */
	function checkNeeds(stage, outcome, at, report) {
		const say = (rule, key, words, article, text) => report({ key, text: (text || sentence(rule, words)).replace("（）", ""), article: article || yj.law.rules[rule].article });
		for (const need of stage.needs) if (dueNow(need, outcome, at.values)) kinds[need.kind](need, at, say);
	}

	/* --- secrets: as secret_line in lua/rules/commit.lua ------------------------------------ */
	const values = [/^\s*["']?\s*[:=]\s*["']?([^\s"'，。；、|]+)/, /^\s*：\s*([^\s"'，。；、|]+)/, /^\s*[是为]\s*([\x21-\x7e][^\s"'，。；、|]+)/];
	const bytes = (text) => new TextEncoder().encode(text).length;
	function secretAfter(word, line, data) {
		const lower = line.replace(/[A-Z]/g, (c) => c.toLowerCase());
		for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
			const rest = line.slice(at + word.length);
			const value = values.map((pattern) => pattern.exec(rest)).find((found) => found);
			if (value && bytes(value[1]) >= 4 && !data.harmless.some((start) => value[1].startsWith(start))) return true;
		}
		return false;
	}
	/* Whether a password or private key seems to stand in the clear. */
	function secret(text) {
		const data = yj.law.rules.secret && yj.law.rules.secret.data;
		return data !== undefined && text.split(/\r?\n/).some((line) => /-----BEGIN [A-Z\s]*PRIVATE KEY-----/.test(line) || data.words.some((word) => secretAfter(word, line, data)));
	}

	/* --- names of files: as name_fault there ------------------------------------------------ */
	function nameFault(name) {
		if (/[<>:"|?*\\/\x00-\x1f\x7f]/.test(name)) return "含有 Windows 不允许的字符（< > : \" | ? * \\ / 或控制字符）";
		if (/[ .]$/.test(name) || /^\s/.test(name)) return "以空格或句点开头或结尾";
		if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return "是 Windows 的保留名";
		if (bytes(name) > 150) return "太长";
		return hidden(name) ? "含有看不见的控制字符" : name.includes("..") ? "含有连续的句点" : "";
	}

	Object.assign(yj, { hidden, misfit, typed, valuesOf, checkTexts, checkNeeds, dueNow, fault, secret, nameFault, guards });
})((globalThis.yunjuan = globalThis.yunjuan || {}));
