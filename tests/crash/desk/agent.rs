//! An agent: takes every offer and gives each chat to a worker of its own, who writes, keeps drafts, ends the chat,
//! chooses codes, drafts and saves the log, and ends the wrap-up. Every step is repeated until it is answered.

use super::ledger::{Ledger, proof};
use hark_tests::client::{Answer, Api, Event, Stream};
use hark_tests::{Dialogue, Person};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;

/// An agent.
pub(super) struct Agent {
    pub(super) api: Api,
    pub(super) person: Person,
    pub(super) dialogues: Arc<Vec<Arc<Dialogue>>>,
    pub(super) ledger: Arc<Ledger>,
}

impl Agent {
    /// Works until nobody needs them any more.
    pub(super) async fn work(self) {
        let desk = self.api.insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
        let mut stream = Stream::open(&self.api, desk["cursor"].as_str().map(str::to_owned)).await;
        let wish = json!({ "status": "available" });
        self.api.insist(Method::PUT, "/v1/me/status", &[], Some(&wish)).await.must_be(200);
        let (mut ids, mut chats, mut workers) = (BTreeSet::new(), BTreeMap::new(), JoinSet::new());
        loop {
            tokio::select! {
                event = stream.next() => {
                    assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
                    if let Some(id) = &event.id {
                        assert!(ids.insert(id.clone()), "{} heard {event:?} twice", self.person.login);
                    }
                    self.hear(event, &mut chats, &mut workers).await;
                }
                Some(done) = workers.join_next() => done.expect("a chat's work does not fail"),
            }
        }
    }

    async fn hear(
        &self,
        event: Event,
        chats: &mut BTreeMap<String, UnboundedSender<Event>>,
        workers: &mut JoinSet<()>,
    ) {
        let Some(chat) = event.chat_id.clone() else { return };
        if event.kind == "offer.presented" {
            let (tell, events) = mpsc::unbounded_channel();
            chats.insert(chat.clone(), tell);
            let name = event.data["name"].as_str().or(event.data["form"]["name"].as_str());
            let number: usize = name
                .and_then(|name| name.strip_prefix(super::customer::NAME)?.parse().ok())
                .unwrap_or_else(|| panic!("an offer names its customer: {}", event.data));
            let dialogue = Arc::clone(&self.dialogues[number % self.dialogues.len()]);
            let (api, ledger, owner) = (self.api.clone(), Arc::clone(&self.ledger), self.person.id.clone());
            let work = Work { api, chat, owner, dialogue, ledger, events, seen: 0 };
            workers.spawn(work.serve(event.data));
        } else if let Some(tell) = chats.get(&chat) {
            // A worker that has wrapped up hears no more.
            let _ = tell.send(event);
        }
    }
}

/// An agent's work on one chat.
struct Work {
    api: Api,
    chat: String,
    owner: String,
    dialogue: Arc<Dialogue>,
    ledger: Arc<Ledger>,
    events: UnboundedReceiver<Event>,
    /// The last message that the acceptance or the stream told.
    seen: u64,
}

