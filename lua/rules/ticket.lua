-- What holds for every commit that touches a ticket: whose it is, what may be changed, when.
local function has(list, value)
	for _, item in ipairs(list or {}) do if item == value then return true end end
	return false
end
local function kinds(value) return type(value) == "table" and value or { value } end
local function names_of(list)
	local names = {}
	for i, id in ipairs(list) do names[i] = law.party[id].name end
	return table.concat(names, "或")
end

-- The party that acts: the one in whose name a slip was taken in, else the committer's.
local function actor(c) return c.submitter or c.officer end
-- Before the message is written nobody knows whether this is a slip; commit-msg judges again.
local function perhaps_slip(c, t)
	local tenants = not t.stage
	for _, kind in ipairs(t.stage and kinds(t.stage.party) or {}) do tenants = tenants or kind == "tenant" end
	return tenants and not c.has_message and c.officer ~= nil and
		(c.officer.kind == "coordinator" or t.tenant ~= nil and c.officer.id == t.tenant.bureau)
end
-- Whether this party is the one that a stage of this kind waits for.
local function is_turn(party, kind, t)
	if kind == "tenant" then return party.id == t.values.tenant end
	-- A bureau that owns a system forwards its own request.
	if kind == "bureau" then return t.tenant and (party.id == t.tenant.bureau or t.tenant.kind == "bureau" and party.id == t.tenant.id) end
	return party.kind == kind
end
local function stage_kinds(t)
	local list = kinds(t.stage.party)
	if #list > 1 and not t.stage.each then return { t.opened_kind } end
	return list
end
local function waits_for(party, t)
	for _, kind in ipairs(stage_kinds(t)) do if is_turn(party, kind, t) then return true end end
	return false
end

-- Only files added and entered as attachments: what the flow lets somebody add out of turn.
local function only_notices(t, flow, kind)
	local notices = flow.notices
	if not notices or notices.by ~= kind or t.moved or t.body_changed then return false end
	for _, key in ipairs(t.changed_keys) do if key ~= "attachments" then return false end end
	for _, file in ipairs(t.changed_files) do
		if file.kind ~= "added" and file.name ~= "ticket.md" then return false end
	end
	local before = t.before and t.before.attachments or {}
	for i, row in ipairs(t.values.attachments or {}) do
		local old = before[i]
		if old and (old.paper ~= row.paper or old.file ~= row.file) then return false end
		if not old and not has(notices, row.paper) then return false end
	end
	return #(t.values.attachments or {}) >= #before
end

-- The stages at which a key of the flow's forms is filled.
local function stages_of_key(flow, key)
	local found = {}
	for _, stage in ipairs(flow.stages) do
		for _, need in ipairs(stage.needs or {}) do
			if need.kind_ == "form" and law.form[need[1]].by_key_[key] then found[stage.id] = true end
		end
	end
	return found
end
-- The first stages in one hand (plan, request) are filled together.
local function is_opening(flow, id)
	local first = kinds(flow.stages[1].party)[1]
	for _, stage in ipairs(flow.stages) do
		if kinds(stage.party)[1] ~= first then return false end
		if stage.id == id then return true end
	end
	return false
end
local free_keys = { stage = true, attachments = true }
local opening_keys = { title = true, system = true, urgent = true, urgent_ground = true }
local function may_fill(t, key)
	if free_keys[key] then return true end
	if key == "signed" then return t.stage.each == true end
	if key == "flow" or key == "tenant" then return false end
	-- Put right where the opening party has it in hand.
	if opening_keys[key] then return is_opening(t.flow, t.from) end
	local stages = stages_of_key(t.flow, key)
	if is_opening(t.flow, t.from) then
		for id in pairs(stages) do if is_opening(t.flow, id) then return true end end
	end
	return next(stages) == nil or stages[t.from] == true
end
local function has_sections(stage)
	for _, need in ipairs(stage.needs or {}) do if need.kind_ == "sections" then return true end end
	return false
end

