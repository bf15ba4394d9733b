-- What becomes of a chat whose customer went away? Asked when the grace is over.
--
-- What it sees and may answer: `hark script about customer_left`. nil leaves the decision to the next script.
local queue_kept = hark.config.queue or "support"

hark.on("customer_left", function(chat, agent, queue)
    if agent and queue.name == queue_kept then
        return "keep"
    end
    return nil
end)
