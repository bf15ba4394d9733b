-- What scripts do after something happened.
describe("abandoned_case", function()
    local desk = policy("examples/abandoned_case.lua", { config = { title = "Call back" } })
    local id = "int_01980000000000000000000007"
    local event = { chat_id = id, data = { by = "abandoned" } }

    local function left(form)
        return {
            [id] = {
                id = id, form = form, requested_at = "2026-11-23T08:50:00.000Z",
                transcript = { { from = "customer", text = "Hello?", at = "2026-11-23T08:51:00.000Z" } },
            },
        }
    end

    it("opens a case for a customer who is known", function()
        local did = desk.after("chat_abandoned", event, {
            chats = left({ name = "Carla", email = "carla@example.com", question = "My card" }),
            answers = {
                ["crm.lookup/1"] = { matches = { { customer = { id = "cus-1" } } } },
                ["crm.attach_log/1"] = { case = { id = "cas-1" } },
            },
        })
        expect(#did.calls).to_be(2)
        expect(did.calls[2].operation).to_be("crm.attach_log/1")
        expect(did.calls[2].request).to_equal({
            customer_id = "cus-1", chat_id = id, title = "Call back",
            text = "My card\n2026-11-23T08:51:00.000Z customer: Hello?",
            started_at = "2026-11-23T08:50:00.000Z", ended_at = "2026-11-23T09:00:00.000Z",
        })
    end)

    it("makes a record for one who is not", function()
        local did = desk.after("chat_abandoned", event, {
            chats = left({ name = "New", phone = "+49 30 1" }),
            answers = {
                ["crm.lookup/1"] = { matches = {} },
                ["crm.create/1"] = { id = "cus-2" },
                ["crm.attach_log/1"] = { case = { id = "cas-2" } },
            },
        })
        expect(did.calls[3].request.customer_id).to_be("cus-2")
    end)

    it("leaves those alone who cannot be reached", function()
        local did = desk.after("chat_abandoned", event, { chats = left({ name = "Nobody" }) })
        expect(#did.calls).to_be(0)
    end)

    it("fails when the CRM is away, so that the event comes again", function()
        expect(function()
            desk.after("chat_abandoned", event, {
                chats = left({ name = "Carla", email = "carla@example.com" }),
                answers = { ["crm.lookup/1"] = { later = "the CRM is away" } },
            })
        end).to_fail("the CRM is away")
    end)
end)
