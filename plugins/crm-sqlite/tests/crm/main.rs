//! The bundled CRM through its plugin table, on real SQLite files: what agents look for is found, what they write is
//! kept byte for byte, and whatever happens to the file is told and survived.

mod cases;
mod faults;
mod library;
mod lookup;
mod records;
mod search;

use hark_plugin_sdk::crm::{Customer, LookupAnswer, Match};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use tempfile::TempDir;

/// A database of its own, gone with the test.
struct Desk {
    folder: TempDir,
    crm: Driver,
}

impl Desk {
    fn empty() -> Self {
        Self::open(false)
    }

    fn sample() -> Self {
        Self::open(true)
    }

    fn open(sample: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let crm = open(&folder.path().join("crm.db"), sample).expect("opened");
        Self { folder, crm }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("crm.db")
    }

    /// Ends the plugin and opens the same file again.
    fn reopen(self) -> Self {
        let Self { folder, crm } = self;
        drop(crm);
        let crm = open(&folder.path().join("crm.db"), false).expect("opened again");
        Self { folder, crm }
    }

    /// Asks, and reads the answer as its type.
    fn ask<A: DeserializeOwned>(&self, operation: &str, request: Json) -> Result<A, Failure> {
        let answer = self.crm.call(operation, request)?;
        Ok(serde_json::from_value(answer).expect("the answer has the operation's type"))
    }

    fn lookup(&self, request: Json) -> Vec<Match> {
        self.ask::<LookupAnswer>("crm.lookup/1", request).expect("looked up").matches
    }

    fn search(&self, text: &str) -> Vec<Match> {
        self.ask::<LookupAnswer>("crm.search/1", json!({ "text": text, "limit": 100 }))
            .expect("searched")
            .matches
    }

    fn customer(&self, customer: &Json) -> Customer {
        self.ask("crm.create/1", json!({ "customer": customer })).expect("created")
    }
}

fn open(path: &std::path::Path, sample: bool) -> Result<Driver, Failure> {
    Driver::create(&hark_crm_sqlite::hark_plugin_v1, &json!({ "path": path, "sample": sample }))
}

fn ids(matches: &[Match]) -> Vec<&str> {
    matches.iter().map(|found| found.customer.id.as_str()).collect()
}

/// The strings that break software.
fn naughty() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/strings/naughty-strings.json");
    let text = std::fs::read_to_string(path).expect("the test data is in the repository");
    let strings: Vec<String> = serde_json::from_str(&text).expect("a list of strings");
    assert!(strings.len() >= 500, "only {} strings", strings.len());
    strings.into_iter().chain(["nul\0inside".to_owned(), "\u{fffd}\u{202e}".to_owned()]).collect()
}

#[test]
fn the_manifest_names_every_operation_and_the_schema_says_what_is_taken() {
    let manifest = Driver::manifest(&hark_crm_sqlite::hark_plugin_v1);
    assert_eq!(manifest["name"], "crm-sqlite");
    assert_eq!(manifest["blocking"], true);
    assert_eq!(manifest["capabilities"], json!(hark_plugin_sdk::crm::OPERATIONS));
    assert_eq!(manifest["config_schema"]["required"], json!(["path"]));
}
