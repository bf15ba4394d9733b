//! What a decision costs: an empty call into a machine, questions of real size, every shipped policy, and the way of
//! asking that was not taken. Prints medians of the thread's CPU time, with their bounds; one that is missed ends the run
//! with an error. Given words, it measures the shipped policies with one of them in their names: `cargo bench -p
//! hark-policy --bench decisions -- redact`.
#![allow(clippy::print_stdout, reason = "a benchmark is read by people")]

use hark_core::command::{RequestChat, SaveAgent};
use hark_core::policy::{
    Candidates, GreetMoment, GreetQuestion, Left, LeftQuestion, LogQuestion, MessageQuestion, PopMoment,
    QueueView, RankAgents, RejectPermission, Relax, Route, RouteChat, ScreenPopQuestion,
};
use hark_core::record::{Customer, Match};
use hark_core::setup::QueueSetup;
use hark_core::state::{Agent, Chat, Form, MessageKind, Pace, Role};
use hark_core::{Action, Actor, BuiltIn, Command, Policy, Reply, Setup, State, Time, decide};
use hark_policy::{Options, ScriptOptions, Scripts};
use mlua::{Function, Lua, LuaString, Table};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

/// Most that a question of 15 fields or more may cost beyond an empty call, and a decision of any shipped policy in all,
/// in nanoseconds.
const QUESTION: f64 = 3000.0;
const SLOWEST: f64 = 10_000.0;
/// Messages of 80 characters: with something to hide, with nothing, and with digits that are nothing to hide.
const SECRETS: &str = "My card is 4111 1111 1111 1111, my address carla@example.org; when does it arrive?";
const PLAIN: &str = "My internet has been slow since yesterday evening, can somebody have a look at it?";
const TIMED: &str = "I found two flights, the first leaves at 9:15 am. Shall I book it for you already?";
const ROUNDS: usize = 101;
const CALLS: u32 = 2000;

/// Median of the rounds, in nanoseconds per call.
fn median(mut call: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = cpu();
            (0..CALLS).for_each(|_| call());
            (cpu() - begun) / f64::from(CALLS)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// CPU time of this thread in nanoseconds: what others do on the machine does not count.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn tell(what: &str, nanos: f64, empty: f64) {
    println!("{what:<66} {nanos:>8.0} ns  {:>6.2} x empty", nanos / empty);
}

/// A chat, an agent and a queue made by the core.
fn scene() -> (Chat, Agent, QueueSetup) {
    request(&mut BuiltIn)
}

