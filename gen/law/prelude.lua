-- The words the law is written in: constructors that remember file and line, the conditions,
-- the checks of the law itself, and the loop that runs the rules. See docs/law.md.
-- Runs once in every state, before anything from lua/. `host` is given by gen/law/script.c.
local host, indicators, grounds = ... -- the chunks of prelude_indicators.lua and prelude_grounds.lua
local load, type, next, where = load, type, next, host.where
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
	check = { "*", when = "t", on = "s" },
	copies = { "*", article = "a!", when = "t", on = "s" },
	rule = { id = "s!", name = "s!", article = "s!", severity = "s", scope = "s!", says = "v!", check = "f!", serves = "t", data = "t", wants = "s" },
}
-- Where each constructor was last asked for: `return flow { … }` is a tail call, and Lua forgets its place.
local asked_file, asked_line = {}, {}
local letters = { s = "string", n = "number", b = "boolean", t = "table", f = "function", a = "string", v = "any" }
-- The same taken apart once: kind -> key -> Lua's name of the type, and kind -> the keys it must have.
local wanted, needed = {}, {}
for kind, shape in pairs(shapes) do
	local types, must = { kind_ = "string", file_ = "string", line_ = "number" }, {}
	for key, mark in pairs(shape) do
		if key ~= 1 then types[key] = letters[mark:sub(1, 1)] end
		if mark:sub(-1) == "!" then must[#must + 1] = key end
	end
	table.sort(must)
	wanted[kind], needed[kind] = types, must
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
	local types = wanted[kind]
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

-- Every key of a condition must be a field; `fields` maps key -> field.
local function check_condition(at, c, fields)
	local function key(name, wants_list)
		local field = fields[name]
		if not field then fault(at, "条件里的“%s”不是表单的字段", tostring(name))
		elseif wants_list and field.type ~= "list" then fault(at, "条件里的“%s”不是列表", name) end
		return field and field.by_key_ or {}
	end
	if type(c) ~= "table" or not tests[c[1]] then return fault(at, "不认识的条件“%s”", tostring(c and c[1])) end
	local op = c[1]
	if op == "all" or op == "any" or op == "not" then
		for i = 2, #c do check_condition(at, c[i], fields) end
	elseif op == "is" then
		key(c[2])
		local field = fields[c[2]]
		for i = 3, #c do
			local known = not (field and field.choices)
			for _, choice in ipairs(field and field.choices or {}) do known = known or choice == c[i] end
			if not known then fault(at, "条件里的“%s”不是“%s”的选项", tostring(c[i]), c[2]) end
		end
	elseif op == "filled" then
		key(c[2])
	elseif op == "exists" then
		check_condition(at, c[3], key(c[2], true))
	else
		local n = c[2]
		if type(n) ~= "table" or math.type(c[3]) == nil then return fault(at, "比较条件写法有误") end
		if n[1] == "value" then key(n[2])
		elseif n[1] == "count" or n[1] == "sum" then
			local columns, condition = key(n[2], true), n[n[1] == "count" and 3 or 4]
			if condition then check_condition(at, condition, columns) end
			for _, column in ipairs(n[1] == "sum" and (type(n[3]) == "table" and n[3] or { n[3] }) or {}) do
				if not columns[column] then fault(at, "“%s”没有“%s”这一列", n[2], column) end
			end
		else fault(at, "比较条件里不认识“%s”", tostring(n[1])) end
	end
end

-- Checks of the law itself ----------------------------------------------------------------------
local function list_of(value) return type(value) == "table" and value or { value } end
local function check_party(node, id)
	if not law.party[id] then fault(node, "没有“%s”这一方（lua/parties.lua）", tostring(id)) end
end
local function check_article(at, id)
	if id ~= nil and not law.article[id] then fault(at, "条款“%s”不存在（lua/regulation.lua）", tostring(id)) end
end
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
-- Positional values that C reads as text.
local function check_texts(at, list)
	for _, text in ipairs(list or {}) do
		if type(text) ~= "string" then fault(at, "这里只能写文字，现在有一个 %s", type(text)) end
	end
end
local field_types = {}
for _, name in ipairs(host.field_types) do field_types[name] = true end
local function check_fields(within, fields, inside)
	local by_key = {}
	for _, field in ipairs(fields or {}) do
		if not made_by(field, within, "fields 里", "field") then return by_key end
		if by_key[field.key] then fault(field, "字段“%s”重复", field.key) end
		if field.key ~= nil then by_key[field.key] = field end
		if not field_types[field.type] then fault(field, "不认识的字段类型“%s”", tostring(field.type)) end
		if (field.type == "choice") ~= (field.choices ~= nil) then fault(field, "只有 choice 要写 choices") end
		if type(field.choices) == "table" then
			check_texts(field, field.choices)
			if #field.choices == 0 then fault(field, "choices 是空的") end
		end
		if (field.type == "list") ~= (field.columns ~= nil) or inside and field.columns then fault(field, "只有最外层的 list 要写 columns") end
		if type(field.columns) == "table" then field.by_key_ = check_fields(field, field.columns, true) end
		check_article(field, field.article)
	end
	return by_key
end

local function check_limit(stage, limit, flow, fields)
	if not limit then return end
	local kinds = 0
	for _, key in ipairs { "working_days", "days", "day_of_next_month", "until_field", "prompt" } do
		if limit[key] ~= nil then kinds = kinds + 1 end
	end
	if kinds ~= 1 then fault(stage, "时限要写且只写一种") end
	local field = limit.until_field or limit.day_of_next_month and limit.field
	if (limit.until_field or limit.day_of_next_month) and not (field and fields[field]) then
		fault(stage, "时限没有起点：字段“%s”不在本流程的表单里", tostring(field))
	end
	if limit.from ~= nil and type(limit.from) ~= "table" then fault(stage, "时限没有起点：from 要写一个表 { … }")
	elseif limit.from then
		local start = flow.stage[limit.from.stage]
		if not start then fault(stage, "时限没有起点：没有“%s”这个环节", tostring(limit.from.stage))
		elseif limit.from.outcome and not start.outcome[limit.from.outcome] then
			fault(stage, "时限没有起点：环节“%s”没有“%s”这个结果", start.id, limit.from.outcome)
		end
	end
end

local common = { "flow", "stage", "signed", "title", "system", "tenant", "urgent", "urgent_ground", "attachments" }
local function flow_fields(flow)
	local fields = { tenant_level = { type = "choice", choices = { "city", "county" } } }
	for _, key in ipairs(common) do fields[key] = { type = "text" } end
	fields.urgent = { type = "bool" }
	flow.forms = {}
	for _, stage in ipairs(flow.stages) do
		for _, need in ipairs(stage.needs or {}) do
			local form = need.kind_ == "form" and law.form[need[1]]
			if need.kind_ == "form" and not form then fault(need, "没有“%s”这张表（lua/forms）", tostring(need[1])) end
			if form and not flow.forms[form.id] then
				flow.forms[form.id] = true
				flow.forms[#flow.forms + 1] = form
				for _, field in ipairs(form.fields) do
					if fields[field.key] then fault(field, "字段“%s”在流程“%s”里与别的表重复", field.key, flow.id) end
					fields[field.key] = field
				end
			end
		end
	end
	return fields
end

local function check_need(need, flow, stage, fields)
	if need.kind_ == "check" then
		local rule = law.rule[need[1]]
		if not rule then fault(need, "没有“%s”这条规则（lua/rules）", tostring(need[1])) end
		if rule and rule.wants then stage.wants_ = stage.wants_ or {} stage.wants_[rule.wants] = true end
	elseif need.kind_ ~= "form" and need.kind_ ~= "paper" and need.kind_ ~= "sections" then
		fault(need, "needs 里只能是 form、paper、sections、check")
	end
	check_texts(need, need)
	check_article(need, need.article)
	for _, id in ipairs(need.serves or {}) do check_article(need, id) end
	if need.when then check_condition(need, need.when, fields) end
	if need.on and not stage.outcome[need.on] then fault(need, "环节“%s”没有“%s”这个结果", stage.id, need.on) end
end

local function check_stage(stage, flow, fields)
	check_article(stage, stage.article)
	for _, id in ipairs(list_of(stage.party)) do check_party(stage, id) end
	if #stage.outcomes == 0 then fault(stage, "环节“%s”没有出路：至少要有一个结果", stage.id) end
	local targets = {}
	for _, outcome in ipairs(stage.outcomes) do
		for _, level in ipairs { "city", "county" } do
			local to = outcome.to
			if type(to) == "table" then to = to[level] end
			if not flow.stage[to] and not law.ending[to] then fault(outcome, "结果“%s”指向没有的环节“%s”", outcome.id, tostring(to)) end
			local key = level .. tostring(to)
			if targets[key] then fault(outcome, "结果“%s”与“%s”指向同一环节，无法区分", outcome.id, targets[key]) end
			targets[key] = outcome.id
			if to == stage.id then fault(outcome, "结果“%s”指向自己", outcome.id) end
		end
	end
	check_limit(stage, stage.limit, flow, fields)
	check_limit(stage, stage.again, flow, fields)
	for _, need in ipairs(stage.needs or {}) do check_need(need, flow, stage, fields) end
	for _, owed in ipairs(stage.owes or {}) do
		check_article(owed, owed.article)
		for _, id in ipairs(owed) do
			check_party(owed, id)
		end
		if owed.when then check_condition(owed, owed.when, fields) end
		if owed.on and not stage.outcome[owed.on] then fault(owed, "环节“%s”没有“%s”这个结果", stage.id, owed.on) end
	end
end

-- Reachability, forwards from the first stage and backwards from the endings.
local function spread(flow, starts, step)
	local seen, queue = {}, starts
	while #queue > 0 do
		local id = table.remove(queue)
		if not seen[id] then
			seen[id] = true
			for _, next_id in ipairs(step(id)) do queue[#queue + 1] = next_id end
		end
	end
	return seen
end
local function check_reach(flow)
	local forward, backward = {}, {}
	for _, stage in ipairs(flow.stages) do
		forward[stage.id] = {}
		for _, outcome in ipairs(stage.outcomes) do
			for _, to in pairs(type(outcome.to) == "table" and outcome.to or { outcome.to }) do
				table.insert(forward[stage.id], to)
				backward[to] = backward[to] or {}
				table.insert(backward[to], stage.id)
			end
		end
	end
	local ends = {}
	for _, ending in ipairs(law.endings) do ends[#ends + 1] = ending.id end
	local from_start = spread(flow, { flow.stages[1].id }, function(id) return forward[id] or {} end)
	local to_end = spread(flow, ends, function(id) return backward[id] or {} end)
	for _, stage in ipairs(flow.stages) do
		if not from_start[stage.id] then fault(stage, "环节“%s”到不了：没有结果指向它", stage.id) end
		if not to_end[stage.id] then fault(stage, "环节“%s”没有出路：走不到办结或取消", stage.id) end
	end
end

-- What the flow does to the ledger: its table, the column of the day, the word for it.
local deeds = { opens = true, adjusts = true, revokes = true, ["backs-up"] = true, settles = true }
local function check_ledger(flow, fields)
	local ledger = flow.ledger
	local rows = type(ledger.rows) == "string" and fields[ledger.rows]
	if not deeds[ledger.does] then fault(flow, "ledger 里不认识“%s”", tostring(ledger.does)) end
	if not rows or rows.type ~= "list" then return fault(flow, "ledger 里的“%s”不是本流程表单的列表", tostring(ledger.rows)) end
	local day = ledger.does == "settles" and fields[ledger.day] or rows.by_key_[ledger.day]
	local types = ledger.does == "settles" and { month = true } or { date = true, time = true }
	if not day or not types[day.type] then fault(flow, "ledger 里的“%s”不是日期", tostring(ledger.day)) end
	if ledger.does ~= "settles" and type(ledger.mark) ~= "string" then fault(flow, "ledger 里缺少 mark") end
	if ledger.type ~= nil and type(ledger.type) ~= "string" then fault(flow, "ledger 里的 type 只能写文字") end
	if ledger.changes ~= nil and (fields[ledger.changes] or ledger).type ~= "list" then fault(flow, "ledger 里的“%s”不是本流程表单的列表", tostring(ledger.changes)) end
	for _, form in ipairs(flow.forms) do if form.by_key_[ledger.rows] then ledger.form = form.id end end
end
local function check_flow(flow)
	flow.stage = {}
	for _, stage in ipairs(flow.stages) do
		if not made_by(stage, flow, "stages 里", "stage") then return end
		if flow.stage[stage.id] or law.ending[stage.id] then fault(stage, "环节“%s”重复", stage.id) end
		flow.stage[stage.id] = stage
		stage.outcome = {}
		for _, need in ipairs(stage.needs or {}) do
			if not made_by(need, stage, "needs 里", "form", "paper", "sections", "check") then return end
		end
		for _, owed in ipairs(stage.owes or {}) do
			if not made_by(owed, stage, "owes 里", "copies") then return end
			-- What the dashboard asks of every ticket: by the tenant's level alone.
			owed.kinds_ = { table.unpack(owed) }
			owed.city_ = holds(owed.when, { tenant_level = "city" })
			owed.county_ = holds(owed.when, { tenant_level = "county" })
		end
		for _, outcome in ipairs(stage.outcomes) do
			if not made_by(outcome, stage, "outcomes 里", "outcome") then return end
			if stage.outcome[outcome.id] then fault(outcome, "结果“%s”重复", outcome.id) end
			stage.outcome[outcome.id] = outcome
		end
	end
	check_article(flow, flow.article)
	if #flow.stages == 0 then return fault(flow, "流程“%s”没有环节", flow.id) end
	for _, id in ipairs(list_of(flow.opens)) do check_party(flow, id) end
	local fields = flow_fields(flow)
	flow.fields_ = fields
	for _, stage in ipairs(flow.stages) do check_stage(stage, flow, fields) end
	for _, gather in ipairs(flow.gathers or {}) do
		local of = type(gather) == "table" and gather.flow
		if not law.flow[of] then fault(flow, "gathers 里没有“%s”这个流程", tostring(of)) end
	end
	if flow.ledger then check_ledger(flow, fields) end
	if flow.online then
		local stage = flow.stage[flow.online.stage]
		if not stage then fault(flow, "online 里没有“%s”这个环节", tostring(flow.online.stage))
		elseif not stage.outcome[flow.online.outcome] then
			fault(flow, "online 里环节“%s”没有“%s”这个结果", stage.id, tostring(flow.online.outcome))
		end
	end
	check_reach(flow)
end

local scopes = { commit = true, file = true, ticket = true, move = true, need = true, form = true, paper = true, sections = true }
local function check_rule(rule)
	if not scopes[rule.scope] then fault(rule, "不认识的规则范围“%s”", tostring(rule.scope)) end
	if rule.severity and rule.severity ~= "refuse" and rule.severity ~= "warn" then fault(rule, "severity 只能是 refuse 或 warn") end
	if rule.article ~= "" then check_article(rule, rule.article) end
	if rule.wants and rule.wants ~= "ledger" and rule.wants ~= "bill" and rule.wants ~= "usage" then fault(rule, "wants 只能是 ledger、bill 或 usage") end
	for _, id in ipairs(rule.serves or {}) do check_article(rule, id) end
end

-- Loading -----------------------------------------------------------------------------------------
local loaders = {}
local function loader(kind, list, map)
	return function(nodes, file)
		for _, node in ipairs(nodes) do
			if made_by(node, file, "这里", kind) then index(node, list, map, node.id) end
		end
	end
end
loaders["lua/parties.lua"] = loader("party", law.parties, law.party)
loaders["lua/endings.lua"] = loader("ending", law.endings, law.ending)
loaders["lua/duties.lua"] = loader("duty", law.duties, law.duty)
loaders["lua/media.lua"] = loader("medium", law.media, law.medium)
loaders["lua/indicators.lua"] = indicators(law, fault, made_by, index)
loaders["lua/grounds.lua"], env.ground_days, env.ground_holds, api.grounds_ask = grounds(law, fault, made_by, index)
loaders["lua/readings.lua"] = loader("reading", law.readings, law.reading)
local load_rules = loader("rule", law.rules, law.rule)
local function load_parts(article)
	for _, part in ipairs(article.parts or {}) do
		if made_by(part, article, "parts 里", "part") then
			part.id, part.digest, part.within = part[1], part[2], article
			if type(part.id) ~= "string" then fault(part, "part 要先写条款，如 part { \"13(1)\", \"…\" }") end
			index(part, {}, law.article, part.id)
		end
	end
end
loaders["lua/regulation.lua"] = function(list, file)
	local into = { chapter = law.chapters, annex = law.annexes, slip = law.slips }
	for _, node in ipairs(list) do
		if made_by(node, file, "这里", "chapter", "article", "annex", "slip") then
			if node.kind_ == "article" then
				index(node, law.articles, law.article, node.id)
				load_parts(node)
			else
				table.insert(into[node.kind_], node)
			end
		end
	end
end
local function load_form(node, file)
	if not made_by(node, file, "这里", "form_fields") then return end
	index(node, law.forms, law.form, node.id)
	node.by_key_ = check_fields(node, node.fields, false)
end
local function load_flow(node, file)
	if made_by(node, file, "这里", "flow") then index(node, law.flows, law.flow, node.id) end
end

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
	local chunk, why = load(text, "@" .. path, "t", setmetatable({}, fence))
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
	for _, file in ipairs(files) do
		local path = file[1]
		local value = read(path, file[2])
		if value then
			local at = { file_ = path, line_ = 0 }
			if loaders[path] then loaders[path](value, at)
			elseif path:find("^lua/forms/") then load_form(value, at)
			elseif path:find("^lua/flows/") then load_flow(value, at)
			elseif path:find("^lua/rules/") then load_rules(value, at) end
		end
	end
	if #problems > 0 then return law, problems end
	for _, node in ipairs(law.parties) do check_article(node, node.article) end
	for _, node in ipairs(law.readings) do check_article(node, node.article) end
	for _, node in ipairs(law.media) do check_article(node, node.article) end
	for _, list in ipairs { law.low_loads, law.scale_outs, law.grounds } do
		for _, node in ipairs(list) do check_article(node, node.article) node.label_ = article_label(node.article) end
	end
	for _, node in pairs(law.indicators) do check_article(node, node.article) node.label_ = article_label(node.article) end
	for _, node in ipairs(law.duties) do check_article(node, node.article) if node.party then check_party(node, node.party) end end
	for _, node in ipairs(law.slips) do check_article(node, node.article) end
	for _, rule in ipairs(law.rules) do check_rule(rule) end
	for _, form in ipairs(law.forms) do
		check_article(form, form.article)
		for _, field in ipairs(form.fields) do
			for _, column in ipairs(field.columns or {}) do
				if column.required_when then check_condition(column, column.required_when, field.by_key_) end
			end
		end
	end
	for _, flow in ipairs(law.flows) do check_flow(flow) end
	for _, flow in ipairs(law.flows) do
		for _, form in ipairs(flow.forms or {}) do
			for _, field in ipairs(form.fields) do
				if field.required_when then check_condition(field, field.required_when, flow.fields_) end
			end
		end
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

-- Templates: HTML with {{ expression }} (escaped), {% statements %} and {{= raw(expression) }} -------
-- Compiled to Lua that writes straight into the page's buffer. `emit` writes as it is, `text` escapes.
local function template_source(name, text)
	local out, at, line = { "local page = ... " }, 1, 1
	local function keep_lines(piece)
		local _, breaks = piece:gsub("\n", "\n")
		line = line + breaks
	end
	while true do
		local from, _, mark = text:find("{([{%%])", at)
		local piece = text:sub(at, from and from - 1 or -1)
		if piece ~= "" then out[#out + 1] = ("emit(%q) "):format(piece) keep_lines(piece) end
		if not from then break end
		local close = mark == "{" and "}}" or "%}"
		local till = text:find(close, from + 2, true)
		if not till then error(("%s:%d: “%s”没有收尾"):format(name, line, mark == "{" and "{{" or "{%"), 0) end
		local code = text:sub(from + 2, till - 1)
		out[#out + 1] = mark == "{" and ("text(%s) "):format(code) or code .. " "
		keep_lines(code)
		at = till + 2
	end
	return table.concat(out)
end

local templates = {}
local page_env = {}
for name, value in pairs(safe) do page_env[name] = value end
for name, value in pairs(host.page) do page_env[name] = value end
page_env.law, page_env.article_label, page_env.holds = law, article_label, env.holds
page_env.chinese_number, page_env.ground_days, page_env.ground_holds = chinese, env.ground_days, env.ground_holds
-- {% include("part", value) %}
function page_env.include(name, value)
	local part = templates[name] or error("没有模板“" .. tostring(name) .. "”", 2)
	return part(value)
end
local shared = setmetatable({}, { __index = page_env })

-- templates/*.lua define functions for the others; pages and styles become callable by their name.
function api.template(name, text)
	local source = name:find("%.lua$") and text or template_source(name, text)
	local chunk, why = load(source, "@" .. name, "t", shared)
	if not chunk then error(why, 0) end
	if name:find("%.lua$") then chunk() else templates[name:match("([^/]*)%.%a+$")] = chunk end
end
function api.render(name, value)
	local page = templates[name] or error("没有模板“" .. tostring(name) .. "”")
	page(value)
end

-- Hooks: lua/hooks/<name>.lua gives function(git) -> nothing; it asks the host to judge.
function api.hook(name, text, git)
	local chunk, why = load(text, "@lua/hooks/" .. name .. ".lua", "t", setmetatable({}, fence))
	if not chunk then error(why, 0) end
	return chunk()(git)
end

api.label, api.law, api.holds = article_label, law, holds
return api
