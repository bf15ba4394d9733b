local desk = policy("TEMPLATE.lua", { config = { priority = 7 } })

describe("TEMPLATE", function()
    it("puts customers with an open case first", function()
        expect(desk.route_chat(chat({ form = form({ case = "1001" }) }))).to_equal({ priority = 7 })
    end)

    it("leaves the others alone", function()
        local _, by = desk.route_chat(chat())
        expect(by).to_be("built-in")
    end)
end)