/// The same, with the chat routed by a policy.
fn request(policy: &mut dyn Policy) -> (Chat, Agent, QueueSetup) {
    let mut state = State::new();
    let mut setup = Setup::default();
    setup.queues.insert("support".to_owned(), QueueSetup::default());
    let mut seed = 0;
    let mut command = |action| {
        seed += 1;
        let at = Time::from_millis(1_795_424_400_000);
        let command = Command { at, seed, by: Actor::Engine, key: None, action };
        decide(&mut state, command, policy).reply.expect("the core takes it")
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

/// Asks a shipped script at every point that it answers, and tells the costliest of them.
fn shipped(file: &str, empty: f64) -> f64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let mut options = Options::new(root, &[]);
    options.scripts.push(ScriptOptions { path: file.into(), config: config(file) });
    let mut scripts = Scripts::load(options).unwrap_or_else(|faults| panic!("{file}: {faults:?}"));
    let points: Vec<&str> = scripts.stats().entries().iter().map(|entry| entry.point).collect();
    let mut slowest: f64 = 0.0;
    for point in points {
        let took = asked(&mut scripts, point);
        tell(&format!("{file}: {point}"), took, empty);
        slowest = slowest.max(took);
    }
    if file.ends_with("redact.lua") {
        tell(&format!("{file}: message, nothing to hide"), message(&mut scripts, PLAIN), empty);
        tell(&format!("{file}: message, with a time of day"), message(&mut scripts, TIMED), empty);
    }
    for entry in scripts.stats().entries() {
        assert_eq!(entry.errors, 0, "a failing script measures nothing: {entry:?}");
    }
    slowest
}

/// A configuration with which a script has something to do.
fn config(file: &str) -> serde_json::Value {
    let hours = json!({ "mon": "09:00-13:00, 15:00-18:00", "tue": "09:00-18:00" });
    match file {
        "examples/office_hours.lua" => {
            json!({ "zone": "Europe/Madrid", "hours": hours, "holidays": ["2026-12-25"] })
        }
        "examples/after_hours.lua" => {
            json!({ "zone": "Europe/Madrid", "hours": hours, "queue": "support" })
        }
        "examples/sticky_agent.lua" => json!({ "accounts": { "A-1": "ana" } }),
        "examples/overflow_at_peak.lua" => json!({ "to": { "support": "backup" }, "waiting": 1 }),
        _ => serde_json::Value::Null,
    }
}

/// CPU time of one question at a point, about a chat with a customer and a match.
fn asked(scripts: &mut Scripts, point: &str) -> f64 {
    let (chat, agent, setup) = scene();
    let queue = QueueView { name: "support", setup: &setup };
    let (now, matches) = (chat.arrived, [one_match()]);
    let agents = [agent.clone(), agent.clone(), agent.clone()];
    let (chat, agent) = (&chat, &agent);
    let log = LogQuestion { now, chat, agent, queue };
    match point {
        "route_chat" => routed(scripts),
        "reject_permission" => {
            let reject = RejectPermission { now, agent, chat, queue, missed_today: 0 };
            median(|| drop(black_box(scripts.reject_permission(&reject))))
        }
        "screen_pop" => {
            let (on, matches) = (PopMoment::Offered, &matches);
            let pop = ScreenPopQuestion { now, on, chat, agent, queue, matches, why_none: None };
            median(|| drop(black_box(scripts.screen_pop(&pop))))
        }
        "message" => message(scripts, SECRETS),
        "chat_log_mode" => median(|| {
            black_box(scripts.chat_log_mode(&log));
        }),
        "auto_log" => median(|| drop(black_box(scripts.auto_log(&log)))),
        "post_processing" => median(|| drop(black_box(scripts.post_processing(&log)))),
        "greet" => {
            let pace = Some(Pace { position: 3, estimate_s: Some(90) });
            let greet =
                GreetQuestion { now, on: GreetMoment::Queued, chat, queue, agent: None, pace, limit: 500 };
            median(|| drop(black_box(scripts.greet(&greet))))
        }
        "customer_left" => {
            let left = LeftQuestion { now, chat, queue, agent: None, configured: Left::End };
            median(|| {
                black_box(scripts.customer_left(&left));
            })
        }
        "rank_agents" => {
            let rank = RankAgents { now, chat, queue, candidates: Candidates::given(&agents) };
            median(|| drop(black_box(scripts.rank_agents(&rank))))
        }
        "relax" => {
            let candidates = Candidates::given(&agents);
            let relax = Relax { now, chat, queue, step: 1, waited_ms: 60_000, position: 3, candidates };
            median(|| drop(black_box(scripts.relax(&relax))))
        }
        other => panic!("nobody asks {other} here yet"),
    }
}

/// CPU time of a question about a customer's message.
fn message(scripts: &mut Scripts, text: &str) -> f64 {
    let (chat, _, setup) = scene();
    let queue = QueueView { name: "support", setup: &setup };
    let (now, agent, kind, limit) = (chat.arrived, None, MessageKind::Text, 500);
    let message = MessageQuestion { now, chat: &chat, queue, agent, kind, text, limit };
    median(|| drop(black_box(scripts.message(&message))))
}

/// A routing question is the core's own: it is asked again and again while the core waits for its answer.
fn routed(scripts: &mut Scripts) -> f64 {
    struct Router<'a>(&'a mut Scripts, f64);
    impl Policy for Router<'_> {
        fn version(&self) -> &str {
            "measured"
        }

        fn route_chat(&mut self, question: &RouteChat<'_>) -> Route {
            self.1 = median(|| drop(black_box(self.0.route_chat(question))));
            Route::default()
        }
    }
    let mut router = Router(scripts, 0.0);
    request(&mut router);
    router.1
}

/// All shipped scripts, the default first.
fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/examples");
    let names =
        std::fs::read_dir(root).expect("there are examples").map(|entry| entry.expect("it can be read"));
    let mut files: Vec<String> =
        names.map(|name| format!("examples/{}", name.file_name().to_string_lossy())).collect();
    files.sort();
    files.insert(0, "default.lua".to_owned());
    files
}

fn verdict(what: &str, got: f64, bound: f64) -> bool {
    println!("{what}: {got:.0} ns, bound {bound:.0} ns: {}", if got <= bound { "kept" } else { "MISSED" });
    got <= bound
}

fn main() -> ExitCode {
    let empty = empty_call();
    tell("empty call", empty, empty);
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if !words.is_empty() {
        files().iter().filter(|file| words.iter().any(|word| file.contains(word.as_str()))).for_each(
            |file| {
                shipped(file, empty);
            },
        );
        return ExitCode::SUCCESS;
    }
    let (chat, agent, setup) = scene();
    let kept = "fields set from outside in kept tables (the way not taken)";
    tell(&format!("15 {kept}"), kept_tables(&chat, 1, 15), empty);
    tell(&format!("41 {kept}"), kept_tables(&chat, 4, 41), empty);
    let mut small = script(
        "hark.on('route_chat', function(chat) return chat.priority < 9 and chat.form.account ~= nil and nil end)",
    );
    let routed = routed(&mut small);
    tell("chat and form: 23 fields in, 2 read", routed, empty);
    let mut small = script(
        "hark.on('reject_permission', function(agent, chat, queue)
            return agent.missed_today == 0 and chat.priority < 9 and queue.name ~= ''
        end)",
    );
    let queue = QueueView { name: "support", setup: &setup };
    let reject = RejectPermission { now: chat.arrived, agent: &agent, chat: &chat, queue, missed_today: 0 };
    let asked = median(|| drop(black_box(small.reject_permission(&reject))));
    tell("agent, chat, form and queue: 41 fields in, 3 read, 1 out", asked, empty);
    let slowest = files().iter().map(|file| shipped(file, empty)).fold(0.0, f64::max);
    let kept = [
        verdict("a question of 23 fields, beyond the empty call", routed - empty, QUESTION),
        verdict("the slowest shipped policy", slowest, SLOWEST),
    ];
    if kept == [true; 2] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
