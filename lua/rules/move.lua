-- What holds when a ticket moves, and the needs a stage lists: forms, papers, sections.
local function targets(t)
	local names = {}
	for i, outcome in ipairs(t.stage.outcomes) do
		local to = type(outcome.to) == "table" and outcome.to[t.values.tenant_level or "city"] or outcome.to
		local stage = t.flow.stage[to] or law.ending[to]
		names[i] = ("%s（%s，到“%s”，stage: %s）"):format(outcome.name, outcome.id, stage.name, to)
	end
	return table.concat(names, "；")
end
local function party_name(id) return law.party[id] and law.party[id].name or id end
local function filled(value) return value ~= nil and value ~= "" end

-- What a form lacks in these values: calls report(key, label, help, kind).
local function missing_fields(fields, values, prefix, report)
	for _, field in ipairs(fields) do
		local value = values[field.key]
		local needed = field.required or field.required_when and holds(field.required_when, values)
		if not filled(value) then
			if needed then report(prefix .. field.key, field, "empty") end
		elseif field.must ~= nil and value ~= field.must then
			report(prefix .. field.key, field, "must")
		elseif field.columns and type(value) == "table" then
			for i, row in ipairs(value) do
				if type(row) == "table" then missing_fields(field.columns, row, ("%s%s[%d]."):format(prefix, field.key, i), report) end
			end
		end
	end
end

