-- What is shown to the agent? Asked when a chat is offered, accepted and ended (`event`).
--
-- What it sees and may answer: `hark script about screen_pop`. nil leaves the decision to the next script.
hark.on("screen_pop", function(chat, agent, matches, event)
    if event == "offered" and #matches > 1 and matches[1].score > matches[2].score then
        return { kind = "record", index = 1 }
    end
    return nil
end)
