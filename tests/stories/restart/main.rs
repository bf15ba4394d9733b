//! The server is killed in the middle of an offer, a chat and a wrap-up, and goes on where it was; what ran out while it
//! was down has run out. A second server keeps off the folder, and a stop says goodbye. Through the public door alone.

#![forbid(unsafe_code)]

mod kills;

use hark_tests::client::{Closed, Event};
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server, free_port};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A desk with these seconds for an offer and for a wrap-up.
fn desk(acceptance_s: u32, post_processing_s: u32) -> String {
    format!(
        r#"
default_queue = "service"
[queues.service]
acceptance_s = {acceptance_s}
post_processing_s = {post_processing_s}
codes = [{{ list = "outcome" }}]
[code_lists]
outcome = [{{ code = "OK", title = "Solved" }}]
[scripts]
root = "{{repository}}/scripts"
[[plugins]]
name = "crm-sqlite"
config = {{ path = "{{data}}/crm.sqlite", sample = true }}
[[widgets]]
key = "main"
[log]
level = "warn"
"#
    )
}

fn form(name: &str) -> Value {
    json!({ "name": name, "email": format!("{name}@story.example"), "question": format!("A question of {name}") })
}

/// A draft of a log, as far as it was typed.
fn typed(log: &Value) -> Value {
    let mut body = log["body"].clone();
    body["notes"] = json!("half a sent");
    body["codes"] = json!([{ "list": "outcome", "code": "OK" }]);
    body
}

