-- Guards that need more than data: a flow calls them by `check "id"`.
local function sum(rows, column, condition)
	local total = 0
	for _, row in ipairs(rows or {}) do
		if not condition or condition(row) then total = total + (row[column] or 0) * (row.count or 1) end
	end
	return total
end
local function step_of(t, stage, outcome)
	for i = #(t.steps or {}), 1, -1 do
		local step = t.steps[i]
		if step.stage == stage and step.left and (not outcome or step.outcome == outcome) then return step end
	end
end
local function days_between(from, to) return (to + 28800) // 86400 - (from + 28800) // 86400 end

-- Every resource id that the other tickets of the system were granted, less what was revoked.
local function resources_held(t)
	local held = {}
	for _, other in ipairs(t.others or {}) do
		for _, row in ipairs(other.values.granted or {}) do held[row.id or ""] = row end
		for _, row in ipairs(other.stage == "closed" and other.values.revoked or {}) do held[row.id or ""] = nil end
	end
	return held
end

-- 19(2): what a scale-out of this kind must show: { column, at least, words, article }.
local thresholds = {
	["虚拟机"] = { vcpu = { { "vcpu_peak_pct", 60, "前 5 个工作日 vCPU 峰值使用率", "19(2)1" } }, memory_gb = { { "memory_peak_pct", 40, "前 5 个工作日内存峰值使用率", "19(2)2" } },
		storage_gb = { { "storage_pct", 60, "当前存储使用率", "19(2)3" } } },
	["PaaS 数据库"] = { compute = { { "vcpu_mean_pct", 40, "前 5 个工作日 vCPU 平均使用率", "19(2)4" }, { "vcpu_peak_pct", 60, "前 5 个工作日 vCPU 峰值使用率", "19(2)4" } },
		storage_gb = { { "storage_pct", 60, "当前存储使用率", "19(2)5" } } },
	["PaaS 容器"] = { any = { { "vcpu_peak_pct", 60, "前 5 个工作日 vCPU 峰值使用率", "19(2)6" } } },
}

-- 24(2)1 to 3, computed from the apply ticket: days since 交付, and how far the tenant got.
local grounds = {
	["发放超过 30 天未开展部署"] = { days = 30, article = "24(2)1", holds = function(values, other) return not values.deploy_started_on and not step_of(other, "deploy") end },
	["发放超过 60 天未完成部署"] = { days = 60, article = "24(2)2", holds = function(_, other) return not step_of(other, "deploy") end },
	["发放超过 90 天未检测上线"] = { days = 90, article = "24(2)3", holds = function(_, other) return step_of(other, "deploy") and not step_of(other, "golive") end },
}

-- 37: words that show an account to be shared; how a masked mobile looks, # being a digit; what means no limit.
local shared_by_several = { "、", ",", "，", "/", "等", "共用", "全体" }
local masked_mobile = "1##****####"
local unlimited = { "any", "任意", "不限", "全部", "*", "0.0.0.0", "0.0.0.0/0", "::/0", "所有" }
local function has_any(text, words)
	for _, word in ipairs(words) do if text:find(word, 1, true) then return true end end
	return false
end
local function fits_mask(text, mask)
	return text:find("^" .. mask:gsub("%*", "%%*"):gsub("#", "%%d") .. "$") ~= nil
end

