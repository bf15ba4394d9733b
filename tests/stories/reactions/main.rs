//! Reactions of scripts over the real binary: nothing is missed and nothing is done twice over kills, a handler that fails
//! is passed over in the end, a slow one holds up nobody, a reload exchanges them while they run, and what they ask of real
//! plugins they get, though it may take a few tries.
//!
//! `cargo test -p hark-tests --test reactions`

#![forbid(unsafe_code)]

mod systems;

use hark_tests::{AgentClient, GuestClient, PATIENCE, Seed, Server, within};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Between two looks at what cannot be waited for.
const LOOK: Duration = Duration::from_millis(20);
const KILLS: usize = 6;
const CHATS: usize = 3;

/// A desk with one script.
fn desk() -> &'static str {
    r#"
default_queue = "service"
plugins = []
[queues.service]
post_processing_s = 600
[scripts]
root = "scripts"
files = ["after.lua"]
[[widgets]]
key = "main"
[log]
level = "info"
"#
}

fn script_of(server: &Server) -> PathBuf {
    server.folder().join("scripts/after.lua")
}

/// A desk that runs a script, and an agent who is there.
async fn begin(text: &str) -> (Server, AgentClient) {
    begin_at(desk(), text).await
}

async fn begin_at(desk: &str, text: &str) -> (Server, AgentClient) {
    let server = Server::serve_after(desk, |folder| {
        fs::create_dir_all(folder.join("scripts")).expect("a folder can be made");
        fs::write(folder.join("scripts/after.lua"), text).expect("a script can be written");
    })
    .await;
    let person = server.hire("ana", "agent", 4, &["service"]).await;
    let agent = AgentClient::arrive(&server, &person).await;
    (server, agent)
}

fn form(name: &str) -> Value {
    json!({ "name": name, "question": format!("A question of {name}") })
}

async fn chat(server: &Server, agent: &mut AgentClient, name: &str) -> GuestClient {
    let guest = GuestClient::ask(&server.nobody(), "main", &form(name)).await;
    agent.accept(&guest.chat).await;
    guest
}

