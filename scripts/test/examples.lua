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
        expect(shown("ana@example.org,ben@example.org: @all a@b")).to_be("[e-mail],[e-mail]: @all a@b")
        expect(shown("@example.org")).to_be("@example.org")
    end)

    it("leaves what agents write", function()
        local _, by = desk.message(message({ from = "agent", text = "4111 1111 1111 1111" }), chat(), agent())
        expect(by).to_be("built-in")
    end)
end)

describe("office_hours", function()
    local function answered(text, form_queue)
        local desk = policy("examples/office_hours.lua", {
            config = {
                zone = "Europe/Madrid",
                hours = { mon = "09:00-13:00, 15:00-18:00", fri = "09:00-15:00" },
                holidays = { "2026-11-27" },
                text = "Closed until {next}.",
                always_open = { "emergency" },
            },
            now = at(text, "Europe/Madrid"),
        })
        return desk.route_chat(chat({ queue = form_queue or "support" }), { waiting({ name = form_queue or "support" }) })
    end

    it("lets customers in while it is open", function()
        expect(answered("2026-11-23 09:00")).to_equal({})
        expect(answered("2026-11-23 17:59")).to_equal({})
        -- In summer the same hour is another one in UTC.
        expect(answered("2026-07-03 14:59")).to_equal({})
    end)

    it("tells when it opens again", function()
        expect(answered("2026-11-23 08:59").turn_away).to_be("Closed until 2026-11-23 09:00.")
        expect(answered("2026-11-23 13:00").turn_away).to_be("Closed until 2026-11-23 15:00.")
        expect(answered("2026-07-03 15:00").turn_away).to_be("Closed until 2026-07-06 09:00.")
    end)

    it("is closed on a holiday", function()
        expect(answered("2026-11-27 10:00").turn_away).to_be("Closed until 2026-11-30 09:00.")
        -- Over the end of the year, from one Monday to the next open day.
        expect(answered("2026-12-28 18:00").turn_away).to_be("Closed until 2027-01-01 09:00.")
    end)

    it("never closes what is always open", function()
        expect(answered("2026-11-22 03:00", "emergency")).to_equal({})
    end)

    it("names what is wrong with its configuration", function()
        local function wrong(config, told)
            expect(function()
                policy("examples/office_hours.lua", { config = config })
            end).to_fail(told)
        end
        wrong({ hours = { monday = "09:00-18:00" } }, "hours.monday: a day is one of mon, tue")
        wrong({ hours = { mon = "9-18" } }, 'hours.mon is "9-18": write it as "09:00-18:00"')
        wrong({ hours = { mon = "18:00-09:00" } }, 'hours.mon is "18:00-09:00"')
        wrong({ holidays = { "25.12.2026" } }, 'holidays: "25.12.2026" is no day')
        wrong({ zone = "Europe/Madird" }, "unknown time zone 'Europe/Madird', did you mean 'Europe/Madrid'?")
    end)
end)

describe("language_skills", function()
    local desk = policy("examples/language_skills.lua", {
        config = { skills = { de = "german" }, level = 4, always = { billing = 2 } },
    })
    local function wanted(language)
        return desk.route_chat(chat({ form = form({ language = language }) })).skills
    end

    it("asks for the skill of the customer's language", function()
        expect(wanted("de")).to_equal({ billing = 2, german = 4 })
        expect(wanted("de-AT")).to_equal({ billing = 2, german = 4 })
        expect(wanted("DE_ch")).to_equal({ billing = 2, german = 4 })
    end)

    it("leaves other languages to the queue", function()
        expect(wanted("fr")).to_be_nil()
        expect(wanted("")).to_be_nil()
        local _, by = desk.route_chat(chat())
        expect(by).to_be("built-in")
    end)
end)

describe("sticky_agent", function()
    local desk = policy("examples/sticky_agent.lua", {
        config = { accounts = { ["A-1007"] = "ana", ["A-1"] = "bo" } },
    })
    local function preferred(account)
        return desk.route_chat(chat({ form = form({ account = account }) })).preferred_agent
    end

    it("waits for who looks after the account", function()
        expect(preferred("A-1007")).to_be("ana")
        expect(preferred("A-1008")).to_be("bo")
    end)

    it("leaves the others to the queue", function()
        expect(preferred("B-1")).to_be_nil()
        expect(preferred(nil)).to_be_nil()
    end)
end)

describe("overflow_at_peak", function()
    local desk = policy("examples/overflow_at_peak.lua", {
        config = { to = { support = "backup" }, waiting = 3, wait_s = 60, most = 5, text = "Too many." },
    })
    local function answered(support, backup)
        support.name, backup.name = "support", "backup"
        return desk.route_chat(chat(), { waiting(support), waiting(backup) })
    end

    it("leaves chats where they are off peak", function()
        expect(answered({ waiting = 2, oldest_wait_ms = 59000 }, { ready = 1 })).to_equal({})
    end)

    it("takes them to free people when many wait", function()
        expect(answered({ waiting = 3 }, { ready = 1 })).to_equal({ queue = "backup" })
    end)

    it("or when the first has waited too long", function()
        expect(answered({ waiting = 1, oldest_wait_ms = 60000 }, { ready = 1 })).to_equal({ queue = "backup" })
    end)

    it("keeps them when nobody is free there", function()
        expect(answered({ waiting = 4 }, {})).to_equal({})
    end)

    it("and turns away who comes when far too many wait", function()
        expect(answered({ waiting = 5 }, {}).turn_away).to_be("Too many.")
    end)
end)

