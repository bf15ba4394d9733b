//! A plugin that cannot start yet is no fault: the desk opens, and the plugin is started when it can be.

use crate::common::{DO, STATS, bad, load, plugin, until};
use serde_json::json;

#[tokio::test]
async fn one_that_says_later_is_started_later() {
    let desk = load(vec![plugin("crm", bad("not_yet"))]);
    assert_eq!(desk.report("crm").state, "starting");
    assert_eq!(desk.report("crm").last_error.as_deref(), Some("not yet there"));
    let failure = desk.ask(DO, json!({})).await.expect_err("not started");
    assert_eq!(failure.message, "crm has not started: not yet there");
    // It is asked for its health as soon as it has started.
    until("its health", || desk.report("crm").state == "failing").await;
    let ailment = desk.report("crm").last_error.expect("it says that it is not well");
    assert!(ailment.starts_with("xxx") && ailment.len() < 1024, "{ailment}");
    assert!(desk.ask(STATS, json!({})).await.is_ok(), "what it can do it does");
}
