//! Nasty strings everywhere a person can write: what goes in comes out byte for byte, or is refused for its size, and in
//! HTML it is text.

use crate::{Scene, encoded, message};
use futures_util::stream::{self, StreamExt as _};
use hark_tests::client::Api;
use hark_tests::{GuestClient, naughty_strings};
use hyper::Method;
use serde_json::{Value, json};

/// Requests at a time.
const AT_A_TIME: usize = 16;

/// What runs where markup is not written as text.
const SCRIPTS: [&str; 8] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "]]><!--<script>alert(1)</script>-->",
];

fn strings() -> Vec<String> {
    let mut strings = naughty_strings();
    strings.extend(SCRIPTS.map(str::to_owned));
    assert!(strings.len() > 500);
    strings
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

#[tokio::test]
async fn as_messages_of_both_sides() {
    let mut scene = Scene::set().await;
    let mut guest = scene.talking("Strings").await;
    let mut said = Vec::new();
    for (number, text) in strings().into_iter().enumerate() {
        if is_blank(&text) {
            guest.api.post("/v1/guest/messages", &message("blank", &text)).await.is_problem(422, "empty");
            continue;
        }
        let id = format!("{number}");
        assert_eq!(guest.say(&id, &text).await["text"], text.as_str());
        assert_eq!(scene.agent.say(&guest.chat, &id, &text).await["text"], text.as_str());
        said.extend([text.clone(), text]);
    }
    for (place, text) in said.iter().enumerate() {
        let heard = guest.stream.of_chat("message.created", &guest.chat).await;
        assert_eq!(heard.data["text"], text.as_str(), "message {place} by the stream");
    }
    let mut kept: Vec<Value> = Vec::new();
    loop {
        let page = guest.api.get(&format!("/v1/guest/messages?after_seq={}", kept.len())).await.is(200);
        kept.extend(page["data"].as_array().expect("a page has data").iter().map(|one| one["text"].clone()));
        if page["has_more"] != true {
            break;
        }
    }
    assert_eq!(kept, said, "the transcript is what was said");
    html_is_text(&guest).await;
    let json = guest.api.get("/v1/guest/transcript?format=json").await.is(200);
    let texts: Vec<Value> =
        json["messages"].as_array().expect("it has messages").iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, said);
    scene.leave().await;
}

async fn html_is_text(guest: &GuestClient) {
    let answer = guest.api.get("/v1/guest/transcript?format=html").await;
    answer.must_be(200);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let html = String::from_utf8(answer.body.to_vec()).expect("it is UTF-8").to_lowercase();
    for tag in ["<script", "<img", "<svg", "<iframe", "<a ", "<object", "<embed", "<textarea"] {
        assert!(!html.contains(tag), "{tag} is markup in the transcript");
    }
}

#[tokio::test]
async fn as_names_and_questions() {
    let mut scene = Scene::set().await;
    let admin = scene.server.admin();
    // Nobody is to be disturbed by five hundred offers.
    scene.agent.choose("on_break").await;
    stream::iter(strings()).for_each_concurrent(AT_A_TIME, |text| ask(&scene, &admin, text)).await;
    scene.leave().await;
}

async fn ask(scene: &Scene, admin: &Api, text: String) {
    let form = json!({ "name": text, "question": text, "company": null });
    scene.server.nobody().post("/v1/widget/main/chats", &form).await.is_problem(422, "unknown_field");
    let form = json!({ "name": text, "question": text });
    let answer = admin.nobody().post("/v1/widget/main/chats", &form).await;
    if is_blank(&text) {
        return answer.is_problem(422, "empty");
    }
    if text.chars().count() > 200 {
        return answer.is_problem(422, "too_long");
    }
    let said = answer.is(201);
    let id = said["chat"]["id"].as_str().expect("a chat has an id");
    let seen = admin.get(&format!("/v1/chats/{id}")).await.is(200);
    for view in [&said["chat"]["form"], &seen["form"]] {
        assert_eq!(view, &form, "the form is what was filled in");
    }
    let guest = admin.with(said["token"].as_str().expect("a token"));
    assert_eq!(guest.get("/v1/guest/chat").await.is(200)["form"], form);
    guest.press("/v1/guest/end").await.must_be(204);
}

#[tokio::test]
async fn as_notes_drafts_and_logs() {
    let mut scene = Scene::set().await;
    let form = json!({ "name": "Notes", "queue": "usual" });
    let guest = GuestClient::ask(&scene.server.nobody(), "main", &form).await;
    scene.agent.accept(&guest.chat).await;
    let api = scene.agent.api.clone();
    let chat = format!("/v1/chats/{}", guest.chat);
    for (number, text) in strings().into_iter().enumerate().filter(|(_, text)| !is_blank(text)) {
        let note = json!({ "client_id": format!("{number}"), "text": text, "kind": "note" });
        assert_eq!(
            api.post(&format!("{chat}/messages"), &note).await.is(201)["message"]["text"],
            text.as_str()
        );
        api.put(&format!("{chat}/draft"), &json!({ "text": text })).await.must_be(204);
        assert_eq!(api.get(&format!("{chat}/draft")).await.is(200)["text"], text.as_str());
    }
    assert_eq!(guest.view().await["transcript"], json!([]), "private notes are private");
    scene.agent.end(&guest.chat).await;
    let path = format!("/v1/chat-logs/{}", guest.chat);
    let subjects = strings().into_iter().filter(|text| !is_blank(text) && text.chars().count() <= 200);
    for (version, text) in (1..).zip(subjects) {
        let body = json!({ "subject": text, "notes": text, "codes": [{ "list": "outcome", "code": "OK" }] });
        let tag = format!("\"v{version}\"");
        let saved = api.send(Method::PUT, &path, &[("if-match", &tag)], Some(&body)).await.is(200);
        assert_eq!((&saved["subject"], &saved["body"]["notes"]), (&json!(text), &json!(text)));
    }
    scene.leave().await;
}

#[tokio::test]
async fn as_customers_and_searches() {
    let scene = Scene::set().await;
    let api = &scene.agent.api;
    stream::iter(strings()).for_each_concurrent(AT_A_TIME, |text| record(api, text)).await;
    scene.leave().await;
}

async fn record(api: &Api, text: String) {
    let query = encoded(&text);
    api.get(&format!("/v1/customers?q={query}")).await.must_be(200);
    api.get(&format!("/v1/faq?q={query}")).await.must_be(200);
    let nothing = api.get(&format!("/v1/faq/{query}")).await;
    assert!(matches!(nothing.status, 404 | 422) || text.is_empty(), "{nothing}");
    let made = api.post("/v1/customers", &json!({ "name": text, "notes": text })).await;
    if is_blank(&text) {
        return assert_eq!(made.status / 100, 4, "{made}");
    }
    let made = made.is(201);
    let id = made["id"].as_str().expect("a customer has an id");
    let kept = api.get(&format!("/v1/customers/{id}")).await.is(200);
    assert_eq!(
        (&kept["name"], &kept["notes"]),
        (&json!(text), &json!(text)),
        "the CRM keeps what it was given"
    );
}
