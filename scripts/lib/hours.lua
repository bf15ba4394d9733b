-- Opening hours for scripts that ask whether the desk is open. It answers no decision itself.
--
--   local hours = require("lib/hours")(hark.config)
--   if not hours.open(hark.now) then … hours.next_open(hark.now) … end
--
-- The table has what config.toml says:
--
--   zone = "Europe/Madrid"                       # whose clocks count; UTC when left out
--   hours = { mon = "09:00-13:00, 15:00-18:00" } # by day; a day that is left out is closed
--   holidays = ["2026-12-25", "2027-01-01"]      # closed all day

local DAYS = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }
local DAY_MS = 24 * 60 * 60 * 1000
-- Who is closed for longer than this is not said to open again.
local LONGEST_DAYS = 31

-- "09:00-13:00, 15:00-18:00" as spans of minutes since midnight.
local function spans_of(day, text)
    local spans = {}
    for _, span in string.split(text, ",") do
        local h1, m1, h2, m2 = string.match(span, "^%s*(%d%d?):(%d%d)%s*%-%s*(%d%d?):(%d%d)%s*$")
        local from = h1 and h1 * 60 + m1
        local to = h1 and h2 * 60 + m2
        if not from or from >= to or to > 24 * 60 or m1 + 0 > 59 or m2 + 0 > 59 then
            error(`hours.{day} is "{text}": write it as "09:00-18:00", or "09:00-13:00, 15:00-18:00"`, 0)
        end
        table.insert(spans, { from = from, to = to })
    end
    table.sort(spans, function(one, other)
        return one.from < other.from
    end)
    return spans
end

return function(config)
    local zone = config.zone or "UTC"
    local spans, holidays = {}, {}
    for day, text in config.hours or {} do
        local number = table.find(DAYS, day)
        if not number then
            error(`hours.{day}: a day is one of {table.concat(DAYS, ", ")}`, 0)
        end
        spans[number] = spans_of(day, text)
    end
    for _, date in config.holidays or {} do
        if not string.match(tostring(date), "^%d%d%d%d%-%d%d%-%d%d$") then
            error(`holidays: "{date}" is no day, write it as "2026-12-25"`, 0)
        end
        holidays[date] = true
    end
    -- Whose zone is unknown is told when the script is loaded, not in the night.
    hark.calendar(0, zone)

    local function spans_on(day)
        return if holidays[day.date] then {} else spans[day.weekday] or {}
    end

    -- Whether the desk is open at a time.
    local function open(at)
        local now = hark.calendar(at, zone)
        local minute = now.hour * 60 + now.minute
        for _, span in spans_on(now) do
            if minute >= span.from and minute < span.to then
                return true
            end
        end
        return false
    end

    -- When it opens the next time, as "2026-11-23 09:00"; nil when it does not within a month.
    local function next_open(at)
        local now = hark.calendar(at, zone)
        local minute = now.hour * 60 + now.minute
        -- The days after it are looked at around noon: a day of 23 or 25 hours is then no day left out or seen twice.
        local noon = at + (12 * 60 - minute) * 60 * 1000
        for days = 0, LONGEST_DAYS do
            local day = if days == 0 then now else hark.calendar(noon + days * DAY_MS, zone)
            if days > 0 then
                minute = -1
            end
            for _, span in spans_on(day) do
                if span.from > minute then
                    return string.format("%s %02d:%02d", day.date, span.from // 60, span.from % 60)
                end
            end
        end
        return nil
    end

    return { open = open, next_open = next_open }
end
