-- Which transaction codes a wrap-up needs, by queue; and no wrap-up for chats in which nobody wrote.
--
--   [scripts]
--   files = ["examples/mandatory_codes.lua", "default.lua"]
--   [scripts.config."examples/mandatory_codes.lua"]
--   mandatory = { billing = ["topic", "outcome"], support = ["topic"] } # code lists of the queue; [] for none
--   vip = ["topic", "outcome"]                                          # for VIP customers, in every queue with these lists
--   silent_s = 0                                                        # seconds after a chat without a message
--
-- Other queues, and what is left out, are as the queue says. The lists must be among the queue's `codes`.

local mandatory = hark.config.mandatory or {}
local vip = hark.config.vip
local silent_s = hark.config.silent_s

hark.on("post_processing", function(chat, agent, queue)
    if silent_s and chat.messages == 0 then
        return { seconds = silent_s, mandatory = {} }
    end
    local lists = mandatory[queue.name]
    if vip and chat.customer and chat.customer.vip then
        lists = vip
    end
    return if lists then { mandatory = lists } else nil
end)
