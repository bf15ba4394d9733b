-- A customer who left before an agent came, and said how to reach them, gets a case in the CRM: somebody writes back.
--
--   [scripts]
--   files = ["examples/abandoned_case.lua", "default.lua"]
--   [scripts.config."examples/abandoned_case.lua"]
--   title = "Left before an agent came"
--
-- A chat's log is attached once however often it is sent, so a repeat after a crash makes no second case.

local title = hark.config.title or "Left before an agent came"

local function customer_of(chat)
    if chat.customer then
        return chat.customer.id
    end
    local form = chat.form
    local found = hark.call("crm.lookup/1", { email = form.email, phone = form.phone, limit = 1 })
    if found and found.matches[1] then
        return found.matches[1].customer.id
    end
    local made = hark.call("crm.create/1", { name = form.name, email = form.email, phone = form.phone })
    return made and made.id
end

local function words_of(chat)
    local lines = {}
    if chat.form.question then
        table.insert(lines, chat.form.question)
    end
    for _, message in chat.transcript do
        table.insert(lines, `{message.at} {message.from}: {message.text}`)
    end
    return table.concat(lines, "\n")
end

hark.after("chat_abandoned", function(event)
    local chat = hark.chat(event.chat_id)
    if not chat or not (chat.form.email or chat.form.phone) then
        return
    end
    local customer = customer_of(chat)
    if not customer then
        hark.log.warn("no record for the customer of", event.chat_id)
        return
    end
    local filed, code, why = hark.call("crm.attach_log/1", {
        customer_id = customer,
        chat_id = event.chat_id,
        title = title,
        text = words_of(chat),
        started_at = chat.requested_at,
        ended_at = event.ts,
    })
    if not filed then
        hark.log.warn("no case for", event.chat_id, code, why)
    end
end)
