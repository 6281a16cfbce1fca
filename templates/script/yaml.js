/* Front matter as gen/model reads it: scalars plain where that is safe, else in double quotes. */
"use strict";
(function (yj) {
	function isPlain(text) {
		if (text === "" || text !== text.trim() || text === "null" || text === "~") return false;
		if (/^[-?:,[\]{}#&*!|>'"%@`~]/.test(text) && !/^-\d/.test(text)) return false;
		return !/[,[\]{}\n\t\\]|: |:$|:\?| #/.test(text) && !yj.hidden(text);
	}
	function scalar(text) {
		if (isPlain(text)) return text;
		return '"' + text.replace(/["\\\n\t]|[^\n\t]/gu, (c) => ({ '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t" })[c] || c) + '"';
	}
	/* Several lines stay readable as a block, where nothing of them would be lost. */
	function isBlock(text) {
		return text.includes("\n") && !/^[ \n]|\n$|[ \t]\n|[ \t]$|\t|\r/.test(text) && !/^---/m.test(text);
	}
	function block(text, indent) {
		return "|-\n" + text.split("\n").map((line) => (line === "" ? "" : indent + line)).join("\n");
	}
	const value = (text) => (isBlock(text) ? block(text, "  ") : scalar(text));

	/* "key: value" lines of one field: a text, lines, or rows. */
	function entry(field, text) {
		const empty = text === undefined || text === "" || (Array.isArray(text) && text.length === 0);
		if (empty) return field.key + ":\n";
		if (field.type === "texts") return field.key + ":\n" + text.map((line) => "  - " + scalar(line) + "\n").join("");
		if (field.type !== "list") return field.key + ": " + value(text) + "\n";
		const rows = text.map((row) => {
			const lines = field.columns.filter((column) => row[column.key] !== undefined && row[column.key] !== "")
				.map((column) => column.key + ": " + scalar(row[column.key]));
			return "  - " + (lines.length ? lines.join("\n    ") : "{}") + "\n";
		});
		return field.key + ":\n" + rows.join("");
	}
	function attachments(rows) {
		const lines = rows.map((row) => "  - { paper: " + scalar(row.paper) + ", file: " + scalar(row.file) + " }\n");
		return "attachments:\n" + lines.join("");
	}
	/* { key: text } in the given order; what is empty is left out. */
	function pairs(list) {
		return list.filter(([, text]) => text !== undefined && text !== "").map(([key, text]) => key + ": " + scalar(text) + "\n").join("");
	}
	/* Text of the plan: a line that a person began with # stays text. */
	const paragraph = (text) => text.replace(/\r/g, "").replace(/^#/gm, "\\#").trim();

	Object.assign(yj, { yaml: { scalar, value, entry, attachments, pairs, paragraph } });
})((globalThis.yunjuan = globalThis.yunjuan || {}));
