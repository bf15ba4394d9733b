//! Large things: one chat of 10,000 messages; and, on demand, a hundred thousand chats with what they cost.

use crate::desk::Desk;
use crate::watch::{Watched, assert_same};
use hark_core::state::Side;
use hark_journal::Journal;
use hark_journal::history::{Filter, Options, Roster, Service};
use std::time::Instant;

#[test]
fn a_chat_of_ten_thousand_messages_is_kept_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let chat = desk.ask("Long", "support", "long@example.com");
    desk.accept(chat);
    for number in 0..10_000 {
        let from = if number % 2 == 0 { Side::Customer } else { Side::Agent };
        desk.write(chat, from, &format!("{number} {}", "word ".repeat(number % 90)));
    }
    desk.end(chat);
    desk.finish(chat);
    desk.commit();
    let watched = Watched::of(dir.path(), &desk);
    assert_same(&watched.history, &desk);
    let closed = watched.history.chat(chat).expect("it reads").expect("it is kept");
    assert_eq!(closed.view(50).transcript.len(), 50);
    assert_eq!(closed.chat.messages.len(), 10_000);
}

/// Kilobytes of this process in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("it tells its size");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

/// `cargo test -p hark-journal --release --test history -- --ignored --exact scale::measure --nocapture`, twice with
/// `HARK_HISTORY_MEASURE` naming the same folder: the first run makes and folds it, the second opens it.
#[test]
#[ignore = "takes minutes: see the comment"]
fn measure() {
    let Some(dir) = std::env::var_os("HARK_HISTORY_MEASURE") else { return };
    let dir = std::path::Path::new(&dir);
    if !dir.join("journal").exists() {
        let mut desk = Desk::open(dir);
        desk.furnish(10);
        for number in 0..100_000 {
            desk.whole_chat(number, 10);
            if number % 100 == 0 {
                desk.wait(1);
            }
            desk.events.clear();
            desk.left.clear();
        }
        desk.commit();
        let started = Instant::now();
        let watched = Watched::of(dir, &desk);
        eprintln!(
            "folded {} turns in {:?}: {:?}",
            desk.journal.last(),
            started.elapsed(),
            watched.history.report()
        );
        return;
    }
    let journal_options = hark_journal::Options::new(dir.join("journal"));
    let (journal, _) = hark_journal::LocalJournal::open(&journal_options).expect("the journal opens");
    let before = resident();
    let (tell, told) = std::sync::mpsc::channel();
    let started = Instant::now();
    let options = Options::new(dir.join("history"));
    let roster = Roster::default();
    let service = Service::open(options, journal.reader(), roster, move |seq| {
        // Only the first is listened to.
        let _ = tell.send(seq);
    });
    let service = service.expect("there are threads");
    let first = told.recv().expect("it opens");
    eprintln!("open at {first} after {:?}, {} KiB more", started.elapsed(), resident() - before);
    let history = service.history();
    let started = Instant::now();
    let page = history.chats(&Filter::default(), 50).expect("it reads");
    eprintln!("a page of {} in {:?}, {} KiB more", page.len(), started.elapsed(), resident() - before);
    let started = Instant::now();
    let all = history.customer_chats("c7@example.com", usize::MAX).expect("it reads");
    let mut bytes = 0;
    for id in &all {
        bytes += history.chat(*id).expect("it reads").map_or(0, |closed| closed.chat.messages.len());
    }
    eprintln!(
        "{} chats of one customer with {bytes} messages in {:?}, {} KiB more",
        all.len(),
        started.elapsed(),
        resident() - before
    );
    eprintln!("{:?}", history.report());
}
