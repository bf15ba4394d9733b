-- Agents who are good enough at a skill may reject an offer, a few times a day.
--
--   [scripts]
--   files = ["examples/seniors_may_reject.lua", "default.lua"]
--   [scripts.config."examples/seniors_may_reject.lua"]
--   skill = "senior"
--   level = 5
--   most = 3

local skill = hark.config.skill or "senior"
local level = hark.config.level or 5
local most = hark.config.most or 3

hark.on("reject_permission", function(agent, chat, queue)
    if (agent.skills[skill] or 0) < level then
        return nil
    end
    if agent.missed_today >= most then
        return { allowed = false, reason = `{agent.missed_today} offers missed today, {most} are allowed` }
    end
    return true
end)