describe("language_skills, while a chat waits", function()
    local desk = policy("examples/language_skills.lua", { config = { skills = { de = "german" }, level = 4 } })
    local waiting_chat = chat({ form = form({ language = "de-AT" }), skills = { german = 4, billing = 2 } })

    it("makes do with a little of the language, then with none", function()
        expect(desk.relax(waiting_chat, wait({ step = 1 }))).to_equal({ skills = { german = 1, billing = 2 } })
        expect(desk.relax(waiting_chat, wait({ step = 2 }))).to_equal({ drop = { "german" } })
    end)

    it("leaves chats that ask for no language", function()
        local _, by = desk.relax(chat({ form = form({ language = "fr" }), skills = { billing = 2 } }), wait())
        expect(by).to_be("built-in")
    end)
end)

describe("sticky_agent, of several agents", function()
    local desk = policy("examples/sticky_agent.lua", { config = { accounts = { ["B-"] = "bo" } } })
    local candidates = { agent({ login = "ana" }), agent({ login = "bo" }) }

    it("takes the one whom the CRM names", function()
        local known = chat({ customer = customer({ fields = { agent = "bo" } }) })
        expect(desk.rank_agents(known, candidates)).to_equal({ "bo" })
    end)

    it("or the account's", function()
        expect(desk.rank_agents(chat({ form = form({ account = "B-12" }) }), candidates)).to_equal({ "bo" })
    end)

    it("and leaves the choice when that one is not among them", function()
        local known = chat({ customer = customer({ fields = { agent = "carl" } }) })
        local _, by = desk.rank_agents(known, candidates)
        expect(by).to_be("built-in")
        _, by = desk.rank_agents(chat({ customer = customer() }), candidates)
        expect(by).to_be("built-in")
    end)
end)

describe("mandatory_codes", function()
    local desk = policy("examples/mandatory_codes.lua", {
        config = { mandatory = { billing = { "topic", "outcome" } }, vip = { "outcome" }, silent_s = 0 },
    })
    local billing = queue({ name = "billing", codes = { { list = "topic" }, { list = "outcome" } } })

    it("are those of the queue", function()
        local answer = desk.post_processing(chat({ messages = 2 }), agent(), billing)
        expect(answer).to_equal({ mandatory = { "topic", "outcome" } })
    end)

    it("are others for VIP customers", function()
        local vip = chat({ messages = 2, customer = customer({ vip = true }) })
        expect(desk.post_processing(vip, agent(), billing)).to_equal({ mandatory = { "outcome" } })
    end)

    it("are none where nobody wrote", function()
        expect(desk.post_processing(chat(), agent(), billing).seconds).to_be(0)
    end)

    it("are as configured elsewhere", function()
        local _, by = desk.post_processing(chat({ messages = 2 }), agent(), queue({ name = "support" }))
        expect(by).to_be("built-in")
    end)
end)

describe("after_hours", function()
    local offline = queue({ name = "offline" })
    local function desk_at(text)
        return policy("examples/after_hours.lua", {
            config = { hours = { mon = "09:00-18:00", tue = "09:00-18:00" }, text = "Closed until {next}, write." },
            now = at(text),
        })
    end
    local night, day = desk_at("2026-11-23 18:00"), desk_at("2026-11-23 17:59")
    local reachable = chat({ form = form({ email = "carla@example.org" }) })
    local queues = { waiting({ name = "support" }), waiting({ name = "offline" }) }

    it("takes messages in a queue of their own", function()
        expect(night.route_chat(reachable, queues)).to_equal({ queue = "offline" })
        expect(day.route_chat(reachable, queues)).to_equal({})
    end)

    it("turns away who cannot be written to", function()
        local told = night.route_chat(chat(), queues).turn_away
        local opens = string.find(told, "2026-11-24 09:00", 1, true)
        expect(opens).to_be_truthy()
    end)

    it("leaves chats that began by day", function()
        local begun = chat({ form = form({ email = "carla@example.org" }), offers_made = 1 })
        expect(night.route_chat(begun, queues)).to_equal({})
    end)

    it("tells the customer", function()
        expect(night.greet(reachable, offline, "queued", wait())).to_be("Closed until 2026-11-24 09:00, write.")
        expect(day.greet(reachable, offline, "queued", wait())).to_be(false)
        expect(night.greet(reachable, queue(), "queued", wait())).to_be(false)
    end)

    it("keeps the message when the customer goes", function()
        local left = chat({ queue = "offline" })
        expect(night.customer_left(left, nil, offline)).to_be("keep")
        expect(night.customer_left(left, agent(), offline)).to_be("end")
        expect(night.customer_left(chat(), nil, queue())).to_be("end")
    end)
end)
