//! The library file itself, opened as the engine opens it.

use crate::opened::open;
use crate::server::{Server, ok};
use hark_plugin_sdk::json;
use hark_plugin_sdk::testing::Driver;

#[test]
fn the_built_library_exports_the_table_and_works() {
    let tests = std::env::current_exe().expect("a running test has a path");
    let path = tests.with_file_name("libhark_crm_http.so");
    let table = open(&path);

    let server = Server::start(|_| ok(&json!({ "id": 7, "name": "Ada" })));
    let config = json!({
        "server": { "base_url": server.url, "ca_file": server.root },
        "customer": { "id": "{/id}", "name": "{/name}" },
        "get": { "path": "/customers/{id}" }
    });
    let crm = Driver::create(table, &config).expect("created");
    let answer = crm.call("crm.get/1", json!({ "id": "7" })).expect("read");
    assert_eq!(answer, json!({ "id": "7", "name": "Ada", "vip": false, "version": 1 }));
}
