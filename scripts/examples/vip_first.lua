-- Customers with a VIP account do not wait behind others.
--
-- An account counts as VIP when its number begins with one of the configured prefixes. The form is all that is known
-- when a chat is routed: the CRM is asked afterwards.
--
--   [scripts]
--   files = ["examples/vip_first.lua", "default.lua"]
--   [scripts.config."examples/vip_first.lua"]
--   prefixes = ["V-"]
--   priority = 9

local prefixes = hark.config.prefixes or { "V-" }
local priority = hark.config.priority or 9

local function is_vip(account)
    if not account then
        return false
    end
    for _, prefix in prefixes do
        if string.sub(account, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end

hark.on("route_chat", function(chat)
    if is_vip(chat.form.account) then
        return { priority = priority, queue = hark.config.queue }
    end
    return nil
end)
