local desk = policy("TEMPLATE.lua", { config = { queue = "support" } })

describe("TEMPLATE", function()
    it("keeps an active chat of the queue", function()
        expect(desk.customer_left(chat(), agent())).to_be("keep")
    end)

    it("lets a waiting one end", function()
        local answer, by = desk.customer_left(chat())
        expect(answer).to_be("end")
        expect(by).to_be("built-in")
    end)
end)
