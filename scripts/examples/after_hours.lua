-- Outside of office hours customers leave a message instead of waiting: their chat goes into a queue of its own, they are
-- told that they will be written to, and the chat stays there when they go. People serve that queue in the morning.
--
--   [scripts]
--   files = ["examples/after_hours.lua", "default.lua"]
--   [scripts.config."examples/after_hours.lua"]
--   zone = "Europe/Madrid"
--   hours = { mon = "09:00-18:00", tue = "09:00-18:00", wed = "09:00-18:00", thu = "09:00-18:00", fri = "09:00-15:00" }
--   holidays = ["2026-12-25", "2027-01-01"]
--   queue = "offline"
--   text = "We are closed until {next}. Write down what you need: we answer to your e-mail address."
--   [queues.offline]
--   title = "Messages of the night"
--
-- Customers without an e-mail address cannot be written to: they are turned away with `without_email`.

local hours = require("lib/hours")(hark.config)
local offline = hark.config.queue or "offline"
local text = hark.config.text or "We are closed until {next}. Write down what you need: we answer to your e-mail address."
local without_email = hark.config.without_email or "We are closed until {next}. Come again then, or leave an e-mail address."

local function told(words)
    local opening = hours.next_open(hark.now) or "further notice"
    return (string.gsub(words, "{next}", opening))
end

hark.on("route_chat", function(chat)
    -- Who was in a chat when the desk closed and goes back to a queue is no message of the night.
    if hours.open(hark.now) or chat.offers_made > 0 then
        return nil
    end
    if not chat.form.email then
        return { turn_away = told(without_email) }
    end
    return { queue = offline }
end)

hark.on("greet", function(chat, queue, event)
    if event == "queued" and queue.name == offline and not hours.open(hark.now) then
        return told(text)
    end
    return nil
end)

-- The message is there, whether or not its customer waits for an answer.
hark.on("customer_left", function(chat, agent, queue)
    return if queue.name == offline and not agent then "keep" else nil
end)
