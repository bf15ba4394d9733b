-- The shipped policy does what Hark does without it.
local desk = policy("default.lua")

describe("route_chat", function()
    it("leaves the chat to the queue that its form names", function()
        local answer, by = desk.route_chat(chat())
        expect(by).to_be("built-in")
        expect(answer).to_equal({})
    end)
end)

describe("reject_permission", function()
    it("is the queue's", function()
        expect(desk.reject_permission(agent(), chat(), queue({ reject_allowed = true })).allowed).to_be(true)
        local answer, by = desk.reject_permission(agent(), chat(), queue())
        expect(by).to_be("script")
        expect(answer).to_equal({ allowed = false, reason = "this queue does not permit it" })
    end)
end)

describe("screen_pop", function()
    local known = match()

    it("shows the record of the one match", function()
        expect(desk.screen_pop(chat(), agent(), { known }, "offered")).to_equal({ kind = "record", index = 1 })
    end)

    it("shows the case where a case number was given", function()
        local with_case = match({ case = case() })
        expect(desk.screen_pop(chat(), agent(), { with_case }, "offered")).to_equal({ kind = "case", index = 1 })
    end)

    it("shows a list of several", function()
        expect(desk.screen_pop(chat(), agent(), { known, known }, "offered").kind).to_be("list")
    end)

    it("shows a blank form with what the customer filled in", function()
        local new = chat({ form = form({ name = "Nadia", email = "nadia@example.org" }) })
        expect(desk.screen_pop(new, agent(), {}, "offered")).to_equal({
            kind = "blank",
            fields = { name = "Nadia", email = "nadia@example.org" },
        })
    end)

    it("shows nothing new later", function()
        expect(desk.screen_pop(chat(), agent(), { known }, "accepted").kind).to_be("nothing")
        expect(desk.screen_pop(chat(), agent(), { known }, "ended").kind).to_be("nothing")
    end)
end)

describe("chat_log_mode", function()
    it("is view for a known customer and edit for a new one", function()
        expect(desk.chat_log_mode(chat(), agent(), customer())).to_be("view")
        expect(desk.chat_log_mode(chat(), agent())).to_be("edit")
    end)
end)

describe("auto_log", function()
    it("is the queue's", function()
        expect(desk.auto_log(chat(), agent(), nil, queue({ auto_log = true })).log).to_be(true)
        expect(desk.auto_log(chat(), agent(), nil, queue()).log).to_be(false)
    end)
end)
