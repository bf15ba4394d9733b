-- What does the desk say to the customer? Asked when a chat began to wait and when it was accepted.
--
-- What it sees and may answer: `hark script about greet`. nil leaves the decision to the next script.
local welcome = hark.config.welcome or "Thank you for your patience."

hark.on("greet", function(chat, queue, event, wait, agent)
    if event == "queued" then
        return welcome
    end
    return nil
end)
