//! The day that is recorded: two agents, two queues, somebody who waits in each, one who leaves and one offer that is
//! missed. Everything is done one after the other, so that it is the same day each time.

use hark_tests::{AgentClient, GuestClient, Server};
use serde_json::json;
use std::time::Duration;

/// The desk. The plain queue is the less urgent one.
pub(crate) const DESK: &str = r#"
default_queue = "plain"
plugins = []
[queues.plain]
priority = 3
acceptance_s = 2
post_processing_s = 600
[queues.golden]
priority = 6
acceptance_s = 2
post_processing_s = 600
[scripts]
root = "{repository}/scripts"
[[widgets]]
key = "main"
[log]
level = "warn"
"#;
/// Rounds of the day.
const ROUNDS: u64 = 4;
/// Chats of the day.
pub(crate) const CHATS: u64 = ROUNDS * 5 + 1;
/// Of those, who left.
pub(crate) const LEFT: u64 = ROUNDS;
/// What people take between two things, so that no two of them fall into one millisecond.
const MOMENT: Duration = Duration::from_millis(15);

/// Chats of the first round that waited at the same time.
pub(crate) struct Chats {
    pub(crate) plain: String,
    pub(crate) golden: String,
}

/// Works through the day.
pub(crate) async fn work(server: &Server) -> Chats {
    let queues = ["plain", "golden"];
    let [ada, bo] =
        [server.hire("ada", "agent", 1, &queues).await, server.hire("bo", "agent", 1, &queues).await];
    server.hire("idle", "agent", 1, &queues).await;
    let mut ada = AgentClient::arrive(server, &ada).await;
    moment().await;
    let mut bo = AgentClient::arrive(server, &bo).await;
    let mut first = None;
    for _ in 0..ROUNDS {
        let chats = round(server, &mut ada, &mut bo).await;
        first.get_or_insert(chats);
    }
    missed(server, &mut ada, &mut bo).await;
    first.expect("there was a round")
}

async fn moment() {
    tokio::time::sleep(MOMENT).await;
}

async fn ask(server: &Server, queue: &str) -> GuestClient {
    moment().await;
    GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Customer", "queue": queue })).await
}

/// Ends a chat and its wrap-up.
async fn end(agent: &AgentClient, chat: &str) {
    moment().await;
    agent.end(chat).await;
    moment().await;
    agent.finish(chat).await;
}

/// Both agents are busy; one customer waits in each queue, and a third one leaves. The golden one goes first, to Ada, who is
/// ready first.
async fn round(server: &Server, ada: &mut AgentClient, bo: &mut AgentClient) -> Chats {
    let with_ada = ask(server, "plain").await;
    ada.accept(&with_ada.chat).await;
    let with_bo = ask(server, "golden").await;
    bo.accept(&with_bo.chat).await;
    let plain = ask(server, "plain").await;
    let golden = ask(server, "golden").await;
    let leaves = ask(server, "plain").await;
    moment().await;
    leaves.api.press("/v1/guest/end").await.must_be(204);
    end(ada, &with_ada.chat).await;
    ada.accept(&golden.chat).await;
    end(bo, &with_bo.chat).await;
    bo.accept(&plain.chat).await;
    end(ada, &golden.chat).await;
    end(bo, &plain.chat).await;
    Chats { plain: plain.chat, golden: golden.chat }
}

/// Ada does not see an offer and comes back from the break that it brings; Bo takes the chat.
async fn missed(server: &Server, ada: &mut AgentClient, bo: &mut AgentClient) {
    let chat = ask(server, "plain").await.chat;
    ada.offered(&chat).await;
    bo.accept(&chat).await;
    moment().await;
    ada.choose("available").await;
    end(bo, &chat).await;
}
