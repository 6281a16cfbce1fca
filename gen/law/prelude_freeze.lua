-- The law's data as bytes, for script_push_frozen of gen/law/law_frozen.c: strings, then the sizes of all tables,
-- then what is in them. In a fixed order, so that the same law gives the same bytes.
-- Gives freeze(root): nil when there is a function or the like in it.
local pack = string.pack

local function before(a, b)
	if type(a) ~= type(b) then return type(a) < type(b) end
	return a < b
end
-- The keys behind the first `rows`; nil when one is neither text nor a whole number.
local function named_keys(t, rows)
	local keys = {}
	for key in next, t do
		local whole = math.type(key) == "integer"
		if not whole and type(key) ~= "string" then return nil end
		if not whole or key < 1 or key > rows then keys[#keys + 1] = key end
	end
	table.sort(keys, before)
	return keys
end
-- number(value) gives 0, 1, … in the order of first asking; the list of what was asked.
local function numbering()
	local numbers, list = {}, {}
	return function(value)
		if not numbers[value] then
			numbers[value] = #list
			list[#list + 1] = value
		end
		return numbers[value]
	end, list
end

return function(root)
	local string_number, strings = numbering()
	local table_number, tables = numbering()
	local sizes, out = {}, {}
	local writers = {
		string = function(v) return pack("=c1I4", "s", string_number(v)) end,
		table = function(v) return pack("=c1I4", "t", table_number(v)) end,
		integer = function(v) return pack("=c1i8", "i", v) end,
		float = function(v) return pack("=c1d", "d", v) end,
		boolean = function(v) return v and "y" or "n" end,
	}
	local whole = true
	local function put(value)
		local writer = writers[math.type(value) or type(value)]
		whole = whole and writer ~= nil
		out[#out + 1] = whole and writer(value) or nil
	end
	table_number(root)
	local at = 1
	while whole and tables[at] do
		local t, rows = tables[at], #tables[at]
		local keys = named_keys(t, rows)
		if not keys then return nil end
		sizes[at] = pack("=I4I4", rows, #keys)
		for i = 1, rows do put(t[i]) end
		for _, key in ipairs(keys) do put(key) put(t[key]) end
		at = at + 1
	end
	if not whole then return nil end
	for i, text in ipairs(strings) do strings[i] = pack("=s4", text) end
	return pack("=I4I4", #strings, #tables) .. table.concat(strings) .. table.concat(sizes) .. table.concat(out)
end