return {
	rule { id = "system-name", name = "系统名称一字不差", article = "12(2)1", scope = "need", serves = { "12(2)", "13(2)5" },
		says = { register = "系统名称“{name}”与登记册不一致{near}；系统名称须逐字相同", plan = "方案中的系统名称“{plan}”与“{name}”不一致；系统名称须逐字相同",
			owner = "系统“{name}”在登记册中属于 {owner}，不属于本工单的使用单位" },
		check = function(_, t, say)
			local name, plan = t.values.system or "", t.values.plan_system
			if not t.system then say { as = "register", name = name, near = "（登记册在 content/systems/）", key = "system" }
			elseif t.system.tenant ~= t.values.tenant then say { as = "owner", name = name, owner = t.system.tenant, key = "system" } end
			if plan and plan ~= name then say { as = "plan", plan = plan, name = name, key = "plan_system" } end
		end },
	rule { id = "not-own-request", name = "不批自己的申请", article = "14(1)", scope = "need",
		says = "“{party}”是这张工单的申请方，不能审批自己的申请；请由其他单位审批",
		check = function(c, t, say)
			local request = step_of(t, "request")
			if request and request.officer and c.officer and request.officer.id == c.officer.id then say { party = c.officer.name, key = "stage" } end
		end },
	rule { id = "totals-within-proposal", name = "首次申请不超总量", article = "13(2)2", scope = "need",
		says = "首次申请的{type}{what}合计 {asked}，大于立项方案或实施方案的 {planned}；请核减或先调整方案",
		check = function(_, t, say)
			if t.values.first ~= true then return end
			local words = { vcpu = " vCPU（核）", memory_gb = "内存（GB）", storage_gb = "存储（GB）" }
			local types, seen = {}, {}
			for _, row in ipairs(t.values.resources or {}) do
				if row.type and not seen[row.type] then types[#types + 1], seen[row.type] = row.type, true end
			end
			for _, kind in ipairs(types) do
				for _, column in ipairs { "vcpu", "memory_gb", "storage_gb" } do
					local planned = 0
					for _, row in ipairs(t.values.proposal or {}) do
						if row.type == kind then planned = planned + (row[column] or 0) end
					end
					local asked = sum(t.values.resources, column, function(row) return row.type == kind end)
					if asked > planned then say { type = kind, what = words[column], asked = asked, planned = planned, key = "resources" } end
				end
			end
		end },
	rule { id = "large-vm-remark", name = "大规格虚拟机须说明", article = "13(2)3", scope = "need",
		says = "虚拟机“{name}”大于 8 核或 32 GB，评估时须逐台说明；请在 vm_remarks 里写一行 name: {name}",
		check = function(_, t, say)
			local remarked = {}
			for _, row in ipairs(t.values.vm_remarks or {}) do remarked[row.name or ""] = row.remark end
			for i, row in ipairs(t.values.resources or {}) do
				if row.type == "虚拟机" and ((row.vcpu or 0) > 8 or (row.memory_gb or 0) > 32) and not remarked[row.name or ""] then
					say { name = row.name or "", key = ("resources[%d]"):format(i) }
				end
			end
		end },
	rule { id = "large-storage-agreed", name = "大存储须说明并同意", article = "13(2)4", scope = "need",
		says = { growth = "有存储需求大于 {limit} GB，须结合数据增长说明；请填 storage_growth", agreed = "有存储需求大于 {limit} GB，评估实施单位须表示同意；请把 storage_agreed_operator 填为“是”，不同意的走退回补正" },
		check = function(_, t, say)
			local limit = law.reading["storage-each"].value
			if not t.values.storage_growth then say { as = "growth", limit = limit, key = "storage_growth" } end
			if t.values.storage_agreed_operator ~= true then say { as = "agreed", limit = limit, key = "storage_agreed_operator" } end
		end },
	rule { id = "late-provision-warned", name = "延期发放须警示", article = "16(3)", scope = "need",
		says = "资源发放超过了时限，工单里却没有“工作警示”；请复核单位发出工作警示并存入工单",
		check = function(_, t, say)
			local late
			for _, step in ipairs(t.steps or {}) do late = late or step.stage == "provision" and step.late end
			if not late then return end
			for _, row in ipairs(t.values.attachments or {}) do
				if row.paper == "工作警示" and (t.papers[row.file or ""] or 0) > 0 then return end
			end
			say { key = "attachments" }
		end },
	rule { id = "scale-out-evidence", name = "扩容须达标", article = "19(2)", scope = "need", data = thresholds,
		serves = { "19(2)1", "19(2)2", "19(2)3", "19(2)4", "19(2)5", "19(2)6" },
		says = "“{name}”要扩容，{words}须不低于 {least}%，现在填的是 {value}；未达标的不能扩容",
		check = function(_, t, say)
			for i, row in ipairs(t.values.resources or {}) do
				local rows = row.direction == "扩容" and thresholds[row.type or ""] or {}
				for column, needed in pairs(rows) do
					local asked = column == "any" or column == "compute" and (row.vcpu or row.memory_gb) or row[column]
					for _, n in ipairs(asked and needed or {}) do
						if (row[n[1]] or -1) < n[2] then
							say { name = row.name or row.id or "", words = n[3], least = n[2], value = row[n[1]] or "空", article = n[4], key = ("resources[%d].%s"):format(i, n[1]) }
						end
					end
				end
			end
		end },
	rule { id = "resources-exist", name = "资源确实在用", article = "19(1)", scope = "need",
		says = { none = "系统“{system}”名下没有编号为“{id}”的资源；请按发放单填写资源编号", type = "资源“{id}”发放时是“{held}”，这里填的是“{type}”；请更正" },
		check = function(_, t, say)
			local held = resources_held(t)
			for i, row in ipairs(t.values.resources or {}) do
				local known = row.id and held[row.id]
				if row.id and not known then say { as = "none", system = t.values.system or "", id = row.id, key = ("resources[%d].id"):format(i) }
				elseif known and row.type and known.type and row.type ~= known.type then
					say { as = "type", id = row.id, held = known.type, type = row.type, key = ("resources[%d].type"):format(i) }
				end
			end
		end },
	rule { id = "revoke-ground", name = "撤销情形成立", article = "24(2)", scope = "need",
		serves = { "24(2)1", "24(2)2", "24(2)3" },
		says = { few = "“{ground}”不成立：资源发放至今 {days} 天，须超过 {needed} 天", state = "“{ground}”不成立：从申请工单 {id} 的办理过程看，不是这种情形",
			none = "找不到发放这些资源的申请工单，无法核对“{ground}”" },
		check = function(c, t, say)
			local ground = grounds[t.values.revoke_ground or ""]
			if not ground then return end
			local wanted = {}
			for _, row in ipairs(t.values.resources or {}) do wanted[row.id or ""] = true end
			local found
			for _, other in ipairs(t.others or {}) do
				for _, row in ipairs(other.values.granted or {}) do if wanted[row.id or ""] then found = other end end
			end
			local delivered = found and step_of(found, "provision")
			local words = { ground = t.values.revoke_ground, key = "revoke_ground", article = ground.article, id = found and found.id }
			if not delivered then words.as = "none" return say(words) end
			words.days, words.needed = days_between(delivered.left, c.time), ground.days
			if words.days <= ground.days then words.as = "few" say(words)
			elseif not ground.holds(found.values, found) then words.as = "state" say(words) end
		end },
	rule { id = "table-differences-explained", name = "费用表合计相符", article = "44", scope = "need",
		says = { total = "费用表各行合计 {sum} 元，与合计金额 {total} 元不符；请核对", twice = "{month} 已有结算工单 {id}；一个月只结算一次" },
		check = function(_, t, say)
			local cents = 0
			for _, row in ipairs(t.values.fees or {}) do cents = cents + math.floor((row.amount or 0) * 100 + 0.5) end
			local total = math.floor((t.values.total or 0) * 100 + 0.5)
			if cents ~= total then say { as = "total", sum = ("%.2f"):format(cents / 100), total = ("%.2f"):format(total / 100), key = "total" } end
			for _, other in ipairs(t.others or {}) do
				if other.flow == "settle" and other.stage ~= "cancelled" and other.values.month == t.values.month then
					say { as = "twice", month = t.values.month, id = other.id, key = "month" }
				end
			end
		end },
	rule { id = "check-dates", name = "交付日期与办理记录一致", article = "45", scope = "need",
		says = "“{resource}”的交付日期填的是 {listed}，工单 {id} 的记录是 {found}；请更正，或走“不一致”退回",
		check = function(_, t, say)
			local opened = {}
			for _, other in ipairs(t.others or {}) do
				for _, row in ipairs(other.values.granted or {}) do
					if row.id and row.opened_on then opened[row.id] = { row.opened_on, other.id } end
				end
			end
			for i, row in ipairs(t.values.month_changes or {}) do
				local known = row.change == "新增" and opened[row.resource or ""]
				if known and known[1] ~= row.delivered_on then
					say { resource = row.resource, listed = row.delivered_on, id = known[2], found = known[1], key = ("month_changes[%d].delivered_on"):format(i) }
				end
			end
		end },
	rule { id = "signatures-same-table", name = "三方签的是同一张表", article = "46", scope = "need",
		says = "签章期间费用表被改动（{keys}）；请还原，或退回重新复核后再签",
		check = function(_, t, say)
			local changed = {}
			for _, key in ipairs(t.changed_keys) do
				if key ~= "stage" and key ~= "signed" then changed[#changed + 1] = key end
			end
			if #changed > 0 then say { keys = table.concat(changed, "、"), key = changed[1] } end
		end },
	rule { id = "periods-settled", name = "只付已结算的月份", article = "47", scope = "need",
		says = { open = "{month} 还没有办结的结算工单，不能支付", paid = "{month} 已在工单 {id} 中支付，不能再付", gap = "{month} 不在 {from} 至 {to} 的支付周期里",
			lacks = "支付周期里的 {month} 没有列出", total = "各月合计 {sum} 元，与合计金额 {total} 元不符" },
		check = function(_, t, say)
			local settled, paid, listed, cents = {}, {}, {}, 0
			for _, other in ipairs(t.others or {}) do
				if other.flow == "settle" and other.stage == "closed" then settled[other.values.month or ""] = other end
				if other.flow == "pay" and other.stage ~= "cancelled" then
					for _, row in ipairs(other.values.months or {}) do paid[row.month or ""] = other.id end
				end
			end
			local from, to = t.values.period_from or "", t.values.period_to or ""
			for i, row in ipairs(t.values.months or {}) do
				local month, key = row.month or "", ("months[%d].month"):format(i)
				listed[month] = true
				cents = cents + math.floor((row.amount or 0) * 100 + 0.5)
				if not settled[month] then say { as = "open", month = month, key = key } end
				if paid[month] then say { as = "paid", month = month, id = paid[month], key = key } end
				if month < from or month > to then say { as = "gap", month = month, from = from, to = to, key = key } end
			end
			local year, month = tonumber(from:sub(1, 4)) or 0, tonumber(from:sub(6, 7)) or 1
			for _ = 1, 60 do
				local text = ("%04d-%02d"):format(year, month)
				if text > to then break end
				if not listed[text] then say { as = "lacks", month = text, key = "months" } end
				year, month = month == 12 and year + 1 or year, month % 12 + 1
			end
			local total = math.floor((t.values.total or 0) * 100 + 0.5)
			if cents ~= total then say { as = "total", sum = ("%.2f"):format(cents / 100), total = ("%.2f"):format(total / 100), key = "total" } end
		end },
	rule { id = "access-named-person", name = "一人一号", article = "37", scope = "need", data = { shared = shared_by_several, mobile = masked_mobile },
		says = { shared = "账号使用人“{person}”像是多人共用；一个账号只给一个人", mobile = "“{person}”没有本人手机号，收不到短信验证码；请填遮蔽后的手机号",
			masked = "“{mobile}”应遮蔽中间数字（例如 138****0000），完整号码只写在密封件里", twice = "“{person}”申请了两个账号；一个人一个账号" },
		check = function(_, t, say)
			local seen = {}
			for i, row in ipairs(t.values.accounts or {}) do
				local person, mobile = row.person or "", row.mobile or ""
				local key = ("accounts[%d]."):format(i)
				if has_any(person, shared_by_several) then
					say { as = "shared", person = person, key = key .. "person" }
				end
				if mobile == "" then say { as = "mobile", person = person, key = key .. "person" }
				elseif not fits_mask(mobile, masked_mobile) then say { as = "masked", mobile = mobile, key = key .. "mobile" } end
				if seen[person .. (row.target or "") .. mobile] then say { as = "twice", person = person, key = key .. "person" } end
				seen[person .. (row.target or "") .. mobile] = true
			end
		end },
	rule { id = "access-port-exact", name = "端口写明来去", article = "37", scope = "need", data = { open = unlimited },
		says = { any = "端口的{what}“{value}”等于不限；请写明确切的地址", past = "截止日期 {until_day} 已过", none = "端口没有截止日期" },
		check = function(c, t, say)
			local open = {}
			for _, word in ipairs(unlimited) do open[word] = true end
			for i, row in ipairs(t.values.ports or {}) do
				local key = ("ports[%d]."):format(i)
				for _, what in ipairs { { "source", "来源" }, { "target", "目标" } } do
					local value = tostring(row[what[1]] or "")
					if open[value:lower():gsub("%s", "")] then say { as = "any", what = what[2], value = value, key = key .. what[1] } end
				end
				if not row["until"] then say { as = "none", key = key .. "until" }
				elseif row["until"] < c.time_text:sub(1, 10) then say { as = "past", until_day = row["until"], key = key .. "until" } end
			end
		end },
}
