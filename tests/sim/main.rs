//! The simulator: one process, virtual time, one seed. The real core and journal on a simulated disk, in a world where
//! everything goes wrong that can. See tests/SIMULATION.md.
//!
//! `cargo test -p hark-tests --test sim -- --seed N` does one run again; `--chats N` runs until so many chats have come
//! and gone, `--soak` until it is stopped.
#![allow(clippy::print_stdout, reason = "it tells what it did, and how to do it again")]

mod audit;
mod counts;
mod crowd;
mod desk_setup;
mod dice;
#[path = "../../engine/journal/tests/support/mod.rs"]
mod disk;
mod drain;
mod engine;
mod glance;
mod history;
mod ledger;
mod names;
mod page;
mod planted;
mod rates;
#[path = "../../engine/core/tests/common/reference.rs"]
mod reference;
mod report;
mod resolve;
mod rules;
mod run;
mod shrink;
mod step;
mod wanted;
mod world;

use counts::Counts;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;
use wanted::Wanted;

/// Runs allocate much and keep little: this one is quicker at that than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the threads have done together.
struct Progress {
    next: AtomicU64,
    failed: AtomicBool,
    counts: Mutex<Counts>,
    began: Instant,
}

fn main() -> ExitCode {
    let Some(wanted) = Wanted::read(std::env::args().skip(1)) else { return ExitCode::SUCCESS };
    run::listen();
    if wanted.is_ci() {
        match run::caught(planted::prove) {
            Ok(told) => println!("{told}"),
            Err(broken) => {
                println!("FAILED: the shrinker, at {}: {}", broken.place, broken.why);
                return ExitCode::FAILURE;
            }
        }
    }
    let progress = Progress {
        next: AtomicU64::new(wanted.first),
        failed: AtomicBool::new(false),
        counts: Mutex::new(Counts::default()),
        began: Instant::now(),
    };
    std::thread::scope(|scope| {
        for _ in 0..wanted.threads {
            scope.spawn(|| work(&wanted, &progress));
        }
    });
    let counts = progress.counts.into_inner().expect("no thread died");
    report::whole(&counts, &wanted, progress.began.elapsed());
    if progress.failed.into_inner() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn work(wanted: &Wanted, progress: &Progress) {
    while is_wanted(wanted, progress) && !progress.failed.load(Ordering::Relaxed) {
        let seed = progress.next.fetch_add(1, Ordering::Relaxed);
        match run::run(seed, wanted.run_chats) {
            Ok(counts) => {
                let mut all = progress.counts.lock().expect("no thread died");
                all.add(&counts);
                if wanted.soak {
                    report::soaked(seed, &all, progress.began.elapsed());
                }
            }
            Err(failure) => {
                // The first failure is the one to tell.
                if !progress.failed.swap(true, Ordering::Relaxed) {
                    let before = progress.counts.lock().expect("no thread died").chats;
                    report::failure(seed, wanted, before, &failure);
                }
            }
        }
    }
}

fn is_wanted(wanted: &Wanted, progress: &Progress) -> bool {
    let first = progress.next.load(Ordering::Relaxed) == wanted.first;
    let late = wanted.is_late(progress.began.elapsed());
    wanted.soak || first || !late && progress.counts.lock().expect("no thread died").chats < wanted.chats
}
