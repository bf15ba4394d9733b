-- Customers get an agent who speaks their language.
--
--   [scripts]
--   files = ["examples/language_skills.lua", "default.lua"]
--   [scripts.config."examples/language_skills.lua"]
--   skills = { de = "german", es = "spanish" }  # language of the customer's page, and the skill that it asks for
--   level = 3                                   # at least this good at it
--   always = { billing = 2 }                    # skills that every chat needs beside it
--
-- A language is meant by its first part: "de-AT" is "de". Chats in other languages keep the skills of their queue.

local skills = hark.config.skills or { de = "german", es = "spanish" }
local level = hark.config.level or 3
local always = hark.config.always or {}

hark.on("route_chat", function(chat)
    local language = string.match(chat.form.language or "", "^%a+")
    local skill = language and skills[string.lower(language)]
    if not skill then
        return nil
    end
    local wanted = table.clone(always)
    wanted[skill] = level
    return { skills = wanted }
end)
