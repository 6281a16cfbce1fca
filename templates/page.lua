-- Functions the templates share. Global names here are seen by every template. What many pages
-- repeat is made once and kept in tables: a ticket's page is rendered ten thousand times.
local emit, text, between = emit, text, between
local math_type = math.type

local marks = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
function escaped(words) return (words:gsub('[&<>"]', marks)) end

-- 1234567 -> 1,234,567
function number(n)
	local words = tostring(n)
	local head, tail = words:match("^(%-?%d+)(%.?%d*)$")
	if not head or #head < 4 then return words end
	return head:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^(%-?),", "%1") .. tail
end

function size(bytes)
	if bytes < 1024 then return bytes .. " 字节" end
	if bytes < 1024 * 1024 then return ("%.1f KB"):format(bytes / 1024) end
	return ("%.1f MB"):format(bytes / 1024 / 1024)
end

-- A file's name as part of an address.
function url(name)
	return (name:gsub("[^%w%-%._~/]", function(c) return ("%%%02X"):format(c:byte()) end))
end

function day_only(time) return time and time:sub(1, 10) or "" end
function count_words(n) return n > 0 and n or "·" end

-- The menu, the same on every page of one depth and place ------------------------------------------
local menu = {
	{ "index.html", "总览" }, { "search.html", "搜索" }, { "parties/index.html", "各方与待办" }, { "list/index.html", "工单目录" },
	{ "systems/index.html", "信息系统" }, { "inventory/index.html", "资源台账" }, { "watch/index.html", "用量和闲置" }, { "fees/index.html", "费用" }, { "reminders.html", "提醒" }, { "reports/index.html", "定期报告" }, { "handovers.html", "交接" },
	"不装程序",
	{ "forms/index.html", "填表和交接件" }, { "inspect.html", "查验" },
	"制度",
	{ "flows/index.html", "流程图" }, { "regulation.html", "实施细则摘要" }, { "readings.html", "未定事项" },
	"帮助",
	{ "handbook/handbook-start.html", "使用手册" },
}
local function menu_of(root, here)
	local out = {}
	for _, item in ipairs(menu) do
		if type(item) == "string" then
			out[#out + 1] = "<p>" .. item .. "</p>"
		else
			local present = item[1] == here and ' aria-current="page"' or ""
			out[#out + 1] = '<a href="' .. root .. item[1] .. '"' .. present .. ">" .. item[2] .. "</a>"
		end
	end
	return table.concat(out, "\n")
end
local menus = {}
function navigation(root, here)
	local of_root = menus[root] or {}
	menus[root] = of_root
	here = here or ""
	of_root[here] = of_root[here] or menu_of(root, here)
	emit(of_root[here])
end

-- States ------------------------------------------------------------------------------------------------
-- What each is called comes with the data. Here only how it looks: a word, a shape, a colour.
local looks = { open = "go", soon = "soon", late = "late", waiting = "wait", closed = "done", cancelled = "gone" }
local openings = {}
for state, look in pairs(looks) do openings[state] = '<span class="tag ' .. look .. '">' end
function tag(state, words)
	between(openings[state] or openings.waiting, words, "</span>")
end

-- "超期 2 日", "剩 1 日", "及时 · 已等 3 日" for a card
function due_words(card)
	if card.state == "closed" or card.state == "cancelled" then return card.state_name end
	if card.due_kind == "day" then
		if card.state == "late" then return "超期 " .. math.abs(card.days_left) .. " 日" end
		return card.days_left == 0 and "今日到期" or "剩 " .. card.days_left .. " 日"
	end
	if card.due_kind == "unknown" then return "节假日表缺 " .. card.missing_year .. " 年" end
	local waited = card.used > 0 and "已等 " .. card.used .. " 日" or "今日收到"
	return (card.due_kind == "prompt" and "及时 · " or "") .. waited
end

function turn_names(card)
	local turns = card.turns
	if not turns[2] then return turns[1] and turns[1].short or "" end
	local names = {}
	for i, party in ipairs(turns) do names[i] = party.short end
	return table.concat(names, "、")
end

-- Used against allowed days as small squares, and in figures. The same few come again and again.
local function squares(used, allowed)
	local most = math.max(used, allowed)
	local out = { most > 10 and '<span class="meter fine">' or '<span class="meter">' }
	for i = 1, math.min(most, 22) do
		out[#out + 1] = i > allowed and '<i class="o"></i>' or i <= used and '<i class="u"></i>' or "<i></i>"
	end
	if most > 22 then out[#out + 1] = "<b>…</b>" end
	out[#out + 1] = "<em>" .. used .. " / " .. allowed .. "</em></span>"
	return table.concat(out)
end
local no_limit = { prompt = "（及时）", none = "（无时限）" }
local meters, plain = {}, { prompt = {}, none = {}, day = {}, unknown = {} }
function meter(used, allowed, kind)
	if allowed > 0 and used >= 0 then
		local key = used * 1000 + allowed
		local made = meters[key]
		if not made then
			made = squares(used, allowed)
			meters[key] = made
		end
		return made
	end
	local made = plain[kind][used]
	if not made then
		made = used < 0 and '<span class="meter">—</span>' or '<span class="meter">' .. used .. " 日" .. (no_limit[kind] or "") .. "</span>"
		plain[kind][used] = made
	end
	return made
end

-- A bar of parts, each { how many, class }; `scale` of them fill it. Says nothing that the figures
-- beside it do not say.
function bar(parts, scale)
	local at = 0
	emit('<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">')
	for _, part in ipairs(parts) do
		if part[1] > 0 then
			local width = part[1] * 100 / scale
			emit(('<rect class="%s" x="%.1f" width="%.1f" height="8"/>'):format(part[2], at, width))
			at = at + width
		end
	end
	emit("</svg>")
end

-- Articles --------------------------------------------------------------------------------------------
-- The name of its place in the regulation's page.
function article_anchor(id) return "a" .. id:gsub("[^%w]", "-") end

-- An article as a link into the regulation's page.
local links = {}
function article_link(root, id)
	if not id or id == "" then return "" end
	local of_root = links[root] or {}
	links[root] = of_root
	of_root[id] = of_root[id] or '<a class="art" href="' .. root .. "regulation.html#" .. article_anchor(id) .. '">' .. article_label(id) .. "</a>"
	return of_root[id]
end
function article(root, id) emit(article_link(root, id)) end

function list_of(value) return type(value) == "table" and value or { value } end
function party_names(value)
	local names = {}
	for i, id in ipairs(list_of(value)) do names[i] = law.party[id].name end
	return table.concat(names, "、")
end

function limit_words(limit)
	if not limit then return "—" end
	if limit.prompt then return "及时" end
	if limit.working_days then return limit.working_days .. " 个工作日" end
	if limit.days then return limit.days .. " 日" end
	if limit.day_of_next_month then return "次月 " .. limit.day_of_next_month .. " 日前" end
	return "至所定日期"
end

-- The ticket's page ---------------------------------------------------------------------------------------
-- The cells of its timeline that depend on nothing but the law.
local stage_cells, outcome_tags = {}, { closed = {}, soon = {}, late = {} }
function stage_cell(root, flow, step)
	if step.visit > 1 then
		return emit("<td>" .. escaped(step.name) .. " <small>第 " .. step.visit .. " 次</small> " .. article_link(root, step.article))
	end
	local of_flow = stage_cells[flow] or {}
	stage_cells[flow] = of_flow
	local made = of_flow[step.stage]
	if not made then
		made = "<td>" .. escaped(step.name) .. " " .. article_link(root, step.article)
		of_flow[step.stage] = made
	end
	emit(made)
end
function outcome_tag(state, words)
	local made = outcome_tags[state][words]
	if not made then
		made = openings[state] .. escaped(words) .. (state == "late" and "，超期 " or "</span>")
		outcome_tags[state][words] = made
	end
	emit(made)
end

-- How values are written that are no texts, by the type of the field. What a person filled in wrongly is shown too.
local function write_any(value)
	local kind = type(value)
	if kind == "boolean" then return emit(value and "是" or "否") end
	if kind ~= "table" then return text(value) end
	for i, item in ipairs(value) do
		if i > 1 then emit("；") end
		write_any(item)
	end
end
local function write_integer(value)
	if math_type(value) == "integer" and value >= 10000 then return emit(number(value)) end
	write_any(value)
end
local function write_decimal(value)
	if math_type(value) == "float" then return emit((("%.2f"):format(value):gsub("%.?0+$", ""))) end
	write_any(value)
end
local function write_money(value)
	if not math_type(value) then return write_any(value) end
	emit(number(("%.2f"):format(value)))
end
local function writer(field)
	if field.type == "integer" then return write_integer end
	if field.type == "decimal" then return field.unit == "元" and write_money or write_decimal end
	return write_any
end

local right = { integer = true, decimal = true }
local short = { date = true, month = true, bool = true, time = true, moment = true }
local function cell_class(field)
	if right[field.type] then return ' class="n"' end
	if short[field.type] then return ' class="when"' end
	if field.type == "choice" then
		local longest = 0
		for _, choice in ipairs(field.choices) do longest = math.max(longest, utf8.len(choice) or 99) end
		if longest <= 6 then return ' class="s"' end
	end
	return ""
end
local function list_plan(field)
	local list = { key = field.key, caption = '<table class="grid"><caption>' .. escaped(field.label) .. "</caption><thead><tr>", columns = {} }
	for i, column in ipairs(field.columns) do
		local class, unit = cell_class(column), column.unit and "<small>（" .. escaped(column.unit) .. "）</small>" or ""
		list.columns[i] = { key = column.key, write = writer(column), head = '<th scope="col"' .. class .. ">" .. escaped(column.label) .. unit .. "</th>",
			first = "<tr><td" .. class .. ">", next = "</td><td" .. class .. ">" }
	end
	return list
end
-- "XX 年 XX 月…" is dated by the ticket's month, "xxx 系统…" named after its system.
local function form_title(form)
	local dated, named = form.title:match("^XX 年 XX 月(.*)"), form.title:match("^xxx 系统(.*)")
	return dated or named or form.title, dated and "month" or named and "system"
end
local plans = {}
function form_plan(form)
	local plan = plans[form]
	if plan then return plan end
	local title, hole = form_title(form)
	plan = { id = form.id, name = form.annex and "附件 " .. form.annex or title, hole = hole, facts = {}, lists = {}, keys = {}, wide = false }
	for i, field in ipairs(form.fields) do
		plan.keys[i] = field.key
		if field.type == "list" then
			plan.lists[#plan.lists + 1] = list_plan(field)
			plan.wide = plan.wide or #field.columns > 9
		else
			local long = field.type == "long" or field.type == "texts"
			plan.facts[#plan.facts + 1] = { key = field.key, write = writer(field),
				open = (long and '<div class="long"><dt>' or "<div><dt>") .. escaped(field.label) .. "</dt><dd>",
				close = (field.unit and " " .. escaped(field.unit) or "") .. "</dd></div>\n" }
		end
	end
	plan.open = '<section class="form' .. (form.annex and " annexed" or "") .. (plan.wide and " wide" or "") .. '" aria-labelledby="form-' .. form.id .. '"><h2 class="sec annex" id="form-' .. form.id .. '">'
		.. (form.annex and '<span class="no">附件 ' .. form.annex .. "</span> " or "") .. "<span>"
	plan.title = escaped(title) .. '</span></h2>\n<div class="card" role="group" tabindex="0" aria-labelledby="form-' .. form.id .. '">'
	plan.close = stamped(form) .. "</div></section>\n"
	plan.link = '<a href="#form-' .. form.id .. '">' .. plan.name .. "</a>\n"
	plans[form] = plan
	return plan
end
-- The plans of the flow's forms that the ticket fills at all.
function filled_forms(flow, values)
	local out = {}
	for _, form in ipairs(flow.forms) do
		local plan = form_plan(form)
		local keys = plan.keys
		for i = 1, #keys do
			if values[keys[i]] ~= nil then out[#out + 1] = plan break end
		end
	end
	return out
end
-- Columns that some row fills.
function used_columns(columns, rows)
	local seen, out = {}, {}
	for i = 1, #rows do
		local row = rows[i]
		if type(row) == "table" then
			for key in next, row do seen[key] = true end
		end
	end
	for i = 1, #columns do
		if seen[columns[i].key] then out[#out + 1] = columns[i] end
	end
	return out
end

-- What the law says of an article id: the stages and rules that serve it.
local served
function served_by(id)
	if not served then
		served = {}
		local function note(article, kind, words, href)
			if not article or article == "" then return end
			served[article] = served[article] or { seen = {} }
			local list = served[article]
			if list.seen[kind .. words] then return end
			list.seen[kind .. words] = true
			list[#list + 1] = { kind = kind, words = words, href = href }
		end
		for _, flow in ipairs(law.flows) do
			local href = "flows/" .. flow.id .. ".html"
			note(flow.article, "流程", flow.name, href)
			for _, stage in ipairs(flow.stages) do
				note(stage.article, "环节", flow.name .. " · " .. stage.name, href .. "#" .. stage.id)
				for _, need in ipairs(stage.needs or {}) do
					local form = need.kind_ == "form" and law.form[need[1]]
					note(need.article, need.kind_ == "paper" and "材料" or need.kind_ == "form" and "表单" or "内容",
						form and form.title or need.kind_ == "sections" and "方案各节" or need[1], href .. "#" .. stage.id)
				for _, id in ipairs(need.serves or {}) do note(id, "表单", form.title, href .. "#" .. stage.id) end
				end
				for _, owed in ipairs(stage.owes or {}) do note(owed.article, "抄送", party_names(owed), href .. "#" .. stage.id) end
			end
			if flow.notices then note(flow.notices.article, "通报", flow.name .. "的通报、警示", href) end
			if flow.online then note(flow.online.article, "上线", "系统上线日期取自" .. flow.name .. "的办理过程", "systems/index.html") end
		end
		for _, rule in ipairs(law.rules) do
			local words = rule.name .. "（" .. rule.id .. "）"
			note(rule.article, "规则", words)
			for _, id in ipairs(rule.serves or {}) do note(id, "规则", words) end
		end
		for _, ground in ipairs(law.grounds) do note(ground.article, "页面", "闲置：" .. ground.id, "watch/index.html#found") end
		for _, low in ipairs(law.low_loads) do note(low.article, "页面", "应缩容：" .. low.name .. "低负载", "watch/sizing.html#owed") end
		for _, ask in ipairs(law.scale_outs) do note(ask.article, "页面", "可扩容：" .. ask.type .. " " .. ask.name, "watch/sizing.html#allowed") end
		if law.indicators.low_month then note(law.indicators.low_month.article, "页面", "应缩容：低负载的月份", "watch/sizing.html#owed") end
		for id, node in pairs(law.article) do
			if node.shown then note(id, "页面", node.shown[1], node.shown[2]) end
		end
		for _, form in ipairs(law.forms) do
			note(form.article, "表单", form.title)
			for _, field in ipairs(form.fields) do
				note(field.article, "填写项", form.title .. " · " .. field.label)
				for _, column in ipairs(field.columns or {}) do note(column.article, "填写项", form.title .. " · " .. column.label) end
			end
		end
		for _, reading in ipairs(law.readings) do note(reading.article, "未定事项", reading.question, "readings.html#" .. reading.id) end
		for _, duty in ipairs(law.duties) do note(duty.article, "提醒", duty.name, "reminders.html") end
		for _, party in ipairs(law.parties) do note(party.article, "登记", party.name, "parties/index.html") end
	end
	return served[id] or {}
end

-- An assessment of the register as it stands today: how urgent it is (3 is over), and how it is shown.
-- `lacks`: what is not filled in, "" when all is.
function assessment(system, kind, lacks)
	local left, last = system.left[kind .. "_until"], system.values[kind .. "_until"]
	local soon = law.reading["register-soon"] and law.reading["register-soon"].value or 0
	if left and left < 0 then return 3, "late", last .. " 到期，已过 " .. -left .. " 日" end
	if left and left <= soon then return 2, "soon", last .. (left == 0 and " 今日到期" or " 到期，还有 " .. left .. " 日") end
	if lacks ~= "" then return 1, "waiting", "未填" .. lacks end
	if not last then return 1, "waiting", "未填有效期" end
	return 0, "closed", "有效期至 " .. last
end
-- Both that the register keeps: grading and test (等保), cryptography (密评).
function assessments(system)
	local v = system.values
	return { "等保", "dengbao", not v.dengbao_level and "级别" or not v.dengbao_filed and "备案日期" or not v.dengbao_assessed and "测评日期" or "" },
		{ "密评", "miping", not v.miping_assessed and "测评日期" or "" }
end
function assessment_tag(system, which)
	local _, state, words = assessment(system, which[2], which[3])
	tag(state, words)
end

-- Who reports on a period, in the words of the law; an older law says nothing of it.
function periodic_duty() return law.duty["periodic-report"] or { name = "定期通报" } end

-- The ledger and fees --------------------------------------------------------------------------------
-- A ticket's number as the way to its page; other words for it where they are given.
function ticket_words(root, id, words)
	local year, month = id:match("^%u+%-(%d%d%d%d)(%d%d)")
	if not year then return text(words) end
	emit('<a href="', root, "tickets/", year, "/", month, "/", url(id))
	between('.html">', words, "</a>")
end
function ticket_link(root, id)
	emit('<span class="id">') ticket_words(root, id, id) emit("</span>")
end

-- The form of a month's fees, who signs it, and where the law asks for the list: of the flow that settles.
function month_form()
	for _, flow in ipairs(law.flows) do
		if flow.ledger and flow.ledger.does == "settles" then
			local parties = {}
			for _, stage in ipairs(flow.stages) do if stage.each then parties = stage.party end end
			return law.form[flow.ledger.form], parties, flow.stages[1].article
		end
	end
	return { title = "XX 年 XX 月云资源使用及费用统计表", article = "" }, {}, ""
end
function month_title(form, month)
	local words = { month:sub(1, 4), tostring(tonumber(month:sub(6, 7))) }
	local n = 0
	return (form.title:gsub("XX", function() n = n + 1 return words[n] end))
end
-- Where the law asks for the check of what changed.
function change_article()
	local rule = law.rule["check-dates"]
	return rule and rule.article or ""
end

local deed_looks = { opens = "open", adjusts = "soon", revokes = "cancelled", ["backs-up"] = "waiting" }
local change_looks
function change_tag(change)
	if change == "" then return end
	if not change_looks then
		change_looks = {}
		for _, flow in ipairs(law.flows) do
			if flow.ledger and flow.ledger.mark then change_looks[flow.ledger.mark] = deed_looks[flow.ledger.does] end
		end
	end
	tag(change_looks[change] or "waiting", change)
end
