local desk = policy("TEMPLATE.lua", { config = { words = "hello again" } })

describe("TEMPLATE", function()
    it("leaves a note when a chat goes back to its queue", function()
        local chat = "int_01980000000000000000000001"
        local did = desk.after("chat_requeued", { chat_id = chat, data = { because = "agent_gone" } })
        expect(did.commands).to_equal({
            { name = "note", with = { chat = chat, text = "hello again: agent_gone" } },
        })
    end)
end)