impl Work {
    async fn serve(mut self, offer: Value) {
        let ledger = Arc::clone(&self.ledger);
        // The customer may not have had their answer yet: the chat is in the ledger when they have.
        while !ledger.read().chats.contains_key(&self.chat) {
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let path = format!("/v1/offers/{}/accept", offer["id"].as_str().expect("an offer has an id"));
        self.book(|book| book.stage.attempt(json!("active")));
        let answer = self.ask(Method::POST, &path, &[], None).await;
        let chat = answer.is(200)["chat"].take();
        let owner = self.owner.clone();
        self.book(|book| {
            book.stage.acknowledge(&proof(&answer));
            book.owner = Some(owner);
        });
        for message in chat["transcript"].as_array().expect("a chat has a transcript") {
            self.keep(message);
        }
        self.say_all().await;
        self.end().await;
        self.wrap_up().await;
    }

    fn book<T>(&self, change: impl FnOnce(&mut super::Book) -> T) -> T {
        self.ledger.book(&self.chat, change)
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

    fn keep(&mut self, message: &Value) {
        let seq = message["seq"].as_u64().expect("a message has a number");
        if seq > self.seen {
            self.seen = seq;
            self.ledger.hears(&self.chat, "agent", message);
        }
    }

    async fn say_all(&mut self) {
        let dialogue = Arc::clone(&self.dialogue);
        let path = format!("/v1/chats/{}/messages", self.chat);
        for (place, line) in dialogue.lines.iter().enumerate().filter(|(_, line)| !line.by_customer) {
            if place % 3 == 0 {
                self.draft(&format!("{place}: {}", line.text)).await;
            }
            let id = format!("a{place}");
            super::type_in(&line.text).await;
            let body = json!({ "client_id": id, "text": line.text });
            self.ledger.tries(&self.chat, "agent", &id, &line.text);
            // Sending empties the draft.
            self.book(|book| book.draft.attempt(Value::Null));
            let answer = self.ask(Method::POST, &path, &[], Some(&body)).await;
            self.ledger.message(&self.chat, &answer);
            self.book(|book| book.draft.acknowledge(&proof(&answer)));
        }
    }

    async fn draft(&self, text: &str) {
        let path = format!("/v1/chats/{}/draft", self.chat);
        self.book(|book| book.draft.attempt(json!(text)));
        let answer = self.ask(Method::PUT, &path, &[], Some(&json!({ "text": text }))).await;
        answer.must_be(204);
        self.book(|book| book.draft.acknowledge(&proof(&answer)));
    }

    /// Ends the chat once all that the customer says has come.
    async fn end(&mut self) {
        let lines = self.dialogue.lines.len();
        while (self.seen as usize) < lines {
            self.hear().await;
        }
        self.step("ended", Method::POST, &format!("/v1/chats/{}/end", self.chat)).await;
    }

    async fn hear(&mut self) -> Event {
        let event = self.events.recv().await.expect("the agent lives as long as their chats");
        if event.kind == "message.created" {
            self.keep(&event.data);
        }
        event
    }

    async fn step(&self, stage: &str, method: Method, path: &str) {
        self.book(|book| book.stage.attempt(json!(stage)));
        let answer = self.ask(method, path, &[], None).await;
        answer.must_be(204);
        self.book(|book| book.stage.acknowledge(&proof(&answer)));
    }

    async fn wrap_up(&mut self) {
        for code in ["FU", "OK"] {
            let codes = json!([{ "list": "outcome", "code": code }]);
            self.book(|book| book.codes.attempt(codes.clone()));
            let path = format!("/v1/chats/{}/disposition", self.chat);
            let body = json!({ "codes": codes, "note": self.dialogue.topic });
            let answer = self.ask(Method::PUT, &path, &[], Some(&body)).await;
            answer.must_be(200);
            self.book(|book| book.codes.acknowledge(&proof(&answer)));
        }
        self.complete_log().await;
        let path = format!("/v1/chats/{}/post-processing/finish", self.chat);
        self.step("closed", Method::POST, &path).await;
        while self.hear().await.kind != "chat.closed" {}
        self.ledger.read().closed += 1;
    }

    async fn complete_log(&self) {
        let path = format!("/v1/chat-logs/{}", self.chat);
        let log = self.ask(Method::GET, &path, &[], None).await.is(200);
        let mut body = log["body"].clone();
        for half in ["half", "all"] {
            body["notes"] = json!(format!("{half} of {}", self.dialogue.id));
            self.book(|book| book.log_draft.attempt(body.clone()));
            let answer = self.ask(Method::PUT, &format!("{path}/draft"), &[], Some(&body)).await;
            answer.must_be(204);
            self.book(|book| book.log_draft.acknowledge(&proof(&answer)));
        }
        body["subject"] = json!(self.dialogue.topic);
        let tag = format!("\"v{}\"", log["version"]);
        self.book(|book| {
            book.log.attempt(body.clone());
            // Saving empties the draft.
            book.log_draft.attempt(Value::Null);
        });
        let answer = self.ask(Method::PUT, &path, &[("if-match", &tag)], Some(&body)).await;
        assert_eq!(answer.is(200)["body"], body, "a log is saved as it was sent");
        self.book(|book| {
            book.log.acknowledge(&proof(&answer));
            book.log_draft.acknowledge(&proof(&answer));
        });
    }
}
