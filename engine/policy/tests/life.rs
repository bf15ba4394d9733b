//! What happens around decisions: scripts are confined to their folder, share nothing, are set aside when they fail too
//! often, and are started anew when they were stopped or keep too much.

mod support;

use hark_core::policy::{LogMode, Permission};
use hark_core::{BuiltIn, Policy};
use hark_policy::{Budget, Entry, Options, Scripts, SetAside, defaults};
use support::{Desk, Folder, carla, configured, script, told};

fn entry(scripts: &Scripts, point: &str) -> Entry {
    let entries = scripts.stats().entries();
    entries.into_iter().find(|entry| entry.point == point).expect("the script answers the point")
}

/// The permission with the offer of a new chat, `later` seconds after the last command.
fn permission(desk: &mut Desk<'_>, later: u64) -> Permission {
    desk.at += later * 1000;
    desk.events.clear();
    let chat = desk.request_with(|form| form.email = None).expect("let in");
    let offer = desk.event(|event| match event {
        hark_core::Event::OfferPresented { offer, .. } => Some((**offer).clone()),
        _ => None,
    });
    desk.accept(&offer);
    desk.must(hark_core::Action::EndChat(chat));
    desk.must(hark_core::Action::FinishPostProcessing(chat));
    offer.reject
}

#[test]
fn a_script_that_fails_too_often_is_set_aside_and_stays_counted() {
    let folder = Folder::new(&[("policy.lua", "hark.on('reject_permission', function() error('no') end)")]);
    let mut options = folder.options(&["policy.lua"]);
    options.set_aside = SetAside { failures: 3, window_s: 60 };
    let mut scripts = Scripts::load(options).expect("it loads");
    let stats = scripts.stats();
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    // Two failures within a minute, then a pause: the count begins again.
    for later in [0, 0, 120, 0] {
        assert_eq!(permission(&mut desk, later), defaults::reject_permission());
    }
    assert!(!stats.entries()[0].set_aside);
    assert_eq!(permission(&mut desk, 0), defaults::reject_permission());
    assert!(stats.entries()[0].set_aside);
    assert_eq!(permission(&mut desk, 0), defaults::reject_permission());
    let entry = &stats.entries()[0];
    assert_eq!((entry.calls, entry.errors, entry.defaults), (6, 5, 6));
}

#[test]
fn while_a_script_is_aside_the_next_one_answers() {
    let files = [
        ("one.lua", "hark.on('reject_permission', function() error('no') end)"),
        ("two.lua", "hark.on('reject_permission', function() return true end)"),
    ];
    let folder = Folder::new(&files);
    let mut options = folder.options(&["one.lua", "two.lua"]);
    options.set_aside = SetAside { failures: 1, window_s: 60 };
    let mut scripts = Scripts::load(options).expect("they load");
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    assert!(!permission(&mut desk, 0).allowed);
    assert!(permission(&mut desk, 0).allowed);
}

