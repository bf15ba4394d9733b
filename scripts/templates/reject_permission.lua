-- May the agent reject this offer? Asked when a chat is offered to an agent.
--
-- What it sees and may answer: `hark script about reject_permission`. nil leaves the decision to the next script.
local most = hark.config.most or 2

hark.on("reject_permission", function(agent, chat, queue)
    if agent.missed_today < most then
        return true
    end
    return { allowed = false, reason = `you missed {agent.missed_today} offers today` }
end)
