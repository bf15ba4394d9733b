-- What becomes of an agent who missed an offer? Asked when one was rejected or left to expire.
--
-- What it sees and may answer: `hark script about after_missed_offer`. nil leaves the decision to the next script.
local pause_s = hark.config.pause_s or 30

hark.on("after_missed_offer", function(agent, chat, missed, queue)
    if missed.how == "rejected" then
        return { status = "available", pause_s = pause_s }
    end
    return nil
end)
