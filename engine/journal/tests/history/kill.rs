//! `kill -9` of a real process in the middle of folding, again and again on one folder. This test starts itself as the
//! one who folds.

use crate::desk::Desk;
use crate::watch::{Watched, assert_same};
use hark_core::state::Side;
use hark_core::{ChatId, State};
use hark_journal::history::{Options, Roster, Service};
use hark_journal::{Journal, LocalJournal, Seq};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Tells the child its folder.
const FOLDER: &str = "HARK_HISTORY_KILL_DIR";
const KILLS: u64 = 25;

#[test]
#[ignore = "the folding side: run by the test below"]
fn folder() {
    // Run by hand, there is no folder and nothing to do.
    let Some(dir) = std::env::var_os(FOLDER) else { return };
    let dir = Path::new(&dir);
    let options = hark_journal::Options::new(dir.join("journal"));
    let (journal, _) = LocalJournal::open(&options).expect("the journal opens");
    let mut state = State::new();
    for record in journal.read(Seq(1)).expect("it reads").map(|record| record.expect("it is whole")) {
        if let Ok(turn) = hark_journal::decode_turn(&record.payload) {
            turn.events.iter().for_each(|scoped| state.apply(turn.at, &scoped.event));
        }
    }
    let options = Options::new(dir.join("history"));
    let told = |seq: Seq| writeln!(std::io::stdout(), "folded {seq}").expect("somebody listens");
    let service = Service::open(options, journal.reader(), Roster::of(&state), told);
    let _service = service.expect("there are threads");
    // Ended by the kill, or by the end of what is read here.
    let _ = std::io::stdin().lines().count();
}

/// Starts one who folds, kills it at some moment, and answers what it last told to be folded.
fn killed_at(dir: &Path, told: u64, micros: u64) -> Seq {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kill::folder", "--ignored", "--nocapture"])
        .env(FOLDER, dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut folded = Seq::NONE;
    let mut lines = 0;
    for line in BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
        let Some((_, number)) = line.split_once("folded ") else { continue };
        // The kill may cut a line short; a shorter number is a smaller one, and was told.
        folded = folded.max(Seq(number.parse().unwrap_or(0)));
        lines += 1;
        if lines == told {
            std::thread::sleep(Duration::from_micros(micros));
            child.kill().expect("it is killed");
        }
    }
    child.wait().expect("it is over");
    folded
}

/// Chats of two months side by side, in the evening on which one month ends.
fn busy_evening(desk: &mut Desk) {
    desk.furnish(4);
    let mut open: Vec<ChatId> = Vec::new();
    for number in 0..400 {
        let chat = desk.ask(&format!("Customer {number}"), "support", &format!("c{number}@example.com"));
        desk.accept(chat);
        open.push(chat);
        for chat in &open {
            desk.write(*chat, Side::Customer, "is somebody there?");
            desk.write(*chat, Side::Agent, "one moment please");
        }
        if open.len() == 8 {
            let chat = open.remove(number % 8);
            desk.end(chat);
            desk.finish(chat);
        }
        desk.wait(31);
    }
}

#[test]
fn kills_in_the_middle_of_folding_lose_and_double_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    busy_evening(&mut desk);
    desk.commit();
    let Desk { journal, state, left, events, .. } = desk;
    drop(journal);
    let mut folded = Seq::NONE;
    for kill in 0..KILLS {
        let told = killed_at(dir.path(), 1 + kill % 2, kill * 7919 % 20_000);
        assert!(told >= folded, "kill {kill}: it was told {folded} before, and now {told}");
        folded = told;
    }
    let mut desk = Desk::open(dir.path());
    (desk.state, desk.left, desk.events) = (state, left, events);
    let watched = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 0);
    let begun = watched.first_told();
    assert!(begun >= folded, "told {folded} to be durable, found {begun}");
    watched.wait(desk.journal.last());
    assert_eq!(watched.history.report().set_aside, Vec::<String>::new());
    assert_eq!(watched.history.report().periods, 2);
    assert_same(&watched.history, &desk);
}
