//! What breaks software of this kind, tried on the running binary: texts too long or too late, double starts, foreign
//! ids, closed doors, broken bodies, slow sockets, abused streams, nasty strings. Each gets a clear refusal, others are
//! served meanwhile, and never is the answer a fault of the server.

#![forbid(unsafe_code)]

mod bodies;
mod doors;
mod races;
mod sockets;
mod starts;
mod streams;
mod strings;
mod texts;

use hark_tests::{AgentClient, GuestClient, Server};
use serde_json::{Value, json};

/// A desk without wrap-ups in its first queue, and with short deadlines of the wire.
const DESK: &str = r#"
default_queue = "quick"
[queues.quick]
acceptance_s = 600
post_processing_s = 0
[queues.hurried]
acceptance_s = 1
post_processing_s = 0
[queues.usual]
acceptance_s = 600
post_processing_s = 600
codes = [{ list = "outcome" }]
[code_lists]
outcome = [{ code = "OK", title = "Solved" }]
[http]
header_s = 3
body_s = 3
write_s = 3
[scripts]
root = "{repository}/scripts"
[[plugins]]
name = "crm-sqlite"
config = { path = "{data}/crm.sqlite", sample = true }
[[plugins]]
name = "faq-search"
config = { folder = "{repository}/plugins/faq-search/articles", state_path = "{data}/faq-feedback.json" }
[[widgets]]
key = "main"
[log]
level = "warn"
"#;

/// A desk with an agent.
struct Scene {
    server: Server,
    agent: AgentClient,
}

impl Scene {
    async fn set() -> Self {
        let server = Server::serve(DESK).await;
        let person = server.hire("ana", "agent", 1, &["quick", "hurried", "usual"]).await;
        let agent = AgentClient::arrive(&server, &person).await;
        Self { server, agent }
    }

    async fn guest(&self, name: &str) -> GuestClient {
        GuestClient::ask(&self.server.nobody(), "main", &form(name)).await
    }

    /// A customer in a chat with the agent.
    async fn talking(&mut self, name: &str) -> GuestClient {
        let guest = self.guest(name).await;
        self.agent.accept(&guest.chat).await;
        guest
    }

    /// Nothing of all that was a fault of the server, and it still serves and stops in order.
    async fn leave(mut self) {
        assert_eq!(self.server.nobody().server_faults(), Vec::<String>::new());
        self.server.nobody().get("/readyz").await.must_be(200);
        assert!(self.server.stop().await.success(), "it stops in order\n{}", self.server.log());
    }
}

fn form(name: &str) -> Value {
    json!({ "name": name, "question": "Why?" })
}

fn message(client_id: &str, text: &str) -> Value {
    json!({ "client_id": client_id, "text": text })
}

/// A text for a query or a path.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}
