//! Many kills at any moment, while several chats are written in from both sides: what was acknowledged is there once and in
//! order after each of them.

use crate::{desk, form};
use futures_util::future::join_all;
use hark_tests::{AgentClient, GuestClient, Seed, Server};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const KILLS: usize = 15;
const CHATS: usize = 4;

/// Both sides write in turn until told to stop; what was acknowledged comes back, in order.
async fn write(agent: &AgentClient, guest: &GuestClient, enough: &AtomicBool) -> Vec<Value> {
    let mut kept = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let (id, text) = (format!("{}", kept.len()), format!("Message {} of {}", kept.len(), guest.chat));
        let by_customer = kept.len() % 2 == 0;
        kept.push(if by_customer {
            guest.say(&id, &text).await
        } else {
            agent.say(&guest.chat, &id, &text).await
        });
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlasts_many_kills() {
    let mut seed = Seed::of_run("kills");
    let mut server = Server::serve(&desk(600, 600)).await;
    let person = server.hire("ana", "agent", 4, &["service"]).await;
    let mut agent = AgentClient::arrive(&server, &person).await;
    let mut guests = Vec::new();
    for number in 0..CHATS {
        let guest = GuestClient::ask(&server.nobody(), "main", &form(&format!("guest{number}"))).await;
        agent.accept(&guest.chat).await;
        guests.push(guest);
    }
    let enough = AtomicBool::new(false);
    let writing = join_all(guests.iter().map(|guest| write(&agent, guest, &enough)));
    let killing = async {
        for _ in 0..KILLS {
            tokio::time::sleep(Duration::from_millis(seed.below(300))).await;
            server.kill().await;
            server.start().await;
        }
        enough.store(true, Ordering::Relaxed);
    };
    let (kept, ()) = tokio::join!(writing, killing);
    for (guest, kept) in guests.iter_mut().zip(&kept) {
        let mut transcript = Vec::new();
        while transcript.len() < kept.len() {
            let heard = guest.stream.of_chat("message.created", &guest.chat).await;
            transcript.push(heard.data);
        }
        assert_eq!(transcript, *kept, "by the stream, from a cursor of before all kills");
        let page = guest.api.get("/v1/guest/transcript?format=json").await.is(200);
        let texts = |list: &[Value]| list.iter().map(|one| one["text"].clone()).collect::<Vec<_>>();
        assert_eq!(texts(page["messages"].as_array().expect("it has messages")), texts(kept));
        assert_eq!(guest.view().await["last_seq"], json!(kept.len()));
    }
    eprintln!("kills: {KILLS} kills, {} messages", kept.iter().map(Vec::len).sum::<usize>());
    assert!(server.stop().await.success());
}
