//! Why a chat went where it went, when the journal no longer reaches back to it: the desk tells what history kept, the
//! command does once no desk runs, and where history cannot be read both say so. And why a chat still waits.

use crate::hark::Hark;
use hark_tests::client::Api;
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server};
use serde_json::{Value, json};
use std::fs;
use std::time::Instant;

/// A journal that gives room back soon: small segments, frequent snapshots.
const DESK: &str = r#"
default_queue = "service"
plugins = []
[queues.service]
acceptance_s = 600
post_processing_s = 600
[scripts]
root = "{repository}/scripts"
[[widgets]]
key = "main"
[limits]
agent_message_chars = 20000
[journal]
segment_mib = 1
snapshot_every = 100
[log]
level = "warn"
"#;
/// Messages that fill a few segments.
const MESSAGES: u32 = 330;

#[tokio::test]
async fn a_chat_that_left_the_journal_is_explained_from_history() {
    let mut server = Server::serve(DESK).await;
    let ada = server.hire("ada", "agent", 2, &["service"]).await;
    let mut ada = AgentClient::arrive(&server, &ada).await;
    let old = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Maria" })).await.chat;
    ada.accept(&old).await;
    ada.end(&old).await;
    ada.finish(&old).await;
    fill(&server, &mut ada).await;
    let by_api = from_history(&server.admin(), &old).await;
    let says: Vec<&str> = by_api["steps"]
        .as_array()
        .expect("it has steps")
        .iter()
        .filter_map(|step| step["says"].as_str())
        .collect();
    assert!(says.contains(&"Maria asked for a chat in service."), "{says:?}");
    assert!(says.iter().any(|says| says.contains("was offered to ada")), "{says:?}");

    let hark = Hark::beside(&server);
    let said = hark.fails(&["explain", &old, "--dir", "data"]);
    assert!(said.contains("the running desk has history: ask it"), "{said}");
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
    assert_eq!(
        hark.json(&["explain", &old, "--dir", "data", "--json"]),
        by_api,
        "the same story without a desk"
    );
    assert!(hark.words(&["explain", &old, "--dir", "data"]).contains("is told from history"));

    // Something lies where history should be: the desk serves, and says that the past is not there.
    fs::rename(server.data().join("history"), server.folder().join("history")).expect("it can be moved");
    fs::write(server.data().join("history"), "no folder").expect("it can be written");
    let said = hark.fails(&["explain", &old, "--dir", "data"]);
    assert!(said.contains("there is no history in"), "{said}");
    server.start().await;
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = server.admin().get(&format!("/v1/chats/{old}/explanation")).await;
        assert_eq!(answer.status, 503, "{answer}");
        if answer.code() == "past_unavailable" {
            break;
        }
        assert!(Instant::now() < until, "it says so once it knows: {answer}");
    }
    assert_eq!(server.admin().get("/v1/queues").await.status, 200, "the desk serves all the same");
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
}

/// A long chat, until the journal has given back its beginning.
async fn fill(server: &Server, ada: &mut AgentClient) {
    let long = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Long" })).await.chat;
    ada.accept(&long).await;
    let text = "history ".repeat(2400);
    for number in 0..MESSAGES {
        ada.say(&long, &number.to_string(), &text).await;
    }
}

/// The explanation, once it comes from history.
async fn from_history(admin: &Api, chat: &str) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let told = admin.get(&format!("/v1/chats/{chat}/explanation")).await.is(200);
        if told["whole"] == false {
            return told;
        }
        assert!(Instant::now() < until, "the journal gives back what is old: {told}");
    }
}

#[tokio::test]
async fn a_waiting_chat_is_told_what_stands_in_its_way_now() {
    let mut server = Server::serve(DESK).await;
    let [ada, bo] = [
        server.hire("ada", "agent", 1, &["service"]).await,
        server.hire("bo", "agent", 1, &["service"]).await,
    ];
    let mut ada = AgentClient::arrive(&server, &ada).await;
    let first = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "First" })).await.chat;
    ada.accept(&first).await;
    let waits = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Maria" })).await.chat;
    let path = format!("/v1/chats/{waits}/explanation");
    let line = server.admin().get("/v1/queues/service/waiting").await.is(200);
    assert_eq!(line["data"][0]["id"], waits.as_str(), "the page lists who waits: {line}");
    let mut bo = AgentClient::log_in(&server, &bo.login, &bo.password).await;
    bo.choose("work_offline").await;
    let told = server.admin().get(&path).await.is(200);
    let last = told["steps"].as_array().and_then(|steps| steps.last()).expect("it has steps").clone();
    assert_eq!(last["kind"], "still_waits", "{told:#}");
    assert!(
        told["summary"].as_str().is_some_and(|says| says.starts_with("It is still waiting. ")),
        "{told:#}"
    );
    let obstacle = |name: &str| {
        let all = last["desk"]["candidates"].as_array().expect("the desk was looked at");
        all.iter().find(|one| one["name"] == name).map(|one| one["obstacle"]["what"].clone())
    };
    assert_eq!(obstacle("ada"), Some("at_capacity".into()), "{last:#}");
    assert_eq!(obstacle("bo"), Some("work_offline".into()), "who came since is told, too: {last:#}");
    assert!(server.stop().await.success(), "it stops in order\n{}", server.log());
    let hark = Hark::beside(&server);
    let words = hark.words(&["explain", &waits, "--dir", "data"]);
    assert!(words.contains("it still waited: ") && words.contains("ada had 1 of 1 chats"), "{words}");
}
