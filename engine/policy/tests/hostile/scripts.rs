//! The hostile scripts: bodies of a handler, which see `chat`, `agent` and `queue`. Nothing is judged here.

/// Bodies that are stopped or fail; none may answer.
pub(crate) const STOPPED: [(&str, &str); 53] = [
    ("endless loop", "while true do end"),
    ("endless repeat", "repeat until false"),
    ("endless numeric loop", "for i = 1, math.huge do end"),
    ("endless loop in pcall", "pcall(function() while true do end end) while true do end"),
    ("pcall in an endless loop", "while true do pcall(function() while true do end end) end"),
    ("tower of pcalls", "local function f() pcall(f) while true do pcall(f) end end f()"),
    ("endless xpcall handler", "xpcall(error, function() while true do end end) while true do end"),
    ("xpcall handlers that fail", "local function h() error('h') end while true do xpcall(h, h) end"),
    (
        "endless __index",
        "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    ),
    (
        "endless __index chain",
        "local t = {} setmetatable(t, {__index = function(s, k) return s[k] end}) return t.x",
    ),
    (
        "endless __eq",
        "local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)",
    ),
    (
        "endless __tostring",
        "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    ),
    ("endless __concat", "return setmetatable({}, {__concat = function() while true do end end}) .. 'x'"),
    (
        "endless __iter",
        "for _ in setmetatable({}, {__iter = function() return function() return 1 end end}) do end",
    ),
    ("endless __len", "return #setmetatable({}, {__len = function() while true do end end})"),
    (
        "endless __call",
        "local t = setmetatable({}, {}) getmetatable(t).__call = function(s) while true do end end t()",
    ),
    ("huge string.rep", "return string.rep('x', 1e9)"),
    ("growing string", "local s = 'x' while true do s = s .. s end"),
    ("empty string.rep", "while true do string.rep('', 2^31) end"),
    (
        "backtracking find",
        "return string.find(string.rep('a', 30), string.rep('a?', 30) .. string.rep('a', 30) .. 'b')",
    ),
    ("backtracking match", "return string.match(string.rep('a', 5000), string.rep('.-', 20) .. 'b')"),
    ("long plain find", "return string.find(string.rep('a', 3e6), string.rep('a', 1e6) .. 'b', 1, true)"),
    (
        "long plain method",
        "local s = string.rep('a', 3e6) return s:find(string.rep('a', 1e6) .. 'b', 1, true)",
    ),
    ("long split", "return #string.split(string.rep('a', 3e6), string.rep('a', 1e6) .. 'b')"),
    (
        "recursive gsub",
        "local function f(s) return (string.gsub(s, '.', f)) end return f('aaaaaaaaaaaaaaaaaaaa')",
    ),
    ("endless gsub callback", "return string.gsub('aaa', 'a', function() while true do end end)"),
    ("huge table.move", "while true do table.move({1}, -2^30, 2^30, 1, {}) end"),
    (
        "huge table.concat",
        "local t = {} for i = 1, 1e5 do t[i] = string.rep('x', 1000) end return table.concat(t)",
    ),
    (
        "endless sort",
        "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function() return true end) end",
    ),
    (
        "big sort",
        "local t = table.create(2e5, 0) for i = 1, 2e5 do t[i] = -i end while true do table.sort(t) end",
    ),
    (
        "sort of long strings",
        "local a, b = string.rep('a', 1e6) .. 'a', string.rep('a', 1e6) .. 'b' local t = {} for i = 1, 5e4 do t[i] = if i % 2 == 0 then a else b end table.sort(t)",
    ),
    ("huge table.create", "return table.create(2^26, 0)"),
    ("growing table", "local t = {} while true do t[#t + 1] = {} end"),
    ("huge buffer", "return buffer.create(2^30)"),
    ("deep recursion", "local function f() return 1 + f() end return f()"),
    ("deep recursion in pcall", "local function f() pcall(f) return 1 + f() end return f()"),
    ("error with a table", "error({ code = 1 })"),
    ("error with a bomb", "error(setmetatable({}, {__tostring = function() while true do end end}))"),
    ("error with nil", "error(nil)"),
    ("error with a huge text", "error(string.rep('x', 1e6))"),
    ("error with all of the memory", "error(string.rep('x', 4e6))"),
    ("endless __newindex", "setmetatable({}, {__newindex = function() while true do end end}).x = 1"),
    (
        "endless __lt",
        "local m = {__lt = function() while true do end end} return setmetatable({}, m) < setmetatable({}, m)",
    ),
    ("endless __unm", "return -setmetatable({}, {__unm = function() while true do end end})"),
    ("endless __namecall", "setmetatable({}, {__namecall = function() while true do end end}):go()"),
    ("endless __index of a method", "setmetatable({}, {__index = function() while true do end end}):go()"),
    (
        "tables with finalizers",
        "while true do setmetatable({}, {__gc = function() while true do end end}) end",
    ),
    (
        "tables with closers",
        "while true do local t = setmetatable({}, {__close = function() error(1) end}) t = nil end",
    ),
    ("weak tables", "local t = setmetatable({}, {__mode = 'kv'}) while true do t[{}] = {} end"),
    (
        "chain of closures",
        "local f = function() end while true do local g = f f = function() return g() end end",
    ),
    (
        "string.format of much",
        "local s = string.rep('x', 1e6) while true do s = string.format('%s%s', s, s) end",
    ),
    ("unpacked table", "return select('#', table.unpack(table.create(1e6, 1)))"),
    ("endless table.insert in front", "local t = {} while true do table.insert(t, 1, 1) end"),
];

/// Bodies that are stopped only between two calls of a library function that reads or copies all of their memory in one go.
pub(crate) const SLICED: [(&str, &str); 5] = [
    ("endless table.find", "local t = table.create(4e5, 0) while true do table.find(t, 1) end"),
    (
        "endless table.remove in front",
        "local t = table.create(4e5, 0) while true do t[#t + 1] = 0 table.remove(t, 1) end",
    ),
    ("long texts made anew", "local s = string.rep('x', 2e6) while true do s = string.reverse(s) end"),
    ("table.clone of much", "local t = table.create(2e5, 0) while true do t[1] = table.clone(t) end"),
    ("utf8.len of much", "local s = string.rep('ä', 1e6) while true do utf8.len(s) end"),
];

/// Bodies that reach for what is not theirs; each must fail, not be stopped.
pub(crate) const REACHING: [&str; 34] = [
    "x = 1",
    "_G.x = 1",
    "hark.on = 1",
    "hark.config.x = 1",
    "string.format = 1",
    "table.insert(string, 1)",
    "rawset(chat, 'priority', 9)",
    "rawset(hark, 'on', 9)",
    "table.clear(chat)",
    "table.insert(chat.codes, 1)",
    "chat.form.name = 'x'",
    "queue.skills.x = 1",
    "setmetatable(chat, nil)",
    "getmetatable(chat).__index = nil",
    "getmetatable('').__index = nil",
    "io.open('/etc/passwd')",
    "os.exit(1)",
    "debug.getregistry()",
    "load('return 1')()",
    "loadstring('return 1')()",
    "getfenv().x = 1",
    "setfenv(1, {})",
    "coroutine.wrap(function() while true do end end)()",
    "return math.random()",
    "require('calm')",
    "return hark.nwo",
    "return chat.messages_of",
    "string.rep = nil",
    "coroutine.create(error)",
    "hark.on('auto_log', function() end)",
    "hark.calendar(hark.now, 'Nowhere/At_All')",
    "hark.calendar(0 / 0)",
    "rawset(hark.calendar(hark.now), 'hour', 1)",
    "table.insert(agent.skills, 1)",
];

/// Error objects of odd types: each is a failure like any other, told in some words.
pub(crate) const ERRORS: [(&str, &str); 14] = [
    ("error(function)", "error(function() end)"),
    ("error(true)", "error(true)"),
    ("error(NaN)", "error(0 / 0)"),
    ("error(buffer)", "error(buffer.create(1000))"),
    ("error(hark)", "error(hark)"),
    ("error(question)", "error(chat)"),
    ("error(cyclic table)", "local t = {} t.t = t error(t)"),
    ("error(locked table)", "error(setmetatable({}, {__metatable = 'locked'}))"),
    ("error(failing __tostring)", "error(setmetatable({}, {__tostring = function() error('again') end}))"),
    ("error(__tostring of no text)", "error(setmetatable({}, {__tostring = function() return {} end}))"),
    ("error(bytes)", "error('\\255\\254\\0\\10')"),
    ("error(text like a place)", "error('/etc/passwd:1: root', 0)"),
    ("failing error handler", "local ok, e = xpcall(error, error) error(e)"),
    ("error of an error", "local ok, e = pcall(error, setmetatable({}, {__index = error})) error(e)"),
];

/// Answers that are none: (what, decision point, the answer).
pub(crate) const ANSWERS: [(&str, &str, &str); 30] = [
    ("cyclic answer", "reject_permission", "local t = {} t.allowed = t return t"),
    ("cyclic key", "reject_permission", "local t = { allowed = true } t[t] = t return t"),
    ("answer that is a function", "reject_permission", "return function() return true end"),
    ("answer that is a number", "reject_permission", "return 0 / 0"),
    ("huge reason", "reject_permission", "return { allowed = false, reason = string.rep('x', 4e6) }"),
    (
        "reason of bytes",
        "reject_permission",
        "return { allowed = false, reason = string.rep('\\255', 2000) }",
    ),
    (
        "100,000 unknown fields",
        "reject_permission",
        "local t = table.create(1e5, true) t.allowed = true return t",
    ),
    (
        "hidden answer",
        "reject_permission",
        "return setmetatable({}, { __index = function() return true end })",
    ),
    (
        "answer that counts for ever",
        "reject_permission",
        "return setmetatable({}, { __index = function() while true do end end })",
    ),
    ("frozen question as answer", "reject_permission", "return chat"),
    ("huge queue name", "route_chat", "return string.rep('q', 4e6)"),
    ("priority that is no number", "route_chat", "return { priority = 0 / 0 }"),
    ("endless priority", "route_chat", "return { priority = math.huge }"),
    ("65 skills", "route_chat", "local s = {} for i = 1, 65 do s['s' .. i] = 1 end return { skills = s }"),
    ("cyclic skills", "route_chat", "local s = {} s.s = s return { skills = s }"),
    ("skills with odd keys", "route_chat", "return { skills = { [1.5] = 1, [false] = 2 } }"),
    ("huge text that turns away", "route_chat", "return { turn_away = string.rep('x', 4e6) }"),
    ("pop of a place that is not", "screen_pop", "return { kind = 'record', index = 2 ^ 60 }"),
    ("pop of an odd address", "screen_pop", "return { kind = 'url', url = 'javascript:alert(1)' }"),
    ("cyclic fields", "screen_pop", "local f = {} f.f = f return { kind = 'blank', fields = f }"),
    (
        "huge fields",
        "screen_pop",
        "local f = {} for i = 1, 2e4 do f['f' .. i] = 'x' end return { kind = 'blank', fields = f }",
    ),
    ("huge text", "message", "return { text = string.rep('x', 4e6) }"),
    ("text of nothing", "message", "return { text = ' ' }"),
    ("both at once", "message", "return { text = 'x', refuse = 'y' }"),
    ("mode that is none", "chat_log_mode", "return string.rep('view', 1e6)"),
    ("huge title", "auto_log", "return { title = string.rep('x', 4e6) }"),
    ("huge greeting", "greet", "return string.rep('x', 4e6)"),
    ("wrap-up for ever", "post_processing", "return math.huge"),
    ("cyclic list of lists", "post_processing", "local t = {} t[1] = t return { mandatory = t }"),
    ("endless list of lists", "post_processing", "return { mandatory = table.create(1e5, 'x') }"),
];

/// What looks hostile and is not: it answers `true`, in time, and nothing of it runs later.
pub(crate) const HARMLESS: [(&str, &str); 4] = [
    ("finalizer", "setmetatable({}, {__gc = function() while true do end end}) return true"),
    (
        "hostile metatable on the answer",
        "return setmetatable({ allowed = true }, { __index = error, __iter = error, __len = error, __eq = error })",
    ),
    ("200 lines logged", "for i = 1, 200 do hark.log.info(string.rep('x', 1000)) end return true"),
    ("memory within the budget", "local t = {} for i = 1, 1e4 do t[i] = { i } end return true"),
];
