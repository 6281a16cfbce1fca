/* Conditions of the law, as gen/law/prelude.lua evaluates them; tests/data/conditions.json is read by
   the tests of both. In values, whole numbers are big integers and others are numbers, so that both
   compare as Lua compares them. */
"use strict";
(function (yj) {
	const isNumber = (value) => typeof value === "number" || typeof value === "bigint";
	const rowsOf = (row, key) => (Array.isArray(row[key]) ? row[key] : []);
	const has = (row, key) => Object.prototype.hasOwnProperty.call(row, key) && row[key] !== undefined && row[key] !== null;
	const same = (a, b) => (isNumber(a) && isNumber(b) ? a == b : a === b); // eslint-disable-line eqeqeq

	/* What Lua's tonumber makes of it; undefined when it is none. */
	function toNumber(value) {
		if (isNumber(value)) return value;
		if (typeof value !== "string") return undefined;
		const text = value.trim();
		if (/^[-+]?\d+$/.test(text)) {
			const whole = BigInt(text.replace(/^\+/, ""));
			return whole === BigInt.asIntN(64, whole) ? whole : Number(text);
		}
		if (/^[-+]?0[xX][0-9a-fA-F]+$/.test(text)) {
			const size = BigInt.asIntN(64, BigInt(text.replace(/^[-+]/, "")));
			return text[0] === "-" ? BigInt.asIntN(64, -size) : size;
		}
		if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text);
		return undefined;
	}
	const both = (whole, other) => (a, b) =>
		typeof a === "bigint" && typeof b === "bigint" ? BigInt.asIntN(64, whole(a, b)) : other(Number(a), Number(b));
	const times = both((a, b) => a * b, (a, b) => a * b);
	const plus = both((a, b) => a + b, (a, b) => a + b);

	function amount(n, row) {
		if (n[0] === "value") return has(row, n[1]) ? toNumber(row[n[1]]) : undefined;
		const counting = n[0] === "count", condition = n[counting ? 2 : 3];
		const columns = counting ? [] : Array.isArray(n[2]) ? n[2] : [n[2]];
		let total = 0n;
		for (const item of rowsOf(row, n[1])) {
			if (condition && !holds(condition, item)) continue;
			let product = 1n;
			for (const column of columns) {
				const factor = has(item, column) ? toNumber(item[column]) : undefined;
				product = times(product, factor === undefined ? 0n : factor);
			}
			total = plus(total, product);
		}
		return total;
	}
	const compare = (fits) => (c, row) => {
		const n = amount(c[1], row);
		return n !== undefined && fits(n, c[2]);
	};
	const tests = {
		all: (c, row) => c.slice(1).every((part) => holds(part, row)),
		any: (c, row) => c.slice(1).some((part) => holds(part, row)),
		not: (c, row) => !holds(c[1], row),
		is: (c, row) => has(row, c[1]) && c.slice(2).some((value) => same(row[c[1]], value)),
		filled: (c, row) => has(row, c[1]),
		exists: (c, row) => rowsOf(row, c[1]).some((item) => holds(c[2], item)),
		gt: compare((a, b) => a > b),
		ge: compare((a, b) => a >= b),
		lt: compare((a, b) => a < b),
		le: compare((a, b) => a <= b),
	};
	/* No condition holds always; one of an unknown kind is a fault of the law. */
	function holds(c, row) {
		return c === undefined || c === null || tests[c[0]](c, row);
	}

	yj.holds = holds;
	yj.toNumber = toNumber;
})((globalThis.yunjuan = globalThis.yunjuan || {}));
