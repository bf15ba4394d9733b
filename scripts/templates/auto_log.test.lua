local desk = policy("TEMPLATE.lua")

describe("TEMPLATE", function()
    it("writes the log of a chat about a case", function()
        local answer = desk.auto_log(chat({ case = "1001" }), agent(), customer())
        expect(answer.log).to_be(true)
        expect(answer.title).to_be("Chat about case 1001")
    end)

    it("leaves the others alone", function()
        local _, by = desk.auto_log(chat(), agent(), customer())
        expect(by).to_be("built-in")
    end)
end)