#[tokio::test]
async fn an_offer_a_chat_and_a_wrap_up_go_on_where_they_were() {
    let mut server = Server::serve(&desk(120, 600)).await;
    let people = [
        server.hire("wrapping", "agent", 1, &["service"]).await,
        server.hire("talking", "agent", 1, &["service"]).await,
        server.hire("offered", "agent", 1, &["service"]).await,
    ];

    let mut wrapping = AgentClient::arrive(&server, &people[0]).await;
    let ended = GuestClient::ask(&server.nobody(), "main", &form("ended")).await;
    wrapping.accept(&ended.chat).await;
    wrapping.end(&ended.chat).await;
    let started = wrapping.stream.of_chat("post_processing.started", &ended.chat).await;
    let draft = typed(&wrapping.log(&ended.chat).await);
    let draft_path = format!("/v1/chat-logs/{}/draft", ended.chat);
    wrapping.api.put(&draft_path, &draft).await.must_be(204);

    let mut talking = AgentClient::arrive(&server, &people[1]).await;
    let mut active = GuestClient::ask(&server.nobody(), "main", &form("active")).await;
    talking.accept(&active.chat).await;
    let first = active.say("1", "Before the crash").await;
    talking
        .api
        .put(&format!("/v1/chats/{}/draft", active.chat), &json!({ "text": "I was about to" }))
        .await
        .must_be(204);

    let mut offered = AgentClient::arrive(&server, &people[2]).await;
    let mut waiting = GuestClient::ask(&server.nobody(), "main", &form("waiting")).await;
    let offer = offered.offered(&waiting.chat).await;

    server.kill().await;
    server.start().await;

    let desk = offered.desk().await;
    assert_eq!(desk["offers"][0]["id"], offer["id"], "the same offer still stands");
    assert_eq!(desk["offers"][0]["expires_at"], offer["expires_at"], "until the same moment");
    offered.take(&offer).await;
    waiting.stream.of_chat("chat.connected", &waiting.chat).await;

    let desk = talking.desk().await;
    assert_eq!((&desk["status"]["status"], &desk["chats"][0]["state"]), (&json!("busy"), &json!("active")));
    assert_eq!(desk["chats"][0]["transcript"], json!([first]));
    assert_eq!(desk["chats"][0]["draft"]["text"], "I was about to");
    assert_eq!(
        active.say("1", "Before the crash").await,
        first,
        "a repeat over the crash is the same message"
    );
    let answer = talking.say(&active.chat, "2", "After the crash").await;
    assert_eq!(answer["seq"], 2);
    active.hears("After the crash").await;
    assert_eq!(active.view().await["last_seq"], 2);

    let desk = wrapping.desk().await;
    assert_eq!(desk["status"]["status"], "post_processing");
    assert_eq!(
        desk["chats"][0]["post_processing"]["until"], started.data["until"],
        "the wrap-up ends when it would have"
    );
    let log = wrapping.log(&ended.chat).await;
    assert_eq!((&log["status"], &log["draft"]["body"]), (&json!("draft"), &draft), "nothing typed is lost");
    wrapping.finish(&ended.chat).await;
    assert_eq!(wrapping.status().await, "available");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn deadlines_that_passed_while_it_was_down_have_passed() {
    let mut server = Server::serve(&desk(2, 2)).await;
    let wrapping = server.hire("wrapping", "agent", 1, &["service"]).await;
    let offered = server.hire("offered", "agent", 1, &["service"]).await;
    let mut wrapping = AgentClient::arrive(&server, &wrapping).await;
    let ended = GuestClient::ask(&server.nobody(), "main", &form("ended")).await;
    wrapping.accept(&ended.chat).await;
    let mut offered = AgentClient::arrive(&server, &offered).await;
    let waiting = GuestClient::ask(&server.nobody(), "main", &form("waiting")).await;
    let offer = offered.offered(&waiting.chat).await;
    wrapping.end(&ended.chat).await;
    let draft = typed(&wrapping.log(&ended.chat).await);
    wrapping.api.put(&format!("/v1/chat-logs/{}/draft", ended.chat), &draft).await.must_be(204);
    let started = wrapping.stream.of_chat("post_processing.started", &ended.chat).await;

    server.kill().await;
    for until in [&offer["expires_at"], &started.data["until"]] {
        pass(until.as_str().expect("a moment is text")).await;
    }
    server.start().await;

    let expired = offered.stream.of_chat("offer.expired", &waiting.chat).await;
    assert_eq!(expired.data["offer_id"], offer["id"]);
    let status = offered.desk().await["status"].take();
    assert_eq!(
        (&status["status"], &status["missed"]),
        (&json!("on_break"), &json!(true)),
        "a missed offer leads to a break"
    );
    let finished = wrapping.stream.of_chat("post_processing.finished", &ended.chat).await;
    assert_eq!(finished.data["auto"], true);
    let log = wrapping.log(&ended.chat).await;
    assert_eq!(
        (&log["status"], &log["draft"]["body"]),
        (&json!("draft"), &draft),
        "the log is kept as a draft"
    );

    let again = wrapping.offered(&waiting.chat).await;
    assert_eq!(again["requested_at"], offer["requested_at"], "the chat kept its place");
    wrapping.take(&again).await;
    let taken = offered
        .api
        .press(&format!("/v1/offers/{}/accept", offer["id"].as_str().expect("it has an id")))
        .await;
    taken.is_problem(409, "offer_taken");
    assert!(server.stop().await.success());
}

/// Lets a moment of the server's clock pass: it is this machine's.
async fn pass(moment: &str) {
    let seconds = |text: &str| text.parse::<u64>().expect("digits");
    let of_day =
        |text: &str| seconds(&text[11..13]) * 3600 + seconds(&text[14..16]) * 60 + seconds(&text[17..19]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs() % 86_400;
    // Modulo a day a moment of just now is almost a day away.
    let left = (of_day(moment) + 86_400 - now) % 86_400;
    if left < 60 {
        tokio::time::sleep(Duration::from_secs(left + 1)).await;
    }
}

#[tokio::test]
async fn a_second_server_keeps_off_the_folder() {
    let mut server = Server::serve(&desk(60, 60)).await;
    let file = server.folder().join("config.toml");
    let (own, other) = (server.base().rsplit(':').next().expect("a port"), free_port().to_string());
    let config = fs::read_to_string(&file).expect("the configuration is there").replace(own, &other);
    fs::write(&file, config).expect("it can be written");
    let (status, complaint) = server.second().await;
    assert!(!status.success(), "the second one refuses");
    assert!(complaint.contains(&server.pid().to_string()), "and says who has the folder: {complaint}");
    let guest = GuestClient::ask(&server.nobody(), "main", &form("undisturbed")).await;
    assert_eq!(guest.say("1", "Still here?").await["seq"], 1, "the first one serves as before");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_stop_says_goodbye_and_a_start_goes_on() {
    let mut server = Server::serve(&desk(60, 60)).await;
    let person = server.hire("ana", "agent", 1, &["service"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let mut guest = GuestClient::ask(&server.nobody(), "main", &form("guest")).await;
    agent.accept(&guest.chat).await;
    guest.stream.of_chat("chat.connected", &guest.chat).await;
    let polling = {
        let (api, cursor) =
            (agent.api.clone(), agent.stream.cursor().expect("a stream has a cursor").to_owned());
        tokio::spawn(async move { api.get(&format!("/v1/events/poll?after={cursor}&wait=25")).await })
    };
    // Both sides hear something of which the order of the stop and of the poll does not matter.
    agent.say(&guest.chat, "1", "One moment").await;
    guest.hears("One moment").await;

    server.signal("TERM").await;
    assert_eq!(agent.stream.closes(PATIENCE).await, Closed(1012));
    assert_eq!(guest.stream.closes(PATIENCE).await, Closed(1012));
    assert_eq!(polling.await.expect("the poll is answered").status, 200, "an open request is finished");
    assert!(server.ended().await.success());

    server.start().await;
    agent.say(&guest.chat, "2", "Back again").await;
    guest.hears("Back again").await;
    let twice = |event: &Event| event.kind == "message.created" && event.data["client_id"] == "2";
    let heard = agent.stream.until(PATIENCE, "the agent's own message", twice).await;
    assert_eq!(heard.data["seq"], 2);
    assert!(server.stop().await.success());
}
