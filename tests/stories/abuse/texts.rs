//! Texts that are too long, empty, too late, sent again, or sent under a used id.

use crate::{Scene, form, message};
use futures_util::future::join_all;
use hark_tests::Seed;
use serde_json::json;

#[tokio::test]
async fn limits_count_characters_and_nothing_is_cut() {
    let mut scene = Scene::set().await;
    let mut guest = scene.talking("Long").await;
    let path = format!("/v1/chats/{}/messages", guest.chat);
    for (name, letter) in [("ascii", "x"), ("accent", "é"), ("emoji", "😀"), ("cjk", "漢")] {
        let fits = guest.say(&format!("fits {name}"), &letter.repeat(500)).await;
        assert_eq!(fits["text"], letter.repeat(500));
        let over = message(&format!("over {name}"), &letter.repeat(501));
        guest.api.post("/v1/guest/messages", &over).await.is_problem(422, "too_long");
        let fits = scene.agent.say(&guest.chat, &format!("agent {name}"), &letter.repeat(5000)).await;
        assert_eq!(fits["text"], letter.repeat(5000));
        let over = message(&format!("agent over {name}"), &letter.repeat(5001));
        scene.agent.api.post(&path, &over).await.is_problem(422, "too_long");
        guest.hears(&letter.repeat(5000)).await;
    }
    for blank in ["", " ", "\n\t\u{a0}\u{3000}"] {
        guest.api.post("/v1/guest/messages", &message("blank", blank)).await.is_problem(422, "empty");
    }
    guest.api.post("/v1/guest/messages", &message("", "text")).await.is_problem(422, "empty");
    guest.api.post("/v1/guest/messages", &message(&"i".repeat(65), "text")).await.is_problem(422, "too_long");
    let note = json!({ "client_id": "n", "text": "I am the agent", "kind": "note" });
    assert_eq!(guest.api.post("/v1/guest/messages", &note).await.status, 422, "a customer leaves no notes");
    assert_eq!(guest.view().await["last_seq"], 8, "what was refused is not there");
    scene.leave().await;
}

#[tokio::test]
async fn forms_have_limits_too() {
    let scene = Scene::set().await;
    let api = scene.server.nobody();
    let path = "/v1/widget/main/chats";
    api.post(path, &form(" ")).await.is_problem(422, "empty");
    api.post(path, &form(&"n".repeat(201))).await.is_problem(422, "too_long");
    api.post(path, &form(&"ñ".repeat(200))).await.must_be(201);
    let asked = |question: String| json!({ "name": "N", "question": question });
    api.post(path, &asked("q".repeat(501))).await.is_problem(422, "too_long");
    for field in ["email", "phone", "account", "case", "language", "faq"] {
        let mut long = form("N");
        long[field] = json!("f".repeat(201));
        api.post(path, &long).await.is_problem(422, "too_long");
    }
    let mut nowhere = form("N");
    nowhere["queue"] = json!("no-such-queue");
    api.post(path, &nowhere).await.is_problem(404, "queue_not_found");
    api.post("/v1/widget/no-such-widget/chats", &form("N")).await.is_problem(404, "not_found");
    scene.leave().await;
}

#[tokio::test]
async fn after_the_end_nobody_writes_and_repeats_are_still_known() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Late").await;
    let path = format!("/v1/chats/{}/messages", guest.chat);
    let before = guest.say("1", "In time").await;
    scene.agent.end(&guest.chat).await;
    let late = guest.api.post("/v1/guest/messages", &message("2", "Too late")).await;
    late.is_problem(409, "chat_ended");
    scene.agent.api.post(&path, &message("3", "Too late")).await.is_problem(409, "chat_ended");
    assert_eq!(guest.say("1", "In time").await, before, "a repeat of what was in time is no new message");
    guest.api.press("/v1/guest/end").await.must_be(204);
    assert_eq!(guest.view().await["transcript"], json!([before]));
    let transcript = guest.api.get("/v1/guest/transcript?format=txt").await;
    transcript.must_be(200);
    assert!(String::from_utf8_lossy(&transcript.body).contains("In time"));
    scene.leave().await;
}

#[tokio::test]
async fn the_last_messages_again_in_any_order_change_nothing() {
    let mut seed = Seed::of_run("repeats");
    let mut scene = Scene::set().await;
    let guest = scene.talking("Again").await;
    let mut sent = Vec::new();
    for number in 0..20 {
        sent.push(guest.say(&format!("id {number}"), &format!("Text {number}")).await);
    }
    let mut again: Vec<usize> = (0..20).chain(0..20).collect();
    seed.shuffle(&mut again);
    let (api, sent) = (&guest.api, &sent);
    let repeats = again.into_iter().map(async |number: usize| {
        let repeat = message(&format!("id {number}"), &format!("Text {number}"));
        assert_eq!(api.post("/v1/guest/messages", &repeat).await.is(200)["message"], sent[number]);
    });
    join_all(repeats).await;
    let other = guest.api.post("/v1/guest/messages", &message("id 3", "Another text")).await;
    assert_eq!((other.status / 100, other.code().as_str()), (4, "client_id_reused"), "{other}");
    let page = guest.api.get("/v1/guest/messages?after_seq=0").await.is(200);
    assert_eq!(page["data"], json!(sent), "each is there once, in its place");
    let rest = guest.api.get("/v1/guest/messages?after_seq=18").await.is(200);
    assert_eq!(rest["data"], json!(sent[18..]));
    scene.leave().await;
}
