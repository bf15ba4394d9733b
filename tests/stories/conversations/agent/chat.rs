//! An agent's work on one chat: says the agent's lines, ends it, chooses codes, completes the log, ends the wrap-up.
//! What the customer wrote before the chat was theirs comes with the acceptance, the rest by the stream.

use crate::ledger::{Kept, Ledger};
use crate::people::CustomerPart;
use hark_tests::Seed;
use hark_tests::client::{Answer, Api, Event};
use hyper::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// See the module.
pub(super) struct Work {
    api: Api,
    chat: String,
    part: CustomerPart,
    ledger: Arc<Ledger>,
    events: UnboundedReceiver<Event>,
    heard: Vec<Kept>,
    /// The last message of the acceptance: the stream may tell those again, once.
    from_acceptance: u64,
    noted: bool,
    ended: bool,
    closed: bool,
}

impl Work {
    pub(super) fn new(
        api: Api,
        chat: String,
        part: CustomerPart,
        ledger: Arc<Ledger>,
        events: UnboundedReceiver<Event>,
    ) -> Self {
        let heard = Vec::new();
        Self {
            api,
            chat,
            part,
            ledger,
            events,
            heard,
            from_acceptance: 0,
            noted: false,
            ended: false,
            closed: false,
        }
    }

    /// From the acceptance to the end of the wrap-up.
    pub(super) async fn serve(mut self, accepted: Value, mut seed: Seed) {
        for message in accepted["transcript"].as_array().expect("a chat has a transcript") {
            self.keep(message);
            self.from_acceptance = message["seq"].as_u64().expect("a message has a number");
        }
        if self.part.noted {
            let note = json!({ "client_id": "note", "text": self.part.note(), "kind": "note" });
            let path = format!("/v1/chats/{}/messages", self.chat);
            let answer = self.ask(Method::POST, &path, &[], Some(&note)).await;
            assert!(matches!(answer.status, 200 | 201), "{answer}");
        }
        self.talk().await;
        self.end().await;
        self.choose_codes(&mut seed).await;
        self.complete_log().await;
        self.finish().await;
        self.ledger.has_wrapped_up(&self.chat, self.heard);
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.api.insist(method, path, headers, body).await
    }

    async fn talk(&mut self) {
        let lines = self.part.dialogue.lines.clone();
        for (place, line) in lines.iter().enumerate() {
            if !line.by_customer && self.heard.len() == place {
                self.say(place, &line.text).await;
            }
            while self.heard.len() <= place {
                self.hear().await;
            }
        }
    }

    async fn say(&self, place: usize, text: &str) {
        let body = json!({ "client_id": self.part.client_id(place), "text": text });
        let answer =
            self.ask(Method::POST, &format!("/v1/chats/{}/messages", self.chat), &[], Some(&body)).await;
        self.ledger.message(&self.chat, &answer);
    }

    async fn hear(&mut self) {
        let event = self.events.recv().await.expect("the agent lives as long as their chats");
        match event.kind.as_str() {
            "message.created" => self.keep_new(&event.data),
            "chat.ended" => self.ended = true,
            "chat.closed" => self.closed = true,
            _ => {}
        }
    }

    fn keep_new(&mut self, message: &Value) {
        let seq = message["seq"].as_u64().expect("a message has a number");
        if seq > self.from_acceptance {
            return self.keep(message);
        }
        if message["kind"] != "note" {
            let kept = Kept::of(message);
            assert!(self.heard.contains(&kept), "the stream tells what the acceptance told: {kept:?}");
        }
    }

    fn keep(&mut self, message: &Value) {
        if message["kind"] == "note" {
            assert!(!std::mem::replace(&mut self.noted, true), "a note comes once");
            return assert_eq!(message["text"], json!(self.part.note()));
        }
        self.heard.push(Kept::of(message));
    }

    async fn end(&mut self) {
        if !self.part.ends {
            self.ask(Method::POST, &format!("/v1/chats/{}/end", self.chat), &[], None).await.must_be(204);
        }
        while !self.ended {
            self.hear().await;
        }
    }

    async fn choose_codes(&self, seed: &mut Seed) {
        let finish = format!("/v1/chats/{}/post-processing/finish", self.chat);
        if seed.chance(20) {
            self.ask(Method::POST, &finish, &[], None).await.is_problem(409, "codes_missing");
        }
        let topic = if seed.chance(50) { "TRV" } else { "OUT" };
        let codes = json!([{ "list": "outcome", "code": "OK" }, { "list": "topic", "code": topic }]);
        let body = json!({ "codes": codes, "note": format!("about {}", self.part.dialogue.topic) });
        let path = format!("/v1/chats/{}/disposition", self.chat);
        let said = self.ask(Method::PUT, &path, &[], Some(&body)).await.is(200);
        assert_eq!(said["codes"], codes);
        self.ledger.read().codes.insert(self.chat.clone(), codes);
    }

    /// An existing customer's log is only looked at; a new customer's is drafted, tied and saved.
    async fn complete_log(&self) {
        let path = format!("/v1/chat-logs/{}", self.chat);
        let log = self.ask(Method::GET, &path, &[], None).await.is(200);
        let mode = log["mode"].as_str().expect("a log has a mode").to_owned();
        self.ledger.read().modes.insert(self.chat.clone(), mode);
        if self.part.known {
            return;
        }
        let mut body = log["body"].clone();
        body["notes"] = json!(format!("{} of {}", self.part.dialogue.topic, self.part.name));
        self.ask(Method::PUT, &format!("{path}/draft"), &[], Some(&body)).await.must_be(204);
        body["customer_id"] = json!(self.customer().await);
        body["customer_name"] = json!(self.part.name);
        let tag = format!("\"v{}\"", log["version"]);
        let saved = self.ask(Method::PUT, &path, &[("if-match", &tag)], Some(&body)).await.is(200);
        assert_eq!(saved["body"], body, "a log is saved as it was sent");
        let version = saved["version"].as_u64().expect("a log has a version");
        self.ledger.read().logs.insert(self.chat.clone(), (version, body));
    }

    /// The id of the new customer: made, unless a try that nobody answered has done that already.
    async fn customer(&self) -> String {
        let found = self
            .ask(Method::GET, &format!("/v1/customers/lookup?email={}", self.part.email), &[], None)
            .await;
        let found = found.is(200);
        let id = |customer: &Value| customer["id"].as_str().expect("a customer has an id").to_owned();
        if let [one] = found["data"].as_array().expect("a list has data").as_slice() {
            return id(&one["customer"]);
        }
        let new = json!({ "name": self.part.name, "email": self.part.email });
        match self.api.try_send(Method::POST, "/v1/customers", Some(&new)).await {
            Ok(answer) if answer.status == 201 => id(&answer.json()),
            Ok(answer) if answer.status != 503 => panic!("{answer}"),
            _ => Box::pin(self.customer()).await,
        }
    }

    async fn finish(&mut self) {
        let path = format!("/v1/chats/{}/post-processing/finish", self.chat);
        self.ask(Method::POST, &path, &[], None).await.must_be(204);
        while !self.closed {
            self.hear().await;
        }
    }
}
