-- How long is a chat's wrap-up, and which codes does it need? Asked when a chat ended.
--
-- What it sees and may answer: `hark script about post_processing`. nil leaves the decision to the next script.
local seconds = hark.config.seconds or 15

hark.on("post_processing", function(chat, agent, queue)
    if chat.ended_by == "customer_gone" then
        return { seconds = seconds, mandatory = {} }
    end
    return nil
end)
