-- Customers of an account that somebody looks after wait for that agent first; and of several agents who could take a
-- chat, the one whom the CRM names for the customer gets it.
--
--   [scripts]
--   files = ["examples/sticky_agent.lua", "default.lua"]
--   [scripts.config."examples/sticky_agent.lua"]
--   accounts = { "A-1007" = "ana", "A-2" = "bo" } # the account, or how it begins, and the agent's login
--   field = "agent"                               # field of the CRM's record with the login of the customer's agent
--   [queues.support]
--   preferred_agent_s = 90                        # for how long they wait; then anybody serves them
--
-- The longest beginning that fits wins. Who has no such account waits for the agent they last spoke to, without any
-- script: `preferred_agent_s` alone does that.

local accounts = hark.config.accounts or {}
local field = hark.config.field or "agent"

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

hark.on("rank_agents", function(chat, candidates)
    local login = if chat.customer then chat.customer.fields[field] else agent_of(chat.form.account or "")
    for _, candidate in candidates do
        if candidate.login == login then
            return { login }
        end
    end
    return nil
end)
