//! The library file itself, opened as the engine opens it.

use crate::opened::open;
use crate::{PATIENT_MS, new_schema, server};
use hark_plugin_sdk::json;
use hark_plugin_sdk::testing::Driver;

#[test]
fn the_built_library_exports_the_table_and_works() {
    let tests = std::env::current_exe().expect("a running test has a path");
    let path = tests.with_file_name("libhark_crm_postgres.so");
    let table = open(&path);

    let config = json!({
        "url": server().url(), "schema": new_schema(), "sample": true, "timeout_ms": PATIENT_MS
    });
    let crm = Driver::create(table, &config).expect("created");
    assert_eq!(crm.logs().len(), 1, "it says that it filled the empty database");
    let answer = crm.call("crm.lookup/1", json!({ "email": "maria.lopez@example.com" })).expect("looked up");
    assert_eq!(answer["matches"][0]["customer"]["account"], "88213");
}
