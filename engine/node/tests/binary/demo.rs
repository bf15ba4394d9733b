//! The demonstration.

use crate::support::{Running, eventually};
use serde_json::{Value, json};
use std::path::PathBuf;

#[test]
fn the_demonstration_tells_what_works_and_leaves_nothing_behind() {
    let mut demo = Running::demo(&[]);
    assert_eq!(demo.get("/healthz", "").0, 200);
    for who in ["agent", "supervisor", "admin"] {
        let (login, password) = (demo.told[who]["login"].as_str(), demo.told[who]["password"].as_str());
        let (status, answer) = demo.log_in(login.expect("it is told"), password.expect("it is told"));
        assert_eq!((status, answer["agent"]["role"].as_str()), (201, Some(who)), "{answer}");
    }
    let token = demo.told["admin"]["token"].as_str().expect("it is told").to_owned();
    let (_, plugins) = demo.get("/v1/plugins", &token);
    let states: Vec<_> =
        plugins["data"].as_array().expect("a list").iter().map(|plugin| &plugin["state"]).collect();
    assert_eq!(states, ["serving", "serving"], "{plugins}");
    let (_, policies) = demo.get("/v1/policies", &token);
    assert!(policies["points"].as_array().is_some_and(|points| !points.is_empty()), "{policies}");
    let (_, widget) = demo.get("/v1/widget/main", "");
    assert_eq!(widget["queues"].as_array().map(Vec::len), Some(3), "{widget}");
    let (_, hits) = demo.get("/v1/widget/main/faq?q=router", "");
    assert!(hits["hits"].as_array().is_some_and(|hits| !hits.is_empty()), "{hits}");
    let dir = PathBuf::from(demo.told["dir"].as_str().expect("it is told"));
    assert!(dir.join("data/secret").is_file());
    demo.signal("TERM");
    assert_eq!(demo.wait().code(), Some(0));
    assert!(!dir.exists());
}

#[test]
fn a_folder_that_is_named_is_kept_and_gone_on_with() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("here").display().to_string();
    let mut demo = Running::demo(&["--dir", &dir]);
    let chat = serde_json::json!({ "name": "Maria", "question": "Is it kept?" });
    let (status, made) = demo.post("/v1/widget/main/chats", "", &chat);
    assert_eq!(status, 201, "{made}");
    demo.signal("INT");
    assert_eq!(demo.wait().code(), Some(0));
    let again = Running::demo(&["--dir", &dir]);
    let (status, seen) = again.get("/v1/guest/chat", made["token"].as_str().expect("a token"));
    assert_eq!(status, 200, "{seen}");
    assert_eq!(again.log_in("ana", again.told["agent"]["password"].as_str().expect("it is told")).0, 201);
}

/// One chat in Billing, where logs are filed by themselves, until its wrap-up is over. The chat's id.
pub(crate) fn whole_chat(demo: &Running, agent: &str) -> String {
    let form = json!({ "name": "Maria", "email": "maria.lopez@example.com", "question": "Twice?", "queue": "billing" });
    let (status, made) = demo.post("/v1/widget/main/chats", "", &form);
    assert_eq!(status, 201, "{made}");
    let offer = eventually("the offer is there", || {
        let (_, desk) = demo.get("/v1/me/desk", agent);
        desk["offers"][0]["id"].as_str().map(str::to_owned)
    });
    let id = made["chat"]["id"].as_str().expect("an id").to_owned();
    let act = |method: &str, path: &str, body: &Value| {
        let (status, answer) = demo.send(method, path, agent, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    };
    act("POST", &format!("/v1/offers/{offer}/accept"), &json!({}));
    act("POST", &format!("/v1/chats/{id}/messages"), &json!({ "client_id": "1", "text": "Once is enough." }));
    act("POST", &format!("/v1/chats/{id}/end"), &json!({}));
    let codes = json!({ "codes": [{ "list": "outcome", "code": "OK" }], "note": "" });
    act("PUT", &format!("/v1/chats/{id}/disposition"), &codes);
    act("POST", &format!("/v1/chats/{id}/post-processing/finish"), &json!({}));
    id
}

#[test]
fn a_chat_that_is_over_is_filed_with_its_words() {
    let demo = Running::demo(&[]);
    let password = demo.told["agent"]["password"].as_str().expect("it is told");
    let (_, answer) = demo.log_in("ana", password);
    let agent = answer["token"].as_str().expect("a token").to_owned();
    let (status, told) = demo.send("PUT", "/v1/me/status", &agent, &json!({ "status": "available" }));
    assert_eq!(status, 200, "{told}");
    let chat = whole_chat(&demo, &agent);
    let case = eventually("the log is filed", || {
        let (_, log) = demo.get(&format!("/v1/chat-logs/{chat}"), &agent);
        log["filing"].to_string().contains("CS-").then(|| log["filing"].to_string())
    });
    assert!(case.contains("filed"), "{case}");
}

#[test]
fn simulated_agents_log_in_and_are_ready() {
    let demo = Running::demo(&["--traffic", "4"]);
    let token = demo.told["admin"]["token"].as_str().expect("it is told").to_owned();
    eventually("both simulated agents are available", || {
        let (_, board) = demo.get("/v1/metrics/realtime", &token);
        let agents = board["agents"].as_array().cloned().unwrap_or_default();
        let simulated =
            agents.iter().filter(|agent| agent["name"].as_str().is_some_and(|name| name.starts_with("Sim ")));
        let ready = simulated.filter(|agent| agent["status"]["chosen"] == "available").count();
        (ready == 2).then_some(())
    });
}
