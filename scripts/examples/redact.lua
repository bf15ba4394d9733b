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

-- How many digits a card number has.
local SHORTEST, LONGEST = 13, 19

-- What a digit counts that is doubled, by its byte: a sum of two digits counts as both.
local DOUBLED = {}
for digit, counts in { [0] = 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 } do
    DOUBLED[string.byte("0") + digit] = counts
end

-- Every second digit from the right counts double; the whole ends in 0.
local function is_card(digits)
    local length = #digits
    if length < SHORTEST or length > LONGEST then
        return false
    end
    local sum = 0
    for place = length, 1, -2 do
        sum += string.byte(digits, place) - 48 + (DOUBLED[string.byte(digits, place - 1)] or 0)
    end
    return sum % 10 == 0
end

-- Goes from one run of digits to the next. An anchored pattern that ends in `()` tells where a run ends in one step, where a
-- search would try at every character.
local function hide_cards(text)
    local hidden, kept = "", 1
    local first = string.match(text, "^%D*()")
    while first <= #text do
        local after, following = string.match(text, "^[%d %-]*()%D*()", first)
        if after - first >= SHORTEST then
            local digits = string.gsub(string.sub(text, first, after - 1), "%D", "")
            if is_card(digits) then
                hidden ..= string.sub(text, kept, first - 1) .. "•••• " .. string.sub(digits, -4)
                kept = string.match(text, "^[%d %-]*%d()", first)
            end
        end
        first = following
    end
    return if kept == 1 then text else hidden .. string.sub(text, kept)
end

-- The bytes that may stand before the @ of an address.
local LOCAL = {}
for byte in string.gmatch("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-", ".") do
    LOCAL[string.byte(byte)] = true
end

-- Looks at what is around each @ and at nothing else.
local function hide_emails(text)
    local hidden, kept = "", 1
    local at = string.find(text, "@", 1, true)
    while at do
        local first = at
        while first > kept and LOCAL[string.byte(text, first - 1)] do
            first -= 1
        end
        local after = string.match(text, "^[%w.%-]+%.%a%a+()", at + 1)
        if first < at and after then
            hidden ..= string.sub(text, kept, first - 1) .. "[e-mail]"
            kept = after
        end
        at = string.find(text, "@", math.max(kept, at + 1), true)
    end
    return if kept == 1 then text else hidden .. string.sub(text, kept)
end

hark.on("message", function(message)
    if message.from ~= "customer" then
        return nil
    end
    local text = message.text
    if cards and message.digits >= SHORTEST then
        text = hide_cards(text)
    end
    if emails and string.find(text, "@", 1, true) then
        text = hide_emails(text)
    end
    return if text == message.text then nil else { text = text }
end)
