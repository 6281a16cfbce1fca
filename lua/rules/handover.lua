-- Handing over (article 36): who gives what to whom, by which medium. The log is written by `yunjuan pack`,
-- receipts by `yunjuan receive`; both are files below content/handovers/.

local function filled(form, values, say)
	for _, field in ipairs(law.form[form].fields) do
		if field.required and values[field.key] == nil then say { as = "empty", label = field.label, key = field.key } end
	end
end

-- Whether the list of private mail services has the domain of the address, or one above it.
local function is_private(address, list)
	local domain = address:match("@([^@]+)$")
	if not domain then return false end
	domain = domain:lower()
	for line in (list .. "\n"):gmatch("(.-)\r?\n") do
		local name = line:gsub("#.*", ""):match("^%s*(.-)%s*$"):lower()
		if name ~= "" and (domain == name or domain:sub(-#name - 1) == "." .. name) then return true end
	end
	return false
end

local function each(kind, f)
	return function(c, _, say)
		for _, h in ipairs(c.handovers or {}) do
			if h.kind == kind and not h.broken and not h.removed then
				f(c, h, function(words) words.file = words.file or h.file say(words) end)
			end
		end
	end
end

return {
	rule { id = "handover-fixed", name = "交接登记不改", article = "36", scope = "commit",
		says = "“{file}”是已经登记的交接，不能修改或删除；有误的请另作一次交接，并在备注里说明",
		check = function(c, _, say)
			for _, h in ipairs(c.handovers or {}) do
				if not h.is_new then say { file = h.file } end
			end
		end },
	rule { id = "handover-filled", name = "交接登记写全", article = "36", scope = "commit",
		says = { empty = "交接登记没有填{label}；请用 yunjuan pack 交接，由程序登记", name = "交接编号“{number}”与文件名不一致；请用 yunjuan pack 交接，由程序登记" },
		check = each("handover", function(_, h, say)
			filled("handover", h.values, say)
			if h.values.number and h.values.number ~= h.name then say { as = "name", number = h.values.number, key = "number" } end
		end) },
	rule { id = "handover-parties", name = "交接双方在册", article = "36", scope = "commit",
		says = { to = "接收单位“{id}”不在名册里；请核对单位编号", own = "交出单位写的是“{id}”，提交人却属于“{party}”；交接由交出单位自己登记", same = "交出和接收是同一个单位，不用交接" },
		check = each("handover", function(c, h, say)
			if h.values.to and not h.receiver then say { as = "to", id = h.values.to, key = "to" } end
			if c.officer and h.values.from ~= c.officer.id then say { as = "own", id = h.values.from or "", party = c.officer.name, key = "from" } end
			if h.values.to and h.values.to == h.values.from then say { as = "same", key = "to" } end
		end) },
	rule { id = "handover-medium", name = "交接方式合规", article = "36", scope = "commit",
		says = {
			unknown = "不能用“{by}”交接；只能用{all}，严禁个人微信、QQ、私人邮箱",
			number = "用{name}交接要写介质编号；请加 --medium 编号",
			personal = "“{medium}”不是本单位登记的介质；请换用单位登记的介质，或请统筹管理单位在名册的 media 里登记",
			address = "用{name}交接要写收件邮箱；请加 --address 邮箱，或请统筹管理单位在名册里登记接收单位的 mailbox",
			private = "“{address}”是私人邮箱，不能用来交接；请改用接收单位的政务邮箱",
		},
		check = each("handover", function(_, h, say)
			local v, medium = h.values, h.values.by and law.medium[h.values.by]
			if not v.by then return end
			if not medium then
				local names = {}
				for _, m in ipairs(law.media) do names[#names + 1] = m.name end
				return say { as = "unknown", by = v.by, all = table.concat(names, "、"), key = "by" }
			end
			if medium.numbered and not v.medium then say { as = "number", name = medium.name, key = "by" }
			elseif medium.registered and not ("," .. (h.sender and h.sender.media or "") .. ","):find("," .. v.medium .. ",", 1, true) then
				say { as = "personal", medium = v.medium, key = "medium" }
			end
			if medium.address and not v.address then say { as = "address", name = medium.name, key = "by" }
			elseif v.address and is_private(v.address, h.private) then say { as = "private", address = v.address, key = "address" } end
		end) },
	rule { id = "receipt-own", name = "回执由接收单位出具", article = "36", scope = "commit",
		says = { empty = "回执没有填{label}；请用 yunjuan receive 接收，由程序出具", own = "回执应由接收单位“{id}”出具，提交人却属于“{party}”；请由接收单位出具", name = "回执编号“{number}”与文件名不一致；请用 yunjuan receive 接收，由程序出具" },
		check = each("receipt", function(c, h, say)
			filled("receipt", h.values, say)
			if h.values.number and h.values.number ~= h.name then say { as = "name", number = h.values.number, key = "number" } end
			if c.officer and h.values.to ~= c.officer.id then say { as = "own", id = h.values.to or "", party = c.officer.name, key = "to" } end
		end) },
}
