//! What happens to files: busy, missing, damaged, somebody else's, too new. Each is an answer with a reason, none is
//! the end, and when the reason is gone the work goes on.

use crate::{Desk, open};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, abi, json};
use rusqlite::Connection;
use std::path::Path;

fn refused(path: &Path) -> Failure {
    open(path, false).err().expect("not opened")
}

#[test]
fn a_locked_file_is_unavailable_until_the_lock_is_gone() {
    let desk = Desk::sample();
    let other = Connection::open(desk.path()).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let request = json!({ "customer": { "name": "Ada" } });
    let failure = desk.crm.call("crm.create/1", &request).expect_err("locked");
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("busy")), "{failure}");
    assert_eq!(desk.crm.health().0, abi::STATUS_UNAVAILABLE);
    assert_eq!(desk.lookup(json!({ "account": "88213" })).len(), 1, "who reads is not held up");
    assert_eq!(desk.crm.health(), (abi::STATUS_OK, String::new()), "for who reads it is well");
    let failure = desk.crm.call("crm.create/1", &request).expect_err("still locked");
    assert_eq!(desk.crm.health(), (abi::STATUS_UNAVAILABLE, failure.message().to_owned()));
    other.execute_batch("ROLLBACK").expect("unlocked");
    assert_eq!(desk.crm.health(), (abi::STATUS_OK, String::new()), "noticed without being asked for work");
    desk.crm.call("crm.create/1", &request).expect("created");
}

#[test]
fn a_missing_folder_is_unavailable() {
    let folder = tempfile::tempdir().expect("a folder");
    let failure = refused(&folder.path().join("no/such/crm.db"));
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("no/such/crm.db")), "{failure}");
}

#[test]
fn a_removed_file_is_noticed_before_anything_is_lost() {
    let desk = Desk::sample();
    let kept = desk.path().with_extension("kept");
    std::fs::rename(desk.path(), &kept).expect("moved");
    for (operation, request) in [
        ("crm.lookup/1", json!({ "account": "88213" })),
        ("crm.create/1", json!({ "customer": { "name": "Ada" } })),
    ] {
        let failure = desk.crm.call(operation, request).expect_err("gone");
        assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("gone")), "{failure}");
    }
    assert_eq!(desk.crm.health().0, abi::STATUS_UNAVAILABLE);
    std::fs::write(desk.path(), "another file").expect("written");
    let (status, text) = desk.crm.health();
    assert!(status == abi::STATUS_UNAVAILABLE && text.contains("replaced"), "{text}");
    std::fs::rename(&kept, desk.path()).expect("moved back");
    assert_eq!(desk.crm.health(), (abi::STATUS_OK, String::new()));
    assert_eq!(desk.lookup(json!({ "account": "88213" })).len(), 1);
}

#[test]
fn a_damaged_file_is_unavailable() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crm.db");
    std::fs::write(&path, "this is no database, however long it is ".repeat(500)).expect("written");
    let failure = refused(&path);
    assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("damaged")), "{failure}");
}

#[test]
fn damage_in_the_middle_is_told_and_the_plugin_goes_on() {
    let desk = Desk::sample();
    let path = desk.path();
    let Desk { folder, crm } = desk;
    drop(crm);
    let mut bytes = std::fs::read(&path).expect("read");
    let schema = 4096;
    bytes[schema..].fill(0xA5);
    std::fs::write(&path, bytes).expect("written");
    let crm = open(&path, false).expect("the first page is whole");
    for _ in 0..2 {
        let failure = crm.call("crm.lookup/1", json!({ "account": "88213" })).expect_err("damaged");
        assert!(matches!(&failure, Failure::Unavailable(text) if text.contains("damaged")), "{failure}");
    }
    drop((crm, folder));
}

#[test]
fn a_file_of_somebody_else_or_of_tomorrow_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let foreign = folder.path().join("foreign.db");
    let db = Connection::open(&foreign).expect("opened");
    db.execute_batch("CREATE TABLE theirs (x)").expect("made");
    assert!(matches!(refused(&foreign), Failure::Invalid(_)));
    let tables: i64 =
        db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).expect("counted");
    assert_eq!(tables, 1, "nothing of ours was added");

    let tomorrow = folder.path().join("tomorrow.db");
    drop(open(&tomorrow, true).expect("made"));
    Connection::open(&tomorrow).expect("opened").pragma_update(None, "user_version", 99).expect("set");
    let failure = refused(&tomorrow);
    assert!(matches!(&failure, Failure::Invalid(text) if text.contains("99")), "{failure}");
}

#[test]
fn commits_are_on_the_disk_and_readers_do_not_wait() {
    let desk = Desk::empty();
    let other = Connection::open(desk.path()).expect("opened");
    let mode: String = other.pragma_query_value(None, "journal_mode", |row| row.get(0)).expect("asked");
    assert_eq!(mode, "wal");
    let version: u32 = other.pragma_query_value(None, "user_version", |row| row.get(0)).expect("asked");
    assert_eq!(version, 1);
}

#[test]
fn a_wrong_configuration_is_told() {
    let create = |config| Driver::create(&hark_crm_sqlite::hark_plugin_v1, &config).err().expect("refused");
    for (config, names) in [
        (json!({}), "path"),
        (json!({ "path": "" }), "path"),
        (json!({ "path": 7 }), "string"),
        (json!({ "path": "x.db", "smaple": true }), "smaple"),
        (json!([]), "object"),
    ] {
        let failure = create(config);
        assert!(matches!(&failure, Failure::Invalid(text) if text.contains(names)), "{failure}");
    }
}
