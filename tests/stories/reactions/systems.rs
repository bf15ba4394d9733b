//! Reactions that ask real plugins: what they get is left beside the chat's codes; a plugin that cannot be had is asked
//! again later, over a restart too.

use crate::{LOOK, begin_at, numbers};
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server, within};
use serde_json::{Value, json};
use tokio::process::Command;

/// A desk with a CRM in a child process, which can be stopped, and the shipped answers.
const DESK: &str = r#"
default_queue = "service"
[queues.service]
post_processing_s = 600
[scripts]
root = "scripts"
files = ["after.lua"]
[[plugins]]
name = "crm-sqlite"
isolation = "process"
deadline_ms = 400
config = { path = "{data}/crm.sqlite", sample = true }
[[plugins]]
name = "faq-search"
config = { folder = "{repository}/plugins/faq-search/articles", state_path = "{data}/faq-feedback.json" }
[[widgets]]
key = "main"
[log]
level = "info"
"#;

/// Looks up who wrote and what might have helped, and says so in the chat that has just ended.
const LOOKS_UP: &str = r#"
hark.after("chat_ended", function(event)
    local chat = hark.chat(event.chat_id)
    local customer = hark.call("crm.lookup/1", { email = chat.form.email, limit = 1 }).matches[1].customer
    local cases = hark.call("crm.cases/1", { customer_id = customer.id }).cases
    local hit = hark.call("faq.search/1", { text = chat.form.question, language = "en", limit = 1 }).hits[1]
    local topics = hark.call("faq.categories/1", {}).categories
    hark.commands.link_customer({ chat = event.chat_id, customer = customer, case = cases[1].id })
    hark.commands.set_codes({
        chat = event.chat_id,
        note = `{customer.name} ({customer.id}) has {#cases} cases; {hit.id} is one of {#topics} topics`,
    })
end)
"#;

/// What a plugin refuses, and what none provides.
const REFUSED: &str = r#"
hark.after("chat_ended", function(event)
    local told = {}
    for _, ask in { { "crm.get/1", { id = "cus_nobody" } }, { "crm.create/1", { customer = { name = " " } } }, { "crm.delete/1", {} } } do
        local answer, code, why = hark.call(ask[1], ask[2])
        table.insert(told, `{ask[1]} {answer} {code}: {why}`)
    end
    hark.commands.set_codes({ chat = event.chat_id, note = table.concat(told, "\n") })
end)
"#;

fn form() -> Value {
    json!({ "name": "Maria Lopez", "email": "maria.lopez@example.com", "question": "How do I reset my password?" })
}

/// A chat that the agent has ended and not yet closed.
async fn ended(server: &Server, agent: &mut AgentClient, before_its_end: impl AsyncFnOnce()) -> GuestClient {
    let guest = GuestClient::ask(&server.nobody(), "main", &form()).await;
    agent.accept(&guest.chat).await;
    before_its_end().await;
    agent.end(&guest.chat).await;
    guest
}

