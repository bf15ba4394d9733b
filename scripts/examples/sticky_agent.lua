-- Customers of an account that somebody looks after wait for that agent first.
--
--   [scripts]
--   files = ["examples/sticky_agent.lua", "default.lua"]
--   [scripts.config."examples/sticky_agent.lua"]
--   accounts = { "A-1007" = "ana", "A-2" = "bo" } # the account, or how it begins, and the agent's login
--   [queues.support]
--   preferred_agent_s = 90                        # for how long they wait; then anybody serves them
--
-- The longest beginning that fits wins. Who has no such account waits for the agent they last spoke to, without any
-- script: `preferred_agent_s` alone does that.

local accounts = hark.config.accounts or {}

local function agent_of(account)
    for length = #account, 1, -1 do
        local login = accounts[string.sub(account, 1, length)]
        if login then
            return login
        end
    end
    return nil
end

hark.on("route_chat", function(chat)
    local login = agent_of(chat.form.account or "")
    return if login then { preferred_agent = login } else nil
end)
