//! A long time in a short one: tens of thousands of operations in either way, with faults now and then, after which the
//! host has no more memory, files and threads than before. `HARK_SOAK_S` makes it as many seconds long as wanted.
#![allow(clippy::print_stdout, reason = "what a long run held is read by people")]

#[path = "../plugins/common.rs"]
#[allow(dead_code, reason = "the other tests use all of it")]
mod common;

use common::{DO, Loaded, bad, load, plugin, until};
use hark_plugin_host::{Isolation, PluginOptions};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Seconds for each way, unless `HARK_SOAK_S` says otherwise.
const SECONDS: u64 = 3;
/// Askers at once.
const ASKERS: u64 = 8;
/// Every so many operations of an asker one is not answered, and every so many kill the child.
const SILENCE: u64 = 199;
const DEATH: u64 = 1501;
/// By how much memory may grow over all of it, in KiB: what allocators keep, far from what each operation brings.
const GROWTH_KIB: u64 = 8 << 10;

fn seconds() -> u64 {
    let wanted = std::env::var("HARK_SOAK_S").ok();
    wanted.map_or(SECONDS, |wanted| wanted.parse().expect("HARK_SOAK_S is a number of seconds"))
}

/// What this process holds.
#[derive(Debug, Clone, Copy)]
struct Holds {
    resident_kib: u64,
    files: usize,
    threads: usize,
}

fn holds() -> Holds {
    let count = |folder: &str| std::fs::read_dir(folder).expect("there is a /proc").count();
    let status = std::fs::read_to_string("/proc/self/status").expect("there is a /proc");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is told");
    let resident = resident.split_whitespace().next().expect("a number").parse().expect("a number");
    Holds { resident_kib: resident, files: count("/proc/self/fd"), threads: count("/proc/self/task") }
}

/// Asks until the time is over; how many were answered well.
async fn ask(desk: Arc<Loaded>, faults: bool, end: Instant, asked: Arc<AtomicU64>) -> u64 {
    let mut well = 0;
    while Instant::now() < end {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let wish = match number {
            number if faults && number % DEATH == DEATH - 1 => "segfault",
            number if number % SILENCE == SILENCE - 1 => "silence",
            _ => "well",
        };
        if desk.ask(DO, json!(wish)).await.is_ok() {
            well += 1;
        }
        // Away for a moment: what is refused at once must not spin.
        tokio::task::yield_now().await;
    }
    well
}

async fn bout(desk: &Arc<Loaded>, faults: bool, time: Duration) -> (u64, u64) {
    let asked = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + time;
    let askers: Vec<_> =
        (0..ASKERS).map(|_| tokio::spawn(ask(Arc::clone(desk), faults, end, Arc::clone(&asked)))).collect();
    let mut well = 0;
    for asker in askers {
        well += asker.await.expect("no panic");
    }
    until("a child serves", || desk.report("crm").state != "restarting").await;
    (asked.load(Ordering::Relaxed), well)
}

async fn soak(isolation: Isolation) {
    let faults = isolation == Isolation::Process;
    let options = PluginOptions { isolation, deadline_ms: 100, ..plugin("crm", bad("crash")) };
    let desk = Arc::new(load(vec![options]));
    bout(&desk, faults, Duration::from_secs(1)).await;
    let before = holds();
    let (asked, well) = bout(&desk, faults, Duration::from_secs(seconds())).await;
    let after = holds();
    let report = desk.report("crm");
    println!("{isolation:?}: {asked} asked, {well} answered well, {report:?}\n{before:?}\n{after:?}");
    assert!(well > 500 * seconds().min(3), "{isolation:?}: only {well} of {asked} answered well");
    assert!(after.resident_kib < before.resident_kib + GROWTH_KIB, "{before:?} {after:?}");
    assert!(after.files <= before.files + 2 && after.threads <= before.threads + 4, "{before:?} {after:?}");
    assert_eq!(faults, report.restarts > 0, "{report:?}");
    if faults {
        assert!(report.memory_kib.is_some_and(|kib| kib < 64 << 10), "{report:?}");
    }
    desk.host.drain().await;
}

/// One after the other, in one test: each looks at what the whole process holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_grows_in_either_way() {
    soak(Isolation::InProcess).await;
    soak(Isolation::Process).await;
}
