//! Steps 9 to 12 for a new customer: edit mode, somebody to tie the log to, saving, a draft that outlasts the time for
//! it, and mandatory codes that hold the wrap-up.

use hark_tests::client::Event;
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server};
use hyper::Method;
use serde_json::{Value, json};

const DESK: &str = r#"
default_queue = "short"
[queues.short]
post_processing_s = 2
extend_s = 1
extends = 1
[queues.strict]
post_processing_s = 1
codes = [{ list = "outcome", mandatory = true }]
[code_lists]
outcome = [{ code = "OK", title = "Solved" }]
[scripts]
root = "{repository}/scripts"
[[plugins]]
name = "crm-sqlite"
config = { path = "{data}/crm.sqlite", sample = true }
[[widgets]]
key = "main"
[log]
level = "warn"
"#;

async fn ended(server: &Server, agent: &mut AgentClient, queue: &str) -> GuestClient {
    let form = json!({ "name": "Nora New", "email": "nora@story.example", "question": "Who are you?", "queue": queue });
    let guest = GuestClient::ask(&server.nobody(), "main", &form).await;
    agent.accept(&guest.chat).await;
    agent.end(&guest.chat).await;
    guest
}

#[tokio::test]
async fn a_new_customers_log_is_drafted_over_the_timeout_and_saved_for_somebody_who_is_made() {
    let mut server = Server::serve(DESK).await;
    let person = server.hire("ana", "agent", 1, &["short", "strict"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let guest = ended(&server, &mut agent, "short").await;
    let path = format!("/v1/chat-logs/{}", guest.chat);
    let log = agent.log(&guest.chat).await;
    assert_eq!((&log["mode"], &log["body"]["customer_id"]), (&json!("edit"), &Value::Null));
    assert_eq!(log["body"]["subject"], "Who are you?");
    let mut body = log["body"].clone();
    body["notes"] = json!("typed while the time ran ou");
    agent.api.put(&format!("{path}/draft"), &body).await.must_be(204);

    let finished = agent.stream.of_chat("post_processing.finished", &guest.chat).await;
    assert_eq!(finished.data["auto"], true);
    assert_eq!(agent.status().await, "available");
    let log = agent.log(&guest.chat).await;
    assert_eq!((&log["status"], &log["draft"]["body"]), (&json!("draft"), &body), "nothing typed is lost");

    assert_eq!(
        agent.api.get("/v1/customers?q=nora").await.is(200)["data"],
        json!([]),
        "she is not in the CRM yet"
    );
    let made = agent
        .api
        .post("/v1/customers", &json!({ "name": "Nora New", "email": "nora@story.example" }))
        .await
        .is(201);
    let picked = agent.api.get("/v1/customers?q=nora").await.is(200);
    assert_eq!(picked["data"][0]["customer"], made, "and can be picked now");
    body["customer_id"] = made["id"].clone();
    body["customer_name"] = made["name"].clone();
    let saved = agent.api.send(Method::PUT, &path, &[("if-match", "\"v1\"")], Some(&body)).await.is(200);
    assert_eq!((&saved["status"], &saved["version"], &saved["body"]), (&json!("saved"), &json!(2), &body));
    assert_eq!(saved["draft"], Value::Null, "a saved log has no draft");
    agent.stream.of_chat("chat_log.filed", &guest.chat).await;
    let id = made["id"].as_str().expect("a customer has an id");
    let cases = agent.api.get(&format!("/v1/customers/{id}/cases")).await.is(200);
    assert_eq!(cases["data"][0]["subject"], "Who are you?", "the log is a note of a case of hers");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn mandatory_codes_hold_the_wrap_up() {
    let mut server = Server::serve(DESK).await;
    let person = server.hire("ana", "agent", 1, &["short", "strict"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let guest = ended(&server, &mut agent, "strict").await;
    let held = agent.stream.of_chat("post_processing.held", &guest.chat).await;
    assert_eq!(held.data["missing"], json!(["outcome"]));
    let desk = agent.desk().await;
    assert_eq!(desk["status"]["status"], "post_processing");
    assert_eq!(desk["chats"][0]["post_processing"]["held"], true, "the time is over, and shown to be");
    let codes = json!({ "codes": [{ "list": "outcome", "code": "OK" }], "note": "" });
    agent.api.put(&format!("/v1/chats/{}/disposition", guest.chat), &codes).await.must_be(200);
    let finished = |event: &Event| event.is("post_processing.finished", &guest.chat);
    agent.stream.until(PATIENCE, "the end of the wrap-up", finished).await;
    assert_eq!(agent.status().await, "available");
    assert_eq!(agent.log(&guest.chat).await["body"]["codes"], codes["codes"]);
    assert!(server.stop().await.success());
}
