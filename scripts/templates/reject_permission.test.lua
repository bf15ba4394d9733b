local desk = policy("TEMPLATE.lua", { config = { most = 2 } })

describe("TEMPLATE", function()
    it("permits it a few times a day", function()
        expect(desk.reject_permission(agent({ missed_today = 1 }), chat()).allowed).to_be(true)
    end)

    it("and then no more, with a reason", function()
        local answer = desk.reject_permission(agent({ missed_today = 2 }), chat())
        expect(answer).to_equal({ allowed = false, reason = "you missed 2 offers today" })
    end)
end)
