//! A thousand reloads under traffic: chats go on over the API while two versions of a script take turns. Each decision is
//! answered wholly by one version, and its event names that one; nothing fails, no chat is lost, memory stays flat; a
//! broken version now and then is refused and the old one stays.
//!
//! `cargo test -p hark-tests --test reload`

#![forbid(unsafe_code)]

mod by_itself;
mod record;

use futures_util::future::join_all;
use hark_tests::{AgentClient, GuestClient, Person, Server, within};
use record::Record;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Reloads that are taken.
const RELOADS: usize = 1000;
/// Every so many, a broken version comes between.
const BROKEN_EVERY: usize = 50;
/// Reloads after which memory is looked at for the first time: caches and pools are full by then.
const WARM: usize = 200;
/// Most that memory may grow from then on, in KiB, with all that the traffic itself keeps.
const GROWTH_KIB: u64 = 32 << 10;
/// Customers who chat at the same time, one after another in each line.
const LINES: usize = 3;
/// Messages of each side in a chat.
const MESSAGES: usize = 3;
/// Longest that one reload may take on a machine that does much else.
const RELOAD: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(1);

/// Each line has a queue and an agent of its own; the script sends its chats there.
const DESK: &str = r#"
default_queue = "line0"
plugins = []
[queues.line0]
post_processing_s = 0
[queues.line1]
post_processing_s = 0
[queues.line2]
post_processing_s = 0
[scripts]
root = "scripts"
files = ["policy.lua"]
recorded_ms = 5
[[widgets]]
key = "main"
[log]
level = "info"
"#;

/// Two files, so that a half-old answer shows.
fn write_version(folder: &Path, mark: char) {
    let lower = mark.to_ascii_lowercase();
    let priority = if mark == 'A' { 3 } else { 7 };
    let policy = format!(
        "local part = require('part')\n\
         hark.on('route_chat', function(chat)\n    return {{ queue = 'line' .. string.sub(chat.form.name, 1, 1), priority = {priority} }}\nend)\n\
         hark.on('reject_permission', function()\n    return {{ allowed = false, reason = '{mark}' .. part }}\nend)\n\
         hark.on('message', function(message)\n    return {{ text = message.text .. ' {mark}' .. part }}\nend)\n"
    );
    fs::write(folder.join("scripts/policy.lua"), policy).expect("a script can be written");
    fs::write(folder.join("scripts/part.lua"), format!("return '{lower}'\n")).expect("it can be written");
}

/// Whole chats, one after another, until it is enough; how many they were.
async fn talk(server: &Server, agent: &mut AgentClient, line: usize, enough: &AtomicBool) -> usize {
    let mut chats = 0;
    while !enough.load(Ordering::Relaxed) {
        let form = json!({ "name": format!("{line}: guest {chats}"), "question": "How are you?" });
        let mut guest = GuestClient::ask(&server.nobody(), "main", &form).await;
        agent.accept(&guest.chat).await;
        for number in 0..MESSAGES {
            guest.say(&number.to_string(), "a question").await;
            let answer = agent.say(&guest.chat, &number.to_string(), "an answer").await;
            guest.hears(answer["text"].as_str().expect("a message has a text")).await;
        }
        agent.end(&guest.chat).await;
        guest.stream.of_chat("chat.ended", &guest.chat).await;
        chats += 1;
    }
    chats
}

/// The version in force.
async fn version(server: &Server) -> String {
    let report = server.admin().get("/v1/policies").await.is(200);
    report["version"].as_str().expect("there is a version").to_owned()
}

