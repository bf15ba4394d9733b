//! `hark journal` over folders that the binary itself made, whole and broken.

use crate::commands::initialised;
use crate::support::{hark, hark_with_input, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A desk with somebody on it: its configuration and its journal's only segment.
pub(crate) fn desk(folder: &Path) -> (PathBuf, PathBuf) {
    let file = initialised(folder);
    let config = file.display().to_string();
    let add = ["user", "add", "ana", "--name", "Ana", "--password-stdin", "--config", &config];
    let output = hark_with_input(&add, "a very secret one\n");
    assert!(output.status.success(), "{}", told(&output));
    let token = hark(&["token", "add", "ana", "--config", &config]).output().expect("the binary runs");
    assert!(token.status.success(), "{}", told(&token));
    let segment = file.with_file_name("data").join("journal/journal-00000000000000000001.hark");
    (file, segment)
}

/// Runs `hark journal …` on a desk; its code and what it said.
pub(crate) fn journal(config: &Path, args: &[&str]) -> (Option<i32>, String) {
    let config = config.display().to_string();
    let output = hark(&[&["journal"], args, &["--config", &config]].concat()).output();
    let output = output.expect("the binary runs");
    (output.status.code(), told(&output))
}

#[test]
fn a_sound_journal_is_told_sound_and_a_flipped_bit_by_file_and_offset() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (config, segment) = desk(folder.path());
    let (code, said) = journal(&config, &["verify"]);
    assert_eq!((code, said.contains("\nsound: 1 segments, ")), (Some(0), true), "{said}");
    let mut bytes = fs::read(&segment).expect("it is there");
    bytes[90] ^= 4;
    fs::write(&segment, bytes).expect("it can be written");
    let (code, said) = journal(&config, &["verify"]);
    let fault =
        format!("FAULT: {} is damaged at byte 64: a record's checksum does not match", segment.display());
    assert!(said.contains(&fault) && said.contains("what to do:"), "{said}");
    assert_eq!(code, Some(1));
    let (code, said) = journal(&config, &["verify", "--json"]);
    let found: Value = serde_json::from_str(said.lines().next().expect("a line")).expect("it is JSON");
    let fault = &found["faults"][0];
    assert_eq!((code, &fault["offset"], &fault["code"]), (Some(1), &64.into(), &"journal_damaged".into()));
}

#[test]
fn a_dump_has_every_event_and_nothing_that_opens_a_door() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (config, segment) = desk(folder.path());
    let bytes = fs::read(&segment).expect("it is there");
    let begins = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(begins(b"$argon2"), "the journal itself holds the password's hash");
    let (code, words) = journal(&config, &["dump"]);
    assert_eq!(code, Some(0), "{words}");
    for part in ["journal.opened", "engine.opened", "agent.settings_changed", "agent=ana", "token.opened"] {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
    let (_, lines) = journal(&config, &["dump", "--json"]);
    let events: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect();
    let saved = events.iter().find(|event| event["event"] == "agent.settings_changed").expect("it is there");
    assert_eq!(saved["data"]["profile"]["credential"], "(hidden)");
    let token = events.iter().find(|event| event["event"] == "token.opened").expect("it is there");
    assert_eq!(token["data"]["token"]["hash"], "(hidden)");
    assert!(!words.contains("argon2") && !lines.contains("argon2"));
    let (_, part) = journal(&config, &["dump", "--from", "2", "--until", "3", "--json"]);
    let seqs: Vec<u64> =
        part.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()?["seq"].as_u64()).collect();
    assert!(!seqs.is_empty() && seqs.iter().all(|seq| (2..=3).contains(seq)), "{part}");
}

#[test]
fn a_folder_without_a_journal_and_a_foreign_file_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().display().to_string();
    for command in ["verify", "dump"] {
        let output = hark(&["journal", command, "--dir", &dir]).output().expect("the binary runs");
        assert_eq!((output.status.code(), told(&output).contains("holds no journal")), (Some(1), true));
    }
    let (config, segment) = desk(folder.path());
    fs::write(segment.with_file_name("notes.txt"), "mine").expect("it can be written");
    let (code, said) = journal(&config, &["verify"]);
    assert_eq!((code, said.contains("notes.txt is none of the journal's files")), (Some(0), true), "{said}");
}

#[test]
fn a_repair_tells_first_and_loses_nothing_without_its_word() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (config, segment) = desk(folder.path());
    assert_eq!(journal(&config, &["repair"]), (Some(0), "nothing to repair\n".to_owned()));
    let (_, last) = journal(&config, &["dump", "--json"]);
    let last: Value = serde_json::from_str(last.lines().last().expect("a line")).expect("it is JSON");
    let whole = fs::read(&segment).expect("it is there");
    let number = last["seq"].as_u64().expect("a number") - 1;
    let place = |at: &usize| whole[*at + 8] == 1 && whole[*at + 12..*at + 20] == number.to_le_bytes();
    let at = (64..whole.len() - 20).find(place).expect("the record is there");
    let mut bytes = whole.clone();
    bytes[at + 30] ^= 1;
    fs::write(&segment, &bytes).expect("it can be written");
    let (code, said) = journal(&config, &["repair"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("LOST: record {number}: cannot be read")), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    let (code, said) = journal(&config, &["repair", "--write"]);
    assert_eq!((code, said.contains("--accept-loss")), (Some(1), true), "{said}");
    assert_eq!(fs::read(&segment).expect("it is there"), bytes, "nothing was changed");
    assert_eq!(journal(&config, &["repair", "--accept-loss"]).0, Some(2), "a word for --write alone");
    let (code, said) = journal(&config, &["repair", "--write", "--accept-loss"]);
    assert_eq!((code, said.contains("the journal is sound again")), (Some(0), true), "{said}");
    let aside = segment.with_file_name("journal-00000000000000000001.hark.damaged");
    assert_eq!(fs::read(aside).expect("it is kept"), bytes);
    assert_eq!(journal(&config, &["verify"]).0, Some(0));
    assert!(journal(&config, &["dump"]).1.contains(&format!("{number}  record.lost")));
    let listed = hark(&["user", "list", "--config", &config.display().to_string()]).output();
    assert!(told(&listed.expect("the binary runs")).contains("ana"), "the desk opens");
}
