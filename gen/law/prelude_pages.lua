-- Templates: HTML with {{ expression }} (escaped), {% statements %} and {{= raw(expression) }}. Compiled to Lua
-- that writes straight into the page's buffer. `emit` writes as it is, `text` escapes. Only where there are pages
-- to make; the prelude calls this chunk with its own tools.
local host, safe, env, law, article_label, chinese = ...
local api = {}

-- A call in it may write by itself, and then has to wait for what stands before.
local function calls(code) return code:find("(", 1, true) end

local function template_source(name, text)
	local out, at, line = { "local page = ... local emit, text, between = emit, text, between " }, 1, 1
	-- What no statement parts is written by one call: pieces of HTML, then a value.
	local html, value = {}, nil
	local function write(after)
		local open = value and table.remove(html) or '""'
		if html[1] then out[#out + 1] = "emit(" .. table.concat(html, ", ") .. ") " end
		if value then out[#out + 1] = ("between(%s, (%s), %s) "):format(open, value, after or '""') end
		html, value = {}, nil
	end
	local function add_html(code)
		if value then return write(code) end
		html[#html + 1] = code
	end
	local function add_value(code)
		if value or calls(code) then write() end
		if calls(code) then out[#out + 1] = ("text(%s) "):format(code) else value = code end
	end
	local function add_statement(code)
		local inner = code:match("^%s*emit%(([^(),]*)%)%s*$") -- of one piece
		if inner then return add_html(inner) end
		write()
		out[#out + 1] = code .. " "
	end
	local function keep_lines(piece)
		local _, breaks = piece:gsub("\n", "\n")
		line = line + breaks
	end
	while true do
		local from, _, mark = text:find("{([{%%])", at)
		local piece = text:sub(at, from and from - 1 or -1)
		if piece ~= "" then add_html(("%q"):format(piece)) keep_lines(piece) end
		if not from then break end
		local close = mark == "{" and "}}" or "%}"
		local till = text:find(close, from + 2, true)
		if not till then error(("%s:%d: “%s”没有收尾"):format(name, line, mark == "{" and "{{" or "{%"), 0) end
		local code = text:sub(from + 2, till - 1)
		if mark == "{" then add_value(code) else add_statement(code) end
		keep_lines(code)
		at = till + 2
	end
	write()
	return table.concat(out)
end

local templates = {}
local page_env = {}
for name, value in pairs(safe) do page_env[name] = value end
for name, value in pairs(host.page) do page_env[name] = value end
page_env.law, page_env.article_label, page_env.holds = law, article_label, env.holds
page_env.chinese_number, page_env.ground_days, page_env.ground_holds = chinese, env.ground_days, env.ground_holds
local shared = setmetatable({}, { __index = page_env })

-- templates/*.lua define functions for the others; pages and styles become callable by their name. Those of the
-- program are compiled when they are first called: one changed ticket needs few of them. An office's own are
-- compiled at once, for a fault in them is to be told whether a page needs them or not.
local sources = {}
local function compiled(source, name)
	local chunk, why = load(source, "@" .. name, "t", shared)
	return chunk or error(why, 0)
end
local function template(name)
	local source = sources[name] or error("没有模板“" .. tostring(name) .. "”", 3)
	templates[name] = compiled(template_source(source.name, source.text), source.name)
	return templates[name]
end
function api.template(name, text, own)
	if name:find("%.lua$") then return compiled(text, name)() end
	local id = name:match("([^/]*)%.%a+$")
	sources[id] = { name = name, text = text }
	if own then template(id) end
end
function api.render(name, value) (templates[name] or template(name))(value) end
-- {% include("part", value) %}
function page_env.include(name, value) return (templates[name] or template(name))(value) end

return api