return {
	rule { id = "flow-known", name = "流程在制度中", article = "3", scope = "ticket",
		says = "流程“{flow}”不在制度里；可用的流程：{known}",
		check = function(_, t, say)
			if t.flow or t.broken or t.removed then return end
			local known = {}
			for i, flow in ipairs(law.flows) do known[i] = flow.id .. "（" .. flow.name .. "）" end
			say { flow = t.flow_id or "", known = table.concat(known, "、"), key = "flow" }
		end },
	rule { id = "ticket-removed", name = "工单不能删除", article = "16(4)", scope = "ticket",
		says = "工单 {id} 的 ticket.md 被删除；工单不能删，请还原，不办了就走取消的环节",
		check = function(_, t, say)
			if t.removed then say { id = t.id } end
		end },
	rule { id = "ticket-closed", name = "办结的工单不再改动", article = "16(4)", serves = { "22(3)", "27(3)", "33(3)" }, scope = "ticket",
		says = "工单 {id} 的状态是“{state}”，不能再改动；请还原，有新的需要另开工单",
		check = function(_, t, say)
			local ending = t.from and law.ending[t.from]
			if ending then say { id = t.id, state = ending.name } end
		end },
	rule { id = "ticket-id", name = "工单号合规", article = "9(1)", scope = "ticket",
		says = { shape = "工单号“{id}”应为“{prefix}-年月日-单位编号-两位序号”，例如 {prefix}-20210510-mzjy-01；建议用 yunjuan new 新建",
			party = "工单号里的单位编号“{part}”既不是使用单位，也不是发起单位“{party}”；请改用发起单位的编号",
			place = "工单号里的日期与所在文件夹 {folder} 不一致，应放在 content/tickets/{year}/{month}/ 之下" },
		check = function(c, t, say)
			if not t.is_new or not t.flow then return end
			local prefix, year, month, part = t.id:match("^(%u%u)%-(%d%d%d%d)(%d%d)%d%d%-([%l%d][%l%d_]*)%-%d%d$")
			local party = actor(c)
			if prefix ~= t.flow.prefix then say { as = "shape", id = t.id, prefix = t.flow.prefix }
			elseif not t.folder:find("/" .. year .. "/" .. month .. "/", 1, true) then
				say { as = "place", folder = t.folder, year = year, month = month }
			elseif part ~= t.values.tenant and party and part ~= party.id then
				say { as = "party", part = part, party = party.id }
			end
		end },
	rule { id = "ticket-start", name = "从第一环节开始", article = "10", scope = "ticket",
		says = "新工单应从“{name}”（stage: {first}）开始，现在写的是“{to}”",
		check = function(_, t, say)
			local first = t.flow and t.flow.stages[1]
			if t.is_new and first and t.to ~= first.id then
				say { name = first.name, first = first.id, to = t.to, key = "stage", article = t.flow.article }
			end
		end },
	rule { id = "ticket-opener", name = "由有权的一方发起", article = "5", scope = "ticket",
		says = "{flow}只能由{openers}发起，“{party}”不能开这张工单",
		check = function(c, t, say)
			local party = actor(c)
			if not t.is_new or not t.flow or not party or perhaps_slip(c, t) then return end
			for _, kind in ipairs(kinds(t.flow.opens)) do
				if kind == "tenant" and party.id == t.values.tenant or kind ~= "tenant" and party.kind == kind then return end
			end
			say { flow = t.flow.name, openers = names_of(kinds(t.flow.opens)), party = party.name, key = "tenant", article = t.flow.article }
		end },
	rule { id = "ticket-basics", name = "基本信息齐全", article = "12(2)1", scope = "ticket", serves = { "48" },
		says = { title = "没有标题；请在 title 里写一句话说明办什么", tenant = "使用单位“{tenant}”不在登记册中；请填 content/parties/ 里的单位编号",
			signed = "新工单不能带着签章（signed）；请删去", urgent = "标了紧急特殊情况，却没有写紧急事由；请填 urgent_ground", paper = "attachments 的第 {row} 行没有写全 paper（材料名）和 file（文件名）",
			path = "材料文件名“{name}”不能含有 .. 或以 / 开头；文件应与 ticket.md 放在一起" },
		check = function(_, t, say)
			if t.removed or t.broken or not t.flow then return end
			if not t.values.title then say { as = "title", key = "title" } end
			local needs_tenant = has(kinds(t.flow.opens), "tenant")
			if (needs_tenant or t.values.tenant) and not t.tenant then say { as = "tenant", tenant = t.values.tenant or "", key = "tenant" } end
			if t.is_new and t.values.signed then say { as = "signed", key = "signed", article = "46" } end
			if t.values.urgent == true and not t.values.urgent_ground then say { as = "urgent", key = "urgent", article = "48" } end
			for i, row in ipairs(t.values.attachments or {}) do
				if not row.paper or not row.file then say { as = "paper", row = i, key = "attachments[" .. i .. "]" }
				elseif row.file:find("..", 1, true) or row.file:sub(1, 1) == "/" then say { as = "path", name = row.file, key = "attachments[" .. i .. "].file" } end
			end
		end },
	rule { id = "turn", name = "轮到谁办", article = "5", scope = "ticket",
		says = "工单 {id} 现在的环节是“{stage}”，应由{waits}办理，“{party}”不能改动或流转",
		check = function(c, t, say)
			local party = actor(c)
			if not t.stage or not party or t.is_new or perhaps_slip(c, t) then return end
			if waits_for(party, t) or only_notices(t, t.flow, party.kind) then return end
			local who = names_of(stage_kinds(t))
			if t.tenant and has(stage_kinds(t), "tenant") then who = t.tenant.name end
			say { id = t.id, stage = t.stage.name, waits = who, party = party.name, key = "stage", article = t.stage.article }
		end },
	rule { id = "merge-parted", name = "合并只取一边", article = "9(1)", scope = "ticket",
		says = "工单 {id} 两边都办过，而且走向不同，合并不能另写一种；请先取其中一边（git checkout --ours 或 --theirs），由统筹管理单位裁定，再另行办理",
		check = function(_, t, say)
			if t.parted then say { id = t.id, key = "stage" } end
		end },
	rule { id = "slip", name = "代收交接件", article = "36", scope = "ticket",
		says = { unknown = "Submitted-By 写的“{who}”不在名册中；请写“姓名 <邮箱>”，与名册一致",
			office = "“{who}”在这一天不在任，不能以其名义收件", taker = "交接件只能由统筹管理单位或使用单位所属县的政务服务数据管理局代收，“{party}”不能代收",
			kind = "只有使用单位可以用交接件，“{party}”应自己提交" },
		check = function(c, t, say)
			if c.submitted_by == "" or t.is_new and not t.flow then return end
			if not c.submitter then return say { as = "unknown", who = c.submitted_by } end
			if not c.submitter.in_office then say { as = "office", who = c.submitter.officer } end
			if c.submitter.id ~= t.values.tenant then say { as = "kind", party = c.submitter.name } end
			local taker = c.officer
			if taker and taker.kind ~= "coordinator" and not (t.tenant and taker.id == t.tenant.bureau) then say { as = "taker", party = taker.name } end
		end },
	rule { id = "stage-time", name = "不早于进入环节的时间", article = "9(1)", scope = "ticket",
		says = "提交时间 {time} 早于工单进入本环节的 {entered}，时间不能倒填",
		check = function(c, t, say)
			if t.entered and c.time < t.entered then say { time = c.time_text, entered = t.entered_text, key = "stage" } end
		end },
	rule { id = "field-owner", name = "只填本环节的内容", article = "9(1)", scope = "ticket",
		says = { field = "“{label}”（{key}）不在“{stage}”环节填写，不能改动；请还原这一项",
			fixed = "“{key}”自建单起不能改变；请还原", body = "正文不在“{stage}”环节编写，不能改动；请还原正文" },
		check = function(_, t, say)
			if not t.stage or t.is_new or t.removed then return end
			for _, key in ipairs(t.changed_keys) do
				if not may_fill(t, key) then
					local field = t.flow.fields_[key]
					say { as = (key == "flow" or key == "tenant") and "fixed" or "field", label = field and field.label or key, stage = t.stage.name, key = key, article = t.stage.article }
				end
			end
			local first = t.flow.stages[1].id == t.from
			if t.body_changed and not first and not has_sections(t.stage) then
				local party = kinds(t.stage.party)
				if not has(party, kinds(t.flow.opens)[1]) or t.from ~= "request" then
					say { as = "body", stage = t.stage.name, article = t.stage.article }
				end
			end
		end },
	rule { id = "paper-settled", name = "前面环节的材料不改", article = "16(4)", scope = "ticket",
		says = { file = "材料“{name}”是前面环节留下的，不能改动或删去；请还原，新的材料另存为新文件", row = "attachments 里前面环节登记的“{paper}”（{name}）不能删去或改动；请还原" },
		check = function(_, t, say)
			if not t.stage or is_opening(t.flow, t.from) then return end
			local settled = {}
			for _, name in ipairs(t.settled or {}) do settled[name] = true end
			for _, name in ipairs(t.settled_changed or {}) do say { as = "file", name = name, key = "attachments", article = t.stage.article } end
			local rows = {}
			for _, row in ipairs(t.values.attachments or {}) do rows[(row.paper or "") .. "\n" .. (row.file or "")] = true end
			for _, row in ipairs(t.before and t.before.attachments or {}) do
				if settled[row.file or ""] and not rows[(row.paper or "") .. "\n" .. (row.file or "")] then
					say { as = "row", paper = row.paper or "", name = row.file, key = "attachments", article = t.stage.article }
				end
			end
		end },
	rule { id = "near-deadline", name = "将到期提醒", article = "9(1)", severity = "warn", scope = "ticket",
		says = "“{stage}”应于 {due} 24:00 前办理，这次提交没有流转",
		check = function(_, t, say)
			if t.moved or not t.due or not t.stage or (t.days_left or 99) > 1 then return end
			say { stage = t.stage.name, due = t.due, article = t.stage.article, key = "stage" }
		end },
}
