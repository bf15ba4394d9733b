local desk = policy("TEMPLATE.lua", { config = { queue = "sales" } })

describe("TEMPLATE", function()
    it("keeps a chat of the queue with its agent", function()
        expect(desk.agent_left(chat(), agent(), queue({ name = "sales" }))).to_be("keep")
    end)

    it("leaves the others to the desk", function()
        local _, by = desk.agent_left(chat(), agent())
        expect(by).to_be("built-in")
    end)
end)
