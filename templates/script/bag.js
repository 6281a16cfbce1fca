/* BagIt bags in a zip (RFC 8493), made and verified: SHA-256 and SM3 side by side. */
"use strict";
(function (yj) {
	const encode = (text) => new TextEncoder().encode(text);
	const algorithms = { sha256: (data) => digests.bytesToHex(digests.sha256(data)), sm3: (data) => digests.bytesToHex(digests.sm3(data)) };
	const byBytes = (a, b) => {
		const x = encode(a), y = encode(b);
		for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
		return x.length - y.length;
	};
	const nameInManifest = (name) => name.replace(/[%\r\n]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
	const nameOfManifest = (name) => name.replace(/%(25|0D|0A)/gi, (whole, hex) => String.fromCharCode(parseInt(hex, 16)));
	function manifest(names, files, algorithm) {
		return encode(names.map((name) => algorithms[algorithm](files[name]) + "  " + nameInManifest(name) + "\n").join(""));
	}

	/* payload: { name below data/: bytes }; info: rows of bag-info.txt. All files of the bag, in the order
	   they stand in the zip. */
	function bagFiles(payload, info) {
		const names = Object.keys(payload).sort(byBytes), files = {}, data = {};
		let bytes = 0;
		for (const name of names) {
			data["data/" + name] = payload[name];
			bytes += payload[name].length;
		}
		const rows = info.concat([["Payload-Oxum", bytes + "." + names.length], ["Yunjuan-Kind", "slip"], ["Yunjuan-Format", "1"]]);
		files["bagit.txt"] = encode("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
		files["bag-info.txt"] = encode(rows.map(([key, value]) => key + ": " + value + "\n").join(""));
		for (const algorithm of ["sha256", "sm3"]) files["manifest-" + algorithm + ".txt"] = manifest(Object.keys(data), data, algorithm);
		const tags = Object.keys(files).sort(byBytes);
		for (const algorithm of ["sha256", "sm3"]) files["tagmanifest-" + algorithm + ".txt"] = manifest(tags, files, algorithm);
		return Object.assign(files, data);
	}
	/* One top folder; the time of every file is the minute it was made ("YYYY-MM-DD HH:MM"). What is packed
	   already (papers) is stored as it is. Marked as made on Unix, because unzip reads the names of others as
	   DOS wrote them, whatever the zip says of UTF-8. */
	const unix = { os: 3, attrs: (0o100644 << 16) >>> 0 };
	function zipOf(folder, files, made) {
		const [year, month, day, hour, minute] = made.split(/[- :]/).map(Number);
		const mtime = new Date(year, month - 1, day, hour, minute), entries = {};
		for (const name of Object.keys(files))
			entries[folder + "/" + name] = [files[name], { ...unix, level: name.startsWith("data/papers/") ? 0 : 6, mtime }];
		return fflate.zipSync(entries);
	}

	/* --- reading one ------------------------------------------------------------------------- */
	const LIMIT_FILES = 20000, LIMIT_BYTES = 600 * 1024 * 1024;
	const unsafe = (name) => name === "" || name.startsWith("/") || /\\|^[A-Za-z]:/.test(name) || name.split("/").includes("..") || /[\u0000-\u001f\u007f]/.test(name);
	/* { names, files, faults }: faults are sentences; a zip that is none throws. */
	function unzip(data) {
		const names = [], faults = [], seen = new Set();
		let bytes = 0;
		const files = fflate.unzipSync(data, {
			filter(file) {
				bytes += file.originalSize;
				names.push(file.name);
				if (names.length > LIMIT_FILES) throw new Error("里面的文件太多（超过 " + LIMIT_FILES + " 个）");
				if (bytes > LIMIT_BYTES || file.originalSize > file.size * 1100 + 1024) throw new Error("解开后太大，像是压缩炸弹，没有解开");
				if (unsafe(file.name)) faults.push("文件名“" + file.name + "”会写到别的文件夹去，收件时会被拒绝");
				if (seen.has(file.name.toLowerCase())) faults.push("文件“" + file.name + "”在包里不止一个（或只差大小写）");
				seen.add(file.name.toLowerCase());
				return !file.name.endsWith("/");
			},
		});
		return { names: names.filter((name) => !name.endsWith("/")), files, faults };
	}
	function topFolder(names) {
		const tops = new Set(names.map((name) => name.split("/")[0]));
		return tops.size === 1 && names.every((name) => name.includes("/")) ? [...tops][0] : "";
	}
	function readManifest(text, faults, file) {
		const rows = [];
		text.split(/\r?\n/).forEach((line, i) => {
			const found = /^([0-9a-fA-F]+)[ \t]+\*?(.+)$/.exec(line);
			if (found) rows.push([nameOfManifest(found[2]), found[1].toLowerCase()]);
			else if (line !== "") faults.push(file + " 第 " + (i + 1) + " 行看不懂");
		});
		return rows;
	}
	function checkManifest(bag, file, algorithm, covers) {
		const listed = new Set();
		for (const [name, digest] of readManifest(bag.text(file), bag.faults, file)) {
			listed.add(name);
			if (!bag.has(name)) bag.faults.push(file + " 列出的“" + name + "”不在包里");
			else if (algorithms[algorithm](bag.bytes(name)) !== digest) bag.faults.push("“" + name + "”与 " + file + " 不符：文件已损坏或被改动");
			else bag.good.add(name);
		}
		for (const name of bag.all.filter(covers)) if (!listed.has(name)) bag.faults.push("“" + name + "”没有列入 " + file);
		bag.checked.push(file + "（" + listed.size + " 个文件）");
	}
	function checkOxum(bag) {
		const found = /^Payload-Oxum: *(\d+)\.(\d+)/m.exec(bag.has("bag-info.txt") ? bag.text("bag-info.txt") : "");
		const data = bag.all.filter((name) => name.startsWith("data/"));
		const bytes = data.reduce((sum, name) => sum + bag.bytes(name).length, 0);
		if (found && (Number(found[1]) !== bytes || Number(found[2]) !== data.length)) bag.faults.push("文件的总数或总大小与 bag-info.txt 不符");
	}
	/* What a zip holds and what is wrong with it. */
	function inspect(data) {
		const { names, files, faults } = unzip(data), folder = topFolder(names), prefix = folder === "" ? "" : folder + "/";
		const bag = {
			folder, faults, checked: [], good: new Set(), all: names.map((name) => name.slice(prefix.length)),
			bytes: (name) => files[prefix + name], has: (name) => Object.prototype.hasOwnProperty.call(files, prefix + name),
			text: (name) => new TextDecoder().decode(files[prefix + name]),
		};
		bag.isBag = bag.has("bagit.txt");
		if (!bag.isBag) return bag;
		for (const name of bag.all) {
			const found = /^(tag)?manifest-([a-z0-9]+)\.txt$/.exec(name);
			if (!found) continue;
			if (!algorithms[found[2]]) faults.push("本页不会核对 " + name);
			else checkManifest(bag, name, found[2], found[1] ? () => false : (other) => other.startsWith("data/"));
		}
		if (!bag.all.some((name) => /^manifest-(sha256|sm3)\.txt$/.test(name))) faults.push("没有清单（manifest-sha256.txt 或 manifest-sm3.txt），无法核对");
		checkOxum(bag);
		return bag;
	}

	Object.assign(yj, { bagFiles, zipOf, inspect, encode, digestOf: algorithms });
})((globalThis.yunjuan = globalThis.yunjuan || {}));
