//! Double starts, and customers who try the ids of others.

use crate::{Scene, form, message};
use futures_util::future::join_all;
use hyper::Method;
use serde_json::Value;
use std::collections::BTreeSet;

const START: &str = "/v1/widget/main/chats";

#[tokio::test]
async fn one_key_is_one_chat_however_often_it_is_pressed() {
    let scene = Scene::set().await;
    let api = scene.server.nobody();
    let key = [("idempotency-key", "pressed twice")];
    let pressed = (0..8).map(|_| async {
        let answer = api.insist(Method::POST, START, &key, Some(&form("Double"))).await;
        // While the first one is still being decided, a repeat may be told to come again.
        assert!(matches!(answer.status, 200 | 201 | 409), "{answer}");
        answer.json()["chat"]["id"].as_str().map(str::to_owned)
    });
    let chats: BTreeSet<String> = join_all(pressed).await.into_iter().flatten().collect();
    assert_eq!(chats.len(), 1, "{chats:?}");
    let other = api.send(Method::POST, START, &key, Some(&form("Somebody else"))).await;
    other.is_problem(422, "idempotency_key_reused");
    let all = scene.server.admin().all("/v1/chats").await;
    assert_eq!(all.len(), 1, "the desk has one chat: {all:?}");
    scene.leave().await;
}

#[tokio::test]
async fn a_customer_with_a_chat_has_that_one() {
    let scene = Scene::set().await;
    let guest = scene.guest("Tabs").await;
    let form = form("Tabs");
    let again = (0..5).map(|_| guest.api.post(START, &form));
    for answer in join_all(again).await {
        assert_eq!(answer.is(200)["chat"]["id"], guest.chat.as_str(), "another tab finds the same chat");
    }
    guest.api.press("/v1/guest/end").await.must_be(204);
    let new = guest.api.post(START, &form).await.is(201);
    assert_ne!(new["chat"]["id"], guest.chat.as_str(), "after its end there may be another");
    scene.leave().await;
}

#[tokio::test]
async fn what_is_another_customers_does_not_exist() {
    let mut scene = Scene::set().await;
    let one = scene.talking("One").await;
    let other = scene.guest("Other").await;
    one.say("1", "A secret").await;
    let guess = format!("{}0", &one.chat[..one.chat.len() - 1]);
    let mut answers = BTreeSet::new();
    for path in [&one.chat, &other.chat, &guess].map(|id| path_of(id)) {
        for path in
            [path.clone(), format!("{path}/messages"), format!("{path}/transcript"), format!("{path}/events")]
        {
            let answer = other.api.get(&path).await;
            answer.is_problem(404, "not_found");
            let mut body = answer.json();
            body["instance"].take();
            answers.insert(body.to_string());
        }
        other
            .api
            .post(&format!("{path}/messages"), &message("x", "I am the agent"))
            .await
            .is_problem(404, "not_found");
        other.api.press(&format!("{path}/end")).await.is_problem(404, "not_found");
    }
    assert_eq!(answers.len(), 1, "what is there and what is not look the same: {answers:?}");
    let forged = one.api.bearer().expect("a token").replace("gst_", "gst_x");
    scene.server.nobody().with(&forged).get("/v1/guest/chat").await.is_problem(401, "unauthorized");
    assert_eq!(other.view().await["transcript"], Value::Array(Vec::new()));
    scene.leave().await;
}

fn path_of(id: &str) -> String {
    format!("/v1/chats/{id}")
}

#[tokio::test]
async fn an_agent_sees_their_own_chats_only() {
    let mut scene = Scene::set().await;
    let guest = scene.talking("Mine").await;
    let person = scene.server.hire("nosy", "agent", 1, &["usual"]).await;
    let nosy = scene.server.nobody().log_in(&person.login, &person.password).await;
    let path = path_of(&guest.chat);
    for path in
        [path.clone(), format!("{path}/messages"), format!("{path}/transcript"), format!("{path}/draft")]
    {
        let answer = nosy.get(&path).await;
        assert_eq!(answer.status, 404, "{answer}");
    }
    let answer = nosy.post(&format!("{path}/messages"), &message("1", "Hello")).await;
    assert!(matches!(answer.status, 403 | 404), "{answer}");
    let answer = nosy.press(&format!("{path}/end")).await;
    assert!(matches!(answer.status, 403 | 404), "{answer}");
    assert_eq!(nosy.all("/v1/chats").await, Vec::<Value>::new());
    assert_eq!(guest.view().await["state"], "active");
    scene.leave().await;
}
