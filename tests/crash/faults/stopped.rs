//! A process that stands still: SIGSTOP, and SIGCONT later, as a suspended machine or a paused container does. Who asks
//! meanwhile waits and is answered; what ran out has run out.

use crate::desk::DESK;
use hark_tests::{AgentClient, GuestClient, Server};
use serde_json::json;
use std::time::Duration;

/// Longer than the offer stands.
const STILL: Duration = Duration::from_secs(3);

pub(super) async fn the_clock_goes_on_while_the_process_stands_still() {
    let mut server = Server::serve(&DESK.replace("acceptance_s = 900", "acceptance_s = 2")).await;
    let person = server.hire("ana", "agent", 1, &["service"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let guest = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Guest" })).await;
    let offer = agent.offered(&guest.chat).await;
    server.signal("STOP").await;
    let writing = async { guest.say("1", "Is anybody there?").await };
    let waking = async {
        tokio::time::sleep(STILL).await;
        server.signal("CONT").await;
    };
    let (message, ()) = tokio::join!(writing, waking);
    assert_eq!(message["seq"], 1, "who asked meanwhile is answered");
    let expired = agent.stream.of_chat("offer.expired", &guest.chat).await;
    assert_eq!(expired.data["offer_id"], offer["id"], "the offer ran out while nothing moved");
    assert_eq!(agent.status().await, "on_break");
    agent.choose("available").await;
    let again = agent.offered(&guest.chat).await;
    assert_eq!(again["requested_at"], offer["requested_at"], "the chat kept its place");
    let chat = agent.take(&again).await;
    assert_eq!(chat["transcript"], json!([message]), "and what was written is there once");
    assert!(server.stop().await.success());
    eprintln!("faults: stopped for {STILL:?} and woken");
}
