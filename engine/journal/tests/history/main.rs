//! History over real files: what is over is found, after restarts, kills, damage, and as long as it is to be kept.

mod desk;
mod kill;
mod scale;
mod watch;

use desk::Desk;
use hark_core::state::{LogBody, LogStatus, Side};
use hark_core::{Action, Actor};
use hark_journal::history::{Ending, Filter, HistoryError, Stage};
use hark_journal::{Journal, Seq};
use std::path::Path;
use watch::{Watched, assert_same};

#[test]
fn chats_that_are_over_are_found_before_and_after_a_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    let agents = desk.furnish(2);
    desk.commit();
    let early = Watched::of(dir.path(), &desk);
    let mut chats = Vec::new();
    for number in 0..20 {
        chats.push(desk.whole_chat(number, 6));
        desk.wait(1);
    }
    let gone = desk.ask("Gone", "support", " GONE@example.com");
    desk.must(Actor::Customer { chat_id: gone }, Action::EndChat(gone));
    let live = desk.ask("Live", "support", "live@example.com");
    early.wait(desk.commit());
    assert_same(&early.history, &desk);
    drop(early);

    let again = Watched::of(dir.path(), &desk);
    assert_same(&again.history, &desk);
    let history = &again.history;
    assert_eq!(history.chat(live), Ok(None));
    assert!(!history.events(live).expect("it reads").is_empty(), "a live chat has a past too");
    let lost = history.chat(gone).expect("it reads").expect("it is kept");
    assert!(matches!(lost.end, Ending::Abandoned { .. }), "{:?}", lost.end);
    assert_eq!((lost.summary().state.as_str(), lost.queue_title.as_str()), ("abandoned", "Help"));
    assert_eq!(history.customer_chats("gone@EXAMPLE.com", 9), Ok(vec![gone]));
    let first = history.chat(chats[0]).expect("it reads").expect("it is kept");
    assert_eq!((first.queue_title.as_str(), first.summary().messages), ("Sales", 6));
    let owner = first.chat.owner().expect("somebody had it");
    assert!(agents.contains(&owner) && first.agent_name.is_some_and(|name| name.starts_with("AGENT")));
    let of_owner = Filter { agent: Some(owner), queue: Some(first.chat.queue), before: Some(chats[10]) };
    let listed = history.chats(&of_owner, 3).expect("it reads");
    assert!(!listed.is_empty() && listed.iter().all(|closed| closed.chat.owner() == Some(owner)));
    assert!(listed.iter().all(|closed| closed.chat.queue == first.chat.queue && closed.chat.id < chats[10]));
}

/// sled writes what is too large for its log into files of its own, without a sync.
#[test]
fn long_chats_never_become_files_that_nobody_syncs() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(2);
    for number in 0..60 {
        desk.whole_chat(number, 100);
        desk.wait(1);
    }
    desk.commit();
    let watched = Watched::of(dir.path(), &desk);
    assert_same(&watched.history, &desk);
    drop(watched);
    let mut blobs = Vec::new();
    let mut folders = vec![dir.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if folder.ends_with("blobs") => blobs.push(path),
                _ => {}
            }
        }
    }
    assert_eq!(blobs, Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_log_is_kept_as_it_was_last_long_after_its_chat() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let chat = desk.whole_chat(1, 2);
    desk.commit();
    let watched = Watched::of(dir.path(), &desk);
    let agent = desk.left[&chat].owner().expect("somebody had it");
    let notes = "ü".repeat(20_000);
    let body = LogBody { subject: "Refund".into(), notes, ..LogBody::default() };
    desk.must(Actor::Agent { id: agent }, Action::SaveLogDraft { chat, body: Some(Box::new(body.clone())) });
    watched.wait(desk.commit());
    assert_same(&watched.history, &desk);
    desk.must(Actor::Agent { id: agent }, Action::SaveLog { chat, version: 1, body: Box::new(body.clone()) });
    desk.wait(8 * 86_400);
    assert!(desk.state.log(chat).is_none(), "it has left the live state");
    watched.wait(desk.commit());
    let log = watched.history.log(chat).expect("it reads").expect("it is kept");
    assert_eq!((log.status, log.version, &log.body), (LogStatus::Saved, 2, &body));
    let listed = watched.history.logs(&Filter { agent: Some(agent), ..Filter::default() }, 5);
    assert_eq!(listed.expect("it reads"), vec![log]);
}

