-- Customers get an agent who speaks their language.
--
--   [scripts]
--   files = ["examples/language_skills.lua", "default.lua"]
--   [scripts.config."examples/language_skills.lua"]
--   skills = { de = "german", es = "spanish" }  # language of the customer's page, and the skill that it asks for
--   level = 3                                   # at least this good at it
--   always = { billing = 2 }                    # skills that every chat needs beside it
--
--   [queues.support]
--   relax_after_s = [60, 120]                   # after a minute a little of the language will do, after two anybody
--
-- A language is meant by its first part: "de-AT" is "de". Chats in other languages keep the skills of their queue.

local skills = hark.config.skills or { de = "german", es = "spanish" }
local level = hark.config.level or 3
local always = hark.config.always or {}

-- The skill that a customer's language asks for.
local function skill_of(chat)
    local language = string.match(chat.form.language or "", "^%a+")
    return language and skills[string.lower(language)]
end

hark.on("route_chat", function(chat)
    local skill = skill_of(chat)
    if not skill then
        return nil
    end
    local wanted = table.clone(always)
    wanted[skill] = level
    return { skills = wanted }
end)

hark.on("relax", function(chat, wait)
    local skill = skill_of(chat)
    if not skill or not chat.skills[skill] then
        return nil
    end
    if wait.step > 1 then
        return { drop = { skill } }
    end
    local wanted = table.clone(chat.skills)
    wanted[skill] = 1
    return { skills = wanted }
end)
