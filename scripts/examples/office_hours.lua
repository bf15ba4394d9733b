-- Outside of office hours and on holidays nobody is let in: customers are told when the desk opens again.
--
--   [scripts]
--   files = ["examples/office_hours.lua", "default.lua"]
--   [scripts.config."examples/office_hours.lua"]
--   zone = "Europe/Madrid"
--   hours = { mon = "09:00-18:00", tue = "09:00-18:00", wed = "09:00-18:00", thu = "09:00-18:00", fri = "09:00-15:00" }
--   holidays = ["2026-12-25", "2027-01-01"]
--   text = "We are closed. We are back on {next}."
--   always_open = ["emergency"]
--
-- `{next}` is the day and time at which the desk opens. Chats of the queues in `always_open` are let in at any time. Who
-- is in a queue already stays there: route_chat turns away only who is new.

local hours = require("lib/hours")(hark.config)
local text = hark.config.text or "We are closed. We are back on {next}."
local always_open = hark.config.always_open or {}

hark.on("route_chat", function(chat)
    if hours.open(hark.now) or table.find(always_open, chat.queue) then
        return nil
    end
    local opening = hours.next_open(hark.now) or "another day"
    return { turn_away = (string.gsub(text, "{next}", opening)) }
end)
