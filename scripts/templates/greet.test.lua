local desk = policy("TEMPLATE.lua", { config = { welcome = "Welcome!" } })

describe("TEMPLATE", function()
    it("welcomes who waits", function()
        expect(desk.greet(chat(), nil, "queued")).to_be("Welcome!")
    end)

    it("leaves the rest to the agent", function()
        local answer, by = desk.greet(chat(), nil, "accepted", nil, agent())
        expect(answer).to_be(false)
        expect(by).to_be("built-in")
    end)
end)
