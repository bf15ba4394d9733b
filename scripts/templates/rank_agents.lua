-- Which of several agents is offered a chat? Asked when more than one could be.
--
-- What it sees and may answer: `hark script about rank_agents`. nil leaves the decision to the next script.
local skill = hark.config.skill or "senior"

hark.on("rank_agents", function(chat, candidates, queue)
    local order = {}
    for _, agent in candidates do
        if agent.skills[skill] then
            table.insert(order, agent.login)
        end
    end
    return if #order > 0 then order else nil
end)
