//! Plugins from other times: one that was built against the first header, and one that is built against a header of
//! tomorrow. Both load and work; neither sees what the other time has.

use crate::common::{c_library, load, plugin, repository};
use serde_json::json;

fn golden(source: &str) -> std::path::PathBuf {
    c_library(&repository().join("plugins/abi/tests/golden").join(source), &[])
}

#[tokio::test]
async fn a_plugin_of_the_first_minor_still_loads_and_works() {
    let desk = load(vec![plugin("old", golden("minor-0/lookup.c"))]);
    let answer = desk.ask("crm.lookup/1", json!({ "email": "ana@example.com" })).await.expect("answered");
    let minor = hark_plugin_abi::ABI_MINOR;
    assert_eq!(answer, json!({ "matches": [], "plugin": 0, "host": minor, "grown": true }));
    assert_eq!(desk.report("old").state, "serving");
    desk.host.drain().await;
}

#[tokio::test]
async fn a_plugin_of_a_minor_to_come_loads_and_does_without() {
    let desk = load(vec![plugin("new", golden("newer/tomorrow.c"))]);
    let mut last = 2;
    for _ in 0..2 {
        let answer = desk.ask("crm.lookup/1", json!({})).await.expect("answered");
        let expected = json!({ "matches": [], "wanted": 1, "last": last, "progress": false });
        assert_eq!(answer, expected, "a call is wanted until it is answered");
        // One seat: the next call begins when the plugin has asked its host about this one.
        last = 0;
    }
    desk.host.drain().await;
}