/// What was written beside the chat's codes, once it was, and the case that the chat is tied to.
async fn noted(server: &Server, chat: &str) -> (String, Value) {
    let look = async {
        loop {
            let view = server.admin().get(&format!("/v1/chats/{chat}")).await.is(200);
            match view["note"].as_str() {
                Some(note) if !note.is_empty() => return (note.to_owned(), view["case_id"].clone()),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    };
    within(PATIENCE, "the note of the reaction", look).await
}

/// What the note has to say, by what the same systems answer to a person.
async fn expected(server: &Server) -> (String, Value) {
    let admin = server.admin();
    let found = admin.get("/v1/customers/lookup?email=maria.lopez@example.com").await.is(200);
    let customer = &found["data"][0]["customer"];
    let (name, id) = (customer["name"].as_str().expect("a name"), customer["id"].as_str().expect("an id"));
    let all = admin.all(&format!("/v1/customers/{id}/cases")).await;
    let (cases, newest) = (all.len(), all[0]["id"].clone());
    let hits = admin.get("/v1/faq?q=How+do+I+reset+my+password%3F&language=en").await.is(200);
    let hit = hits["hits"][0]["id"].as_str().expect("an article").to_owned();
    let topics = server.nobody().get("/v1/widget/main/faq-categories").await.is(200);
    let topics = topics["categories"].as_array().expect("a list").len();
    assert!(topics > 1, "the articles have topics");
    (format!("{name} ({id}) has {cases} cases; {hit} is one of {topics} topics"), newest)
}

async fn crm(server: &Server) -> Value {
    let all = server.admin().get("/v1/plugins").await.is(200);
    let all = all["data"].as_array().expect("a list").clone();
    all.into_iter().find(|plugin| plugin["name"] == "crm-sqlite").expect("it is configured")
}

/// Sends a signal to the CRM's process, if it is there.
async fn signal_crm(server: &Server, name: &str) {
    let plugin = crm(server).await;
    if let Some(pid) = plugin["pid"].as_u64() {
        let told = Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status().await;
        told.expect("a shell can be started");
    }
}

#[tokio::test]
async fn a_reaction_gets_what_it_asks_of_plugins() {
    let (mut server, mut agent) = begin_at(DESK, LOOKS_UP).await;
    let guest = ended(&server, &mut agent, async || {}).await;
    assert_eq!(noted(&server, &guest.chat).await, expected(&server).await);
    let entry = numbers(&server, |entry| entry["lag_ms"] == 0 && entry["events"] == 1).await;
    assert_eq!((&entry["errors"], &entry["retries"]), (&json!(0), &json!(0)), "{entry}");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_refusal_is_told_to_the_script_and_not_asked_again() {
    let (mut server, mut agent) = begin_at(DESK, REFUSED).await;
    let guest = ended(&server, &mut agent, async || {}).await;
    let (note, _) = noted(&server, &guest.chat).await;
    let notes: Vec<&str> = note.lines().collect();
    assert!(notes[0].starts_with("crm.get/1 nil not_found: "), "{notes:?}");
    assert!(
        notes[1].starts_with("crm.create/1 nil invalid: ") && notes[1].contains("needs a name"),
        "{notes:?}"
    );
    let words =
        "crm.delete/1 nil unknown_operation: no plugin provides crm.delete/1; known are crm.lookup/1, ";
    assert!(notes[2].starts_with(words), "{notes:?}");
    let entry = numbers(&server, |entry| entry["events"] == 1).await;
    assert_eq!((&entry["errors"], &entry["retries"]), (&json!(0), &json!(0)), "{entry}");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_plugin_that_cannot_be_had_is_asked_again_until_it_can() {
    let (mut server, mut agent) = begin_at(DESK, LOOKS_UP).await;
    let expected = expected(&server).await;
    // Its process stands still, as one that hangs.
    let guest = ended(&server, &mut agent, async || signal_crm(&server, "STOP").await).await;
    let entry = numbers(&server, |entry| entry["retries"].as_u64() >= Some(1)).await;
    assert_eq!(entry["last_error"]["line"], 4, "{entry}");
    let why = entry["last_error"]["message"].as_str().expect("a text");
    assert!(why.contains("crm-sqlite did not answer within 400 ms"), "{entry}");
    signal_crm(&server, "CONT").await;
    assert_eq!(noted(&server, &guest.chat).await, expected);
    let entry = numbers(&server, |entry| entry["lag_ms"] == 0 && entry["events"].as_u64() >= Some(1)).await;
    assert_eq!(entry["passed_over"], 0, "{entry}");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn what_was_to_be_asked_is_asked_after_a_restart() {
    let (mut server, mut agent) = begin_at(DESK, LOOKS_UP).await;
    let expected = expected(&server).await;
    let guest = ended(&server, &mut agent, async || signal_crm(&server, "STOP").await).await;
    numbers(&server, |entry| entry["errors"].as_u64() >= Some(1)).await;
    server.kill().await;
    server.start().await;
    assert_eq!(noted(&server, &guest.chat).await, expected);
    assert!(server.stop().await.success());
}