/// The numbers of the one reaction, once they are as wanted.
async fn numbers(server: &Server, wanted: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        loop {
            let report = server.admin().get("/v1/policies").await.is(200);
            let entry = report["reactions"][0].clone();
            if wanted(&entry) {
                return entry;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    within(PATIENCE, "the numbers of the reaction", look).await
}

/// The notes in a chat, by what they say.
async fn notes(agent: &AgentClient, chat: &str) -> Vec<String> {
    let view = agent.api.get(&format!("/v1/chats/{chat}")).await.is(200);
    let messages = view["transcript"].as_array().expect("it has messages").clone();
    let notes = messages.iter().filter(|message| message["kind"] == "note");
    notes.map(|note| note["text"].as_str().expect("a note has a text").to_owned()).collect()
}

const ECHO: &str = r#"
hark.after("message_created", function(event)
    if event.data.kind == "text" then
        hark.commands.note({ chat = event.chat_id, text = `heard {event.data.text}` })
    end
end)
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missed_and_nothing_done_twice_over_kills() {
    let mut seed = Seed::of_run("reactions");
    let (mut server, mut agent) = begin(ECHO).await;
    let mut guests = Vec::new();
    for number in 0..CHATS {
        guests.push(chat(&server, &mut agent, &format!("guest{number}")).await);
    }
    let mut said = 0;
    for _ in 0..KILLS {
        // So many messages that some of them are not reacted to when the kill comes.
        for _ in 0..5 + seed.below(20) {
            let text = format!("message {said}");
            guests[said % CHATS].say(&said.to_string(), &text).await;
            said += 1;
        }
        server.kill().await;
        server.start().await;
    }
    for (number, guest) in guests.iter().enumerate() {
        let wanted: Vec<String> =
            (0..said).filter(|one| one % CHATS == number).map(|one| format!("heard message {one}")).collect();
        let all = async {
            while notes(&agent, &guest.chat).await.len() < wanted.len() {
                tokio::time::sleep(LOOK).await;
            }
        };
        within(PATIENCE, "a note for each message", all).await;
        assert_eq!(notes(&agent, &guest.chat).await, wanted, "each once, and in order");
    }
    eprintln!("reactions: {KILLS} kills, {said} messages, each noted once");
    let view = agent.api.get(&format!("/v1/chats/{}/events", guests[0].chat)).await.is(200);
    let by_script = |event: &&Value| event["actor"]["kind"] == "script";
    let by = view["data"].as_array().expect("a list").iter().find(by_script).expect("a note's event");
    assert_eq!(by["actor"], json!({ "kind": "script", "file": "after.lua" }));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_handler_that_fails_is_passed_over_and_a_reload_mends_it() {
    let text = r#"
hark.after("message_created", function(event)
    if event.data.text == "bad" then
        error("I cannot do that")
    elseif event.data.kind == "text" then
        hark.commands.note({ chat = event.chat_id, text = `heard {event.data.text}` })
    end
end)
"#;
    let (mut server, mut agent) = begin(text).await;
    let guest = chat(&server, &mut agent, "guest").await;
    guest.say("1", "bad").await;
    guest.say("2", "good").await;
    let entry = numbers(&server, |entry| entry["passed_over"] == 1).await;
    assert_eq!((&entry["script"], &entry["event"]), (&json!("after.lua"), &json!("message_created")));
    assert_eq!((&entry["errors"], &entry["retries"]), (&json!(4), &json!(3)), "{entry}");
    assert_eq!(entry["last_error"]["line"], 4, "{entry}");
    assert!(server.has_said("PASSED OVER after the last try: after.lua:4: I cannot do that"));
    numbers(&server, |entry| entry["lag_ms"] == 0 && entry["events"].as_u64() >= Some(2)).await;
    assert_eq!(notes(&agent, &guest.chat).await, ["heard good"]);

    // While it is being told again, a reload brings a better script: that one gets the event.
    guest.say("3", "bad").await;
    numbers(&server, |entry| entry["errors"].as_u64() >= Some(5)).await;
    fs::write(script_of(&server), ECHO).expect("a script can be written");
    server.signal("HUP").await;
    let mended = async {
        while notes(&agent, &guest.chat).await.len() < 2 {
            tokio::time::sleep(LOOK).await;
        }
    };
    within(PATIENCE, "the note of the new script", mended).await;
    assert_eq!(notes(&agent, &guest.chat).await, ["heard good", "heard bad"]);
    let entry = numbers(&server, |entry| entry["lag_ms"] == 0).await;
    assert_eq!(entry["passed_over"], 1, "the second one was not passed over: {entry}");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_slow_handler_holds_up_nobody_and_an_unknown_event_is_refused() {
    // The handler is stopped at its budget, four times, with rests between: more than a second for each message.
    let text = r#"
hark.after("message_created", function(event)
    while true do end
end)
"#;
    let (mut server, mut agent) = begin(text).await;
    let mut guest = chat(&server, &mut agent, "guest").await;
    for number in 0..20 {
        guest.say(&number.to_string(), &format!("message {number}")).await;
        agent.say(&guest.chat, &number.to_string(), &format!("answer {number}")).await;
        guest.hears(&format!("answer {number}")).await;
    }
    // All was said and heard before the script was through with what came first.
    let entry = numbers(&server, |entry| entry["errors"].as_u64() >= Some(1)).await;
    assert!(entry["events"].as_u64() < Some(40), "the desk waited for its reactions: {entry}");
    assert_eq!(entry["last_error"]["message"], "stopped after 250 ms of CPU time", "{entry}");

    fs::write(script_of(&server), "hark.after('message.created', function() end)")
        .expect("it can be written");
    server.signal("HUP").await;
    let refused = async {
        while !server.has_said("unknown event 'message.created', did you mean 'message_created'?") {
            tokio::time::sleep(LOOK).await;
        }
    };
    within(PATIENCE, "the refusal of a wrong script", refused).await;
    assert!(server.stop().await.success(), "a reaction under way holds up no end");
}
