local desk = policy("TEMPLATE.lua", { config = { skill = "senior" } })

describe("TEMPLATE", function()
    it("puts seniors first", function()
        local candidates = { agent({ login = "ana" }), agent({ login = "ben", skills = { senior = 1 } }) }
        expect(desk.rank_agents(chat(), candidates)).to_equal({ "ben" })
    end)

    it("leaves the order as it is without one", function()
        local _, by = desk.rank_agents(chat(), { agent({ login = "ana" }), agent({ login = "ben" }) })
        expect(by).to_be("built-in")
    end)
end)
