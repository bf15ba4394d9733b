local desk = policy("TEMPLATE.lua")

describe("TEMPLATE", function()
    it("lets agents edit the log of a VIP", function()
        expect(desk.chat_log_mode(chat(), agent(), customer({ vip = true }))).to_be("edit")
    end)

    it("leaves the others alone", function()
        local _, by = desk.chat_log_mode(chat(), agent(), customer())
        expect(by).to_be("built-in")
    end)
end)
