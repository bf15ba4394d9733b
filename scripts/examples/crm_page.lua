-- Opens the customer's page in another system once the agent has accepted.
--
--   [scripts]
--   files = ["examples/crm_page.lua", "default.lua"]
--   [scripts.config."examples/crm_page.lua"]
--   url = "https://crm.example.com/accounts/"

local url = hark.config.url or "https://crm.example.com/accounts/"

hark.on("screen_pop", function(chat, agent, matches, event)
    if event == "accepted" and #matches == 1 and matches[1].customer.account then
        return { kind = "url", url = url .. matches[1].customer.account }
    end
    return nil
end)
