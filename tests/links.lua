-- links.lua FOLDER: reads the names of pages below FOLDER from standard input and prints what is
-- wrong with them, one line each: a word for the kind, the page, the fault. Kinds: page (language,
-- title, h1, landmarks), policy, inline, outside, links, headings, names.
local folder = arg[1]
local pages, order = {}, {}

local function say(kind, page, words, ...)
	print(("%s %s: %s"):format(kind, page, words:format(...)))
end

local function read(name)
	local file = assert(io.open(folder .. "/" .. name, "rb"))
	local text = file:read("a")
	file:close()
	return text
end

-- Of a start tag: { href = "…" }.
local function attributes(tag)
	local out = {}
	for name, value in tag:gmatch('([%w:_-]+)="([^"]*)"') do out[name] = value end
	return out
end

-- "tickets/2021/05/x.html", "../../a.html" -> "tickets/a.html"; nil above the folder
local function resolve(page, path)
	local parts = {}
	for part in (page:gsub("[^/]*$", "") .. path):gmatch("[^/]+") do
		if part == ".." then
			if not table.remove(parts) then return nil end
		elseif part ~= "." then
			parts[#parts + 1] = part
		end
	end
	return table.concat(parts, "/")
end

for name in io.lines() do
	local text, page = read(name), { ids = {} }
	for tag in text:gmatch("<%a[^>]*>") do
		local id = attributes(tag).id
		if id and page.ids[id] then say("links", name, "id %s twice", id) end
		if id then page.ids[id] = true end
	end
	page.text = text
	pages[name], order[#order + 1] = page, name
end

local titles = {}
local function check_page(name, text)
	if not text:find('^<!DOCTYPE html>\n<html lang="zh%-CN">') then say("page", name, "doctype or lang") end
	local _, count = text:gsub("<h1[ >]", "")
	if count ~= 1 then say("page", name, "%d h1", count) end
	local title = text:match("<title>(.-)</title>")
	if not title or title == "" then say("page", name, "no title") end
	if titles[title] then say("page", name, "title of %s too: %s", titles[title], title) end
	titles[title] = name
	for _, mark in ipairs { '<header ', '<main id="main">', "<footer>", '<a class="skip" href="#main">', '<meta name="viewport"' } do
		if not text:find(mark, 1, true) then say("page", name, "no %s", mark) end
	end
end

local function check_policy(name, text)
	local policy = text:match('<meta http%-equiv="Content%-Security%-Policy" content="([^"]*)"')
	if not policy then return say("policy", name, "none") end
	for _, needed in ipairs { "default-src 'none'", "base-uri 'none'", "form-action 'none'" } do
		if not policy:find(needed, 1, true) then say("policy", name, "without %s", needed) end
	end
	if policy:find("unsafe", 1, true) or policy:find("*", 1, true) or policy:find("http", 1, true) then say("policy", name, "too wide") end
end

local function check_tags(name, text)
	for tag in text:gmatch("<%a[^>]*>") do
		local kind = tag:match("^<(%w+)"):lower()
		if kind == "script" and not tag:find(' src="', 1, true) or kind == "style" or kind == "iframe" or kind == "object" or kind == "base" then
			say("inline", name, "<%s>", kind)
		end
		for key, value in pairs(attributes(tag)) do
			if key == "style" or key:find("^on") then say("inline", name, "%s in %s", key, tag) end
			if key == "href" or key == "src" or key == "style" or key == "srcset" or key == "xlink:href" then
				if value:find("^%a[%w+.-]*:") or value:find("//", 1, true) then say("outside", name, "%s", value) end
			end
		end
	end
end

local function check_links(name, text)
	for tag in text:gmatch("<%a[^>]*>") do
		local a = attributes(tag)
		local target = a.href or a.src
		if target then
			local path, anchor = target:match("^([^#]*)#?(.*)$")
			local to = path == "" and name or resolve(name, path)
			if not to then
				say("links", name, "%s leads above the folder", target)
			elseif pages[to] then
				-- The page of a step gets the ticket's number behind the #.
				if anchor ~= "" and not pages[to].ids[anchor] and not (to:find("^forms/") and anchor:find("^%u%u%-%d+%-[%l%d_]+%-%d%d$")) then say("links", name, "%s: no such anchor", target) end
			else
				local file = io.open(folder .. "/" .. to, "rb")
				if not file or to:find("%.html$") then say("links", name, "%s: no such page", target) end
				if file then file:close() end
			end
		end
		for id in (a["aria-labelledby"] or ""):gmatch("%S+") do
			if not pages[name].ids[id] then say("names", name, "aria-labelledby %s: no such id", id) end
		end
	end
end

local function check_headings(name, text)
	local last = 1
	for level in text:match("<main.*"):gmatch("<h(%d)[ >]") do
		level = tonumber(level)
		if level > last + 1 then say("headings", name, "h%d after h%d", level, last) end
		last = level
	end
end

-- Whether an element has a name to be read out.
local function named(tag, inner)
	local a = attributes(tag)
	return a["aria-label"] or a["aria-labelledby"] or inner:gsub("<[^>]*>", ""):find("%S")
end
local function check_names(name, text)
	for tag, inner in text:gmatch("(<a [^>]*>)(.-)</a>") do
		if not named(tag, inner) then say("names", name, "a link without a name: %s", tag) end
	end
	for tag in text:gmatch("<nav[^>]*>") do
		if not named(tag, "") then say("names", name, "a nav without a name") end
	end
	for tag, inner in text:gmatch("(<svg[^>]*>)(.-)</svg>") do
		local a = attributes(tag)
		if a["aria-hidden"] ~= "true" and not (a.role == "img" and named(tag, "") and inner:find("<title", 1, true)) then
			say("names", name, "a drawing without a name")
		end
	end
	for tag, inner in text:gmatch("(<table class[^>]*>)(.-)</table>") do
		if not named(tag, "") and not inner:find("<caption>%s*[^<%s]") then say("names", name, "a table without a name: %s", tag) end
		for th in inner:gmatch("<th[ >][^>]*>?") do
			if not th:find('scope="', 1, true) then say("names", name, "a th without scope in %s", tag) end
		end
	end
	for tag in text:gmatch("<img [^>]*>") do
		if not attributes(tag).alt then say("names", name, "%s without alt", tag) end
	end
end

for _, name in ipairs(order) do
	local text = pages[name].text
	check_page(name, text)
	check_policy(name, text)
	check_tags(name, text)
	check_links(name, text)
	check_headings(name, text)
	check_names(name, text)
end
