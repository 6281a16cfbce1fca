-- bill.lua: the month's bill a second time, slowly and apart from the program: day by day, from the
-- tickets and price lists as they lie in a workspace. Prints one line a row, sorted, and the total.
--
--	lua5.4 bill.lua rows WORKSPACE 2021-07     what the bill should be
--	lua5.4 bill.lua json                       the same lines of `yunjuan bill --json` on standard input
--	lua5.4 bill.lua invent SEED                a random year of tickets into the present workspace

-- Days ------------------------------------------------------------------------------------------
local function number_of(y, m, d) return os.time { year = y, month = m, day = d, hour = 12 } // 86400 end
local function day_of(text)
	local y, m, d = text:match("^(%d%d%d%d)-(%d%d)-(%d%d)")
	return number_of(tonumber(y), tonumber(m), tonumber(d))
end
local function text_of(day) return os.date("!%Y-%m-%d", day * 86400) end
local function fen_of(text)
	local whole, part = text:match("^(%d+)%.?(%d*)$")
	return tonumber(whole) * 100 + tonumber((part .. "00"):sub(1, 2))
end
local function yuan(fen)
	local sign = fen < 0 and "-" or ""
	fen = math.abs(fen)
	return ("%s%d.%02d"):format(sign, fen // 100, fen % 100)
end

-- A front matter, as far as tickets and price lists need it -----------------------------------------
local function scalar(text)
	text = text:gsub("^%s+", ""):gsub("%s+$", "")
	return text:match('^"(.*)"$') or text:match("^'(.*)'$") or text
end
local function inline_row(text)
	local row = {}
	for pair in (text .. ", "):gmatch("(.-), ") do
		local key, value = pair:match("^%s*([%w_]+):%s?(.*)$")
		if key then row[key] = scalar(value) end
	end
	return row
end
local function read_front(path)
	local front, list, row = {}, nil, nil
	local fences = 0
	for line in io.lines(path) do
		if line == "---" then
			fences = fences + 1
			if fences == 2 then break end
		end
		local key, value = line:match("^([%w_]+):%s*(.-)%s*$")
		if key then
			front[key], list = scalar(value), nil
			if value == "" then list = {} front[key] = list end
		elseif list then
			local inline = line:match("^%s*%- {%s*(.-)%s*}%s*$")
			local k, v = line:match("^%s*%- ([%w_]+):%s?(.*)$")
			if inline then list[#list + 1] = inline_row(inline)
			elseif k then row = { [k] = scalar(v) } list[#list + 1] = row
			else
				k, v = line:match("^%s+([%w_]+):%s?(.*)$")
				if k and row then row[k] = scalar(v) end
			end
		end
	end
	return front
end

-- What happened to resources -------------------------------------------------------------------------
-- A table counts once its stage is behind the ticket; the stages that come before that.
local kinds = {
	apply = { rows = "granted", day = "opened_on", mark = "新增", before = "plan request forward intake assess approve refuse provision" },
	backup = { rows = "backed_up", day = "effective_at", mark = "备份", type = "备份", before = "request forward intake assess approve refuse implement" },
	adjust = { rows = "adjusted", day = "adjusted_on", mark = "调整", before = "request approve plan plan-review confirm prepare implement" },
	revoke = { rows = "revoked", day = "revoked_on", mark = "撤销", before = "request approve plan plan-review confirm prepare implement" },
}
local order = { apply = 1, backup = 2, adjust = 3, revoke = 4 }

local function files(command)
	local list = {}
	local pipe = assert(io.popen(command))
	for line in pipe:lines() do list[#list + 1] = line end
	pipe:close()
	return list
end
local function read_events(workspace)
	local events = {}
	for _, path in ipairs(files("find '" .. workspace .. "/content/tickets' -name ticket.md | LC_ALL=C sort")) do
		local front = read_front(path)
		local kind = kinds[front.flow]
		if kind and not (" " .. kind.before .. " "):find(" " .. front.stage .. " ", 1, true) and type(front[kind.rows]) == "table" then
			for i, row in ipairs(front[kind.rows]) do
				events[#events + 1] = { day = day_of(row[kind.day]), flow = front.flow, row = row, mark = kind.mark, id = row.id, type = kind.type or row.type,
					place = order[front.flow] * 1000000 + #events + i, system = front.system }
			end
		end
	end
	table.sort(events, function(a, b) if a.day ~= b.day then return a.day < b.day end return a.place < b.place end)
	return events
end
local function read_prices(workspace)
	local lists = {}
	for _, path in ipairs(files("find '" .. workspace .. "/content/prices' -name '*.yaml' | LC_ALL=C sort")) do
		local list = { from = day_of(path:match("([^/]*)%.yaml$")), of = {} }
		for _, row in ipairs(read_front(path).prices) do list.of[row.type] = row end
		lists[#lists + 1] = list
	end
	return lists
end

local columns = { "count", "vcpu", "memory_gb", "storage_gb" }
local function change(spec, row)
	local new = { count = spec.count, vcpu = spec.vcpu, memory_gb = spec.memory_gb, storage_gb = spec.storage_gb }
	for _, column in ipairs(columns) do
		if row[column] and row[column] ~= "" then new[column] = tonumber(row[column]) end
	end
	return new
end

-- All resources as they stand at the end of a day: a list, since an id may come again.
local function held_on(events, day)
	local held = {}
	for number, e in ipairs(events) do
		if e.day > day then break end
		local plain = { count = 1, vcpu = 0, memory_gb = 0, storage_gb = 0 }
		local present
		for _, r in ipairs(held) do
			if r.id == e.id and (r.type == e.type or not e.type) and not r.gone then present = r end
		end
		if e.flow == "apply" or e.flow == "backup" and not present then
			held[#held + 1] = { id = e.id, type = e.type, spec = change(plain, e.row), since = number, mark = e.mark, from = e.day }
		elseif e.flow == "revoke" then
			for _, r in ipairs(held) do
				if r.id == e.id and (not e.type or r.type == e.type) and not r.gone then r.gone, r.gone_on = true, e.day end
			end
		elseif present then
			present.spec, present.since, present.mark, present.from = change(present.spec, e.row), number, e.mark, e.day
		end
	end
	return held
end

local function price(list, resource)
	local row = list.of[resource.type]
	local one = fen_of(row.each or "0")
	for _, column in ipairs { "vcpu", "memory_gb", "storage_gb" } do
		if resource.spec[column] > 0 then one = one + resource.spec[column] * fen_of(row[column]) end
	end
	return one * resource.spec.count
end
local function rounded(n, d) return (2 * n + d) // (2 * d) end

-- The lines of the month: a day goes to the line of the day before while nothing changed.
local function month_lines(workspace, month)
	local events, lists = read_events(workspace), read_prices(workspace)
	local y, m = month:match("(%d+)-(%d+)")
	local first = number_of(tonumber(y), tonumber(m), 1)
	local last = number_of(tonumber(m) == 12 and y + 1 or tonumber(y), m % 12 + 1, 1) - 1
	local lines, open = {}, {}
	for day = first, last do
		local list
		for _, l in ipairs(lists) do if l.from <= day then list = l end end
		for number, r in ipairs(held_on(events, day)) do
			if not r.gone then
				local line = open[number]
				if not line or line.since ~= r.since or line.list ~= list then
					line = { id = r.id, type = r.type, from = day, days = 0, unit = price(list, r), since = r.since, list = list, change = r.from == day and r.mark or "" }
					-- Opened and changed on one day: the first word stands.
					for _, e in ipairs(events) do
						if e.id == r.id and e.day == day and e.flow == "apply" and r.type ~= "备份" then line.change = e.mark break end
					end
					lines[#lines + 1], open[number] = line, line
				end
				line.to, line.days = day, line.days + 1
			elseif r.gone_on == day then
				local line = open[number]
				if not line then
					line = { id = r.id, type = r.type, from = day, to = day, days = 0, unit = price(list, r) }
					lines[#lines + 1], open[number] = line, line
				end
				line.change = "撤销"
			end
		end
	end
	return lines
end

local function show(lines)
	local out, total = {}, 0
	for _, l in ipairs(lines) do
		local amount = rounded(l.unit * 12 * l.days, 365)
		total = total + amount
		out[#out + 1] = table.concat({ l.id, l.type, text_of(l.from), text_of(l.to), l.days, yuan(l.unit), yuan(amount), l.change }, "|")
	end
	table.sort(out)
	out[#out + 1] = "total " .. yuan(total)
	print(table.concat(out, "\n"))
end

-- The program's answer in the same words ------------------------------------------------------------
local function from_json()
	local text = io.read("a")
	local rows = text:match('"rows":%[(.-)%],"changes"')
	local out, total, systems, tenants = {}, 0, 0, 0
	for row in rows:gmatch("%b{}") do
		local function get(key) return row:match('"' .. key .. '":"?([^",}]*)') end
		out[#out + 1] = table.concat({ get "resource", get "type", get "from", get "to", get "days", get "unit_price", get "amount", get "change" }, "|")
		total = total + fen_of(get "amount")
	end
	table.sort(out)
	for part in text:match('"systems":%[(.-)%]'):gmatch('"amount":"([%d.]+)"') do systems = systems + fen_of(part) end
	for part in text:match('"tenants":%[(.-)%]'):gmatch('"amount":"([%d.]+)"') do tenants = tenants + fen_of(part) end
	assert(total == systems and total == tenants, "units, systems and total do not add up")
	assert(yuan(total) == text:match('"total":"([%d.]+)"'), "rows and total do not add up")
	out[#out + 1] = "total " .. yuan(total)
	print(table.concat(out, "\n"))
end

-- A random year ---------------------------------------------------------------------------------------
local function pick(list) return list[math.random(#list)] end
local systems = { { "mzjy", "梅州市教育资源公共服务平台" }, { "mzwj", "梅州市全民健康信息平台" }, { "mxjy", "梅县区中小学学籍管理系统" } }
local serial = {}
local function write_ticket(flow, prefix, stage, system, row_key, row)
	serial[prefix] = (serial[prefix] or 0) + 1
	local id = ("%s-202401%02d-%s-%02d"):format(prefix, serial[prefix] // 90 + 1, system[1], serial[prefix] % 90 + 1)
	local folder = "content/tickets/2024/01/" .. id
	os.execute("mkdir -p " .. folder)
	local file = assert(io.open(folder .. "/ticket.md", "w"))
	file:write(("---\nflow: %s\nstage: %s\ntitle: 随机\nsystem: %s\ntenant: %s\n%s:\n  - { %s }\nattachments:\n---\n"):format(flow, stage, system[2], system[1], row_key, row))
	file:close()
end
local function spec(kind)
	if kind == "安全服务" then return ", count: " .. math.random(3) end
	if kind == "备份" then return ", storage_gb: " .. math.random(9) * 100 end
	return (", vcpu: %d, memory_gb: %d, storage_gb: %d"):format(math.random(32), math.random(64), math.random(2000))
end
local function invent_resource(n)
	local system, kind = pick(systems), pick { "虚拟机", "虚拟机", "虚拟机", "PaaS 数据库", "安全服务", "备份" }
	local id = ("x-%04d"):format(n)
	local day = number_of(2024, 1, 1) + math.random(0, 100)
	write_ticket("apply", "SQ", "provision", system, "granted", ("id: %s, name: 甲, type: %s%s, opened_on: %s"):format(id, kind, spec(kind), text_of(day)))
	local last = day
	if kind == "虚拟机" and math.random(3) == 1 then
		last = last + math.random(20)
		write_ticket("backup", "BF", "implement", system, "backed_up", ("id: %s, name: 甲, backup_type: 整机备份, backup_policy: 每日, retention_days: 7, storage_gb: %d, effective_at: %s 02:00"):format(id, math.random(900), text_of(last)))
	end
	for i = 1, kind ~= "安全服务" and kind ~= "备份" and math.random(0, 3) or 0 do
		last = last + (i == 1 and last == day and math.random(0, 2) or math.random(1, 25))
		write_ticket("adjust", "TZ", "implement", system, "adjusted", ("id: %s, name: 甲, type: %s, vcpu: %d, adjusted_on: %s"):format(id, kind, math.random(32), text_of(last)))
	end
	if math.random(3) == 1 then
		last = last + math.random(0, 30)
		write_ticket("revoke", "CX", "implement", system, "revoked", ("id: %s, name: 甲, revoked_on: %s"):format(id, text_of(last)))
		if math.random(2) == 1 then
			last = last + math.random(1, 20)
			write_ticket("apply", "SQ", "provision", system, "granted", ("id: %s, name: 甲, type: %s%s, opened_on: %s"):format(id, kind, spec(kind), text_of(last)))
		end
	end
end
local function invent_prices(date)
	local file = assert(io.open("content/prices/" .. date .. ".yaml", "w"))
	local function p() return ("%d.%02d"):format(math.random(0, 90), math.random(0, 99)) end
	file:write(("source: 随机\nexample: 是\nday_rate: 12/365\nprices:\n  - { type: 虚拟机, vcpu: %s, memory_gb: %s, storage_gb: %s }\n  - { type: PaaS 数据库, vcpu: %s, memory_gb: %s, storage_gb: %s }\n  - { type: 安全服务, each: %s }\n  - { type: 备份, storage_gb: %s }\n"):format(p(), p(), p(), p(), p(), p(), p(), p()))
	file:close()
end

if arg[1] == "rows" then show(month_lines(arg[2], arg[3]))
elseif arg[1] == "json" then from_json()
elseif arg[1] == "invent" then
	math.randomseed(tonumber(arg[2]))
	os.execute("mkdir -p content/prices")
	invent_prices("2024-01-01")
	invent_prices(text_of(number_of(2024, 2, 1) + math.random(0, 28)))
	invent_prices(text_of(number_of(2024, 3, 1) + math.random(0, 30)))
	for n = 1, 60 do invent_resource(n) end
end
