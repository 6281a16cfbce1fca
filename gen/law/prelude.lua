-- The words the law is written in: constructors that remember file and line, the conditions,
-- and the loop that runs the rules. See docs/law.md.
-- Runs once in every state, before anything from lua/. `host` is given by gen/law/script.c; host.part "checks"
-- is the chunk of prelude_checks.lua: what few runs need is compiled when one does.
local host = ...
local type, next, where = type, next, host.where
local law = {
	parties = {}, party = {}, endings = {}, ending = {}, readings = {}, reading = {}, duties = {}, duty = {}, media = {}, medium = {},
	low_loads = {}, low_load = {}, scale_outs = {}, indicators = {}, grounds = {}, ground = {},
	chapters = {}, articles = {}, article = {}, annexes = {}, slips = {},
	forms = {}, form = {}, flows = {}, flow = {}, rules = {}, rule = {},
}
local problems, api = {}, {}

-- Faults of the law -------------------------------------------------------------------------
local function fault(at, text, ...)
	local file, line = at and at.file_, at and at.line_
	if not file then file, line = host.where(3) end
	if select("#", ...) > 0 then text = text:format(...) end
	problems[#problems + 1] = { file = file, line = line, text = text }
end

-- Constructors --------------------------------------------------------------------------------
-- For each kind: the keys it may have. A trailing "!" = must be there. s string, n number,
-- b boolean, t table, f function, a article, v anything, * = also positional values.
local shapes = {
	party = { id = "s!", name = "s!", short = "s!", article = "a!", only = "n" },
	ending = { id = "s!", name = "s!", done = "b" },
	reading = { id = "s!", article = "a!", question = "s!", choice = "s!", value = "v!" },
	duty = { id = "s!", article = "a!", name = "s!", party = "s", months = "n" },
	medium = { id = "s!", name = "s!", article = "a!", registered = "b", numbered = "b", address = "b", volumes = "b" },
	measured = { article = "a!", from = "s!", to = "s!", least_pct = "n!", growth_days = "n!" },
	low_load = { id = "s!", name = "s!", article = "a!", all = "t!" },
	low_month = { article = "a!", more_than_days = "n!" },
	scale_out_window = { article = "a!", working_days = "n!" },
	scale_out = { type = "s!", asks = "s!", name = "s!", whole_system = "b", article = "a!", all = "t!" },
	bound = { "*", at_most = "n", at_least = "n", more_than = "n", words = "s!" },
	ground = { id = "s!", article = "a!", since = "s!", more_than_days = "n!", left = "s", not_left = "s!", lacks = "s" },
	chapter = { id = "n!", name = "s!" },
	article = { id = "s!", title = "s!", chapter = "n!", digest = "s!", parts = "t", text = "b", why = "s", shown = "t" },
	part = { "*", text = "b", why = "s", shown = "t" },
	annex = { id = "n!", title = "s!", slip = "s" },
	slip = { article = "a!", says = "s!" },
	form_fields = { id = "s!", annex = "n", article = "a", title = "s!", fields = "t!", note = "s" },
	field = { key = "s!", label = "s!", type = "s!", unit = "s", help = "s", required = "b",
		required_when = "t", must = "v", choices = "t", columns = "t", min = "n", max = "n", article = "a" },
	flow = { id = "s!", name = "s!", prefix = "s!", chapter = "n!", article = "a!", annex = "n",
		chart = "s!", opens = "v!", stages = "t!", notices = "t", online = "t", gathers = "t", ledger = "t" },
	stage = { id = "s!", name = "s!", party = "v!", each = "b", article = "a!", limit = "t",
		again = "t", needs = "t", owes = "t", outcomes = "t!" },
	outcome = { id = "s!", name = "s!", to = "v!", back = "b", opinion = "b" },
	form = { "*", article = "a!", when = "t", on = "s", serves = "t" },
	paper = { "*", article = "a!", when = "t", on = "s" },
	sections = { "*", article = "a!", when = "t", on = "s" },
	check = { "*", article = "a", when = "t", on = "s" },
	copies = { "*", article = "a!", when = "t", on = "s" },
	rule = { id = "s!", name = "s!", article = "s!", severity = "s", scope = "s!", says = "v!", check = "f!", serves = "t", data = "t", wants = "s" },
}
-- Where each constructor was last asked for: `return flow { … }` is a tail call, and Lua forgets its place.
local asked_file, asked_line = {}, {}
local letters = { s = "string", n = "number", b = "boolean", t = "table", f = "function", a = "string", v = "any" }
-- The same taken apart when it is first asked for: key -> Lua's name of the type, and the keys it must have.
local wanted, needed = {}, {}
local function take_apart(kind)
	local types, must = { kind_ = "string", file_ = "string", line_ = "number" }, {}
	for key, mark in pairs(shapes[kind]) do
		if key ~= 1 then types[key] = letters[mark:sub(1, 1)] end
		if mark:sub(-1) == "!" then must[#must + 1] = key end
	end
	table.sort(must)
	wanted[kind], needed[kind] = types, must
	return types
end
local env = {}

local function misfit(kind, node, key, value)
	local want = wanted[kind][key]
	if type(key) == "number" then
		if shapes[kind][1] ~= "*" then fault(node, "%s 里有没有名字的值", kind) end
	elseif want then
		fault(node, "%s 的“%s”应当是 %s，现在是 %s", kind, key, want, type(value))
	elseif type(key) ~= "string" or key:sub(-1) ~= "_" then
		fault(node, "%s 不认识“%s”这个键，请检查拼写", kind, tostring(key))
	end
end

local function construct(kind, node)
	if type(node) == "string" then node = { node } end
	if type(node) ~= "table" then error(kind .. " 后面要写一个表 { … }", 2) end
	local file, line = where(2)
	if asked_file[kind] and file:sub(1, 4) ~= "lua/" then file, line = asked_file[kind], asked_line[kind] end
	node.kind_, node.file_, node.line_ = kind, file, line
	local types = wanted[kind] or take_apart(kind)
	for key, value in next, node do
		local want = types[key]
		if want ~= type(value) and want ~= "any" then misfit(kind, node, key, value) end
	end
	local must = needed[kind]
	for i = 1, #must do
		if node[must[i]] == nil then fault(node, "%s 缺少“%s”", kind, must[i]) end
	end
	return node
end
for kind in pairs(shapes) do
	env[kind] = function(node) return construct(kind, node) end
end
function env.reading_value(id)
	local reading = law.reading[id]
	if not reading then error("没有“" .. tostring(id) .. "”这条未定事项（lua/readings.lua）", 2) end
	return reading.value
end

-- Articles ------------------------------------------------------------------------------------
local digits = { "一", "二", "三", "四", "五", "六", "七", "八", "九" }
local function chinese(n)
	local tens, ones = n // 10, n % 10
	return (tens > 1 and digits[tens] or "") .. (tens > 0 and "十" or "") .. (digits[ones] or "")
end
-- "13(2)4" -> 第十三条（二）⒋
local function article_label(id)
	local number, part, item = tostring(id):match("^(%d+)(%(?%d*%)?)%.?(%d*)$")
	if not number then return id or "" end
	part = part:match("%d+")
	return "第" .. chinese(tonumber(number)) .. "条" .. (part and "（" .. chinese(tonumber(part)) .. "）" or "")
		.. (item ~= "" and utf8.char(0x2487 + tonumber(item)) or "")
end

-- Conditions: data, the same for Lua here and for a browser ---------------------------------------
local holds
local function amount(n, row)
	if n[1] == "value" then return tonumber(row[n[2]]) end
	local total = 0
	for _, item in ipairs(row[n[2]] or {}) do
		local condition = n[n[1] == "count" and 3 or 4]
		if not condition or holds(condition, item) then
			local product = 1
			for _, column in ipairs(n[1] == "count" and {} or type(n[3]) == "table" and n[3] or { n[3] }) do
				product = product * (tonumber(item[column]) or 0)
			end
			total = total + product
		end
	end
	return total
end
local tests = {}
function tests.all(c, row) for i = 2, #c do if not holds(c[i], row) then return false end end return true end
function tests.any(c, row) for i = 2, #c do if holds(c[i], row) then return true end end return false end
tests["not"] = function(c, row) return not holds(c[2], row) end
function tests.is(c, row)
	for i = 3, #c do if row[c[2]] == c[i] then return true end end
	return false
end
function tests.filled(c, row) return row[c[2]] ~= nil end
function tests.exists(c, row)
	for _, item in ipairs(row[c[2]] or {}) do if holds(c[3], item) then return true end end
	return false
end
local function compare(f)
	return function(c, row)
		local n = amount(c[2], row)
		return n ~= nil and f(n, c[3])
	end
end
tests.gt = compare(function(a, b) return a > b end)
tests.ge = compare(function(a, b) return a >= b end)
tests.lt = compare(function(a, b) return a < b end)
tests.le = compare(function(a, b) return a <= b end)
function holds(c, row) return c == nil or tests[c[1]](c, row) end

-- Lists of the law -----------------------------------------------------------------------------
-- An id that is not there has been a fault already.
local function index(node, list, map, id)
	if id == nil then return end
	if map[id] then fault(node, "“%s”重复", tostring(id)) end
	list[#list + 1], map[id] = node, node
end
-- Whether the value was made by one of these constructors; else a fault at what it stands in.
local function made_by(value, within, list, ...)
	local kinds = { ... }
	for _, kind in ipairs(kinds) do
		if type(value) == "table" and value.kind_ == kind then return true end
	end
	fault(type(value) == "table" and value.file_ and value or within, "%s只能是 %s", list, table.concat(kinds, "、"))
	return false
end
local function loader(kind, list, map)
	return function(nodes, file)
		for _, node in ipairs(nodes) do
			if made_by(node, file, "这里", kind) then index(node, list, map, node.id) end
		end
	end
end
local load_rules = loader("rule", law.rules, law.rule)
local load_grounds
load_grounds, env.ground_days, env.ground_holds, api.grounds_ask = host.part("grounds")(law, fault, made_by, index)

-- Loading ---------------------------------------------------------------------------------------
local safe = {}
for _, name in ipairs { "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type",
	"string", "table", "math", "utf8" } do safe[name] = _G[name] end
for name, value in pairs(safe) do env[name] = value end
env.article_label, env.holds, env.law = article_label, function(c, row) return holds(c, row) end, law
local function look_up(_, name)
	if shapes[name] then asked_file[name], asked_line[name] = where(2) end
	return env[name]
end
local fence = { __index = look_up, __newindex = function(_, name) error("不能写全局变量“" .. tostring(name) .. "”，请加 local", 2) end, __metatable = false }

local function read(path, text)
	local chunk, why = host.chunk(path, text, setmetatable({}, fence))
	if not chunk then
		local line, rest = why:match(":(%d+): (.*)$")
		problems[#problems + 1] = { file = path, line = tonumber(line) or 0, text = "Lua 语法有误：" .. (rest or why) }
		return nil
	end
	local ok, value = host.protected(chunk)
	if not ok then
		value = tostring(value):gsub("\nstack traceback.*", "")
		local file, line, rest = value:match("^(lua/[^:]*):(%d+): (.*)$")
		problems[#problems + 1] = { file = file or path, line = tonumber(line) or 0, text = rest or tostring(value) }
		return nil
	end
	if type(value) ~= "table" then
		problems[#problems + 1] = { file = path, line = 0, text = "这个文件要用 return 交出它的内容" }
		return nil
	end
	return value
end

-- files: { { path, text }, … } in load order. Gives the law and the list of its faults.
function api.load(files)
	local load_file, check_law =
		host.part("checks")(host, law, fault, made_by, index, loader, load_rules, load_grounds, tests, holds, article_label)
	for _, file in ipairs(files) do
		local value = read(file[1], file[2])
		if value then load_file(file[1], value, { file_ = file[1], line_ = 0 }) end
	end
	if #problems == 0 then check_law() end
	return law, problems
end
-- The data of a law without faults, as bytes; nil when it is not data alone.
function api.freeze()
	local data = {}
	for key, value in next, law do data[key] = value end
	data.rules, data.rule = nil, nil -- functions: their files are read again
	return host.part("freeze")()(data)
end
-- The same law of its data and the files of its rules.
function api.thaw(data, files)
	for key, value in next, data do law[key] = value end
	for _, file in ipairs(files) do
		local value = read(file[1], file[2])
		if value then load_rules(value, { file_ = file[1], line_ = 0 }) end
	end
	return law, problems
end

-- Judging ------------------------------------------------------------------------------------------
local function sentence(rule, words)
	local says = rule.says
	if type(says) == "table" then says = says[words.as] or error("规则“" .. rule.id .. "”没有“" .. tostring(words.as) .. "”这句话") end
	return (says:gsub("{([%w_]+)}", function(word) return words[word] ~= nil and tostring(words[word]) or nil end))
end

local function run(out, rule, c, t, need)
	local function say(words)
		words = words or {}
		local article = words.article or need and need.article or rule.article
		out[#out + 1] = { rule = rule.id, severity = rule.severity or "refuse", article = article,
			label = article ~= "" and article_label(article) or "", message = sentence(rule, words),
			ticket = t and t.id, file = words.file or t and t.file, key = words.key, line = words.line }
	end
	rule.check(c, t, say, need)
end

-- Whether a need of the stage holds for this way out.
local function due_now(need, t)
	if need.on then
		if not t.outcome or need.on ~= t.outcome.id then return false end
	elseif t.outcome and t.outcome.back then return false end
	return holds(need.when, t.values)
end

-- One file that was added or changed, with its text: one at a time, so that memory does not grow with
-- the commit.
function api.judge_file(file)
	local out = {}
	for _, rule in ipairs(law.rules) do
		if rule.scope == "file" then run(out, rule, file) end
	end
	return out
end

function api.judge(c)
	local out = {}
	for _, rule in ipairs(law.rules) do
		if rule.scope == "commit" then run(out, rule, c) end
	end
	for _, t in ipairs(c.tickets) do
		local flow_id = t.before and t.before.flow or t.flow_id -- a ticket stays with the flow it began in
		t.flow = flow_id and law.flow[flow_id]
		t.stage = t.flow and t.from and t.flow.stage[t.from]
		t.target = t.flow and t.to and (t.flow.stage[t.to] or law.ending[t.to])
		if t.stage then
			for _, outcome in ipairs(t.stage.outcomes) do
				local to = outcome.to
				if type(to) == "table" then to = to[t.values.tenant_level or "city"] end
				if to == t.to or t.signed_now and #t.stage.outcomes == 1 then t.outcome = outcome end
			end
		end
		-- What cannot be read has been refused already; judging half of it would only confuse.
		for _, rule in ipairs(t.broken and {} or law.rules) do
			if rule.scope == "ticket" or rule.scope == "move" and t.moved then run(out, rule, c, t) end
		end
		if t.moved and t.stage and t.outcome and not t.broken then
			for _, need in ipairs(t.stage.needs or {}) do
				if due_now(need, t) then
					if need.kind_ == "check" then run(out, law.rule[need[1]], c, t, need)
					else
						for _, rule in ipairs(law.rules) do
							if rule.scope == need.kind_ then run(out, rule, c, t, need) end
						end
					end
				end
			end
		end
	end
	return out
end

-- Templates: prelude_pages.lua ------------------------------------------------------------------------
local pages
local function page_words()
	pages = pages or host.part("pages")(host, safe, env, law, article_label, chinese)
	return pages
end
function api.template(name, text, own) page_words().template(name, text, own) end
function api.render(name, value) page_words().render(name, value) end

-- Hooks: lua/hooks/<name>.lua gives function(git) -> nothing; it asks the host to judge.
function api.hook(name, text, git)
	local chunk, why = host.chunk("lua/hooks/" .. name .. ".lua", text, setmetatable({}, fence))
	if not chunk then error(why, 0) end
	return chunk()(git)
end

api.label, api.law, api.holds = article_label, law, holds
return api
