-- The loader of lua/grounds.lua, and how a ground is counted: for rules and pages alike. The prelude calls this
-- chunk with its own tools.
local law, fault, made_by, index = ...

-- Whether the number is one that days can be counted by.
local function check_ground(node)
	local days = node.more_than_days
	if math.type(days) ~= "integer" or days < 0 or days > 3660 then fault(node, "“more_than_days”应当是 0 到 3660 的整数") end
end
-- The last time the ticket left a stage; nil: never.
local function step_left(steps, stage)
	for i = #(steps or {}), 1, -1 do
		if steps[i].stage == stage and steps[i].left then return steps[i] end
	end
end
-- Whole days since what the ground counts from, in Beijing; nil: not handed over yet.
local function ground_days(ground, steps, now)
	local since = step_left(steps, ground.since)
	return since and (now + 28800) // 86400 - (since.left + 28800) // 86400
end
local function ground_course(ground, steps)
	return not step_left(steps, ground.not_left) and (not ground.left or step_left(steps, ground.left) ~= nil)
end
-- Whether the ticket's course is what the ground speaks of, however long it has been.
local function ground_holds(ground, values, steps)
	return ground_course(ground, steps) and not (ground.lacks and values[ground.lacks])
end
-- A field that some ground looks at; nil: all tell by the course alone.
local function grounds_ask(steps)
	for _, ground in ipairs(law.grounds) do
		if ground.lacks and ground_course(ground, steps) then return ground.lacks end
	end
end

local function load_grounds(nodes, file)
	for _, node in ipairs(nodes) do
		if made_by(node, file, "这里", "ground") then index(node, law.grounds, law.ground, node.id) check_ground(node) end
	end
end
return load_grounds, ground_days, ground_holds, grounds_ask
