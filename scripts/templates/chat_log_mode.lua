-- How does the log of a chat open? Asked when a chat has ended.
--
-- What it sees and may answer: `hark script about chat_log_mode`. nil leaves the decision to the next script.
hark.on("chat_log_mode", function(chat, agent, customer)
    if customer and customer.vip then
        return "edit"
    end
    return nil
end)
