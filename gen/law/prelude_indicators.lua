-- The loader of lua/indicators.lua: how use is measured and judged. Every number is whole, so that C
-- compares without rounding. The prelude calls this chunk with its own tools.
local law, fault, made_by, index = ...

local figures = { vcpu_mean_pct = true, vcpu_peak_pct = true, memory_mean_pct = true, memory_peak_pct = true, storage_pct = true, storage_months = true }
local function whole(node, key, least, most)
	local n = node[key]
	if n and (math.type(n) ~= "integer" or n < least or n > most) then fault(node, "“%s”应当是 %d 到 %d 的整数", key, least, most) end
end
local function check_bounds(node)
	if #node.all < 1 or #node.all > 4 then fault(node, "all 里要有 1 至 4 个条件") end
	for _, bound in ipairs(node.all) do
		if made_by(bound, node, "all 里", "bound") then
			local kinds = (bound.at_most and 1 or 0) + (bound.at_least and 1 or 0) + (bound.more_than and 1 or 0)
			if not figures[bound[1]] then fault(bound, "没有“%s”这个指标", tostring(bound[1])) end
			if kinds ~= 1 then fault(bound, "at_most、at_least、more_than 要写一个，只写一个") end
			for _, key in ipairs { "at_most", "at_least", "more_than" } do whole(bound, key, 0, 1000) end
		end
	end
end
-- "08:00" -> minutes of the day; 24:00 is its end.
local function minutes(node, key)
	local hour, minute = tostring(node[key]):match("^(%d%d):(%d%d)$")
	local n = hour and hour * 60 + minute
	if not n or minute + 0 > 59 or n > 1440 then fault(node, "“%s”应当写成 08:00 这样", key) return 0 end
	return math.tointeger(n)
end
return function(nodes, file)
	for _, node in ipairs(nodes) do
		if made_by(node, file, "这里", "measured", "low_load", "low_month", "scale_out_window", "scale_out") then
			if node.kind_ == "low_load" then index(node, law.low_loads, law.low_load, node.id) check_bounds(node)
			elseif node.kind_ == "scale_out" then table.insert(law.scale_outs, node) check_bounds(node)
			elseif law.indicators[node.kind_] then fault(node, "%s 只能写一次", node.kind_)
			else law.indicators[node.kind_] = node end
		end
	end
	local measured, month, window = law.indicators.measured, law.indicators.low_month, law.indicators.scale_out_window
	if not (measured and month and window) then return fault(file, "measured、low_month、scale_out_window 都要写") end
	measured.from_minute_, measured.to_minute_ = minutes(measured, "from"), minutes(measured, "to")
	if measured.from_minute_ >= measured.to_minute_ then fault(measured, "from 要早于 to") end
	whole(measured, "least_pct", 0, 100) whole(measured, "growth_days", 1, 366) whole(month, "more_than_days", 0, 31)
	whole(window, "working_days", 1, 60)
	if #law.low_loads > 8 then fault(file, "low_load 最多 8 条") end
end
