/* The checker page: what a package, archive or slip holds, and whether names and digests are right. */
"use strict";
(function (yj) {
	const byId = (id) => document.getElementById(id);
	const element = (name, text, className) => {
		const made = document.createElement(name);
		if (text !== undefined) made.textContent = text;
		if (className) made.className = className;
		return made;
	};
	const size = (bytes) => (bytes < 1024 ? bytes + " 字节" : bytes < 1048576 ? (bytes / 1024).toFixed(1) + " KB" : (bytes / 1048576).toFixed(1) + " MB");
	function list(items) {
		const made = element("ul");
		made.append(...items.map((text) => element("li", text)));
		return made;
	}
	/* What it says of itself. */
	function kindOf(bag) {
		const info = Object.fromEntries((bag.has("bag-info.txt") ? bag.text("bag-info.txt") : "").split(/\r?\n/).map((line) => line.split(/: (.*)/)));
		const kind = { slip: "交接件", package: "交接包", archive: "归档包" }[info["Yunjuan-Kind"]];
		return [kind, info["External-Identifier"], info["Source-Organization"], info["Bagging-Date"]].filter((text) => text).join(" · ");
	}
	function verdict(bag) {
		const line = element("p", undefined, "banner " + (bag.faults.length > 0 ? "late" : bag.isBag ? "closed" : "soon"));
		const words = bag.faults.length > 0 ? "有 " + bag.faults.length + " 处不符" : bag.isBag ? "摘要全部一致：" + bag.good.size + " 个文件" : "这不是云卷的交接件或归档包（没有 bagit.txt），没有清单可核对";
		line.append(element("span", words, "tag " + (bag.faults.length > 0 ? "late" : bag.isBag ? "done" : "soon")), element("span", kindOf(bag)));
		return line;
	}
	function filesTable(bag) {
		const card = element("div", undefined, "card"), table = element("table", undefined, "papers"), head = element("thead"), body = element("tbody"), row = element("tr");
		table.setAttribute("aria-label", "包里的文件");
		for (const name of ["文件", "大小", "核对", "摘要"]) {
			const cell = element("th", name, name === "大小" ? "n" : "");
			cell.scope = "col";
			row.append(cell);
		}
		head.append(row);
		for (const name of bag.all) {
			const line = element("tr"), digest = element("td", undefined, "digest"), data = bag.bytes(name);
			digest.append(element("span", "SM3 " + yj.digestOf.sm3(data)), element("span", "SHA-256 " + yj.digestOf.sha256(data)));
			line.append(element("td", name), element("td", size(data.length), "n"), element("td", bag.good.has(name) ? "一致" : "—"), digest);
			body.append(line);
		}
		table.append(head, body);
		card.append(table);
		return card;
	}
	/* The texts a person wants to read at once. */
	function texts(bag) {
		const wanted = bag.all.filter((name) => /^(bag-info\.txt|data\/(slip\.yaml|fields\.yaml|ticket\.md)|data\/[^/]*校验说明[^/]*\.(txt|md))$/.test(name));
		return wanted.flatMap((name) => {
			const box = element("pre", bag.text(name).slice(0, 20000));
			box.tabIndex = 0;
			box.setAttribute("aria-label", name);
			return [element("h3", name), box];
		});
	}
	function show(name, bag) {
		const parts = [element("h2", name, "sec"), verdict(bag)];
		if (bag.faults.length > 0) parts.push(list(bag.faults.slice(0, 200)));
		if (bag.checked.length > 0) parts.push(element("p", "核对了：" + bag.checked.join("、"), "sub"));
		byId("result").replaceChildren(...parts, ...texts(bag), filesTable(bag));
		byId("result").focus();
	}
	function refuse(name, why) {
		byId("result").replaceChildren(element("h2", name, "sec"), element("p", "打不开：" + why, "banner late"));
		byId("result").focus();
	}
	async function take(file) {
		byId("busy").textContent = "正在核对 " + file.name + " ……";
		await new Promise((resume) => setTimeout(resume, 20));
		try {
			if (file.size > 600 * 1048576) throw new Error("文件超过 600 MB，请用 yunjuan verify 核对");
			show(file.name, yj.inspect(new Uint8Array(await file.arrayBuffer())));
		} catch (failure) {
			refuse(file.name, failure.message === "invalid zip data" ? "不是 zip 文件，或者文件不完整" : failure.message);
		}
		byId("busy").textContent = "";
	}
	const drop = byId("drop");
	byId("file").addEventListener("change", (event) => event.target.files.length > 0 && take(event.target.files[0]));
	for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
	drop.addEventListener("dragover", () => drop.classList.add("over"));
	drop.addEventListener("dragleave", () => drop.classList.remove("over"));
	addEventListener("drop", (event) => {
		drop.classList.remove("over");
		if (event.dataTransfer.files.length > 0) take(event.dataTransfer.files[0]);
	});
})((globalThis.yunjuan = globalThis.yunjuan || {}));
