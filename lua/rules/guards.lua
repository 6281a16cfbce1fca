-- Guards that need more than data: a flow calls them by `check "id"`.
local function sum(rows, column, condition)
	local total = 0
	for _, row in ipairs(rows or {}) do
		if not condition or condition(row) then total = total + (row[column] or 0) * (row.count or 1) end
	end
	return total
end
-- Whether a ticket has ever left the stage by that outcome.
local function passed(ticket, stage, outcome)
	for _, step in ipairs(ticket.steps or {}) do
		if step.stage == stage and step.outcome == outcome then return true end
	end
	return false
end
-- Of the system's other applications: whether one was agreed to; the resources of those that count as first, too.
local function other_applications(t)
	local agreed, firsts = false, { t.values.resources }
	for _, other in ipairs(t.others or {}) do
		agreed = agreed or passed(other, "approve", "agree")
		if other.values.first == true and passed(other, "assess", "assess") and other.stage ~= "refuse" and other.stage ~= "cancelled" then
			firsts[#firsts + 1] = other.values.resources
		end
	end
	return agreed, firsts
end

-- What the system holds on this day, by id: lists of rows, since a machine and its backup share an id.
local function held_by_id(t)
	local held = {}
	for _, row in ipairs(t.ledger or {}) do
		held[row.id] = held[row.id] or {}
		table.insert(held[row.id], row)
	end
	return held
end
local function of_type(rows, kind)
	for _, row in ipairs(rows or {}) do if not kind or row.type == kind then return row end end
end
-- The scale-outs that a row of the ask needs: by its type and the columns it fills.
local function asks_of(row)
	local out = {}
	for _, ask in ipairs(row.direction == "扩容" and law.scale_outs or {}) do
		local asked = ask.type == row.type and (ask.asks == "any" or ask.asks == "compute" and (row.vcpu or row.memory_gb) or row[ask.asks])
		if asked then out[#out + 1] = ask end
	end
	return out
end
-- Each row of the ask whose resource has use in the parent's tree.
local function for_measured(t, each)
	local by_id = {}
	for _, used in ipairs(t.usage or {}) do by_id[used.id .. "\n" .. used.type] = used end
	for i, row in ipairs(t.values.resources or {}) do
		local used = by_id[(row.id or "") .. "\n" .. (row.type or "")]
		if used then each(row, used, i) end
	end
end
-- "62.5" of 62.50
local function figure(value) return (("%.2f"):format(value):gsub("%.?0+$", "")) end
local function fen(value) return math.floor((value or 0) * 100 + 0.5) end
local function yuan(amount) return ("%.2f"):format(amount / 100) end

-- 37: words that show an account to be shared; how a masked mobile looks, # being a digit; what means no limit.
local shared_by_several = { "、", ",", "，", "/", "等", "共用", "全体" }
local masked_mobile = "1##****####"
local unlimited = { "any", "任意", "不限", "全部", "*", "0.0.0.0", "0.0.0.0/0", "::/0", "::", "0/0", "*.*.*.*", "anyip", "所有", "所有地址", "任意地址", "全网", "互联网" }
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
			-- By the ticket, not by where its officers are registered today.
			local party, by_tenant = c.officer, t.opened_kind == "tenant"
			if party and (by_tenant and party.id == t.values.tenant or not by_tenant and party.kind == t.opened_kind) then
				say { party = party.name, key = "stage" }
			end
		end },
	rule { id = "totals-within-proposal", name = "首次申请不超总量", article = "13(2)2", scope = "need",
		says = "首次申请的{type}{what}合计 {asked}{with}，大于立项方案或实施方案的 {planned}；请核减或先调整方案",
		check = function(_, t, say)
			if t.values.first ~= true then return end
			local _, firsts = other_applications(t)
			local with = #firsts > 1 and "（连同已评估的首次申请）" or ""
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
					local asked = 0
					for _, rows in ipairs(firsts) do asked = asked + sum(rows, column, function(row) return row.type == kind end) end
					if asked > planned then say { with = with, type = kind, what = words[column], asked = asked, planned = planned, key = "resources" } end
				end
			end
		end },
	rule { id = "first-application", name = "首次申请如实填", article = "13(2)2", scope = "need", severity = "warn",
		says = "系统“{system}”在这里还没有同意过的申请，first 却填了“否”；是首次申请的，请退回补正，改为“是”并填 proposal",
		check = function(_, t, say)
			if t.values.first == false and not other_applications(t) then say { system = t.values.system or "", key = "first" } end
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
	rule { id = "scale-out-evidence", name = "扩容须达标", article = "19(2)", scope = "need",
		serves = { "19(2)1", "19(2)2", "19(2)3", "19(2)4", "19(2)5", "19(2)6" },
		says = "“{name}”要扩容，{words}须不低于 {least}%，现在填的是 {value}；未达标的不能扩容",
		check = function(_, t, say)
			for i, row in ipairs(t.values.resources or {}) do
				for _, ask in ipairs(asks_of(row)) do
					for _, n in ipairs(ask.all) do
						local value = row[n[1]]
						if not value or n.at_least and value < n.at_least or n.at_most and value > n.at_most or n.more_than and value <= n.more_than then
							say { name = row.name or row.id or "", words = n.words, least = n.at_least, value = value or "空", article = ask.article, key = ("resources[%d].%s"):format(i, n[1]) }
						end
					end
				end
			end
		end },
	rule { id = "figures-as-measured", name = "扩容、缩容的数字与用量一致", article = "19(2)", scope = "need", wants = "usage", serves = { "19(3)" },
		says = { below = "“{id}”的{words}按已导入的用量是 {measured}%，低于 {least}%；未达标的不能扩容，请更正或取消",
			few = "“{id}”{month} 的低负载天数按已导入的用量是 {measured} 天，没有多于 {least} 天；不能以低负载申请缩容，请更正" },
		check = function(_, t, say)
			for_measured(t, function(row, used, i)
				for _, ask in ipairs(asks_of(row)) do
					for _, bound in ipairs(ask.all) do
						local measured = (used.asks[ask.asks] or {})[bound[1]]
						if measured and bound.at_least and measured < bound.at_least then
							say { as = "below", id = row.id, words = bound.words, measured = figure(measured), least = bound.at_least, article = ask.article, key = ("resources[%d].%s"):format(i, bound[1]) }
						end
					end
				end
				local low, limit = row.direction == "缩容" and used.low_days[row.low_load_month or ""], law.indicators.low_month
				if low and row.low_load_days and low <= limit.more_than_days then
					say { as = "few", id = row.id, month = row.low_load_month, measured = low, least = limit.more_than_days, article = limit.article, key = ("resources[%d].low_load_days"):format(i) }
				end
			end)
		end },
	rule { id = "figures-differ", name = "扩容、缩容的数字照用量填", article = "19(2)", scope = "need", severity = "warn", wants = "usage",
		says = "“{id}”的{words}填的是 {value}，按已导入的用量是 {measured}；请核对，以用量为准",
		check = function(_, t, say)
			for_measured(t, function(row, used, i)
				for _, ask in ipairs(asks_of(row)) do
					for _, bound in ipairs(ask.all) do
						local measured, value = (used.asks[ask.asks] or {})[bound[1]], row[bound[1]]
						if measured and value and math.abs(measured - value) >= 0.1 then
							say { id = row.id, words = bound.words, value = figure(value) .. "%", measured = figure(measured) .. "%", article = ask.article, key = ("resources[%d].%s"):format(i, bound[1]) }
						end
					end
				end
				local low = row.direction == "缩容" and used.low_days[row.low_load_month or ""]
				if low and row.low_load_days and low ~= row.low_load_days then
					say { id = row.id, words = row.low_load_month .. " 低负载天数", value = row.low_load_days .. " 天", measured = low .. " 天", article = "19(3)1", key = ("resources[%d].low_load_days"):format(i) }
				end
			end)
		end },
	rule { id = "resources-exist", name = "资源确实在用", article = "19(1)", scope = "need", wants = "ledger",
		says = { none = "系统“{system}”名下没有编号为“{id}”的资源；请按发放单填写资源编号", type = "资源“{id}”发放时是“{held}”，这里填的是“{type}”；请更正" },
		check = function(_, t, say)
			local held = held_by_id(t)
			for i, row in ipairs(t.values.resources or {}) do
				local known = row.id and held[row.id]
				if row.id and not known then say { as = "none", system = t.values.system or "", id = row.id, key = ("resources[%d].id"):format(i) }
				elseif known and row.type and not of_type(known, row.type) then
					say { as = "type", id = row.id, held = known[1].type, type = row.type, key = ("resources[%d].type"):format(i) }
				end
			end
		end },
	rule { id = "done-as-held", name = "调整、撤销的是在用的资源", article = "43", scope = "need", wants = "ledger",
		says = { none = "系统“{system}”名下没有在用的“{id}”，不能登记{what}；请核对编号", early = "“{id}”的{what}日期 {day} 早于它现有配置的起始日 {since}；请核对",
			late = "“{id}”的{what}日期 {day} 在将来；请在实施以后登记", asked = "申请表里没有“{id}”，不能登记{what}；请只登记申请过的资源" },
		check = function(c, t, say)
			local ledger = t.flow.ledger
			local held, asked = held_by_id(t), {}
			for _, row in ipairs(t.values.resources or {}) do asked[row.id or ""] = true end
			for i, row in ipairs(t.values[ledger.rows] or {}) do
				local id, day = row.id or "", row[ledger.day] or ""
				local known = of_type(held[id], row.type)
				local words = { id = id, what = ledger.mark, day = day, system = t.values.system or "", key = ("%s[%d].%s"):format(ledger.rows, i, ledger.day) }
				-- On a second visit the ledger has what this ticket did the first time.
				if known and known.ticket == t.id then known = nil
				elseif not known and (t.visit or 1) == 1 then words.as, words.key = "none", ("%s[%d].id"):format(ledger.rows, i) say(words) end
				if known and day < known.since then words.as, words.since = "early", known.since say(words) end
				if day > c.time_text:sub(1, 10) then words.as = "late" say(words) end
				if not asked[id] and (known or (t.visit or 1) > 1) then words.as, words.key = "asked", ("%s[%d].id"):format(ledger.rows, i) say(words) end
			end
		end },
	rule { id = "revoke-ground", name = "撤销情形成立", article = "24(2)", scope = "need", wants = "ledger",
		serves = { "24(2)1", "24(2)2", "24(2)3" },
		says = { few = "“{ground}”不成立：资源发放至今 {days} 天，须超过 {needed} 天", state = "“{ground}”不成立：从申请工单 {id} 的办理过程看，不是这种情形",
			none = "找不到发放这些资源的申请工单，无法核对“{ground}”；请核对资源编号" },
		check = function(c, t, say)
			local ground = law.ground[t.values.revoke_ground or ""]
			if not ground then return end
			-- Every ticket that opened one of these resources.
			local held, opened, ids = held_by_id(t), {}, {}
			for _, row in ipairs(t.values.resources or {}) do
				local known = of_type(held[row.id or ""], row.type) or of_type(held[row.id or ""])
				if known and not opened[known.opened_by] then opened[known.opened_by], ids[#ids + 1] = true, known.opened_by end
			end
			if #ids == 0 then say { as = "none", ground = t.values.revoke_ground, key = "revoke_ground", article = ground.article } end
			for _, other in ipairs(t.others or {}) do
				local days = opened[other.id] and ground_days(ground, other.steps, c.time)
				local words = { ground = t.values.revoke_ground, key = "revoke_ground", article = ground.article, id = other.id }
				if days then
					words.days, words.needed = days, ground.more_than_days
					if days <= ground.more_than_days then words.as = "few" say(words)
					elseif not ground_holds(ground, other.values, other.steps) then words.as = "state" say(words) end
				end
			end
		end },
	rule { id = "table-differences-explained", name = "费用表与台账一致", article = "44", scope = "need", wants = "bill", serves = { "43" },
		says = { total = "费用表各行合计 {sum} 元，与合计金额 {total} 元不符；请核对", twice = "{month} 已有结算工单 {id}；一个月只结算一次",
			early = "{month} 还没有结束，不能结算；请在次月办理", fault = "这个月的费用算不出：{message}",
			lacks = "表中缺少“{resource}”（{type}，{from} 起）这一行，按台账应为 {computed} 元；请用 yunjuan bill {month} --ticket 重填，或在 differences 里说明",
			extra = "台账里没有“{resource}”（{type}，{from} 起）这一行；请删去，或在 differences 里说明",
			differs = "“{resource}”（{type}，{from} 起）的{what}填的是 {listed}，按台账应为 {computed}；请更正，或在 differences 里说明",
			explained = "“{resource}”的差异说明写的是计算 {said_computed} 元、表中 {said_listed} 元，实际是 {computed} 元和 {listed} 元；请更正" },
		check = function(_, t, say)
			local cents, listed, explained = 0, {}, {}
			local function key_of(row) return table.concat({ row.resource or "", row.type or "", row.from or "", row.of_month or "" }, "\n") end
			local function sum_key(row) return (row.resource or "") .. "\n" .. (row.of_month or "") end
			local sums, listed_sums = {}, {}
			for i, row in ipairs(t.values.fees or {}) do
				cents = cents + fen(row.amount)
				listed[key_of(row)] = listed[key_of(row)] or i
				listed_sums[sum_key(row)] = (listed_sums[sum_key(row)] or 0) + fen(row.amount)
			end
			local total = fen(t.values.total)
			if cents ~= total then say { as = "total", sum = yuan(cents), total = yuan(total), key = "total" } end
			for _, other in ipairs(t.others or {}) do
				if other.flow == "settle" and other.stage ~= "cancelled" and other.values.month == t.values.month then
					say { as = "twice", month = t.values.month, id = other.id, key = "month" }
				end
			end
			local bill = t.bill
			if not bill then return end
			if bill.running then return say { as = "early", month = bill.month, key = "month" } end
			for _, fault in ipairs(bill.faults) do say { as = "fault", message = fault.message, key = "month" } end
			if #bill.faults > 0 then return end
			for _, row in ipairs(bill.rows) do sums[sum_key(row)] = (sums[sum_key(row)] or 0) + row.amount_fen end
			for i, row in ipairs(t.values.differences or {}) do
				local k = sum_key(row)
				local words = { as = "explained", resource = row.resource or "", said_computed = yuan(fen(row.computed)), said_listed = yuan(fen(row.listed)),
					computed = yuan(sums[k] or 0), listed = yuan(listed_sums[k] or 0), key = ("differences[%d].computed"):format(i) }
				if words.said_computed ~= words.computed or words.said_listed ~= words.listed then say(words) end
				explained[k] = true
			end
			local known = {}
			for _, row in ipairs(bill.rows) do
				local at = listed[key_of(row)]
				known[key_of(row)] = true
				local mine = at and t.values.fees[at]
				local words = { resource = row.resource, type = row.type, from = row.from, month = bill.month, computed = yuan(row.amount_fen), key = "fees" }
				if not explained[sum_key(row)] then
					if not mine then words.as = "lacks" say(words)
					else
						for _, pair in ipairs { { "使用单位", "tenant", mine.tenant, row.tenant }, { "系统", "system", mine.system, row.system }, { "止日", "to", mine.to, row.to },
							{ "天数", "days", mine.days, row.days }, { "月单价", "unit_price", yuan(fen(mine.unit_price)), yuan(row.unit_fen) },
							{ "金额", "amount", yuan(fen(mine.amount)), yuan(row.amount_fen) }, { "变动", "change", mine.change or "", row.change } } do
							if pair[3] ~= pair[4] then
								words.as, words.what, words.listed, words.computed = "differs", pair[1], pair[3] == "" and "空" or pair[3] or "空", pair[4] == "" and "空" or pair[4]
								words.key = ("fees[%d].%s"):format(at, pair[2])
								say(words)
							end
						end
					end
				end
			end
			for i, row in ipairs(t.values.fees or {}) do
				if (not known[key_of(row)] or listed[key_of(row)] ~= i) and not explained[sum_key(row)] then
					say { as = "extra", resource = row.resource or "", type = row.type or "", from = row.from or "", key = ("fees[%d].resource"):format(i) }
				end
			end
		end },
	rule { id = "check-dates", name = "交付日期与办理记录一致", article = "45", scope = "need", wants = "bill",
		says = { date = "“{resource}”的交付日期填的是 {listed}，工单 {id} 的记录是 {found}；请更正，或走“不一致”退回",
			none = "{month} 没有“{resource}”的{change}记录；请删去这一行，或走“有差异”退回",
			lacks = "“{resource}”在 {found} 有{change}（工单 {id}），没有列入复核；请在 month_changes 里加一行" },
		check = function(_, t, say)
			local bill, checked = t.bill, {}
			if not bill then return end
			for i, row in ipairs(t.values.month_changes or {}) do
				local found, other
				for k, change in ipairs(bill.changes) do
					if change.resource == row.resource and change.change == row.change then
						other = change
						if change.day == row.delivered_on then found, checked[k] = change, true end
					end
				end
				local key = ("month_changes[%d].delivered_on"):format(i)
				if not other then say { as = "none", month = bill.month, resource = row.resource or "", change = row.change or "", key = ("month_changes[%d].resource"):format(i) }
				elseif not found then say { as = "date", resource = row.resource, listed = row.delivered_on or "空", id = other.ticket, found = other.day, key = key } end
			end
			for k, change in ipairs(bill.changes) do
				local seen = checked[k]
				for _, row in ipairs(t.values.month_changes or {}) do seen = seen or row.resource == change.resource and row.change == change.change end
				if not seen then say { as = "lacks", resource = change.resource, found = change.day, change = change.change, id = change.ticket, key = "month_changes" } end
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
			lacks = "支付周期里的 {month} 没有列出", total = "各月合计 {sum} 元，与合计金额 {total} 元不符",
			amount = "{month} 填的是 {listed} 元，结算工单 {id} 签章的是 {found} 元；请更正", ticket = "{month} 的结算工单是 {id}，这里填的是 {listed}；请更正", again = "{month} 列了两行；一个月只付一次" },
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
				local done = settled[month]
				if listed[month] then say { as = "again", month = month, key = key } end
				listed[month] = true
				cents = cents + fen(row.amount)
				if not done then say { as = "open", month = month, key = key }
				else
					if done.id ~= row.ticket then say { as = "ticket", month = month, id = done.id, listed = row.ticket or "空", key = ("months[%d].ticket"):format(i) } end
					if fen(done.values.total) ~= fen(row.amount) then
						say { as = "amount", month = month, id = done.id, listed = yuan(fen(row.amount)), found = yuan(fen(done.values.total)), key = ("months[%d].amount"):format(i) }
					end
				end
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
			local total = fen(t.values.total)
			if cents ~= total then say { as = "total", sum = yuan(cents), total = yuan(total), key = "total" } end
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
		says = { any = "端口的{what}“{value}”等于不限；请写明确切的地址", past = "截止日期 {until_day} 已过；请填今后的日期", none = "端口没有截止日期；请填到期关闭的日期" },
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
