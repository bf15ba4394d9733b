-- At peak a chat goes to another queue, when people are free there; and when nobody is, no more are let in than can be
-- served within reason.
--
--   [scripts]
--   files = ["examples/overflow_at_peak.lua", "default.lua"]
--   [scripts.config."examples/overflow_at_peak.lua"]
--   to = { support = "backup" } # where chats of a queue go at its peak
--   waiting = 10                # it is a peak when so many wait,
--   wait_s = 180                # or when the first of them has waited so long
--   most = 60                   # from so many on customers are turned away; never when it is left out
--   text = "All our people are busy. Please come again in half an hour."

local to = hark.config.to or {}
local waiting = hark.config.waiting or 10
local wait_ms = (hark.config.wait_s or 180) * 1000
local most = hark.config.most or math.huge
local text = hark.config.text or "All our people are busy. Please come again in half an hour."

local function named(queues, name)
    for _, queue in queues do
        if queue.name == name then
            return queue
        end
    end
    return nil
end

hark.on("route_chat", function(chat, queues)
    local queue = named(queues, chat.queue)
    if not queue or (queue.waiting < waiting and queue.oldest_wait_ms < wait_ms) then
        return nil
    end
    local other = named(queues, to[chat.queue])
    if other and other.ready > 0 then
        return { queue = other.name }
    end
    return if queue.waiting >= most then { turn_away = text } else nil
end)
