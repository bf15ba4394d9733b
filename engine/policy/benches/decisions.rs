//! What a decision costs: an empty call into a machine, questions of real size, the shipped policy, and the way of
//! asking that was not taken. Prints medians; nothing here passes or fails.
#![allow(clippy::print_stdout, reason = "a benchmark is read by people")]

use hark_core::command::{RequestChat, SaveAgent};
use hark_core::policy::{LogQuestion, PopMoment, QueueView, RejectPermission, ScreenPopQuestion};
use hark_core::record::{Customer, Match};
use hark_core::setup::QueueSetup;
use hark_core::state::{Agent, Chat, Form, Role};
use hark_core::{Action, Actor, BuiltIn, Command, Policy, Reply, Setup, State, Time, decide};
use hark_policy::{Options, Scripts};
use mlua::{Function, Lua, LuaString, Table};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 101;
const CALLS: u32 = 2000;

/// Median of the rounds, in nanoseconds per call.
fn median(mut call: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            (0..CALLS).for_each(|_| call());
            begun.elapsed().as_nanos() as f64 / f64::from(CALLS)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn tell(what: &str, nanos: f64, empty: f64) {
    println!("{what:<66} {nanos:>8.0} ns  {:>6.2} x empty", nanos / empty);
}

/// A chat, an agent and a queue made by the core.
fn scene() -> (Chat, Agent, QueueSetup) {
    let mut state = State::new();
    let mut setup = Setup::default();
    setup.queues.insert("support".to_owned(), QueueSetup::default());
    let mut seed = 0;
    let mut command = |action| {
        seed += 1;
        let at = Time::from_millis(1_795_424_400_000);
        let command = Command { at, seed, by: Actor::Engine, key: None, action };
        decide(&mut state, command, &mut BuiltIn).reply.expect("the core takes it")
    };
    command(Action::Configure(Box::new(setup)));
    let agent = command(Action::SaveAgent(Box::new(SaveAgent {
        login: "ana".to_owned(),
        name: "Ana Silva".to_owned(),
        role: Role::Agent,
        capacity: 3,
        queues: vec!["support".to_owned()],
        skills: BTreeMap::from([("german".to_owned(), 5)]),
        credential: None,
        disabled: false,
    })));
    let form = Form {
        name: "Carla Weber".to_owned(),
        email: Some("carla@example.org".to_owned()),
        account: Some("A-1007".to_owned()),
        question: Some("My internet has been slow since yesterday evening, what can I do?".to_owned()),
        language: Some("de".to_owned()),
        ..Form::default()
    };
    let chat = command(Action::RequestChat(Box::new(RequestChat { form, queue: None, watched: false })));
    let (Reply::Agent(agent), Reply::Chat(chat)) = (agent, chat) else { panic!("both were made") };
    let chat = state.chat(chat).expect("it lives").clone();
    (chat, state.agent(agent).expect("it lives").clone(), QueueSetup::default())
}

fn one_match() -> Match {
    let customer = Customer {
        id: hark_core::id::ForeignId("cus-1007".to_owned()),
        name: "Carla Weber".to_owned(),
        email: Some("carla@example.org".to_owned()),
        phone: None,
        account: Some("A-1007".to_owned()),
        company: None,
        language: Some("de".to_owned()),
        vip: false,
        since: Some("2019-04-01".to_owned()),
        notes: None,
        fields: BTreeMap::new(),
        version: 1,
    };
    Match { customer, case: None, open_cases: 1, score: 100, by: "email".to_owned() }
}

/// One call of a function that does nothing.
fn empty_call() -> f64 {
    let lua = Lua::new();
    let empty: Function = lua.load("return function() return true end").eval().expect("it compiles");
    median(|| {
        black_box(empty.call::<bool>(()).expect("it answers"));
    })
}

/// The way not taken: kept tables whose fields are set from outside under cached keys, thawed and frozen.
fn kept_tables(chat: &Chat, tables: usize, fields: usize) -> f64 {
    let lua = Lua::new();
    let ask: Function =
        lua.load("return function(one) return one.f1 ~= nil end").eval().expect("it compiles");
    let tables: Vec<Table> = (0..tables).map(|_| lua.create_table().expect("there is memory")).collect();
    let key = |key: usize| lua.create_string(format!("f{key}")).expect("there is memory");
    let keys: Vec<LuaString> = (0..fields).map(key).collect();
    let form = &chat.form;
    median(|| {
        tables.iter().for_each(|table| table.set_readonly(false));
        for (place, key) in keys.iter().enumerate() {
            let table = &tables[place % tables.len()];
            let set = match place % 3 {
                0 => table.raw_set(key, form.question.as_deref()),
                1 => table.raw_set(key, form.name.as_str()),
                _ => table.raw_set(key, chat.arrived.millis() as f64),
            };
            set.expect("the table is open");
        }
        tables.iter().for_each(|table| table.set_readonly(true));
        black_box(ask.call::<bool>(&tables[0]).expect("it answers"));
    })
}

fn script(text: &str) -> Scripts {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(folder.path().join("policy.lua"), text).expect("it is written");
    Scripts::load(Options::new(folder.path(), &["policy.lua"])).expect("it loads")
}

fn questions(scripts: &mut Scripts, what: &str, empty: f64) {
    let (chat, agent, setup) = scene();
    let queue = QueueView { name: "support", setup: &setup };
    let (now, matches) = (chat.arrived, [one_match()]);
    let (chat, agent) = (&chat, &agent);
    let reject = RejectPermission { now, agent, chat, queue, missed_today: 0 };
    tell(
        &format!("{what}: reject_permission"),
        median(|| drop(black_box(scripts.reject_permission(&reject)))),
        empty,
    );
    let pop = ScreenPopQuestion {
        now,
        on: PopMoment::Offered,
        chat,
        agent,
        queue,
        matches: &matches,
        why_none: None,
    };
    tell(
        &format!("{what}: screen_pop, one match"),
        median(|| drop(black_box(scripts.screen_pop(&pop)))),
        empty,
    );
    let log = LogQuestion { now, chat, agent, queue };
    let mode = median(|| {
        black_box(scripts.chat_log_mode(&log));
    });
    tell(&format!("{what}: chat_log_mode"), mode, empty);
    tell(&format!("{what}: auto_log"), median(|| drop(black_box(scripts.auto_log(&log)))), empty);
    for entry in scripts.stats().entries() {
        assert_eq!(entry.errors, 0, "a failing script measures nothing: {entry:?}");
    }
}

fn main() {
    let empty = empty_call();
    tell("empty call", empty, empty);
    let (chat, _, _) = scene();
    let kept = "fields set from outside in kept tables (the way not taken)";
    tell(&format!("15 {kept}"), kept_tables(&chat, 1, 15), empty);
    tell(&format!("41 {kept}"), kept_tables(&chat, 4, 41), empty);
    let mut small = script(
        "hark.on('reject_permission', function(agent, chat, queue)
            return agent.missed_today == 0 and chat.priority < 9 and queue.name ~= ''
        end)",
    );
    let (chat, agent, setup) = scene();
    let queue = QueueView { name: "support", setup: &setup };
    let reject = RejectPermission { now: chat.arrived, agent: &agent, chat: &chat, queue, missed_today: 0 };
    let asked = median(|| drop(black_box(small.reject_permission(&reject))));
    tell("agent, chat, form and queue: 41 fields in, 3 read, 1 out", asked, empty);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let mut shipped = Scripts::load(Options::new(root, &["default.lua"])).expect("it loads");
    questions(&mut shipped, "default.lua", empty);
}
