// make.mjs: writes initials.txt: for U+4E00 to U+9FA5, in order, 128 a line, the first letter of the
// character's most common reading in Mandarin, "." where none is known. In an empty folder:
//	npm i pinyin-pro@3.29.4 && node …/content/pinyin/make.mjs >…/content/pinyin/initials.txt
import { createRequire } from "node:module";

const { pinyin } = createRequire(process.cwd() + "/")("pinyin-pro");
const letters = [];
for (let point = 0x4e00; point <= 0x9fa5; point++) {
	const reading = pinyin(String.fromCharCode(point), { toneType: "none", v: true });
	letters.push(/^[a-z]/.test(reading) ? reading[0] : ".");
}
for (let i = 0; i < letters.length; i += 128) console.log(letters.slice(i, i + 128).join(""));
