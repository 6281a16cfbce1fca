-- Loading the law checks the law: what each file of lua/ must give, and that the whole holds together. Only
-- where a law is read for the first time (api.load); the prelude calls this chunk with its own tools.
local host, law, fault, made_by, index, loader, load_rules, load_grounds, tests, holds, article_label = ...

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
-- Positional values that C reads as text.
local function check_texts(at, list)
	for _, text in ipairs(list or {}) do
		if type(text) ~= "string" then fault(at, "这里只能写文字，现在有一个 %s", type(text)) end
	end
end
local field_types = {}
for _, name in ipairs(host.field_types) do field_types[name] = true end
-- Nothing that offices count comes near it, and products and sums of a ticket's rows stay whole numbers.
local WHOLE_MAX = 10000000
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
		if field.type == "integer" then field.max = field.max or WHOLE_MAX end
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

-- What each file gives ----------------------------------------------------------------------------
local loaders = {}
loaders["lua/parties.lua"] = loader("party", law.parties, law.party)
loaders["lua/endings.lua"] = loader("ending", law.endings, law.ending)
loaders["lua/duties.lua"] = loader("duty", law.duties, law.duty)
loaders["lua/media.lua"] = loader("medium", law.media, law.medium)
loaders["lua/indicators.lua"] = host.part("indicators")(law, fault, made_by, index)
loaders["lua/grounds.lua"] = load_grounds
loaders["lua/readings.lua"] = loader("reading", law.readings, law.reading)
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

-- Gives the two steps: a file, and when all are there, the whole.
local function load_file(path, value, at)
	if loaders[path] then loaders[path](value, at)
	elseif path:find("^lua/forms/") then load_form(value, at)
	elseif path:find("^lua/flows/") then load_flow(value, at)
	elseif path:find("^lua/rules/") then load_rules(value, at) end
end
local function check_law()
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
end
return load_file, check_law
