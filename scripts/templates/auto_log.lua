-- Is the log written to the CRM by itself? Asked when a chat has ended.
--
-- What it sees and may answer: `hark script about auto_log`. nil leaves the decision to the next script.
hark.on("auto_log", function(chat, agent, customer)
    if customer and chat.case then
        return { title = "Chat about case " .. chat.case }
    end
    return nil
end)
