-- What becomes of an active chat whose agent went away? Asked when the grace is over.
--
-- What it sees and may answer: `hark script about agent_left`. nil leaves the decision to the next script.
local queue_kept = hark.config.queue or "support"

hark.on("agent_left", function(chat, agent, queue)
    if queue.name == queue_kept then
        return "keep"
    end
    return nil
end)
