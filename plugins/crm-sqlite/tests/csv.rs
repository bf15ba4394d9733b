//! Customers in and out as CSV, by the program that people run.

use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Json, json};
use std::path::Path;
use std::process::Command;

/// Exit code, and what was said.
fn run(args: &[&str], folder: &Path) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_hark-crm-sqlite");
    let done = Command::new(program).args(args).current_dir(folder).output().expect("it runs");
    (done.status.code(), String::from_utf8(done.stderr).expect("text"))
}

fn search(folder: &Path, text: &str) -> Vec<Json> {
    let config = json!({ "path": folder.join("crm.db") });
    let crm = Driver::create(&hark_crm_sqlite::hark_plugin_v1, &config).expect("opened");
    let answer = crm.call("crm.search/1", json!({ "text": text, "limit": 100 })).expect("searched");
    let all = answer["matches"].as_array().expect("a list");
    all.iter().map(|found| found["customer"].clone()).collect()
}

#[test]
fn what_goes_out_comes_in_again_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, other) = (folder.path(), tempfile::tempdir().expect("a folder"));
    let config = json!({ "path": folder.join("crm.db"), "sample": true });
    let crm = Driver::create(&hark_crm_sqlite::hark_plugin_v1, &config).expect("opened");
    let odd = json!({
        "name": "Quote \"Comma\", Line\nBreak", "notes": "=1+1\r\n;", "vip": true, "fields": { "a,b": " x ", "ü": "y" }
    });
    crm.call("crm.create/1", json!({ "customer": odd })).expect("made");
    drop(crm);
    assert_eq!(
        run(&["export", "crm.db", "all.csv"], folder),
        (Some(0), "63 customers are in all.csv\n".to_owned())
    );
    let file = folder.join("all.csv");
    let file = file.to_str().expect("text");
    let (code, said) = run(&["import", "crm.db", file], other.path());
    assert_eq!((code, said.as_str()), (Some(0), "63 customers are new, 0 were replaced\n"));
    let sorted = |folder: &Path| {
        let mut all: Vec<String> = search(folder, "").iter().map(ToString::to_string).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(other.path()), sorted(folder));
    let (_, said) = run(&["import", "crm.db", file], other.path());
    assert_eq!(said, "0 customers are new, 63 were replaced\n");
    assert_eq!(search(other.path(), "88213")[0]["version"], 2);
}

#[test]
fn without_ids_the_account_number_tells_who_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |text: &str| std::fs::write(folder.join("in.csv"), text).expect("written");
    write("account,name,vip,field:plan\nA-1,Ada,yes,Home\n,Bo,,\n");
    let (_, said) = run(&["import", "crm.db", "in.csv"], folder);
    assert_eq!(said, "2 customers are new, 0 were replaced\n");
    write("name,account\nAda Lovelace,a1\n");
    let (_, said) = run(&["import", "crm.db", "in.csv"], folder);
    assert_eq!(said, "0 customers are new, 1 were replaced\n");
    let ada = &search(folder, "lovelace")[0];
    assert_eq!((&ada["account"], &ada["vip"]), (&json!("a1"), &json!(false)), "a row is the whole customer");
}

#[test]
fn a_file_with_a_fault_changes_nothing_and_every_fault_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let refused = |text: &str| {
        std::fs::write(folder.join("in.csv"), text).expect("written");
        let (code, said) = run(&["import", "crm.db", "in.csv"], folder);
        assert_eq!(code, Some(1), "{said}");
        said
    };
    let said = refused("name,since,vip\nAda,,\nBo,yesterday,\n,,\nCy,,perhaps\n");
    assert!(
        said.contains("line 3: `since` is not a date") && said.contains("line 4: a customer needs"),
        "{said}"
    );
    assert!(said.contains("line 5: `vip` is true or false"), "{said}");
    assert!(refused("nmae\nAda\n").contains("line 1: the column `nmae` is not known"));
    assert!(refused("name,email\nAda\n").contains("line: 2"), "a row too short");
    assert!(!folder.join("crm.db").exists(), "nothing was made");
    assert_eq!(run(&["export", "none.db", "out.csv"], folder).0, Some(1));
    assert_eq!(run(&["exprot"], folder).0, Some(2));
}
