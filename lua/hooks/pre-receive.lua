-- git's pre-receive at the hub: every commit that comes in is judged again, in order.
-- git.lines: "old new ref", one a ref.
local none = ("0"):rep(40)
return function(git)
	local actions = {}
	for _, line in ipairs(git.lines) do
		local old, new, ref = line:match("^(%x+) (%x+) (.+)$")
		if not ref then
			actions[#actions + 1] = { refuse = "git 交来的一行看不懂：" .. line }
		elseif not ref:find("^refs/heads/") then
			actions[#actions + 1] = { refuse = "只接收分支（refs/heads/），不接收 " .. ref }
		elseif new == none then
			actions[#actions + 1] = { refuse = "不能删除分支 " .. ref }
		else
			actions[#actions + 1] = { judge = "range", from = old ~= none and old or nil, to = new, forward = true }
		end
	end
	return actions
end
