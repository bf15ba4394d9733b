//! The bundled CRM through its plugin table, on real SQLite files: what agents look for is found, what they write is
//! kept byte for byte, and whatever happens to the file is told and survived. What a CRM answers is the same in
//! crm-postgres: its tests are these very files, all but `faults` and `library`.

mod asking;
mod cases;
mod faults;
mod library;
mod lookup;
#[path = "../../../sdk/tests/plugins/opened.rs"]
mod opened;
mod records;
mod search;

use asking::ids;
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, json};
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
}

fn open(path: &std::path::Path, sample: bool) -> Result<Driver, Failure> {
    Driver::create(&hark_crm_sqlite::hark_plugin_v1, &json!({ "path": path, "sample": sample }))
}

/// The strings that break software.
fn naughty() -> Vec<String> {
    asking::naughty().into_iter().chain(["nul\0inside".to_owned()]).collect()
}

#[test]
fn the_manifest_names_every_operation_and_the_schema_says_what_is_taken() {
    let manifest = Driver::manifest(&hark_crm_sqlite::hark_plugin_v1);
    assert_eq!(manifest["name"], "crm-sqlite");
    assert_eq!(manifest["blocking"], true);
    assert_eq!(manifest["capabilities"], json!(hark_plugin_sdk::crm::OPERATIONS));
    assert_eq!(manifest["config_schema"]["required"], json!(["path"]));
}
