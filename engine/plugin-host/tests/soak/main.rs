//! A long time in a short one: the operations of a desk's day, in either way, with faults now and then, after which the
//! host and its children have no more memory, files and threads than before. Three seconds each way, unless `HARK_SOAK_S`
//! says another number of seconds or `HARK_SOAK_DAYS` so many whole days of a hundred agents (see [`day`]):
//!
//! `HARK_SOAK_DAYS=1 cargo test --workspace --test soak -- --nocapture`
//!
//! What is held is looked at four times in between.
#![allow(clippy::print_stdout, reason = "what a long run held is read by people")]

#[path = "../plugins/common.rs"]
#[allow(dead_code, reason = "the other tests use all of it")]
mod common;
mod day;
mod holds;

use common::{Loaded, bad, bundled, load, plugin, repository, until};
use day::{CHATS_A_DAY, Day, End, Tally};
use hark_plugin_host::{Isolation, PluginOptions};
use holds::{holds, most};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Seconds for each way, unless the environment says otherwise.
const SECONDS: u64 = 3;
/// Time before the first measure: caches fill, threads start.
const WARM: Duration = Duration::from_secs(2);
/// Looks at what is held.
const PARTS: u32 = 4;
/// Chats that go on at once.
const AT_ONCE: usize = 8;
/// By how much the memory of each process may grow over all of it, in KiB: what allocators and the database's cache keep,
/// far from what each operation brings.
const GROWTH_KIB: u64 = 16 << 10;
/// As many files and threads may come after the first measure: some that are made when they are first needed at once.
const FILES: usize = 8;
const THREADS: usize = 12;
/// How long an operation of a real plugin may take: a machine that does much else is no fault of theirs.
const DEADLINE_MS: u32 = 20_000;

fn number(variable: &str) -> Option<u64> {
    let wanted = std::env::var(variable).ok();
    wanted.map(|wanted| wanted.parse().unwrap_or_else(|_| panic!("{variable} is a whole number")))
}

/// When the chats of one part of the whole end.
fn end() -> End {
    match number("HARK_SOAK_DAYS") {
        Some(days) => End::chats(days * CHATS_A_DAY / u64::from(PARTS)),
        None => End::after(Duration::from_secs(number("HARK_SOAK_S").unwrap_or(SECONDS)) / PARTS),
    }
}

/// The real systems, and one that breaks.
fn systems(isolation: Isolation, folder: &Path) -> Vec<PluginOptions> {
    let articles = repository().join("plugins/faq-search/articles");
    let one = |name: &str, path, config| PluginOptions { isolation, config, ..plugin(name, path) };
    let real =
        |name: &str, path, config| PluginOptions { deadline_ms: DEADLINE_MS, ..one(name, path, config) };
    vec![
        real("crm", bundled("hark_crm_sqlite"), json!({ "path": folder.join("crm.db"), "sample": true })),
        real(
            "faq",
            bundled("hark_faq_search"),
            json!({ "folder": articles, "state_path": folder.join("faq.json") }),
        ),
        PluginOptions { deadline_ms: 100, ..one("odd", bad("crash"), json!({})) },
    ]
}

/// Goes on with chats, as many at once as there are, until the end.
async fn chats(desk: &Arc<Loaded>, days: &mut Vec<Day>, end: End) -> Tally {
    let (mut all, end) = (Tally::default(), Arc::new(end));
    let running: Vec<_> = days
        .drain(..)
        .map(|mut day| {
            let (desk, end) = (Arc::clone(desk), Arc::clone(&end));
            tokio::spawn(async move {
                let tally = day.goes_on(&desk, &end).await;
                (day, tally)
            })
        })
        .collect();
    for one in running {
        let (day, tally) = one.await.expect("no panic");
        all.add(&tally);
        days.push(day);
    }
    until("a child serves", || desk.report("odd").state != "restarting").await;
    all
}

async fn soak(isolation: Isolation) {
    let folder = tempfile::tempdir().expect("a folder");
    let dies = isolation == Isolation::Process;
    let desk = Arc::new(load(systems(isolation, folder.path())));
    let mut days = Day::of(&desk, AT_ONCE, dies).await;
    chats(&desk, &mut days, End::after(WARM)).await;
    let (before, began) = (holds(&desk), Instant::now());
    println!("{isolation:?}: at first {before}");
    let (mut tally, mut after) = (Tally::default(), None);
    for part in 1..=PARTS {
        tally.add(&chats(&desk, &mut days, end()).await);
        let now = holds(&desk);
        println!("{isolation:?}: {part} of {PARTS} {now}");
        after = Some(now);
    }
    let (after, took) = (after.expect("there are parts"), began.elapsed());
    println!("{isolation:?}: {tally} in {:.1} s", took.as_secs_f64());
    for name in ["crm", "faq", "odd"] {
        let report = desk.report(name);
        let (state, restarts, timeouts, late) =
            (&report.state, report.restarts, report.timeouts, report.dropped);
        println!(
            "{name}: {state}, {restarts} restarts, {timeouts} cut at the deadline, {late} late answers dropped"
        );
    }
    tally.is_as_it_must();
    for (process, kib) in &after.kib {
        let was = most(&before, process);
        assert!(*kib < was + GROWTH_KIB, "{isolation:?}: {process} grew\n{before}\n{after}");
    }
    let (files, threads) = (before.files + FILES, before.threads + THREADS);
    assert!(after.files <= files && after.threads <= threads, "{before}\n{after}");
    assert_eq!((desk.report("crm").restarts, desk.report("faq").restarts), (0, 0));
    assert_eq!(dies, desk.report("odd").restarts > 0, "{:?}", desk.report("odd"));
    desk.host.drain().await;
}

/// One after the other: each looks at what the whole process holds.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_in_the_desks_process() {
    let _alone = ALONE.lock().await;
    soak(Isolation::InProcess).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_with_children() {
    let _alone = ALONE.lock().await;
    soak(Isolation::Process).await;
}
