-- The transaction code that the agent chose decides whether a chat is written to the CRM, and under which title.
--
--   [scripts]
--   files = ["examples/auto_log_by_code.lua", "default.lua"]
--   [scripts.config."examples/auto_log_by_code.lua"]
--   never = ["spam", "wrong_number"]
--   titles = { refund = "Refund asked for" }

local titles = hark.config.titles or {}
local never = {}
for _, code in hark.config.never or { "spam" } do
    never[code] = true
end

hark.on("auto_log", function(chat, agent, customer)
    for _, chosen in chat.codes do
        if never[chosen.code] then
            return false
        end
    end
    for _, chosen in chat.codes do
        local title = titles[chosen.code]
        if title then
            return { title = title, fields = { code = chosen.code, agent = agent.login } }
        end
    end
    return nil
end)
