-- Card numbers and e-mail addresses are hidden in what customers write, before anybody sees them.
--
--   [scripts]
--   files = ["examples/redact.lua", "default.lua"]
--   [scripts.config."examples/redact.lua"]
--   cards = true
--   emails = true
--
-- A card number is 13 to 19 digits, apart by single spaces or hyphens at most, that pass the Luhn check of ISO/IEC 7812-1. The last
-- four stay, so that both sides know which card is meant.

local cards = hark.config.cards ~= false
local emails = hark.config.emails ~= false

-- What a digit counts that is doubled: a sum of two digits counts as both.
local DOUBLED = { [0] = 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 }

-- Every second digit from the right counts double; the whole ends in 0.
local function is_card(digits)
    local length = #digits
    if length < 13 or length > 19 then
        return false
    end
    local sum = 0
    for place = length, 1, -1 do
        local digit = string.byte(digits, place) - 48
        sum += if (length - place) % 2 == 1 then DOUBLED[digit] else digit
    end
    return sum % 10 == 0
end

local function hide_card(run)
    if #run < 13 then
        return nil
    end
    local digits = string.gsub(run, "%D", "")
    return if is_card(digits) then "•••• " .. string.sub(digits, -4) else nil
end

-- The bytes that may stand before the @ of an address.
local LOCAL = {}
for byte in string.gmatch("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-", ".") do
    LOCAL[string.byte(byte)] = true
end

-- Looks at what is around each @ and at nothing else: a long message without one costs next to nothing.
local function hide_emails(text)
    local parts, kept = {}, 1
    local at = string.find(text, "@", 1, true)
    while at do
        local first = at
        while first > kept and LOCAL[string.byte(text, first - 1)] do
            first -= 1
        end
        local _, last = string.find(text, "^[%w.%-]+%.%a%a+", at + 1)
        if first < at and last then
            table.insert(parts, string.sub(text, kept, first - 1))
            kept = last + 1
        end
        at = string.find(text, "@", math.max(kept, at + 1), true)
    end
    if kept == 1 then
        return text
    end
    table.insert(parts, string.sub(text, kept))
    return table.concat(parts, "[e-mail]")
end

hark.on("message", function(message)
    if message.from ~= "customer" then
        return nil
    end
    local text = message.text
    if cards and string.find(text, "%d") then
        text = string.gsub(text, "%d[%d %-]+%d", hide_card)
    end
    if emails then
        text = hide_emails(text)
    end
    return if text == message.text then nil else { text = text }
end)
