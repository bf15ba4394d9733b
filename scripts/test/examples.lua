-- The examples do what they say.
describe("vip_first", function()
    local desk = policy("examples/vip_first.lua", { config = { prefixes = { "V-" }, priority = 8, queue = "vip" } })
    local queues = { waiting({ name = "support", waiting = 3 }), waiting({ name = "vip", ready = 1 }) }

    it("puts VIP accounts first", function()
        local vip = chat({ form = form({ account = "V-7" }) })
        expect(desk.route_chat(vip, queues)).to_equal({ queue = "vip", priority = 8 })
    end)

    it("leaves the others alone", function()
        local _, by = desk.route_chat(chat({ form = form({ account = "A-7" }) }), queues)
        expect(by).to_be("built-in")
        _, by = desk.route_chat(chat(), queues)
        expect(by).to_be("built-in")
    end)

    it("names a queue that must exist", function()
        local vip = chat({ form = form({ account = "V-7" }) })
        expect(function()
            desk.route_chat(vip, { waiting({ name = "vipp" }) })
        end).to_fail("unknown queue 'vip', did you mean 'vipp'?")
    end)
end)

describe("seniors_may_reject", function()
    local desk = policy("examples/seniors_may_reject.lua", { config = { skill = "senior", level = 5, most = 2 } })
    local senior = { senior = 7 }

    it("lets a senior reject", function()
        expect(desk.reject_permission(agent({ skills = senior }), chat(), queue()).allowed).to_be(true)
    end)

    it("but not too often", function()
        local answer = desk.reject_permission(agent({ skills = senior, missed_today = 2 }), chat(), queue())
        expect(answer).to_equal({ allowed = false, reason = "2 offers missed today, 2 are allowed" })
    end)

    it("leaves the others to the queue", function()
        local answer, by = desk.reject_permission(agent({ skills = { senior = 4 } }), chat(), queue())
        expect(by).to_be("built-in")
        expect(answer.allowed).to_be(false)
    end)
end)

describe("auto_log_by_code", function()
    local desk = policy("examples/auto_log_by_code.lua", {
        config = { never = { "spam" }, titles = { refund = "Refund asked for" } },
    })
    local function coded(...)
        local codes = {}
        for index, code in { ... } do
            codes[index] = { list = "reason", code = code }
        end
        return chat({ codes = codes, ended_by = "agent" })
    end

    it("never logs spam", function()
        expect(desk.auto_log(coded("refund", "spam"), agent()).log).to_be(false)
    end)

    it("gives the title of the code", function()
        local answer = desk.auto_log(coded("refund"), agent())
        expect(answer).to_equal({
            log = true,
            title = "Refund asked for",
            fields = { code = "refund", agent = "ana" },
        })
    end)

    it("leaves other codes to the queue", function()
        local _, by = desk.auto_log(coded("order"), agent())
        expect(by).to_be("built-in")
    end)
end)

describe("crm_page", function()
    local desk = policy("examples/crm_page.lua", { config = { url = "https://crm.test/" } })
    local known = match({ customer = customer({ account = "A-7" }) })

    it("opens the customer's page on acceptance", function()
        expect(desk.screen_pop(chat(), agent(), { known }, "accepted")).to_equal({
            kind = "url",
            url = "https://crm.test/A-7",
        })
    end)

    it("leaves the offer to the next script", function()
        local both = policy({ "examples/crm_page.lua", "default.lua" })
        expect(both.screen_pop(chat(), agent(), { known }, "offered")).to_equal({ kind = "record", index = 1 })
    end)
end)

describe("redact", function()
    local desk = policy("examples/redact.lua")
    local function shown(text)
        local answer = desk.message(message({ text = text }))
        return if answer == true then text else answer.text
    end

    it("hides card numbers but for their last four digits", function()
        expect(shown("It is 4111 1111 1111 1111, until 12/27")).to_be("It is •••• 1111, until 12/27")
        expect(shown("5500-0000-0000-0004")).to_be("•••• 0004")
        expect(shown("378282246310005 ok?")).to_be("•••• 0005 ok?")
    end)

    it("leaves other numbers alone", function()
        expect(shown("4111 1111 1111 1112")).to_be("4111 1111 1111 1112")
        expect(shown("Order 20261122-0017, call 030 1234567")).to_be("Order 20261122-0017, call 030 1234567")
        expect(shown("12345678901234567890")).to_be("12345678901234567890")
    end)

    it("hides e-mail addresses", function()
        expect(shown("Write to ana.lopez+x@mail.example.org please")).to_be("Write to [e-mail] please")
        expect(shown("me @ home")).to_be("me @ home")
    end)

    it("leaves what agents write", function()
        local _, by = desk.message(message({ from = "agent", text = "4111 1111 1111 1111" }), chat(), agent())
        expect(by).to_be("built-in")
    end)
end)
