local desk = policy("TEMPLATE.lua", { config = { first = 2 } })

describe("TEMPLATE", function()
    it("asks for no skills from the second step on", function()
        local answer = desk.relax(chat({ skills = { german = 3 }, priority = 5 }), wait({ step = 2 }))
        expect(answer).to_equal({ skills = {}, priority = 6 })
    end)

    it("leaves the first step alone", function()
        local _, by = desk.relax(chat({ skills = { german = 3 } }), wait({ step = 1 }))
        expect(by).to_be("built-in")
    end)
end)