/// Reloads, and waits until another version than `before` is in force.
async fn reload(server: &Server, before: &str) -> String {
    server.signal("HUP").await;
    let other = async {
        loop {
            let now = version(server).await;
            if now != before {
                return now;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    within(RELOAD, "another version", other).await
}

/// A version that does not load: it is refused, by name, and the old one stays.
async fn refuse(server: &Server, number: usize, before: &str) {
    let broken = format!("hark.on('message', function(message)\n    return broken_{number}(message)\nend)\n");
    fs::write(server.folder().join("scripts/policy.lua"), broken).expect("a script can be written");
    server.signal("HUP").await;
    let told = format!("unknown global 'broken_{number}'");
    let refused = async {
        while !server.has_said(&told) {
            tokio::time::sleep(LOOK).await;
        }
    };
    within(RELOAD, "the refusal of a broken version", refused).await;
    assert_eq!(version(server).await, before, "the old version stays");
}

/// Memory of the process, in KiB.
fn memory(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux tells it");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// What came of the reloads.
struct Reloads {
    /// The mark of each version's answers.
    marks: BTreeMap<String, char>,
    warm_kib: u64,
    slowest: Duration,
}

async fn reload_all(server: &Server, done: &AtomicUsize) -> Reloads {
    let mut now = version(server).await;
    let mut marks = BTreeMap::from([(now.clone(), 'A')]);
    let (mut warm_kib, mut slowest) = (0, Duration::ZERO);
    for number in 1..=RELOADS {
        if number % BROKEN_EVERY == 0 {
            refuse(server, number, &now).await;
        }
        let mark = if number % 2 == 0 { 'A' } else { 'B' };
        write_version(server.folder(), mark);
        let began = Instant::now();
        now = reload(server, &now).await;
        slowest = slowest.max(began.elapsed());
        assert_eq!(*marks.entry(now.clone()).or_insert(mark), mark, "a version answers always alike");
        done.fetch_add(1, Ordering::Relaxed);
        if number == WARM {
            warm_kib = memory(server);
        }
    }
    Reloads { marks, warm_kib, slowest }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reloads_under_traffic_change_each_decision_wholly_or_not_at_all() {
    let mut server = Server::serve_after(DESK, |folder| {
        fs::create_dir_all(folder.join("scripts")).expect("a folder can be made");
        write_version(folder, 'A');
    })
    .await;
    let mut agents = Vec::new();
    for line in 0..LINES {
        let queue = format!("line{line}");
        agents.push(server.hire(&format!("agent{line}"), "agent", 1, &[&queue]).await);
    }
    let (enough, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let lines = lines(&server, &agents, &enough);
    let reloading = async {
        let reloads = reload_all(&server, &done).await;
        enough.store(true, Ordering::Relaxed);
        reloads
    };
    let began = Instant::now();
    let (chats, reloads) = tokio::join!(lines, reloading);
    let took = began.elapsed();
    let grown = memory(&server).saturating_sub(reloads.warm_kib);
    let faults = server.admin().server_faults();
    assert!(faults.is_empty(), "requests failed: {faults:?}");
    assert!(server.stop().await.success());

    let record = Record::read(&server.data(), &reloads.marks);
    let chats: usize = chats.iter().sum();
    assert_eq!((record.created, record.closed), (chats, chats), "no chat is lost");
    assert_eq!(record.versions.len(), 2, "both versions answered: {:?}", record.versions);
    assert!(grown <= GROWTH_KIB, "{grown} KiB more than after {WARM} reloads");
    eprintln!(
        "reload: {} reloads and {} refusals in {took:.1?} (the slowest {:.1?}), {chats} chats, {} decisions by each \
         version {:?}, {grown} KiB grown",
        done.load(Ordering::Relaxed),
        RELOADS / BROKEN_EVERY,
        reloads.slowest,
        record.decisions,
        record.versions.values().collect::<Vec<_>>(),
    );
}

/// All lines at the same time; how many chats each had.
async fn lines(server: &Server, agents: &[Person], enough: &AtomicBool) -> Vec<usize> {
    let talks = agents.iter().enumerate().map(|(line, person)| async move {
        let mut agent = AgentClient::arrive(server, person).await;
        talk(server, &mut agent, line, enough).await
    });
    join_all(talks).await
}
