local desk = policy("TEMPLATE.lua")

describe("TEMPLATE", function()
    local best, other = match({ score = 90 }), match({ score = 40 })

    it("shows the best of several matches", function()
        expect(desk.screen_pop(chat(), agent(), { best, other }, "offered")).to_equal({ kind = "record", index = 1 })
    end)

    it("leaves equals to the next script", function()
        local _, by = desk.screen_pop(chat(), agent(), { best, best }, "offered")
        expect(by).to_be("built-in")
    end)
end)
