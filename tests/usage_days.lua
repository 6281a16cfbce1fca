-- usage_days.lua make SEED | check: an independent, slow look at minute samples. `make` prints the samples
-- of a month, in no order, some minutes twice; `check` reads samples and prints what the files below
-- content/usage must hold: for each "month/vm" and its rows.
-- Decimals are kept as whole millionths; nothing is taken from the program.
local mode, seed = arg[1], tonumber(arg[2] or "1")

local function make()
	local state = seed
	local function random(n)
		state = (state * 1103515245 + 12345) & 0x7fffffff
		return (state >> 8) % n
	end
	local rows = {}
	for vm = 1, 4 do
		for day = 1, 30 do
			local step = 1 + random(5)
			for minute = random(60), 1439, step do
				local dots = { "%d", "%d.%d", "%d.%03d" }
				local row = ("mzvm-%d,2021-%02d-%02d %02d:%02d%s"):format(vm, 4 + (day > 20 and 1 or 0), day, minute // 60, minute % 60,
					random(4) == 0 and (":%02d"):format(random(60)) or "")
				for _ = 1, 4 do row = row .. "," .. dots[1 + random(3)]:format(random(100), random(10)) end
				rows[#rows + 1] = row
				if random(200) == 0 then rows[#rows + 1] = row:gsub(",[^,]*$", "," .. random(1000)) end
			end
		end
	end
	for i = #rows, 2, -1 do
		local j = 1 + random(i)
		rows[i], rows[j] = rows[j], rows[i]
	end
	print("vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb")
	for _, row in ipairs(rows) do print(row) end
end

local function millionths(text)
	local whole, rest = text:match("^(%d+)%.?(%d*)$")
	return tonumber(whole) * 1000000 + tonumber((rest .. "000000"):sub(1, 6))
end
local function decimal(n)
	local text = ("%d.%06d"):format(n // 1000000, n % 1000000):gsub("0+$", "")
	return (text:gsub("%.$", ""))
end

local function check()
	local days = {} -- vm month → day → minute → the four numbers
	for line in io.lines() do
		local vm, month, day, hour, minute, a, b, c, d = line:match("^([^,]*),(%d+%-%d+)%-(%d+) (%d+):(%d+)[:%d]*,([^,]*),([^,]*),([^,]*),([^,]*)$")
		if vm then
			local key = month .. "/" .. vm
			days[key] = days[key] or {}
			days[key][day] = days[key][day] or {}
			days[key][day][hour * 60 + minute] = { millionths(a), millionths(b), millionths(c), millionths(d) }
		end
	end
	local keys = {}
	for key in pairs(days) do keys[#keys + 1] = key end
	table.sort(keys)
	for _, key in ipairs(keys) do
		print(key)
		for number = 1, 31 do
			local minutes = days[key][("%02d"):format(number)]
			if minutes then
				local n, work, sums, peaks, last = 0, 0, { 0, 0 }, { 0, 0 }, nil
				for minute = 0, 1439 do
					local sample = minutes[minute]
					if sample then
						n, last = n + 1, minute
						local working = minute >= 8 * 60 and minute < 20 * 60
						work = work + (working and 1 or 0)
						for i = 1, 2 do
							sums[i] = sums[i] + (working and sample[i] or 0)
							peaks[i] = math.max(peaks[i], sample[i])
						end
					end
				end
				print(table.concat({ key:sub(1, 7) .. ("-%02d"):format(number), n, work, decimal(sums[1]), decimal(peaks[1]), decimal(sums[2]),
					decimal(peaks[2]), decimal(minutes[last][3]), decimal(minutes[last][4]), ("%02d:%02d"):format(last // 60, last % 60) }, "\t"))
			end
		end
	end
end

if mode == "make" then make() else check() end
