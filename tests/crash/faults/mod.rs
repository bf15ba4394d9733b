//! One fault at a time, at a moment that the test chooses: a process that is stopped for a while, a full disk, a disk that
//! fails or is read-only, a folder that is deleted, a second server. In each the state is clear from outside, and
//! nothing that was acknowledged is lost.

mod failing;
mod full;
mod stopped;

use crate::desk::DESK;
use crate::shim::Shim;
use hark_tests::client::{Answer, NoAnswer};
use hark_tests::{AgentClient, GuestClient, PATIENCE, Server, within};
use hyper::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Between two looks at something that the server does in its own time.
const LOOK: Duration = Duration::from_millis(50);

/// Tries all of them, one after the other.
pub(crate) async fn run() {
    let shim = Shim::build();
    stopped::the_clock_goes_on_while_the_process_stands_still().await;
    full::a_full_disk_is_read_and_goes_on_when_there_is_room(&shim).await;
    failing::nothing_is_acknowledged_after_a_failed_write_or_sync(&shim).await;
    failing::a_read_only_disk_is_named(&shim).await;
    failing::a_deleted_journal_ends_the_desk(&shim).await;
    failing::a_second_server_is_refused(&shim).await;
}

/// An agent and a customer in a chat, over a disk that can be made to fail.
struct Talk {
    server: Server,
    agent: AgentClient,
    chat: String,
    /// Messages that were acknowledged.
    kept: Vec<Value>,
}

impl Talk {
    async fn begin(shim: &Shim) -> Self {
        let mut server = Server::serve(DESK).await;
        assert!(server.stop().await.success());
        shim.attend(&mut server, false);
        server.start().await;
        let person = server.hire("ana", "agent", 1, &["service"]).await;
        let mut agent = AgentClient::arrive(&server, &person).await;
        let guest = GuestClient::ask(&server.nobody(), "main", &json!({ "name": "Guest" })).await;
        agent.accept(&guest.chat).await;
        let mut talk = Self { server, agent, chat: guest.chat, kept: Vec::new() };
        for number in 0..5 {
            let answer = talk.say(number, "Before the fault").await.expect("nothing fails yet");
            assert_eq!(answer.status, 201, "{answer}");
        }
        talk
    }

    /// Says something once; what is acknowledged is kept.
    async fn say(&mut self, number: usize, text: &str) -> Result<Answer, NoAnswer> {
        let body = json!({ "client_id": format!("{number}"), "text": text });
        let path = format!("/v1/chats/{}/messages", self.chat);
        let answer = self.agent.api.try_send(Method::POST, &path, Some(&body)).await?;
        if matches!(answer.status, 200 | 201) {
            let message = answer.json()["message"].take();
            if !self.kept.contains(&message) {
                self.kept.push(message);
            }
        }
        Ok(answer)
    }

    async fn transcript(&self) -> Vec<Value> {
        let path = format!("/v1/chats/{}", self.chat);
        let chat = self.agent.api.insist(Method::GET, &path, &[], None).await.is(200);
        chat["transcript"].as_array().expect("a chat has a transcript").clone()
    }

    /// Everything acknowledged is there, in order, and of what was not at most `more`.
    async fn must_be_whole(&self, more: usize) {
        let seen = self.transcript().await;
        assert_eq!(seen[..self.kept.len()], self.kept, "what was acknowledged is there");
        assert!(seen.len() <= self.kept.len() + more, "{} of {}", seen.len(), self.kept.len());
    }

    /// Waits until the server is ready, or says that it is not.
    async fn ready(&self, wanted: u16) -> Answer {
        let api = self.server.nobody();
        let look = async {
            loop {
                match api.try_send(Method::GET, "/readyz", None).await {
                    Ok(answer) if answer.status == wanted => return answer,
                    _ => tokio::time::sleep(LOOK).await,
                }
            }
        };
        within(PATIENCE, &format!("readyz {wanted}"), look).await
    }
}
