//! An agent: becomes available, takes, rejects or misses offers, and gives each chat that they take to its own worker.
//! After a missed or rejected offer they come back by themselves.

mod chat;

use crate::ledger::Ledger;
use crate::people::CustomerPart;
use chat::Work;
use hark_tests::client::{Api, Event, Stream};
use hark_tests::{Person, Seed};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// In a hundred offers: rejected, and left to expire.
const REJECTED: u64 = 7;
const MISSED: u64 = 5;

/// An agent.
pub(crate) struct Agent {
    api: Api,
    person: Person,
    seed: Seed,
    parts: Arc<Vec<CustomerPart>>,
    ledger: Arc<Ledger>,
    chats: BTreeMap<String, mpsc::UnboundedSender<Event>>,
    workers: JoinSet<()>,
    events: BTreeSet<String>,
}

impl Agent {
    pub(crate) fn new(
        api: Api,
        person: Person,
        seed: Seed,
        parts: Arc<Vec<CustomerPart>>,
        ledger: Arc<Ledger>,
    ) -> Self {
        let (chats, workers, events) = (BTreeMap::new(), JoinSet::new(), BTreeSet::new());
        Self { api, person, seed, parts, ledger, chats, workers, events }
    }

    /// Works until nobody needs them any more.
    pub(crate) async fn work(mut self) {
        self.api = self.api.log_in(&self.person.login, &self.person.password).await;
        let desk = self.api.insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
        assert_eq!(desk["status"]["status"], "on_break", "a log-in leads to On Break");
        let mut stream = Stream::open(&self.api, desk["cursor"].as_str().map(str::to_owned)).await;
        self.become_available().await;
        self.ledger.is_available();
        let mut broken = 0;
        loop {
            self.ledger.read().resumed += stream.closed.len() - broken;
            broken = stream.closed.len();
            tokio::select! {
                event = stream.next() => self.hear(event).await,
                Some(done) = self.workers.join_next() => done.expect("a chat's work does not fail"),
            }
        }
    }

    async fn become_available(&self) {
        let wish = json!({ "status": "available" });
        self.api.insist(Method::PUT, "/v1/me/status", &[], Some(&wish)).await.must_be(200);
    }

    async fn hear(&mut self, event: Event) {
        assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
        if let Some(id) = &event.id {
            assert!(self.events.insert(id.clone()), "{} heard {event:?} twice", self.person.login);
        }
        match event.kind.as_str() {
            "offer.presented" => self.consider(&event.data).await,
            "agent.status_changed" if event.data["chosen"] == "on_break" => self.become_available().await,
            _ => self.hand_on(event),
        }
    }

    fn hand_on(&mut self, event: Event) {
        let Some(chat) = &event.chat_id else { return };
        if let Some(worker) = self.chats.get(chat) {
            // A worker that has wrapped up hears no more.
            let _ = worker.send(event);
        }
    }

    async fn consider(&mut self, offer: &Value) {
        assert_eq!(offer["can_reject"], true, "the queue lets agents reject: {offer}");
        let draw = self.seed.below(100);
        if draw < REJECTED {
            self.reject(offer).await;
        } else if draw >= REJECTED + MISSED {
            self.accept(offer).await;
        }
    }

    async fn reject(&self, offer: &Value) {
        let path = format!("/v1/offers/{}/reject", offer["id"].as_str().expect("an offer has an id"));
        let answer = self.api.insist(Method::POST, &path, &[], None).await;
        // It may have expired meanwhile, or have been rejected by the try that nobody answered.
        assert!(matches!(answer.status, 204 | 409), "{answer}");
    }

    async fn accept(&mut self, offer: &Value) {
        let path = format!("/v1/offers/{}/accept", offer["id"].as_str().expect("an offer has an id"));
        let answer = self.api.insist(Method::POST, &path, &[], None).await;
        if answer.status == 409 {
            return assert_eq!(answer.code(), "offer_taken", "{answer}");
        }
        let chat = answer.is(200)["chat"].take();
        let id = chat["id"].as_str().expect("a chat has an id").to_owned();
        let number = CustomerPart::number_of(chat["form"]["page"].as_str().expect("our forms have a page"));
        self.ledger.read().owners.insert(id.clone(), self.person.id.clone());
        let (to_worker, events) = mpsc::unbounded_channel();
        self.chats.insert(id.clone(), to_worker);
        let work =
            Work::new(self.api.clone(), id, self.parts[number].clone(), Arc::clone(&self.ledger), events);
        self.workers.spawn(work.serve(chat, self.seed.split()));
    }
}