#[test]
fn nasty_strings_come_back_byte_for_byte() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let texts = nasty();
    assert!(texts.len() > 100, "{} strings", texts.len());
    let chat = desk.ask("\u{202e}<script>", "support", "' OR 1=1; --");
    desk.accept(chat);
    for text in &texts {
        desk.write(chat, Side::Agent, text);
    }
    desk.end(chat);
    desk.finish(chat);
    desk.commit();
    let watched = Watched::of(dir.path(), &desk);
    let closed = watched.history.chat(chat).expect("it reads").expect("it is kept");
    let kept: Vec<&str> = closed.chat.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(kept, texts);
    assert_eq!(watched.history.customer_chats("' or 1=1; --", 5), Ok(vec![chat]));
    assert_same(&watched.history, &desk);
}

/// Strings that break programs, those that may be a message.
fn nasty() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/strings/naughty-strings.json");
    let mut texts: Vec<String> =
        serde_json::from_slice(&std::fs::read(path).expect("they are there")).expect("they are a list");
    texts.extend([
        "a\u{0}b\u{1b}[31m\r\n\t\u{feff}\u{10ffff}".to_owned(),
        "x".repeat(5000),
        "𝒳".repeat(5000),
    ]);
    texts.retain(|text| !text.trim().is_empty() && text.chars().count() <= 5000);
    texts
}

#[test]
fn a_damaged_database_is_set_aside_and_made_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(3);
    for number in 0..30 {
        desk.whole_chat(number, 4);
        desk.wait(600);
    }
    desk.commit();
    drop(Watched::of(dir.path(), &desk));
    let history = dir.path().join("history");
    for month in ["2026-11", "2026-12"] {
        spoil(&history.join(month).join("db"));
    }
    let watched = Watched::of(dir.path(), &desk);
    assert_same(&watched.history, &desk);
    let report = watched.history.report();
    assert_eq!((report.stage, report.missing, report.periods), (Stage::Following, None, 2));
    assert_eq!(report.set_aside.len(), 2);
    assert!(
        report.set_aside.iter().all(|aside| Path::new(aside).join("db").exists()),
        "nothing is thrown away"
    );
    drop(watched);
    let watched = Watched::of(dir.path(), &desk);
    assert_eq!(watched.history.report().set_aside, Vec::<String>::new(), "once is enough");
    assert_same(&watched.history, &desk);
}

/// Writes over all of a file.
fn spoil(file: &Path) {
    let length = std::fs::metadata(file).expect("it is there").len();
    std::fs::write(file, vec![0xA5; length as usize]).expect("it can be spoiled");
}

#[test]
fn an_older_month_that_lost_its_content_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    for number in 0..30 {
        desk.whole_chat(number, 4);
        desk.wait(600);
    }
    desk.commit();
    drop(Watched::of(dir.path(), &desk));
    let november = dir.path().join("history/2026-11");
    std::fs::remove_dir_all(&november).expect("it goes");
    // An empty database, as a restore of the wrong copy would leave it, with what every one begins with.
    let db = sled::open(&november).expect("it is made");
    db.insert(b"F", &[1]).expect("a format");
    db.insert(b"M", &0_u64.to_be_bytes()).expect("a mark");
    db.flush().expect("durably");
    drop(db);
    let watched = Watched::of(dir.path(), &desk);
    assert_eq!(watched.history.report().set_aside.len(), 1);
    assert_same(&watched.history, &desk);
}

#[test]
fn damage_that_a_reader_meets_is_mended_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let chat = desk.whole_chat(1, 4);
    desk.commit();
    drop(Watched::of(dir.path(), &desk));
    let db = sled::open(dir.path().join("history/2026-11")).expect("it opens");
    let key = [&b"C"[..], &chat.bits().to_be_bytes(), &[0, 0]].concat();
    let mut value = db.get(&key).expect("it reads").expect("it is there").to_vec();
    *value.last_mut().expect("it has bytes") ^= 0x20;
    db.insert(&key, value).expect("it is spoiled");
    db.flush().expect("durably");
    drop(db);
    let watched = Watched::of(dir.path(), &desk);
    let read = watched.history.chat(chat);
    assert!(matches!(read, Err(HistoryError::Damaged { .. })), "{read:?}");
    drop(watched);
    let watched = Watched::of(dir.path(), &desk);
    assert_same(&watched.history, &desk);
    assert_eq!(watched.history.report().set_aside.len(), 1);
}

