-- What the form pages share: the law as a script reads it, a form to fill, and the same form on paper.
local emit, text = emit, text

-- Data for scripts ------------------------------------------------------------------------------------
local function quoted(words)
	if not words:find('[%c"\\<\127\226]') then return '"' .. words .. '"' end
	return '"' .. words:gsub('[%c"\\<\127]', function(c) return ("\\u%04x"):format(c:byte()) end):gsub("\226\128[\168\169]", { ["\226\128\168"] = "\\u2028", ["\226\128\169"] = "\\u2029" }) .. '"'
end
-- Whole numbers beyond what a browser's number holds are written as its big ones.
local function number_of(n)
	if math.type(n) == "float" then return ("%.17g"):format(n) end
	return n > 9007199254740991 and n .. "n" or n < -9007199254740991 and n .. "n" or tostring(n)
end
local names = {}
local function name(key)
	names[key] = names[key] or quoted(key) .. ":"
	return names[key]
end
-- Keys are sorted: the same data gives the same bytes.
function json(value)
	local kind = type(value)
	if kind == "string" then return quoted(value) end
	if kind == "number" then return number_of(value) end
	if kind ~= "table" then return value == nil and "null" or tostring(value) end
	local out = {}
	if #value > 0 or next(value) == nil then
		for i, item in ipairs(value) do out[i] = json(item) end
		return "[" .. table.concat(out, ",") .. "]"
	end
	local keys = {}
	for key in pairs(value) do keys[#keys + 1] = key end
	table.sort(keys)
	for i, key in ipairs(keys) do out[i] = name(key) .. json(value[key]) end
	return "{" .. table.concat(out, ",") .. "}"
end

-- The parts of the law a form page judges by; each article with its name beside it.
local field_keys = { "key", "label", "type", "unit", "help", "required", "required_when", "must", "choices", "min", "max" }
local function plain_fields(fields)
	local out = {}
	for i, field in ipairs(fields) do
		out[i] = { article = field.article and article_label(field.article), columns = field.columns and plain_fields(field.columns) }
		for _, key in ipairs(field_keys) do out[i][key] = field[key] end
	end
	return out
end
local function plain_need(need)
	local out = { kind = need.kind_, when = need.when, on = need.on, article = need.article and article_label(need.article), names = {} }
	for i, name in ipairs(need) do out.names[i] = name end
	return out
end
local function plain_stage(stage)
	local out = { id = stage.id, name = stage.name, article = article_label(stage.article), needs = {}, outcomes = {} }
	for i, need in ipairs(stage.needs or {}) do out.needs[i] = plain_need(need) end
	for i, outcome in ipairs(stage.outcomes) do out.outcomes[i] = { id = outcome.id, name = outcome.name, back = outcome.back, opinion = outcome.opinion } end
	return out
end
-- 19(2) by type and what is asked for: { column, at least, words, article }.
local function scale_out_bounds()
	local out = {}
	for _, ask in ipairs(law.scale_outs or {}) do
		local list = {}
		for i, n in ipairs(ask.all) do list[i] = { n[1], n.at_least, n.words, article_label(ask.article) } end
		out[ask.type] = out[ask.type] or {}
		out[ask.type][ask.asks] = list
	end
	return out
end
function plain_law()
	local out = { flows = {}, forms = {}, rules = {} }
	for _, form in ipairs(law.forms) do
		out.forms[form.id] = { title = form.title, annex = form.annex, article = form.article and article_label(form.article), fields = plain_fields(form.fields) }
	end
	for _, flow in ipairs(law.flows) do
		local stages = {}
		for _, stage in ipairs(flow.stages) do stages[stage.id] = plain_stage(stage) end
		out.flows[flow.id] = { name = flow.name, prefix = flow.prefix, first = flow.stages[1].id, stages = stages }
	end
	for _, rule in ipairs(law.rules) do
		out.rules[rule.id] = { says = rule.says, data = rule.data, article = rule.article ~= "" and article_label(rule.article) or "" }
	end
	if out.rules["scale-out-evidence"] then out.rules["scale-out-evidence"].data = scale_out_bounds() end
	return out
end

-- A page's forms ---------------------------------------------------------------------------------------
-- { form, need } of each form that the hand fills, in their order.
function hand_forms(hand)
	if hand.form then return { { form = law.form[hand.form] } } end
	local out = {}
	for _, id in ipairs(hand.stages) do
		for _, need in ipairs(law.flow[hand.flow].stage[id].needs or {}) do
			if need.kind_ == "form" then out[#out + 1] = { form = law.form[need[1]], need = need } end
		end
	end
	return out
end
function hand_needs(hand, kind)
	local out = {}
	for _, id in ipairs(hand.form and {} or hand.stages) do
		for _, need in ipairs(law.flow[hand.flow].stage[id].needs or {}) do
			if need.kind_ == kind then out[#out + 1] = need end
		end
	end
	return out
end
function form_name(form) return (form.annex and "附件 " .. form.annex .. " " or "") .. form.title end
function hand_title(hand)
	local flow = law.flow[hand.flow]
	if hand.opening then return "新建" .. flow.name .. "工单" end
	if hand.form then return form_name(law.form[hand.form]) end
	return flow.name .. " · " .. flow.stage[hand.stages[1]].name
end
-- The flow and stage that ask for a form alone.
function asks_for(id)
	for _, flow in ipairs(law.flows) do
		for _, stage in ipairs(flow.stages) do
			for _, need in ipairs(stage.needs or {}) do
				if need.kind_ == "form" and need[1] == id then return flow, stage end
			end
		end
	end
end

-- A form to fill ------------------------------------------------------------------------------------------
local modes = { integer = "numeric", decimal = "decimal" }
local samples = { month = "2021-05", time = "2021-05-10 09:30", date = "2021-05-10" }
-- Of a field whose element has the id `id`; `more` are attributes.
local function control(field, id)
	local described = ' aria-describedby="h-' .. id .. " e-" .. id .. '"'
	local head = ' id="' .. id .. '" data-key="' .. field.key .. '"' .. described
	if field.type == "long" or field.type == "texts" then
		emit("<textarea" .. head .. ' rows="4"></textarea>')
	elseif field.type == "choice" or field.type == "bool" then
		emit("<select" .. head .. '><option value="">请选择</option>')
		for _, choice in ipairs(field.choices or { "是", "否" }) do
			emit('<option value="') text(choice) emit('">') text(choice) emit("</option>")
		end
		emit("</select>")
	else
		local kind = field.type == "date" and "date" or "text"
		emit('<input type="' .. kind .. '"' .. head .. (modes[field.type] and ' inputmode="' .. modes[field.type] .. '"' or "")
			.. (samples[field.type] and kind == "text" and ' placeholder="例如 ' .. samples[field.type] .. '"' or "") .. ' autocomplete="off"/>')
	end
end
local function hints(field, id)
	emit('<p class="help" id="h-' .. id .. '">')
	if field.type == "texts" then emit("每项一行。") end
	if field.help then text(field.help) end
	if field.article then emit(field.help and " " or "") emit(article_link("../", field.article)) end
	emit('</p><p class="error" id="e-' .. id .. '" hidden="hidden"></p>')
end
local wide = { long = true, texts = true }
local function field_box(field, id)
	emit('<div class="field' .. (wide[field.type] and " wide" or "") .. '"><label for="' .. id .. '">')
	text(field.label)
	if field.unit then emit("<small>（") text(field.unit) emit("）</small>") end
	if field.required then emit('<b class="must">必填</b>') elseif field.required_when then emit('<b class="must" hidden="hidden">必填</b>') end
	emit("</label>")
	control(field, id)
	hints(field, id)
	emit("</div>\n")
end
local function rows_box(field)
	local id = "f-" .. field.key
	emit('<fieldset class="rows" id="' .. id .. '" data-list="' .. field.key .. '" tabindex="-1" aria-describedby="h-' .. id .. " e-" .. id .. '"><legend>')
	text(field.label)
	if field.required then emit('<b class="must">必填</b>') elseif field.required_when then emit('<b class="must" hidden="hidden">必填</b>') end
	emit("</legend>")
	hints(field, id)
	emit('<template><fieldset class="row"><legend>第 <span class="nth">1</span> 行</legend><div class="fields">\n')
	for _, column in ipairs(field.columns) do field_box(column, id .. "-0-" .. column.key) end
	emit('</div><p class="rowbuttons"><button type="button" class="remove">删去这一行</button></p></fieldset></template>\n<div class="list"></div>')
	emit('<p><button type="button" class="add">加一行</button></p></fieldset>\n')
end
-- Fields stand together in a grid; a table stands for itself.
function form_fields(form)
	local open = false
	for _, field in ipairs(form.fields) do
		if (field.type == "list") == open then emit(open and "</div>\n" or '<div class="fields">\n') open = not open end
		if field.type == "list" then rows_box(field) else field_box(field, "f-" .. field.key) end
	end
	if open then emit("</div>\n") end
end

-- The same on paper -----------------------------------------------------------------------------------------
-- Boxes to sign and stamp: who fills the form and who takes it in, which may hang on the tenant's level;
-- or each of several that sign together.
local function signers(form, flow, stage)
	local out = {}
	for _, other in ipairs(flow.stages) do
		if other.each then
			for i, id in ipairs(other.party) do out[i] = law.party[id].name end
			return out
		end
	end
	local first = list_of(stage.party)[1]
	out[1] = law.party[first].name
	for _, outcome in ipairs(form.annex and stage.outcomes or {}) do
		local target = type(outcome.to) == "string" and flow.stage[outcome.to]
		local taker = target and list_of(target.party)[1]
		if type(outcome.to) == "table" then out[2] = "收件单位" elseif taker and taker ~= first then out[2] = law.party[taker].name end
		if out[2] then break end
	end
	return out
end
local signed = {}
function signatures(form)
	if signed[form.id] then return signed[form.id] end
	local flow, stage = asks_for(form.id)
	local out = { '<div class="signs">' }
	for _, name in ipairs(flow and signers(form, flow, stage) or {}) do
		out[#out + 1] = '<div class="sign"><b>' .. escaped(name) .. "（盖章）</b><span>经办人（签字）：</span><span>负责人（签字）：</span><span class=\"day\">　　年　　月　　日</span></div>"
	end
	out[#out + 1] = "</div>\n"
	signed[form.id] = #out > 2 and table.concat(out) or ""
	return signed[form.id]
end
-- Annexes, and what opens a ticket, are stamped also when the whole ticket is printed.
function stamped(form)
	local flow, stage = asks_for(form.id)
	return (form.annex or flow and stage == flow.stages[1]) and signatures(form) or ""
end
local function sheet_title(form)
	local words = form.title:gsub("^XX 年 XX 月", "　　　年　　月"):gsub("^xxx 系统", "　　　　　　　　系统")
	return words
end
local function sheet_table(field)
	emit('<table class="grid" data-sheet-list="' .. field.key .. '"><caption>') text(field.label) emit("</caption><thead><tr>")
	for _, column in ipairs(field.columns) do
		emit('<th scope="col" data-column="' .. column.key .. '">') text(column.label)
		if column.unit then emit("<small>（") text(column.unit) emit("）</small>") end
		emit("</th>")
	end
	emit("</tr></thead><tbody>")
	for _ = 1, 4 do emit("<tr>" .. ("<td></td>"):rep(#field.columns) .. "</tr>") end
	emit("</tbody></table>\n")
end
-- Blank: the script writes into it what is filled in.
function form_sheet(form, when)
	local wide_form, lists = false, {}
	for _, field in ipairs(form.fields) do
		if field.type == "list" then lists[#lists + 1] = field wide_form = wide_form or #field.columns > 9 end
	end
	emit('<section class="form annexed' .. (wide_form and " wide" or "") .. '" data-sheet="' .. form.id .. '"' .. (when and ' hidden="hidden"' or "") .. '><h2 class="sec annex">')
	if form.annex then emit('<span class="no">附件 ' .. form.annex .. "</span> ") end
	emit("<span>") text(sheet_title(form)) emit('</span></h2>\n<div class="card"><dl class="facts">')
	for _, pair in ipairs { { "system", "系统名称" }, { "tenant", "使用单位" }, { "ticket", "工单编号" }, { "made", "填表日期" } } do
		emit("<div><dt>" .. pair[2] .. '</dt><dd data-sheet-key="' .. pair[1] .. '"></dd></div>')
	end
	for _, field in ipairs(form.fields) do
		if field.type ~= "list" then
			emit('<div' .. (wide[field.type] and ' class="long"' or "") .. "><dt>") text(field.label)
			if field.unit then emit("（") text(field.unit) emit("）") end
			emit('</dt><dd data-sheet-key="' .. field.key .. '"></dd></div>\n')
		end
	end
	emit("</dl>\n")
	for _, field in ipairs(lists) do sheet_table(field) end
	emit(signatures(form) .. "</div></section>\n")
end
