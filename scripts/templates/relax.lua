-- What is a waiting chat let go of? Asked at each of the queue's `relax_after_s` seconds.
--
-- What it sees and may answer: `hark script about relax`. nil leaves the decision to the next script.
local first = hark.config.first or 2

hark.on("relax", function(chat, wait, candidates, queue)
    if wait.step < first then
        return nil
    end
    return { skills = {}, priority = math.min(chat.priority + 1, 9) }
end)
