//! Scripts that mean harm, or might as well. Each is stopped, costs no more time and memory than a bound near its
//! budget, and after it the next decision is right and no other script has felt it.

mod support;

use hark_core::Event;
use hark_core::policy::Permission;
use hark_policy::{Scripts, defaults};
use std::time::{Duration, Instant};
use support::{Desk, Folder};

/// Twice the default budget of 5 ms of CPU time is what a stop should take; on a busy machine the wall moves on
/// meanwhile, and machines are made anew. This bound tells a stop from a script that runs on.
const BOUND: Duration = Duration::from_millis(400);

/// Bodies of a handler of `reject_permission`. Those that are stopped or fail; none may answer.
const HOSTILE: [(&str, &str); 40] = [
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
];

/// Bodies that reach for what is not theirs; each must fail, not be stopped.
const REACHING: [&str; 28] = [
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
];

/// A script that remembers: what another does to its own machine is not felt here.
const CALM: &str = "local seen = 0
hark.on('chat_log_mode', function()
    seen += 1
    return if seen == 2 then 'none' else 'edit'
end)";

/// A script that harms at customers named Mallory, and one beside it that answers another point.
fn load(body: &str) -> Scripts {
    let text = format!(
        "hark.on('reject_permission', function(agent, chat, queue)\nif chat.form.name == 'Mallory' then\n{body}\nend return true end)"
    );
    Folder::new(&[("harm.lua", &text), ("calm.lua", CALM)]).load(&["harm.lua", "calm.lua"])
}

/// The permission with the offer of one chat, and how long the whole took.
fn permission(desk: &mut Desk<'_>, name: &str) -> (Permission, Duration) {
    desk.events.clear();
    let begun = Instant::now();
    let chat = desk.request_with(|form| {
        form.name = name.to_owned();
        form.email = None;
    });
    let chat = chat.expect("the chat is let in");
    let took = begun.elapsed();
    let offer = desk.event(|event| match event {
        Event::OfferPresented { offer, .. } => Some((**offer).clone()),
        _ => None,
    });
    assert_eq!(offer.chat, chat);
    desk.accept(&offer);
    desk.must(hark_core::Action::EndChat(chat));
    desk.must(hark_core::Action::FinishPostProcessing(chat));
    (offer.reject, took)
}

/// Mallory, then Carla: the default answers the first, the script the second, and the other script answers both.
fn suffer(what: &str, scripts: &mut Scripts) -> String {
    let resident = resident_bytes();
    let mut desk = Desk::new(scripts);
    desk.available();
    let (answer, took) = permission(&mut desk, "Mallory");
    assert_eq!(answer, defaults::reject_permission(), "{what}");
    assert!(took < BOUND, "{what}: it took {took:?}");
    let (answer, _) = permission(&mut desk, "Carla");
    assert!(answer.allowed, "{what}: the next decision is wrong");
    let mode = desk.event(|event| match event {
        Event::ChatLogOpened { log, .. } => Some(log.mode),
        _ => None,
    });
    assert_eq!(mode, hark_core::policy::LogMode::None, "{what}: the other script lost what it knew");
    let grown = resident_bytes().saturating_sub(resident);
    assert!(grown < 256 << 20, "{what}: {grown} bytes more");
    let entries = scripts.stats().entries();
    let harm = entries.iter().find(|entry| entry.script == "harm.lua").expect("it is counted");
    assert_eq!((harm.calls, harm.errors, harm.defaults), (2, 1, 1), "{what}");
    let calm = entries.iter().find(|entry| entry.script == "calm.lua").expect("it is counted");
    assert_eq!((calm.calls, calm.errors), (2, 0), "{what}");
    harm.last_error.as_ref().expect("it failed").0.to_string()
}

/// Resident memory of this process.
fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

#[test]
fn every_hostile_script_is_stopped_and_the_next_decision_is_right() {
    for (what, body) in HOSTILE {
        let told = suffer(what, &mut load(body));
        assert!(told.starts_with("harm.lua:"), "{what}: {told}");
    }
}

#[test]
fn what_is_not_a_scripts_cannot_be_reached() {
    for body in REACHING {
        let folder_text = format!(
            "hark.on('reject_permission', function(agent, chat, queue)\nif chat.form.name == 'Mallory' then\n{body}\nend return true end)"
        );
        // A name that scripts do not have is refused before anything runs; the rest fails in its decision.
        let told = match try_load(&folder_text) {
            Ok(mut scripts) => suffer(body, &mut scripts),
            Err(told) => told,
        };
        assert!(told.starts_with("harm.lua:3:"), "{body}: {told}");
        assert!(!told.contains("stopped"), "{body}: {told}");
    }
}

fn try_load(text: &str) -> Result<Scripts, String> {
    let folder = Folder::new(&[("harm.lua", text), ("calm.lua", CALM)]);
    Scripts::load(folder.options(&["harm.lua", "calm.lua"])).map_err(|faults| support::told(&faults))
}
