local desk = policy("TEMPLATE.lua", { config = { seconds = 15 } })

describe("TEMPLATE", function()
    it("is short when the customer has gone", function()
        local answer = desk.post_processing(chat({ ended_by = "customer_gone" }), agent())
        expect(answer.seconds).to_be(15)
    end)

    it("is the queue's otherwise", function()
        local _, by = desk.post_processing(chat({ ended_by = "agent" }), agent())
        expect(by).to_be("built-in")
    end)
end)
