//! Two who want the same thing at the same moment: one wins, and everybody is told the same.

use crate::Scene;
use futures_util::future::join_all;
use hark_tests::client::Event;
use hark_tests::{AgentClient, GuestClient, PATIENCE, Seed};
use serde_json::{Value, json};
use std::time::Duration;

fn accept_path(offer: &Value) -> String {
    format!("/v1/offers/{}/accept", offer["id"].as_str().expect("it has an id"))
}

#[tokio::test]
async fn an_offer_is_accepted_once_however_many_try() {
    let mut scene = Scene::set().await;
    let other = scene.server.hire("leo", "agent", 1, &["usual"]).await;
    let other = AgentClient::arrive(&scene.server, &other).await;
    for round in 0..50 {
        let guest = scene.guest(&format!("Round {round}")).await;
        let offer = scene.agent.offered(&guest.chat).await;
        let path = accept_path(&offer);
        let own = (0..3).map(|_| scene.agent.api.press(&path));
        let (own, foreign) = tokio::join!(join_all(own), other.api.press(&path));
        for answer in own {
            assert_eq!(answer.is(200)["chat"]["id"], guest.chat.as_str(), "whose it is may ask again");
        }
        assert!(matches!(foreign.status, 403 | 404 | 409), "nobody else can take it: {foreign}");
        scene.agent.end(&guest.chat).await;
        let mut accepted = 0;
        loop {
            let event = scene.agent.stream.next().await;
            accepted += u32::from(event.is("offer.accepted", &guest.chat));
            if event.is("chat.closed", &guest.chat) {
                break;
            }
        }
        assert_eq!(accepted, 1, "round {round}");
    }
    scene.leave().await;
}

#[tokio::test]
async fn an_acceptance_that_races_the_customers_leaving_has_one_outcome() {
    let mut scene = Scene::set().await;
    let (mut taken, mut left) = (0, 0);
    for round in 0..50 {
        let guest = scene.guest(&format!("Round {round}")).await;
        let offer = scene.agent.offered(&guest.chat).await;
        let path = accept_path(&offer);
        let (accept, leave) = tokio::join!(scene.agent.api.press(&path), guest.api.press("/v1/guest/end"));
        leave.must_be(204);
        let over =
            |event: &Event| event.is("chat.closed", &guest.chat) || event.is("offer.withdrawn", &guest.chat);
        let end = scene.agent.stream.until(PATIENCE, "the end of the race", over).await;
        let state = guest.view().await["state"].take();
        if end.kind == "chat.closed" {
            taken += 1;
            // The answer shows the chat as it is, and that may already be history.
            assert!(matches!(accept.status, 200 | 404 | 409), "{accept}");
            assert_eq!(state, "ended");
        } else {
            left += 1;
            assert!(matches!(accept.status, 404 | 409), "{accept}");
            assert_eq!(state, "abandoned");
        }
        assert_eq!(scene.agent.status().await, "available", "neither is a fault of the agent");
    }
    eprintln!("races: accepted first {taken}, left first {left}");
    scene.leave().await;
}

#[tokio::test]
async fn an_acceptance_that_races_the_agents_own_break_has_one_outcome() {
    let mut scene = Scene::set().await;
    let (mut taken, mut left) = (0, 0);
    for round in 0..30 {
        let guest = scene.guest(&format!("Round {round}")).await;
        let offer = scene.agent.offered(&guest.chat).await;
        let (path, wish) = (accept_path(&offer), json!({ "status": "on_break" }));
        let api = &scene.agent.api;
        let (accept, away) = tokio::join!(api.press(&path), api.put("/v1/me/status", &wish));
        away.must_be(200);
        let over = |event: &Event| {
            event.is("offer.accepted", &guest.chat) || event.is("offer.withdrawn", &guest.chat)
        };
        let end = scene.agent.stream.until(PATIENCE, "the end of the race", over).await;
        let status = scene.agent.desk().await["status"].take();
        assert_eq!(status["missed"], false, "neither is a fault of the agent");
        if end.kind == "offer.accepted" {
            taken += 1;
            accept.must_be(200);
            assert_eq!((&status["status"], &status["next"]["status"]), (&json!("busy"), &json!("on_break")));
            scene.agent.end(&guest.chat).await;
        } else {
            left += 1;
            accept.is_problem(409, "offer_taken");
            assert_eq!(guest.view().await["state"], "waiting", "the chat is back in its place");
            guest.api.press("/v1/guest/end").await.must_be(204);
        }
        assert_eq!(scene.agent.status().await, "on_break", "the chosen status stays chosen");
        scene.agent.choose("available").await;
    }
    eprintln!("races: accepted first {taken}, on a break first {left}");
    scene.leave().await;
}

#[tokio::test]
async fn an_acceptance_at_the_last_moment_has_one_outcome() {
    let mut seed = Seed::of_run("the last moment");
    let mut scene = Scene::set().await;
    let (mut taken, mut late) = (0, 0);
    for round in 0..10 {
        let form = json!({ "name": format!("Round {round}"), "queue": "hurried" });
        let guest = GuestClient::ask(&scene.server.nobody(), "main", &form).await;
        let offer = scene.agent.offered(&guest.chat).await;
        // The offer stands for a second: some of these come before its end, and some after.
        tokio::time::sleep(Duration::from_millis(955 + seed.below(60))).await;
        let accept = scene.agent.api.press(&accept_path(&offer)).await;
        let over =
            |event: &Event| event.is("offer.accepted", &guest.chat) || event.is("offer.expired", &guest.chat);
        let end = scene.agent.stream.until(PATIENCE, "the end of the race", over).await;
        if end.kind == "offer.accepted" {
            taken += 1;
            accept.must_be(200);
            scene.agent.end(&guest.chat).await;
        } else {
            late += 1;
            accept.is_problem(409, "offer_taken");
            assert_eq!(scene.agent.status().await, "on_break", "a missed offer is a break");
            guest.api.press("/v1/guest/end").await.must_be(204);
            scene.agent.choose("available").await;
        }
    }
    eprintln!("races: in time {taken}, too late {late}");
    scene.leave().await;
}