#[test]
fn what_the_journal_no_longer_reaches_is_said_to_be_missing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(2);
    for _ in 0..3 {
        desk.chats_and_a_snapshot(50);
    }
    let first = desk.journal.trim(desk.journal.last()).expect("it is given back");
    assert!(first > Seq(1), "nothing was given back");
    let watched = Watched::of(dir.path(), &desk);
    assert_eq!(watched.history.report().missing, Some((Seq(1), first.previous())));
    let kept = watched.history.chats(&Filter::default(), 1000).expect("it reads");
    assert!(!kept.is_empty() && kept.len() < 150, "{}", kept.len());
    assert!(kept.iter().all(|closed| closed.chat == desk.left[&closed.chat.id]), "what is there is whole");
}

#[test]
fn a_damaged_database_is_made_anew_from_the_archive() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open_with(dir.path(), true);
    desk.furnish(2);
    for _ in 0..3 {
        desk.chats_and_a_snapshot(50);
    }
    drop(Watched::of(dir.path(), &desk));
    let first = desk.journal.trim(desk.journal.last()).expect("it is given back");
    assert!(first > Seq(1), "nothing was given back");
    for month in std::fs::read_dir(dir.path().join("history")).expect("it lists") {
        let db = month.expect("it lists").path().join("db");
        if db.is_file() {
            spoil(&db);
        }
    }
    let watched = Watched::of(dir.path(), &desk);
    let report = watched.history.report();
    assert_eq!((report.missing, report.set_aside.is_empty()), (None, false));
    assert_same(&watched.history, &desk);
    drop(watched);

    std::fs::remove_dir_all(dir.path().join("history")).expect("it goes");
    let watched = Watched::of(dir.path(), &desk);
    assert_eq!(watched.history.report().missing, None, "without any database as well");
    assert_same(&watched.history, &desk);
}

#[test]
fn the_archive_reaches_as_far_back_as_the_months_that_are_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open_with(dir.path(), true);
    desk.furnish(1);
    let november = desk.chats_and_a_snapshot(200);
    let watched = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 1);
    watched.wait(november);
    desk.wait(5 * 86_400);
    watched.wait(desk.chats_and_a_snapshot(200));
    desk.journal.trim(desk.journal.last()).expect("it is given back");
    assert_eq!(desk.journal.reader().first_archived(), Seq(1), "November is kept");
    desk.wait(30 * 86_400);
    watched.wait(desk.chats_and_a_snapshot(200));
    let first = desk.journal.reader().first_archived();
    assert!(
        first > Seq(1) && first <= november.next(),
        "{first}: all of December is there, and not all of November"
    );
}

#[test]
fn months_that_are_too_old_are_dropped_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let november = desk.whole_chat(1, 4);
    desk.wait(5 * 86_400);
    let december = desk.whole_chat(2, 4);
    desk.commit();
    let watched = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 1);
    watched.wait(desk.journal.last());
    assert!(watched.history.chat(november).expect("it reads").is_some());
    assert!(watched.history.chat(december).expect("it reads").is_some());
    desk.wait(30 * 86_400);
    desk.whole_chat(3, 4);
    watched.wait(desk.commit());
    assert_eq!(watched.history.chat(november), Ok(None));
    assert!(watched.history.chat(december).expect("it reads").is_some());
    assert!(!dir.path().join("history/2026-11").exists());
    drop(watched);

    std::fs::remove_dir_all(dir.path().join("history")).expect("it goes");
    let anew = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 1);
    anew.wait(desk.journal.last());
    assert_eq!(anew.history.chat(november), Ok(None), "what was dropped does not come back");
    assert!(anew.history.chat(december).expect("it reads").is_some());
}

#[test]
fn a_month_with_a_chat_that_is_not_over_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    let chat = desk.ask("Patient", "support", "p@example.com");
    desk.accept(chat);
    desk.wait(70 * 86_400);
    desk.write(chat, Side::Agent, "still here");
    desk.commit();
    let watched = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 1);
    watched.wait(desk.journal.last());
    desk.end(chat);
    desk.finish(chat);
    watched.wait(desk.commit());
    assert_same(&watched.history, &desk);
}

#[test]
fn a_store_that_cannot_be_made_stops_history_and_says_so() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut desk = Desk::open(dir.path());
    desk.furnish(1);
    desk.commit();
    std::fs::write(dir.path().join("history"), b"in the way").expect("a file");
    let watched = Watched::open(dir.path(), desk.journal.reader(), &desk.state, 0);
    // The teller goes with its thread, and nothing was ever told to be safe.
    assert_eq!(watched.told_until_the_end(), Vec::<Seq>::new());
    assert!(matches!(watched.history.report().stage, Stage::Stopped(_)));
    assert!(watched.history.chats(&Filter::default(), 1).is_err());
}
