-- bags.lua OUT: writes into OUT a bag that is right (good.zip) and, one a line of `cases`, bags
-- that are wrong in one way: <rule>.<case>.zip, where <rule> is the check that must refuse it.
local out = arg[1]
local TOP = "top"

-- Digests, by the tools that also verify; each text is digested once. ------------------------------
local known = {}
local function run(command)
	local pipe = io.popen(command)
	local text = pipe:read("a")
	pipe:close()
	return text
end
local function digests(data)
	if not known[data] then
		local path = out .. "/digested"
		local file = assert(io.open(path, "wb"))
		file:write(data)
		file:close()
		known[data] = { sha256 = run("sha256sum <" .. path):match("^%x+"),
			sm3 = run("openssl dgst -sm3 -r " .. path):match("^%x+") }
	end
	return known[data]
end
local crc_table = {}
for i = 0, 255 do
	local c = i
	for _ = 1, 8 do c = c & 1 == 1 and 0xedb88320 ~ (c >> 1) or c >> 1 end
	crc_table[i] = c
end
local function crc32(data)
	local c = 0xffffffff
	for i = 1, #data do c = crc_table[(c ~ data:byte(i)) & 255] ~ (c >> 8) end
	return c ~ 0xffffffff
end

-- Deflate: a literal 0 and runs of 258 more, in one block of fixed codes. -----------------------------
local function zeros(runs)
	local bytes, acc, n = {}, 0, 0
	local function put(value, bits, code)
		for i = 0, bits - 1 do
			acc = acc | (value >> (code and bits - 1 - i or i) & 1) << n
			n = n + 1
			if n == 8 then bytes[#bytes + 1], acc, n = string.char(acc), 0, 0 end
		end
	end
	put(1, 1) put(1, 2) put(0x30, 8, true)
	for _ = 1, runs do put(0xc5, 8, true) put(0, 5, true) end
	put(0, 7, true)
	if n > 0 then bytes[#bytes + 1] = string.char(acc) end
	return table.concat(bytes), runs * 258 + 1
end
-- Stored blocks, for deflated files that say something.
local function stored_deflate(data) return "\1" .. string.pack("<I2I2", #data, ~#data & 0xffff) .. data end

-- Zip: an entry is { name, data, … }; what stands in `c` or `l` replaces a field in the directory or
-- in its own header, what stands beside them in both. -----------------------------------------------
local function field(entry, side, key, default)
	local own = entry[side]
	if own and own[key] ~= nil then return own[key] end
	if entry[key] ~= nil then return entry[key] end
	return default
end
local function local_header(e)
	local packed, extra, name = e.packed, field(e, "l", "extra", ""), field(e, "l", "as", e.path)
	return string.pack("<c4I2I2I2I2I2I4I4I4I2I2", field(e, "l", "magic", "PK\3\4"), 20, field(e, "l", "flags", 0x800),
		field(e, "l", "method", 0), 0x4d2a, 0x52aa, field(e, "l", "crc"), field(e, "l", "packed_bytes", #packed),
		field(e, "l", "bytes", #e.data), #name, #extra) .. name .. extra
end
local function central_header(e)
	local name, extra = field(e, "c", "as", e.path), field(e, "c", "extra", "")
	return string.pack("<c4I2I2I2I2I2I2I4I4I4I2I2I2I2I2I4I4", field(e, "c", "magic", "PK\1\2"), 0x33f, 20,
		field(e, "c", "flags", 0x800), field(e, "c", "method", 0), 0x4d2a, 0x52aa, field(e, "c", "crc"),
		field(e, "c", "packed_bytes", #e.packed), field(e, "c", "bytes", #e.data), field(e, "c", "name_bytes", #name), #extra, 0,
		field(e, "c", "disk", 0), 0, field(e, "c", "attributes", 0x81a40000), field(e, "c", "at", e.at)) .. name .. extra
end
local function zip(entries, z)
	local body, directory, at = { z.prefix or "" }, {}, #(z.prefix or "")
	for _, e in ipairs(entries) do
		e.path = e.path or TOP .. "/" .. e.name
		e.packed = e.packed or e.data
		e.crc = e.crc or crc32(e.data)
		local piece = (e.before or "") .. local_header(e) .. e.packed .. (e.after or "")
		e.at = e.at or at + #(e.before or "")
		body[#body + 1] = piece
		at = at + #piece
		directory[#directory + 1] = central_header(e)
	end
	local rows = table.concat(directory)
	local gap = z.gap or ""
	at = at + #gap
	local count = z.count or #entries
	return table.concat(body) .. gap .. rows .. (z.end64 and z.end64(at, #rows, #entries) or "") ..
		string.pack("<c4I2I2I2I2I4I4I2", "PK\5\6", z.disk or 0, 0, z.count16 or count, z.count16 or count,
			z.directory_bytes or #rows, z.directory_at or at, z.comment and #z.comment or 0) .. (z.comment or "") .. (z.behind or "")
end

-- The bag: payload and tag files by name; manifests are made last unless a case made its own. --------
local function bag()
	return { payload = { ["a.txt"] = "甲\n", ["b/c.txt"] = "内容\n" },
		tags = { ["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", ["说明.txt"] = "说明\n" },
		kind = "package", own = {}, hide = {}, extra = {} }
end
local function sorted(map)
	local keys = {}
	for key in pairs(map) do keys[#keys + 1] = key end
	table.sort(keys)
	return keys
end
local function manifest(files, prefix, kind, skip)
	local lines = {}
	for _, name in ipairs(sorted(files)) do
		if not (skip and skip[kind .. ":" .. name] or skip and skip[name]) then
			lines[#lines + 1] = digests(files[name])[kind] .. "  " .. prefix .. name .. "\n"
		end
	end
	return table.concat(lines)
end
local function finish(b)
	local bytes, count = 0, 0
	for _, data in pairs(b.payload) do bytes, count = bytes + #data, count + 1 end
	local tags = b.tags
	tags["bag-info.txt"] = b.info or ("Yunjuan-Kind: %s\nPayload-Oxum: %d.%d\n"):format(b.kind, bytes, count)
	for _, kind in ipairs { "sha256", "sm3" } do
		tags["manifest-" .. kind .. ".txt"] = manifest(b.payload, "data/", kind, b.hide)
	end
	for name, data in pairs(b.own) do tags[name] = data or nil end
	local listed = {}
	for name, data in pairs(tags) do listed[name] = data end
	for _, kind in ipairs { "sha256", "sm3" } do
		tags["tagmanifest-" .. kind .. ".txt"] = manifest(listed, "", kind, b.hide)
	end
	for name, data in pairs(b.late or {}) do tags[name] = data or nil end
	local entries = {}
	for _, name in ipairs(sorted(b.payload)) do entries[#entries + 1] = { name = "data/" .. name, data = b.payload[name] } end
	for _, name in ipairs(sorted(tags)) do entries[#entries + 1] = { name = name, data = tags[name] } end
	return entries
end

local written = 0
local function write(name, data)
	local file = assert(io.open(out .. "/" .. name .. ".zip", "wb"))
	file:write(data)
	file:close()
	written = written + 1
end
-- A case changes the bag, then its entries, then the zip's end, then the bytes.
local function case(rule, name, steps)
	local b, z = bag(), {}
	if steps.bag then steps.bag(b) end
	local entries = finish(b)
	if steps.entries then steps.entries(entries) end
	if steps.zip then steps.zip(z) end
	local data = zip(entries, z)
	write(rule .. "." .. name, steps.bytes and steps.bytes(data) or data)
end
local function bytes(rule, name, change) case(rule, name, { bytes = change }) end
local function set(keys) return function(list) for key, value in pairs(keys) do list[1][key] = value end end end
local function entry(rule, name, keys) case(rule, name, { entries = set(keys) }) end
local function ending(rule, name, keys) case(rule, name, { zip = function(z) for k, v in pairs(keys) do z[k] = v end end }) end
-- One more payload file of this path; not in the manifests: names are checked before them.
local function named(rule, name, path, keys)
	case(rule, name, { entries = function(list)
		local e = { path = path, data = "x" }
		for key, value in pairs(keys or {}) do e[key] = value end
		list[#list + 1] = e
	end })
end
local function both(rule, name, first, second)
	case(rule, name, { entries = function(list)
		list[#list + 1] = { path = TOP .. "/data/" .. first, data = "x" }
		list[#list + 1] = { path = TOP .. "/data/" .. second, data = "y" }
	end })
end
local function in_bag(rule, name, change) case(rule, name, { bag = change }) end

case("good", "good", {})

-- the zip as a whole
bytes("zip-truncated", "empty", function() return "" end)
bytes("zip-truncated", "text", function() return ("不是压缩包\n"):rep(100) end)
bytes("zip-truncated", "short", function(d) return d:sub(1, 21) end)
bytes("zip-truncated", "half", function(d) return d:sub(1, #d // 2) end)
bytes("zip-truncated", "end-cut", function(d) return d:sub(1, -2) end)
bytes("zip-truncated", "no-end", function(d) return d:sub(1, -23) end)
bytes("zip-trailing", "byte", function(d) return d .. "x" end)
bytes("zip-trailing", "script", function(d) return d .. ("echo hello\n"):rep(500) end)
ending("zip-trailing", "comment", { comment = "附言" })
ending("zip-trailing", "prefix", { prefix = "#!/bin/sh\n" })
bytes("zip-directory", "two-zips", function(d) return d .. d end)
bytes("zip-directory", "prefix-unsaid", function(d) return "MZ" .. d end)
ending("zip-directory", "count-more", { count = 99 })
ending("zip-directory", "count-fewer", { count = 3 })
ending("zip-directory", "bytes", { directory_bytes = 100 })
ending("zip-directory", "at", { directory_at = 5 })
ending("zip-directory", "at-behind", { directory_at = 0x7fffffff })
ending("zip-directory", "end64-elsewhere", { end64 = function(at, n) return ("\0"):rep(56) .. string.pack("<c4I4I8I4", "PK\6\7", 0, at, 1) end })
ending("zip-directory", "end64-other", { end64 = function(at, n, count)
	return string.pack("<c4I8I2I2I4I4I8I8I8I8", "PK\6\6", 44, 45, 45, 0, 0, count + 1, count + 1, n, at) ..
		string.pack("<c4I4I8I4", "PK\6\7", 0, at + n, 1)
end })
ending("zip-disk", "disk", { disk = 1 })
ending("zip-disk", "end64-disk", { end64 = function(at, n, count)
	return string.pack("<c4I8I2I2I4I4I8I8I8I8", "PK\6\6", 44, 45, 45, 1, 0, count, count, n, at) ..
		string.pack("<c4I4I8I4", "PK\6\7", 0, at + n, 2)
end })
ending("file-count", "many", { count16 = 0xffff, end64 = function(at, n)
	return string.pack("<c4I8I2I2I4I4I8I8I8I8", "PK\6\6", 44, 45, 45, 0, 0, 1000001, 1000001, n, at) ..
		string.pack("<c4I4I8I4", "PK\6\7", 0, at + n, 1)
end })
entry("zip-directory", "row-magic", { c = { magic = "PK\1\3" } })
entry("zip-directory", "row-disk", { c = { disk = 1 } })
entry("zip-directory", "row-name", { c = { name_bytes = 60000 } })
entry("zip-directory", "extra-cut", { c = { extra = "\1\0\20\0ab" } })
entry("zip-directory", "extra-64-short", { c = { extra = "\1\0\4\0abcd", bytes = 0xffffffff } })
entry("zip-directory", "extra-64-negative", { c = { extra = "\1\0\8\0" .. ("\xff"):rep(8), bytes = 0xffffffff } })

-- the header before a file against the directory
entry("zip-header", "name", { l = { as = TOP .. "/data/z.txt" } })
entry("zip-header", "bytes", { l = { bytes = 5 } })
entry("zip-header", "packed", { l = { packed_bytes = 5 } })
entry("zip-header", "crc", { l = { crc = 1 } })
entry("zip-header", "method", { l = { method = 8 } })
entry("zip-header", "flags", { l = { flags = 0 } })
entry("zip-header", "magic", { l = { magic = "PK\3\5" } })
entry("zip-header", "extra-cut", { l = { extra = "\1\0\9\0" } })
entry("zip-header", "stored-longer", { bytes = 100 })
entry("zip-header", "beyond", { packed_bytes = 0x7ffffff0, bytes = 0x7ffffff0 })
entry("zip-header", "other-name", { extra = "\x75\x70\9\0\1abcdevil" })
named("zip-header", "folder-full", TOP .. "/data/folder/")
case("zip-gap", "at-behind", { entries = function(l) l[#l].c = { at = 0x7fffffff } end })
entry("zip-gap", "hidden", { after = "hidden bytes" })
entry("zip-gap", "descriptor", { flags = 0x808, after = string.pack("<c4I4I4I4", "PK\7\8", 1, 2, 3) })
ending("zip-gap", "before-directory", { gap = ("\0"):rep(40) })
case("zip-overlap", "twice", { entries = function(l) l[2].c = { at = 0 } end })
case("zip-overlap", "inside", { entries = function(l)
	local hidden = { path = TOP .. "/data/b/c.txt", data = "x", packed = "x", crc = crc32("x") }
	l[1].data = local_header(hidden) .. "x"
	l[2].c = { at = 30 + #(TOP .. "/data/a.txt") }
end })

-- names
named("name-traversal", "up", TOP .. "/../evil")
named("name-traversal", "far-up", TOP .. "/data/a/../../../evil")
named("name-traversal", "first", "../evil")
named("name-traversal", "last", TOP .. "/data/..")
named("name-absolute", "root", "/etc/passwd")
named("name-drive", "drive", "C:/evil")
named("name-drive", "stream", TOP .. "/data/a.txt:hidden")
named("name-backslash", "back", TOP .. "\\..\\evil")
named("name-reserved", "con", TOP .. "/data/CON")
named("name-reserved", "com1", TOP .. "/data/com1.txt")
named("name-reserved", "lpt", TOP .. "/data/LPT\u{b9}.pdf")
named("name-reserved", "nul-space", TOP .. "/data/nul .txt")
named("name-reserved", "less", TOP .. "/data/a<b")
named("name-reserved", "question", TOP .. "/data/a?")
named("name-end", "dot", TOP .. "/data/a.")
named("name-end", "space", TOP .. "/data/a /b")
named("name-control", "nul", TOP .. "/data/a\0.txt")
named("name-control", "newline", TOP .. "/data/a\nb")
named("name-control", "escape", TOP .. "/data/\27[2Ja")
named("name-control", "c1", TOP .. "/data/\u{9b}a")
named("name-control", "hidden", TOP .. "/data/a\u{200b}b")
named("name-control", "mark", TOP .. "/data/\u{feff}a")
named("name-direction", "override", TOP .. "/data/\u{202e}fdp.exe")
named("name-direction", "isolate", TOP .. "/data/\u{2066}a")
named("name-utf8", "broken", TOP .. "/data/\xff\xfe")
named("name-utf8", "overlong", TOP .. "/data/\xc0\xaf")
named("name-utf8", "surrogate", TOP .. "/data/\xed\xa0\x80")
named("name-utf8", "gbk", TOP .. "/data/\xb2\xc4\xc1\xcf", { flags = 0 })
named("name-empty", "nothing", "")
named("name-empty", "double", TOP .. "/data//a")
named("name-empty", "dot", TOP .. "/./data/a")
named("name-long", "segment", TOP .. "/data/" .. ("长"):rep(86))
named("name-long", "whole", TOP .. "/data/" .. ("abcdefghi/"):rep(14):sub(1, 130) .. "/" .. ("x"):rep(120))
named("name-deep", "deep", TOP .. "/data/" .. ("a/"):rep(16) .. "b")
named("name-duplicate", "same", TOP .. "/data/a.txt")
named("name-duplicate", "case", TOP .. "/data/A.TXT")
named("name-duplicate", "folder-case", TOP .. "/Data/x")
named("name-duplicate", "file-folder", TOP .. "/data/a.txt/b")
named("name-duplicate", "folder-file", TOP .. "/data/b")
both("name-duplicate", "accents", "\u{e9}t\u{e9}", "e\u{301}te\u{301}")
both("name-duplicate", "fold", "stra\u{df}e", "STRASSE")
both("name-duplicate", "turkish", "\u{130}a", "i\u{307}a")
named("name-top", "two", "other/data/x")
named("name-top", "alike", TOP .. "x/data/x")
named("name-top", "none", "readme.txt")

-- links and special files
named("file-link", "file", TOP .. "/data/link", { c = { attributes = 0xa1ff0000 } })
named("file-link", "folder", TOP .. "/data/link/", { data = "", c = { attributes = 0xa1ff0010 } })
named("file-special", "fifo", TOP .. "/data/pipe", { c = { attributes = 0x11a40000 } })
named("file-special", "device", TOP .. "/data/sda", { c = { attributes = 0x61a40000 } })
named("file-special", "socket", TOP .. "/data/socket", { c = { attributes = 0xc1a40000 } })
named("file-special", "folder-as-file", TOP .. "/data/folder", { c = { attributes = 0x41ed0000 } })

-- sizes
local bomb, bomb_bytes = zeros(400000) -- 100 MB in 650 KB
local function packed(rule, name, keys)
	case(rule, name, { entries = function(list)
		local e = { path = TOP .. "/data/big", data = "", method = 8 }
		for key, value in pairs(keys) do e[key] = value end
		list[#list + 1] = e
	end })
end
-- Sizes of 64 bits: what stands in the headers says that they are elsewhere.
local function long(bytes)
	return { method = 8, packed = bomb, bytes = 0xffffffff, extra = string.pack("<I2I2I8", 1, 8, bytes) }
end
packed("size-file", "file", long(20 << 30))
packed("size-file", "longest", long((1 << 63) - 1))
packed("size-ratio", "ratio", { packed = bomb, bytes = 1900000000 })
case("size-total", "total", { entries = function(list)
	for i = 1, 5 do
		local e = long(15 << 30)
		e.path, e.data, e.crc = TOP .. "/data/big" .. i, "", 0
		list[#list + 1] = e
	end
end })
case("size-total", "tags", { entries = function(list)
	list[#list + 1] = { path = TOP .. "/big.txt", data = "", method = 8, packed = bomb, bytes = 70000000, crc = 0 }
end })
-- The first payload file, as it is listed, but for what is packed.
entry("size-real", "bomb", { method = 8, packed = bomb, bytes = 4, crc = 0 })
entry("size-real", "bomb-stored-first", { method = 8, packed = stored_deflate("甲\n"):gsub("^\1", "\0") .. bomb })
entry("size-real", "shorter", { method = 8, packed = stored_deflate("甲") })

-- encryption, methods
entry("file-encrypted", "plain", { flags = 0x801 })
entry("file-encrypted", "strong", { flags = 0x841 })
entry("file-encrypted", "masked", { flags = 0x2800 })
entry("file-method", "deflate64", { method = 9 })
entry("file-method", "bzip2", { method = 12 })
entry("file-method", "lzma", { method = 14 })
entry("file-method", "zstd", { method = 93 })
entry("file-method", "aes", { method = 99 })

-- damage
entry("file-damaged", "payload", { crc = crc32("甲\n"), packed = "乙\n" })
entry("file-damaged", "garbage", { method = 8, packed = "\xff\xff\xff\xff" })
entry("file-damaged", "cut", { method = 8, packed = stored_deflate("甲\n"):sub(1, -2) })
entry("file-damaged", "nothing", { method = 8, packed = "" })
entry("file-damaged", "more", { method = 8, packed = stored_deflate("甲\n") .. "more" })
case("file-damaged", "tag", { entries = function(l) for _, e in ipairs(l) do if e.name == "bagit.txt" then e.crc = 1 end end end })
entry("bag-digest", "payload", { packed = "乙\n", crc = crc32("乙\n") })
in_bag("bag-digest", "sm3-only", function(b)
	b.own["manifest-sm3.txt"] = digests("乙")["sm3"] .. "  data/a.txt\n" .. digests("内容\n")["sm3"] .. "  data/b/c.txt\n"
end)
in_bag("bag-digest", "sha256-only", function(b)
	b.own["manifest-sha256.txt"] = digests("乙")["sha256"] .. "  data/a.txt\n" .. digests("内容\n")["sha256"] .. "  data/b/c.txt\n"
end)

-- the bag
in_bag("bag-declaration", "none", function(b) b.tags["bagit.txt"] = nil end)
in_bag("bag-declaration", "version", function(b) b.tags["bagit.txt"] = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n" end)
in_bag("bag-declaration", "encoding", function(b) b.tags["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: GBK\n" end)
in_bag("bag-declaration", "mark", function(b) b.tags["bagit.txt"] = "\u{feff}BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n" end)
in_bag("bag-fetch", "fetch", function(b) b.tags["fetch.txt"] = "http://example.com/a 2 data/a.txt\n" end)
in_bag("bag-manifest", "sha256", function(b) b.own["manifest-sha256.txt"] = false end)
in_bag("bag-manifest", "sm3", function(b) b.own["manifest-sm3.txt"] = false end)
in_bag("bag-manifest", "tag-sha256", function(b) b.late = { ["tagmanifest-sha256.txt"] = false } end)
in_bag("bag-manifest", "tag-sm3", function(b) b.late = { ["tagmanifest-sm3.txt"] = false } end)
in_bag("bag-line", "words", function(b) b.own["manifest-sm3.txt"] = "not a manifest\n" end)
in_bag("bag-line", "short", function(b) b.own["manifest-sm3.txt"] = ("a"):rep(63) .. "  data/a.txt\n" end)
in_bag("bag-line", "traversal", function(b) b.own["manifest-sm3.txt"] = ("a"):rep(64) .. "  data/../../a.txt\n" end)
in_bag("bag-line", "twice", function(b) b.own["manifest-sm3.txt"] = manifest(b.payload, "data/", "sm3"):rep(2) end)
in_bag("bag-missing", "payload", function(b)
	b.own["manifest-sm3.txt"] = manifest(b.payload, "data/", "sm3") .. ("a"):rep(64) .. "  data/gone.txt\n"
end)
in_bag("bag-missing", "tag-as-payload", function(b)
	b.own["manifest-sha256.txt"] = manifest(b.payload, "data/", "sha256") .. ("a"):rep(64) .. "  说明.txt\n"
end)
in_bag("bag-missing", "tag", function(b)
	b.late = { ["tagmanifest-sm3.txt"] = ("a"):rep(64) .. "  gone.txt\n" }
end)
in_bag("bag-unlisted", "sha256", function(b) b.hide["sha256:a.txt"] = true end)
in_bag("bag-unlisted", "sm3", function(b) b.hide["sm3:a.txt"] = true end)
in_bag("bag-unlisted", "both", function(b) b.hide["a.txt"] = true end)
in_bag("bag-unlisted", "tag", function(b) b.hide["说明.txt"] = true end)
in_bag("bag-unlisted", "manifest", function(b) b.hide["sm3:manifest-sm3.txt"] = true end)
in_bag("bag-tag", "changed", function(b) b.late = { ["说明.txt"] = "别的\n" } end)
in_bag("bag-tag", "info", function(b) b.late = { ["bag-info.txt"] = "Yunjuan-Kind: slip\nPayload-Oxum: 11.2\n" } end)
in_bag("bag-info", "none", function(b) b.own["bag-info.txt"] = false end)
in_bag("bag-info", "kind", function(b) b.kind = "else" end)
in_bag("bag-info", "no-kind", function(b) b.info = "Payload-Oxum: 11.2\n" end)
in_bag("bag-info", "words", function(b) b.info = "Yunjuan-Kind: archive\nno colon\n" end)
in_bag("bag-info", "goes-on", function(b) b.info = " goes on with nothing\n" end)
in_bag("bag-info", "gbk", function(b) b.info = "Yunjuan-Kind: archive\nName: \xb2\xc4\n" end)
in_bag("bag-info", "long", function(b) b.info = "Yunjuan-Kind: archive\nName: x\n" .. (" more\n"):rep(10000) end)
in_bag("bag-oxum", "none", function(b) b.info = "Yunjuan-Kind: archive\n" end)
in_bag("bag-oxum", "wrong", function(b) b.info = "Yunjuan-Kind: archive\nPayload-Oxum: 11.3\n" end)
in_bag("bag-oxum", "words", function(b) b.info = "Yunjuan-Kind: archive\nPayload-Oxum: many\n" end)

-- the signature
in_bag("signature-broken", "no-certificate", function(b) b.late = { ["signature/tagmanifest-sm3.txt.sig"] = "0" } end)
in_bag("signature-broken", "no-signature", function(b) b.late = { ["signature/signer.pem"] = "-----BEGIN CERTIFICATE-----\n" } end)
in_bag("signature-broken", "garbage", function(b)
	b.late = { ["signature/tagmanifest-sm3.txt.sig"] = ("\xff"):rep(72), ["signature/signer.pem"] = ("garbage\n"):rep(100) }
end)
-- what an archive must hold besides
local function archive(name, bundle)
	in_bag("archive-bundle", name, function(b)
		b.kind = "archive"
		b.payload["evidence.bundle"] = bundle
	end)
end
archive("none", nil)
archive("garbage", "# v2 git bundle\n\nPACK garbage")
archive("header", "# v2 git bundle\n" .. ("x"):rep(1000))
archive("endless", "# v2 git bundle\n-" .. ("a"):rep(40))
archive("empty", "")

os.remove(out .. "/digested")
assert(bomb_bytes > 100000000)
print(written - 1)