#[test]
fn memory_kept_between_decisions_is_bounded() {
    let mut scripts = script(
        "local kept = {}
        hark.on('reject_permission', function()
            table.insert(kept, string.rep('x', 3000000) .. #kept)
            return true
        end)",
    );
    let resident = resident_bytes();
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    for _ in 0..100 {
        permission(&mut desk, 0);
    }
    let grown = resident_bytes().saturating_sub(resident);
    assert!(grown < 128 << 20, "{grown} bytes more after 100 decisions that kept 3 MB each");
    let entry = entry(&scripts, "reject_permission");
    assert_eq!(entry.calls, 100);
    assert!(entry.answers > 50, "{entry:?}");
}

fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

#[test]
fn the_budget_is_the_configured_one() {
    let text = "hark.on('reject_permission', function() for i = 1, 2000000 do end return true end)";
    let folder = Folder::new(&[("policy.lua", text)]);
    let run = |cpu_ms| {
        let mut options = folder.options(&["policy.lua"]);
        options.budget = Budget { cpu_ms, wall_ms: 60_000, ..Budget::default() };
        let mut scripts = Scripts::load(options).expect("it loads");
        let mut desk = Desk::new(&mut scripts);
        desk.available();
        permission(&mut desk, 0).allowed
    };
    assert!(run(5000), "five seconds are enough");
    assert!(!run(1), "one millisecond is not");
}

#[test]
fn the_wall_stands_behind_the_cpu() {
    let folder =
        Folder::new(&[("policy.lua", "hark.on('reject_permission', function() while true do end end)")]);
    let mut options = folder.options(&["policy.lua"]);
    options.budget = Budget { cpu_ms: 60_000, wall_ms: 20, ..Budget::default() };
    // A quarter of the CPU's budget is free of its clock, but never more than the wall allows.
    let mut scripts = Scripts::load(options).expect("it loads");
    let stats = scripts.stats();
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    let begun = std::time::Instant::now();
    assert_eq!(permission(&mut desk, 0), defaults::reject_permission());
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    let (fault, _) = stats.entries()[0].last_error.clone().expect("it was stopped");
    assert_eq!(fault.to_string(), "policy.lua:1: stopped after 20 ms");
}

#[test]
fn the_numbers_are_read_from_other_threads() {
    let mut scripts = script("hark.on('reject_permission', function() return true end)");
    let stats = scripts.stats();
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    (0..20).for_each(|_| drop(permission(&mut desk, 0)));
    let entries = std::thread::spawn(move || stats.entries()).join().expect("it reads");
    let entry = &entries[0];
    assert_eq!((entry.script.as_str(), entry.point), ("policy.lua", "reject_permission"));
    assert_eq!((entry.calls, entry.answers, entry.errors, entry.set_aside), (20, 20, 0, false));
    assert!(entry.p95_us > 0.0 && entry.p95_us < 5000.0, "{entry:?}");
}

#[test]
fn scripts_are_confined_to_their_folder() {
    let outside = Folder::new(&[("secret.lua", "return 1")]);
    let folder = Folder::new(&[
        ("a.lua", "require('../secret')"),
        ("b.lua", "require('linked')"),
        ("c.lua", "require('/etc/hostname')"),
        ("d.lua", "require('nowhere')"),
        ("e.lua", "require('e')"),
        ("f.lua", "require('')"),
    ]);
    let link = folder.0.path().join("linked.lua");
    std::os::unix::fs::symlink(outside.0.path().join("secret.lua"), link).expect("a link can be made");
    let faults =
        Scripts::load(folder.options(&["a.lua", "b.lua", "c.lua", "d.lua", "e.lua", "f.lua", "../x.lua"]));
    let told = told(&faults.expect_err("none may load"));
    let expected = [
        "../x.lua: '../x.lua' is not a path inside the scripts' folder",
        "a.lua:1: '../secret.luau' is not a path inside the scripts' folder",
        "b.lua:1: 'linked.lua' leads out of the scripts' folder",
        "c.lua:1: '/etc/hostname.luau' is not a path inside the scripts' folder",
        "d.lua:1: there is no script 'nowhere'",
        "e.lua:1: 'e.lua' requires itself",
        "f.lua:1: ",
    ];
    for line in expected {
        assert!(told.contains(line), "{line} is not in:\n{told}");
    }
}

#[test]
fn modules_are_shared_by_name_and_not_by_value() {
    let folder = Folder::new(&[
        ("lib/count.lua", "local count = { n = 0 } return count"),
        (
            "one.lua",
            "local c = require('lib/count') hark.on('chat_log_mode', function() c.n += 1 return nil end)",
        ),
        (
            "two.lua",
            "local c = require('lib/count') hark.on('chat_log_mode', function() return if c.n == 0 then 'none' else 'edit' end)",
        ),
    ]);
    let mut scripts = folder.load(&["one.lua", "two.lua"]);
    let mut desk = Desk::new(&mut scripts);
    let chat = desk.whole_chat(vec![carla(false, false)], Vec::new());
    assert_eq!(desk.state.log(chat).expect("it opened").mode, LogMode::None);
}

#[test]
fn a_stopped_machine_is_made_anew_from_what_was_loaded() {
    let folder = Folder::new(&[
        ("lib/words.lua", "return { yes = true }"),
        (
            "policy.lua",
            "local words = require('lib/words')
            hark.on('reject_permission', function(agent, chat)
                if chat.form.question == nil then while true do end end
                return words.yes
            end)",
        ),
    ]);
    let mut scripts = folder.load(&["policy.lua"]);
    // The files are gone, and what is running does not depend on them.
    drop(folder);
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    let stop = desk.request_with(|form| (form.question, form.email) = (None, None)).expect("let in");
    desk.must(hark_core::Action::EndChat(stop));
    assert!(permission(&mut desk, 0).allowed);
}

#[test]
fn loading_is_bounded_too() {
    let folder =
        Folder::new(&[("policy.lua", "while true do end"), ("big.lua", "local s = string.rep('x', 1e9)")]);
    let told =
        told(&Scripts::load(folder.options(&["policy.lua", "big.lua", "gone.lua"])).expect_err("faulty"));
    for line in ["policy.lua:1: loading takes more than 200 ms", "big.lua: not enough memory", "gone.lua: "] {
        assert!(told.contains(line), "{line} is not in:\n{told}");
    }
}

#[test]
fn what_scripts_log_and_do_cannot_reach_their_configuration() {
    let text = "hark.on('reject_permission', function()
        hark.log.info('seen', 1, nil, {}, hark.config.name)
        return { allowed = hark.config.deep.list[1] == 'a' and not pcall(table.insert, hark.config.deep.list, 'b') }
    end)";
    let mut scripts = configured(text, serde_json::json!({ "name": "x", "deep": { "list": ["a"] } }));
    let mut desk = Desk::new(&mut scripts);
    desk.available();
    assert!(permission(&mut desk, 0).allowed);
}

#[test]
fn without_scripts_everything_is_built_in() {
    let folder = Folder::new(&[]);
    let mut scripts =
        Scripts::load(Options::new(folder.0.path(), &[])).expect("nothing is wrong with nothing");
    assert_ne!(scripts.version(), BuiltIn.version());
    let mut desk = Desk::new(&mut scripts);
    assert_eq!(desk.offer(Vec::new()).reject.reason.as_deref(), Some(BuiltIn::NO_REJECT));
}
