//! The library file itself, opened as the engine opens it.

use crate::opened::open;
use crate::server::{Server, ok};
use hark_plugin_sdk::json;
use hark_plugin_sdk::testing::Driver;

#[test]
fn the_built_library_exports_the_table_and_works() {
    let tests = std::env::current_exe().expect("a running test has a path");
    let path = tests.with_file_name("libhark_faq_http.so");
    let table = open(&path);

    let server = Server::start(|_| ok(&json!({ "id": 7, "name": "Reset", "text": "Hold it." })));
    let config = json!({
        "server": { "base_url": server.url, "ca_file": server.root },
        "article": { "id": "{/id}", "title": "{/name}", "body": "{/text}" },
        "search": { "path": "/search" },
        "get": { "path": "/articles/{id}" }
    });
    let faq = Driver::create(table, &config).expect("created");
    let answer = faq.call("faq.get/1", json!({ "id": "7" })).expect("read");
    assert_eq!(answer, json!({ "id": "7", "title": "Reset", "body": "Hold it." }));
}
