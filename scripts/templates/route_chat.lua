-- Where does a chat go? Asked when a customer asks for a chat, and when a chat goes back to a queue.
--
-- What it sees and may answer: `hark script about route_chat`. nil leaves the decision to the next script.
local priority = hark.config.priority or 8

hark.on("route_chat", function(chat)
    if chat.form.case then
        return { priority = priority }
    end
    return nil
end)
