//! `kill -9` of a real process in the middle of its appends, again and again on one folder: every append
//! whose end it told us is there, whole and in order. This test starts itself as the writer.

use hark_journal::*;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Tells the writer its folder, and makes this program one.
const WRITER: &str = "HARK_JOURNAL_KILL_DIR";
const KILLS: u64 = 30;

fn options(dir: &Path) -> Options {
    Options { segment_bytes: 64 << 10, ..Options::new(dir) }
}

#[test]
#[ignore = "the writer's side: run by the test below"]
fn writer() {
    // Run by hand, there is no folder and nothing to do.
    let Some(dir) = std::env::var_os(WRITER) else { return };
    let (mut journal, _) = LocalJournal::open(&options(Path::new(&dir))).unwrap();
    let mut out = std::io::stdout();
    let mut batch = Batch::new();
    loop {
        batch.clear();
        let next = journal.last().next();
        for nth in 0..next.0 % 7 + 1 {
            let text = format!("{} {}", next.0 + nth, "x".repeat(((next.0 + nth) % 500) as usize));
            batch.push(RecordKind::Turn, text.as_bytes()).unwrap();
        }
        match journal.append(journal.last(), &mut batch) {
            Append::Committed(last) => writeln!(out, "acknowledged {last}").unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

/// Starts a writer, lets it acknowledge some appends, kills it, and answers the last acknowledged record.
fn killed_after(dir: &Path, acknowledgements: u64) -> Seq {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--ignored", "--nocapture"])
        .env(WRITER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut last = Seq::NONE;
    let mut seen = 0;
    for line in lines {
        let Some((_, number)) = line.split_once("acknowledged ") else { continue };
        // The kill may cut a line short; a shorter number is a smaller one, and still acknowledged.
        last = last.max(Seq(number.parse().unwrap_or(0)));
        seen += 1;
        if seen == acknowledgements {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(seen >= acknowledgements, "the writer ended by itself");
    last
}

#[test]
fn killed_writers_lose_nothing_they_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    for kill in 0..KILLS {
        let acknowledged = killed_after(dir.path(), 1 + kill * 13 % 97);
        let (journal, opened) = LocalJournal::open(&options(dir.path())).unwrap();
        assert!(opened.found >= acknowledged, "kill {kill}: {acknowledged} of {}", opened.found);
        let records: Vec<_> = journal.read(Seq(1)).unwrap().map(Result::unwrap).collect();
        assert_eq!(records.len() as u64, journal.last().0);
        for turn in records.iter().filter(|record| record.kind == RecordKind::Turn) {
            let wanted = format!("{} {}", turn.seq.0, "x".repeat((turn.seq.0 % 500) as usize));
            assert_eq!(turn.payload, wanted.as_bytes(), "kill {kill}");
        }
    }
}
