local desk = policy("TEMPLATE.lua", { config = { word = "password" } })

describe("TEMPLATE", function()
    it("refuses what a customer should not send", function()
        local answer = desk.message(message({ text = "My Password is 1234" }))
        expect(answer).to_equal({ refuse = "please do not send your password" })
    end)

    it("lets everything else pass", function()
        local answer, by = desk.message(message({ text = "Hello" }))
        expect(answer).to_be(true)
        expect(by).to_be("built-in")
    end)
end)
