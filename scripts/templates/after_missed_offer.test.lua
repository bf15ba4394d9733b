local desk = policy("TEMPLATE.lua", { config = { pause_s = 30 } })

describe("TEMPLATE", function()
    it("lets who rejects stay available", function()
        local answer = desk.after_missed_offer(agent(), chat(), "rejected")
        expect(answer).to_equal({ status = "available", pause_s = 30 })
    end)

    it("leaves everything else to the desk", function()
        local answer, by = desk.after_missed_offer(agent(), chat(), "expired")
        expect(answer).to_equal({ status = "on_break" })
        expect(by).to_be("built-in")
    end)
end)
