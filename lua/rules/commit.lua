-- What holds for every commit, whatever it changes: who, when, which files.

-- Who may change what. The first row whose prefix fits decides; tickets are judged by their flow.
local owners = {
	{ "content/tickets/" },
	{ "content/notices/", "coordinator", "reviewer" },
	{ "content/usage/", "operator" },
	{ "content/handovers/", "coordinator", "operator", "reviewer", "bureau", "tenant" },
	{ "", "coordinator" }, -- law, registers, calendar, site, prices, pages, templates
}
local function owner_of(path)
	for _, row in ipairs(owners) do
		if path:sub(1, #row[1]) == row[1] then return row end
	end
end
local function has(list, value, from)
	for i = from or 1, #list do if list[i] == value then return true end end
	return false
end
local function in_ticket(path) return path:match("^content/tickets/%d%d%d%d/%d%d/([^/]+)/.") end

-- Names that Windows refuses, or changes on the way: reserved devices, characters, ends, lengths.
local devices = { con = true, prn = true, aux = true, nul = true }
for i = 0, 9 do devices["com" .. i], devices["lpt" .. i] = true, true end
for _, i in ipairs { "¹", "²", "³" } do devices["com" .. i], devices["lpt" .. i] = true, true end
local function name_fault(name)
	if name:find('[<>:"|?*\\%c]') then return "含有 Windows 不允许的字符（< > : \" | ? * \\ 或控制字符）" end
	if name:find("[ .]$") then return "以空格或句点结尾" end
	if devices[name:match("^[^.]*"):gsub(" +$", ""):lower()] then return "是 Windows 的保留名" end
	if not utf8.len(name) then return "不是 UTF-8 编码" end
	if #name > 200 then return "太长（超过 200 字节）" end
	for _, code in utf8.codes(name) do
		if code >= 0x202A and code <= 0x202E or code >= 0x2066 and code <= 0x2069 or code >= 0x200B and code <= 0x200F or code >= 0x2060 and code <= 0x2064 or code == 0xFEFF then
			return "含有看不见的控制字符"
		end
	end
end

-- Things that must never lie in the clear (15(2), 37): a word for a secret with a value behind it.
local secret_words = { "密码", "口令", "passwd", "password", "secret_key", "access_key", "secretkey", "accesskey" }
local harmless = { "见", "另", "不", "无", "已", "由", "请", "应", "须", "须", "按", "含", "和", "及", "保", "强", "管", "**", "xx", "XX", "（", "学", "技", "应用", "产品", "评估", "修改", "复杂" }
local function secret_line(text)
	local number = 0
	for line in (text .. "\n"):gmatch("(.-)\r?\n") do
		number = number + 1
		if line:find("-----BEGIN [%u ]*PRIVATE KEY-----") then return number end
		local lower = line:lower()
		for _, word in ipairs(secret_words) do
			local _, at = lower:find(word, 1, true)
			while at do
			local value = (line:sub(at + 1):match("^%s*[\"']?%s*[:=]%s*[\"']?([^%s\"'，。；、|]+)")
				or line:sub(at + 1):match("^%s*：%s*([^%s\"'，。；、|]+)") or line:sub(at + 1):match("^%s*是%s*([%w%p][^%s\"'，。；、|]+)") or line:sub(at + 1):match("^%s*为%s*([%w%p][^%s\"'，。；、|]+)"))
			if value and #value >= 4 then
				local fine = false
				for _, start in ipairs(harmless) do fine = fine or value:sub(1, #start) == start end
				if not fine then return number end
			end
			_, at = lower:find(word, at + 1, true)
			end
		end
	end
end

return {
	rule { id = "officer-known", name = "提交人在册", article = "5", scope = "commit",
		says = "提交人“{email}”不在任何相关方的经办人名册中，请核对 git 的 user.email，或请统筹管理单位先把经办人登记到 content/parties/",
		check = function(c, _, say)
			if not c.officer then say { email = c.email } end
		end },
	rule { id = "officer-in-office", name = "提交人在任", article = "5", scope = "commit",
		says = "“{name}”在 {day} 不在任（名册中的起止日期不含这一天），请由在任的经办人提交，或请统筹管理单位更正任期",
		check = function(c, _, say)
			if c.officer and not c.officer.in_office then say { name = c.officer.officer, day = c.time_text:sub(1, 10) } end
		end },
	rule { id = "time-order", name = "时间不倒退", article = "9(1)", scope = "commit",
		says = "提交时间 {time} 早于上一个提交的 {parent}，时间不能倒填；请校准电脑时钟后重新提交",
		check = function(c, _, say)
			if c.parent_time and c.time < c.parent_time then say { time = c.time_text, parent = c.parent_time_text } end
		end },
	rule { id = "time-future", name = "时间不超前", article = "9(1)", scope = "commit",
		says = "提交时间 {time} 在将来，时间不能预填；请校准电脑时钟后重新提交",
		check = function(c, _, say)
			if c.time > c.now + 300 then say { time = c.time_text } end
		end },
	rule { id = "signature", name = "提交要签名", article = "40", scope = "commit",
		says = {
			none = "提交没有签名；请先用 yunjuan key use 设好签名，再重新提交（git commit --amend -S）",
			foreign = "提交上的签名不是国密 SM2 签名；请用 yunjuan key use 设好签名后重新提交",
			broken = "签名与提交的内容不符，内容可能被改动过；请原经办人重新提交",
			unknown = "“{email}”没有登记证书；请向统筹管理单位申请证书（yunjuan key request）",
			other = "签名用的不是“{email}”登记的证书；请换用登记的证书，或请统筹管理单位重新签发",
			untrusted = "“{email}”的证书不是本市的签发证书签发的，不能采信；请向统筹管理单位重新申请",
			early = "提交时间 {time} 早于“{email}”证书的生效时间；请校准电脑时钟后重新提交",
			expired = "“{email}”的证书到 {time} 已经过期；请向统筹管理单位申请新证书",
			revoked = "“{email}”的证书在 {time} 已被吊销；请向统筹管理单位申请新证书",
		},
		check = function(c, _, say)
			if c.initial or not c.signature or c.signature == "good" then return end
			if c.signature_due or c.signature == "broken" then say { as = c.signature, email = c.email, time = c.time_text } end
		end },
	rule { id = "signature-off", name = "已打开签名", article = "40", severity = "warn", scope = "commit",
		says = "从 site.yaml 规定的日期起提交须有签名，本机还没有打开；请运行 yunjuan key use，不签名的提交对方不会接收",
		check = function(c, _, say)
			if c.signature_due and not c.signature and not c.signs and not c.initial then say {} end
		end },
	rule { id = "message-empty", name = "说明不空", article = "9(1)", scope = "commit",
		says = "提交说明是空的；请写一句办理意见",
		check = function(c, _, say)
			if c.has_message and c.subject == "" then say {} end
		end },
	rule { id = "merge-two", name = "合并只有两方", article = "9(1)", scope = "commit",
		says = "一次合并了 {count} 条分支，无法逐条核对；请每次只合并一条",
		check = function(c, _, say)
			if c.parents > 2 then say { count = c.parents } end
		end },
	rule { id = "merge-dropped", name = "合并不丢改动", article = "9(1)", scope = "commit",
		says = { both = "“{path}”两边都改过，合并只留了一边；两边各动了同一处的，由统筹管理单位裁定", one = "合并丢掉了另一方对“{path}”的改动；请重新合并（git merge），保留两边的改动" },
		check = function(c, _, say)
			for _, row in ipairs(c.dropped or {}) do
				if not row.both or not c.officer or c.officer.kind ~= "coordinator" then
					say { as = row.both and "both" or "one", path = row.path, file = row.path }
				end
			end
		end },
	rule { id = "root-again", name = "历史只有一个开头", article = "6(3)", scope = "commit",
		says = "这个提交没有上一个提交，另起了一段历史；请从现有的工作区（git clone）开始",
		check = function(c, _, say)
			if c.root and not c.initial then say {} end
		end },
	rule { id = "register-owner", name = "制度和名册由统筹管理单位维护", article = "6(3)", scope = "commit",
		says = "“{path}”只能由{owners}的经办人修改；请把修改意见交给该单位",
		check = function(c, _, say)
			if not c.officer then return end
			for _, file in ipairs(c.files) do
				local row = owner_of(file.path)
				if #row > 1 and not has(row, c.officer.kind, 2) then
					local names = {}
					for i = 2, #row do names[#names + 1] = law.party[row[i]].name end
					say { path = file.path, owners = table.concat(names, "、"), file = file.path }
				end
			end
		end },
	rule { id = "ticket-place", name = "工单文件在工单文件夹里", article = "9(1)", scope = "commit",
		says = "“{path}”不在任何工单的文件夹里；工单及其材料应放在 content/tickets/年/月/工单号/ 之下",
		check = function(c, _, say)
			for _, file in ipairs(c.files) do
				if file.kind ~= "removed" and file.path:find("^content/tickets/") and not in_ticket(file.path) then
					say { path = file.path, file = file.path }
				end
			end
		end },
	rule { id = "move-alone", name = "流转不夹带", article = "9(1)", scope = "commit",
		says = "工单 {id} 流转时同时改了工单以外的“{path}”；请分两次提交",
		check = function(c, _, say)
			local moved
			for _, t in ipairs(c.tickets) do if t.moved then moved = moved or t end end
			if not moved then return end
			for _, file in ipairs(c.files) do
				if not in_ticket(file.path) then say { id = moved.id, path = file.path, file = file.path } end
			end
		end },
	rule { id = "batch", name = "成批流转须是同一步", article = "9(1)", scope = "commit",
		says = "一次提交里动了几个工单，却不是同一流程的同一步（{first} 与 {second}）；请分开提交，各写各的意见",
		check = function(c, _, say)
			local moved
			for _, t in ipairs(c.tickets) do if t.moved then moved = moved or t end end
			if not moved then return end
			for _, t in ipairs(c.tickets) do
				if t.flow_id ~= moved.flow_id or t.from ~= moved.from or t.to ~= moved.to then
					say { first = moved.id, second = t.id, file = t.file }
				end
			end
		end },
	rule { id = "file-name", name = "文件名在 Windows 上可用", article = "36", scope = "commit",
		says = "文件名“{name}”{fault}，用 U 盘交到别的单位会打不开；请改名",
		check = function(c, _, say)
			for _, file in ipairs(c.files) do
				if file.kind ~= "removed" then
					for name in file.path:gmatch("[^/]+") do
						local fault = name_fault(name)
						if fault then say { name = name, fault = fault, file = file.path } end
					end
				end
			end
		end },
	rule { id = "file-name-case", name = "文件名不只差大小写", article = "36", scope = "commit",
		says = "“{name}”与“{other}”只差大小写，在 Windows 上会互相覆盖；请改名",
		check = function(c, _, say)
			for _, file in ipairs(c.files) do
				if file.clash then say { name = file.clash_of, other = file.clash, file = file.path } end
			end
		end },
	rule { id = "file-kind", name = "只收普通文件", article = "36", scope = "commit",
		says = "“{path}”不是普通文件（链接、可执行文件或子仓库），不能收入；请换成普通文件",
		check = function(c, _, say)
			for _, file in ipairs(c.files) do
				if not file.plain then say { path = file.path, file = file.path } end
			end
		end },
	rule { id = "secret", name = "不留明文密码和私钥", article = "37", scope = "file", data = { words = secret_words, harmless = harmless },
		says = "这里像是明文的密码或私钥，不能进入仓库；请删去，密码另用密封件当面移交",
		check = function(file, _, say)
			-- Only what people write: the law and the pages speak of passwords too.
			if file.path:find("^lua/") or file.path:find("^templates/") or file.path:find("^content/pages/") then return end
			local line = secret_line(file.text)
			if line then say { file = file.path, line = line } end
		end },
}
