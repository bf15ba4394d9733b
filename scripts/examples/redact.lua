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

-- Every second digit from the right counts double, a sum of two digits counts as both; the whole ends in 0.
local function is_card(digits)
    if #digits < 13 or #digits > 19 then
        return false
    end
    local sum = 0
    for place = 1, #digits do
        local digit = string.byte(digits, #digits - place + 1) - 48
        if place % 2 == 0 then
            digit *= 2
            if digit > 9 then
                digit -= 9
            end
        end
        sum += digit
    end
    return sum % 10 == 0
end

local function hide_card(run)
    local kept, tail = string.match(run, "^(.-)([ %-]*)$")
    local digits = string.gsub(kept, "[ %-]", "")
    if not is_card(digits) then
        return run
    end
    return "•••• " .. string.sub(digits, -4) .. tail
end

hark.on("message", function(message)
    if message.from ~= "customer" then
        return nil
    end
    local text = message.text
    if cards then
        text = string.gsub(text, "%d[%d %-]*", hide_card)
    end
    if emails then
        text = string.gsub(text, "[%w._%%+%-]+@[%w.%-]+%.%a%a+", "[e-mail]")
    end
    return if text == message.text then nil else { text = text }
end)
