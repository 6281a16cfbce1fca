// What a saved slip must be, told with other people's tools: unzip, sha256sum, openssl, and the program itself,
// which judges in a copy of the sample year what the page let pass.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const run = (program, args, cwd, more = {}) => execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C.UTF-8" }, ...more });

/* Lines "key: value" as they stand. */
export function pairs(text) {
	return text.split("\n").filter((line) => /^\w[\w-]*: /.test(line)).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
}
function sm3Of(file) {
	return run("openssl", ["dgst", "-sm3", "-r", file]).split(" ")[0];
}
function checkSm3(folder, manifest) {
	for (const line of readFileSync(join(folder, manifest), "utf8").trim().split("\n")) {
		const [digest, name] = line.split("  ");
		if (sm3Of(join(folder, name)) !== digest) throw new Error(manifest + ": " + name);
	}
}

/* Unpacks it and checks the bag, with the program too; gives { folder, slip, read(name) }. */
export function openSlip(zip, name, tmp, program) {
	run(program, ["verify", zip], tmp);
	const place = mkdtempSync(join(tmp, "slip-"));
	run("unzip", ["-tq", zip]);
	run("unzip", ["-q", zip, "-d", place]);
	const tops = readdirSync(place), folder = join(place, tops[0]);
	if (tops.length !== 1 || tops[0] + ".zip" !== name) throw new Error("top folder " + tops + " of " + name);
	for (const kind of ["manifest", "tagmanifest"]) {
		run("sha256sum", ["--strict", "--quiet", "-c", kind + "-sha256.txt"], folder);
		checkSm3(folder, kind + "-sm3.txt");
	}
	const read = (file) => readFileSync(join(folder, file), "utf8");
	if (read("bagit.txt") !== "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") throw new Error("bagit.txt");
	const names = run("unzip", ["-Z1", zip]).trim().split("\n").map((line) => line.slice(tops[0].length + 1));
	return { zip, folder, names, read, info: Object.fromEntries(pairs(read("bag-info.txt"))), slip: pairs(read("data/slip.yaml")) };
}

/* --- the program's word ------------------------------------------------------------------------- */
/* A copy of the sample year in which the coordinator's officer takes slips in at one fixed minute. */
export class Workspace {
	constructor(demo, program, tmp, at) {
		this.dir = mkdtempSync(join(tmp, "work-"));
		rmSync(this.dir, { recursive: true });
		run("git", ["clone", "-q", demo, this.dir]);
		this.env = { ...process.env, LC_ALL: "C.UTF-8", SOURCE_DATE_EPOCH: String(Math.floor(Date.parse(at) / 1000)), GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
		this.program = program;
		this.git("config", "user.name", "经办一");
		this.git("config", "user.email", "mzzs01@mzzs.example");
		// The officer of this test has no key, so no signature is asked for.
		const file = join(this.dir, "content/site.yaml");
		writeFileSync(file, readFileSync(file, "utf8").replace(/^signatures_from:.*\n/m, ""));
		this.git("-c", "core.hooksPath=/dev/null", "commit", "--allow-empty", "-qam", "不要求签名");
	}
	git(...args) {
		return run("git", args, this.dir, { env: this.env });
	}
	folderOf(id) {
		return join("content/tickets", id.slice(3, 7), id.slice(7, 9), id);
	}
	/* Takes the slip in; throws with what the program says of it. Gives the ticket as it stands then. */
	receive(slip) {
		const id = slip.info["External-Identifier"];
		run(this.program, ["receive", slip.zip], this.dir, { env: this.env });
		return this.git("show", "HEAD:" + this.folderOf(id) + "/ticket.md");
	}
	build() {
		run(this.program, ["build"], this.dir, { env: this.env });
		return join(this.dir, "public");
	}
}
