-- What becomes of a message? Asked when a customer or an agent sends one, before anybody sees it.
--
-- What it sees and may answer: `hark script about message`. nil leaves the decision to the next script.
local word = hark.config.word or "password"

hark.on("message", function(message)
    if message.from == "customer" and string.find(string.lower(message.text), word, 1, true) then
        return { refuse = `please do not send your {word}` }
    end
    return nil
end)
