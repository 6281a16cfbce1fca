-- Functions the templates share. Global names here are seen by every template.

-- 1234567 -> 1,234,567
function number(n)
	local text = tostring(n)
	local head, tail = text:match("^(%-?%d+)(%.?%d*)$")
	if not head then return text end
	return head:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^(%-?),", "%1") .. tail
end

function size(bytes)
	if bytes < 1024 then return bytes .. " 字节" end
	if bytes < 1024 * 1024 then return ("%.1f KB"):format(bytes / 1024) end
	return ("%.1f MB"):format(bytes / 1024 / 1024)
end

-- 2021-05-10 09:12 -> 05-10 09:12 within the year the reader has in mind
function short_time(time) return time and time:sub(6) or "" end
function day_only(time) return time and time:sub(1, 10) or "" end

-- The states of trails; what each is called comes with the data. Here only how it looks.
local looks = { open = "go", soon = "soon", late = "late", waiting = "wait", closed = "done", cancelled = "gone" }
local openings = {}
for state, look in pairs(looks) do openings[state] = '<span class="tag ' .. look .. '">' end
function tag(state, words)
	emit(openings[state] or openings.waiting)
	text(words)
	emit("</span>")
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
	local names = {}
	for i, party in ipairs(card.turns) do names[i] = party.short end
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
local meters = {}
function meter(used, allowed, late, words)
	if used < 0 then return emit('<span class="meter"><em>—</em></span>') end
	if allowed <= 0 then
		emit('<span class="meter"><em>')
		text(words and used .. " 日（" .. words .. "）" or used .. " 日")
		return emit("</em></span>")
	end
	local key = used * 1000 + allowed
	meters[key] = meters[key] or squares(used, allowed)
	emit(meters[key])
end

-- An article as a link into the regulation's page.
local links = {}
function article(root, id)
	if not id or id == "" then return end
	local of_root = links[root] or {}
	links[root] = of_root
	of_root[id] = of_root[id] or '<a class="art" href="' .. root .. "regulation.html#a" .. id:gsub("[^%w]", "-") .. '">' .. article_label(id) .. "</a>"
	emit(of_root[id])
end

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

-- A value as the form prints it.
function value_words(field, value)
	if value == nil then return "" end
	if value == true then return "是" elseif value == false then return "否" end
	if type(value) == "table" then return table.concat(value, "；") end
	if math.type(value) == "integer" and value >= 10000 and field.type == "integer" then return number(value) end
	if math.type(value) == "float" then return ("%.2f"):format(value):gsub("%.?0+$", "") end
	return tostring(value)
end
local right = { integer = true, decimal = true }
function is_number(field) return right[field.type] end
-- Columns that some row fills.
function used_columns(field, rows)
	local columns = {}
	for _, column in ipairs(field.columns) do
		for _, row in ipairs(rows) do
			if row[column.key] ~= nil then columns[#columns + 1] = column break end
		end
	end
	return columns
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
				end
				for _, owed in ipairs(stage.owes or {}) do note(owed.article, "抄送", party_names(owed), href .. "#" .. stage.id) end
			end
			if flow.notices then note(flow.notices.article, "通报", flow.name .. "的通报、警示", href) end
			if flow.online then note(flow.online.article, "上线", "系统上线日期取自" .. flow.name .. "的办理过程", "systems/index.html") end
		end
		for _, rule in ipairs(law.rules) do note(rule.article, "规则", rule.name .. "（" .. rule.id .. "）") end
		for _, form in ipairs(law.forms) do
			note(form.article, "表单", form.title)
			for _, field in ipairs(form.fields) do
				note(field.article, "填写项", form.title .. " · " .. field.label)
				for _, column in ipairs(field.columns or {}) do note(column.article, "填写项", form.title .. " · " .. column.label) end
			end
		end
		for _, reading in ipairs(law.readings) do note(reading.article, "未定事项", reading.question, "readings.html#" .. reading.id) end
		for _, party in ipairs(law.parties) do note(party.article, "登记", party.name, "parties/index.html") end
	end
	return served[id] or {}
end
