-- What follows after something happened? Told of it when it is done; nothing waits for this.
--
-- Which events there are, and what can be done: `hark script about after`.
local words = hark.config.words or "please follow up"

hark.after("chat_requeued", function(event)
    hark.commands.note({ chat = event.chat_id, text = `{words}: {event.data.because}` })
end)