return {
	rule { id = "transition", name = "按流程流转", article = "9(1)", scope = "move",
		says = { unknown = "“{to}”不是本流程的环节；从“{from}”可以：{ways}", skip = "不能从“{from}”直接到“{name}”，环节不能跳过或倒退；可以：{ways}" },
		check = function(_, t, say)
			if not t.stage or t.from == t.to or t.outcome then return end
			say { as = t.target and "skip" or "unknown", from = t.stage.name, to = t.to, name = t.target and t.target.name, ways = targets(t), key = "stage", article = t.stage.article }
		end },
	rule { id = "late-reason", name = "逾期须说明", article = "9(1)", scope = "move",
		says = "“{stage}”应于 {due} 24:00 前办理，已经超期{days}；逾期可以办，但要说明原因：在提交说明末尾另起一段写“Late-Reason: 原因”（yunjuan move 用 --late）",
		check = function(c, t, say)
			if t.late and c.has_message and c.late_reason == "" then
				say { stage = t.stage.name, due = t.due, days = (t.days_over or 0) > 0 and " " .. t.days_over .. " 个工作日" or "", key = "stage", article = t.stage.article }
			end
		end },
	rule { id = "late-reason-idle", name = "未逾期不写逾期原因", article = "9(1)", severity = "warn", scope = "move",
		says = "这一步没有超期，不需要 Late-Reason",
		check = function(c, t, say)
			if not t.late and c.late_reason ~= "" then say { key = "stage" } end
		end },
	rule { id = "calendar-year", name = "日历缺年", article = "9(1)", severity = "warn", scope = "move",
		says = "节假日表 content/calendar/cn.tsv 没有 {year} 年，算不出“{stage}”的期限；请统筹管理单位按国务院办公厅通知补上这一年",
		check = function(_, t, say)
			if t.missing_year and t.stage then say { year = t.missing_year, stage = t.stage.name, key = "stage", article = t.stage.article } end
		end },
	rule { id = "opinion", name = "须写意见", article = "9(1)", scope = "move",
		says = "“{outcome}”须写明理由；请在提交说明里写清楚（至少 2 个字）",
		check = function(c, t, say)
			if c.has_message and t.outcome and t.outcome.opinion and (utf8.len(c.opinion) or 0) < 2 then
				say { outcome = t.outcome.name, key = "stage", article = t.stage.article }
			end
		end },
	rule { id = "prompt-waited", name = "及时办理", article = "13(1)", severity = "warn", scope = "move",
		says = "“{stage}”要求及时办理，已等待 {days} 个工作日",
		check = function(_, t, say)
			if t.due_kind == "prompt" and (t.waited or 0) > law.reading["prompt-no-limit"].value then
				say { stage = t.stage.name, days = t.waited, key = "stage", article = t.stage.article }
			end
		end },
	rule { id = "sign-once", name = "各方各签一次", article = "46", scope = "move",
		says = { own = "一次只能签本单位的一个章：signed 里应只新增“{kind}”", again = "“{kind}”不是这一环节的签章方", gone = "已签的章不能去掉：{kind}",
			early = "还差 {kinds} 签章，工单不能先走下一环节", all = "各方都已签章，请把 stage 改为 {to}" },
		check = function(c, t, say)
			if not t.stage or not t.stage.each then return end
			local kind = c.officer and c.officer.kind or ""
			local signed = {}
			for _, id in ipairs(t.values.signed or {}) do signed[id] = true end
			for _, id in ipairs(t.unsigned) do say { as = "gone", kind = id, key = "signed", article = t.stage.article } end
			if #t.newly_signed ~= 1 or t.newly_signed[1] ~= kind then say { as = "own", kind = kind, key = "signed", article = t.stage.article } end
			local left, known = {}, {}
			for _, id in ipairs(t.stage.party) do
				known[id] = true
				if not signed[id] then left[#left + 1] = party_name(id) end
			end
			for id in pairs(signed) do if not known[id] then say { as = "again", kind = id, key = "signed", article = t.stage.article } end end
			if t.from ~= t.to and #left > 0 then say { as = "early", kinds = table.concat(left, "、"), key = "signed", article = t.stage.article } end
			if t.from == t.to and #left == 0 then say { as = "all", to = t.outcome and t.outcome.to or "", key = "stage", article = t.stage.article } end
		end },
	rule { id = "copies-owed", name = "应抄送", article = "15(3)", severity = "warn", scope = "move",
		says = "办完这一步，应把结果抄送{party}",
		check = function(_, t, say)
			for _, owed in ipairs(t.outcome and t.from ~= t.to and t.stage.owes or {}) do
				if (not owed.on or owed.on == t.outcome.id) and holds(owed.when, t.values) then
					for _, id in ipairs(owed) do say { party = party_name(id), article = owed.article, key = "stage" } end
				end
			end
		end },
	-- The needs a stage lists; `need` is its row in lua/flows.
	rule { id = "form", name = "表单填全", article = "12(1)", scope = "form",
		says = { empty = "{form}的“{label}”（{name}）没有填；{help}", must = "“{label}”（{name}）不是“{must}”，不能这样办理；请先解决，或改走退回、有问题等结果" },
		check = function(_, t, say, need)
			local form = law.form[need[1]]
			local title = form.annex and "附件 " .. form.annex .. " " or form.title
			missing_fields(form.fields, t.values, "", function(key, field, kind)
				say { as = kind, form = title, label = field.label, name = key, key = key, help = field.help or "请补上",
					must = field.must == true and "是" or tostring(field.must), article = field.article or need.article }
			end)
		end },
	rule { id = "paper", name = "材料齐全", article = "12(2)2", scope = "paper",
		says = { missing = "缺少材料“{paper}”；请把文件放进工单文件夹，并在 attachments 里加一行 paper: {paper}", gone = "材料“{paper}”登记的文件“{name}”不在工单文件夹里",
			empty = "材料“{paper}”的文件“{name}”是空的" },
		check = function(_, t, say, need)
			for i, row in ipairs(t.values.attachments or {}) do
				if row.paper == need[1] and row.file then
					local bytes = t.papers[row.file]
					local key = ("attachments[%d].file"):format(i)
					if not bytes then say { as = "gone", paper = need[1], name = row.file, key = key }
					elseif bytes == 0 then say { as = "empty", paper = need[1], name = row.file, key = key } end
					return
				end
			end
			say { as = "missing", paper = need[1], key = "attachments" }
		end },
	rule { id = "section", name = "方案写全", article = "11", scope = "sections",
		says = { missing = "正文缺少“{title}”一节；请加上标题“## {title}”并写出内容", empty = "正文的“{title}”一节是空的" },
		check = function(_, t, say, need)
			for _, title in ipairs(need) do
				local found
				for _, section in ipairs(t.sections) do if section.title == title then found = found or section end end
				if not found then say { as = "missing", title = title }
				elseif found.empty then say { as = "empty", title = title, line = found.line } end
			end
		end },
}
