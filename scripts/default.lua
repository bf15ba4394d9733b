-- Hark's shipped policy: the rules of the desk that most people change, one function for each. Other decisions (messages,
-- greetings, long waits, missed offers, wrap-ups and more) are told in reference/, with examples in examples/.
--
-- Each rule says what Hark would do without it, so this file changes nothing until you change it. Change a rule, run
-- `hark check`, and start Hark anew. A function that returns nil leaves its decision to the next script, and at last to
-- Hark's own rules and config.toml.
--
-- What each rule sees and may answer is told in reference/, one page for each.

-- Asked when a customer asks for a chat, and when a chat goes back to a queue. Where does it go?
--
-- nil: to the queue that the customer's form names, with that queue's priority and skills.
-- To change it, return for example { queue = "billing", priority = 8 }, or turn the customer away with a text:
-- { turn_away = "We are back on Monday at 8." }
hark.on("route_chat", function(chat)
    return nil
end)

-- Asked when a chat is offered to an agent. May the agent reject it?
--
-- As the queue says in config.toml (`reject_allowed`).
hark.on("reject_permission", function(agent, chat, queue)
    if queue.reject_allowed then
        return true
    end
    return { allowed = false, reason = "this queue does not permit it" }
end)

-- Asked when a chat is offered, accepted and ended. What does the agent see of the customer?
--
-- When it is offered: one match pops up as a record (or as its case, when the customer gave a case number), several
-- as a list to choose from, and none as a blank form with what the customer filled in. Later nothing new pops up.
hark.on("screen_pop", function(chat, agent, matches, event)
    if event ~= "offered" then
        return "nothing"
    end
    if #matches == 0 then
        return "blank"
    end
    if #matches > 1 then
        return "list"
    end
    return if matches[1].case then "case" else "record"
end)

-- Asked when a chat has ended. How does its log open?
--
-- "view" for a customer whom we know, "edit" for a new one: saving then asks whose log it is. "none" leaves it closed.
hark.on("chat_log_mode", function(chat, agent, customer)
    return if customer then "view" else "edit"
end)

-- Asked when a chat has ended. Is its log written to the CRM by itself?
--
-- As the queue says in config.toml (`auto_log`). To give the log a title: { title = "Chat with " .. chat.form.name }
hark.on("auto_log", function(chat, agent, customer, queue)
    return queue.auto_log
end)
