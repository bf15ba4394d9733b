//! The look after a start: every chat in which something was tried since the last look, a sample of older ones, the
//! statuses, and now and then everything that ever happened.

use crate::desk::{Ledger, Load, Look, judge};
use futures_util::future::join_all;
use hark_tests::client::Api;
use hark_tests::{Seed, Server};
use hyper::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Older chats that are looked at after each start.
const SAMPLE: u64 = 5;
/// Chats that are looked at at the same time.
const AT_A_TIME: usize = 8;
/// Messages sent again after each start.
const AGAIN: usize = 4;

/// See the module.
pub(super) struct Review {
    admin: Api,
    people: BTreeMap<String, Api>,
    ledger: Arc<Ledger>,
    pub(super) looks: usize,
}

impl Review {
    pub(super) fn new(server: &Server, load: &Load) -> Self {
        Self {
            admin: server.admin(),
            people: load.people.clone(),
            ledger: Arc::clone(&load.ledger),
            looks: 0,
        }
    }

    /// Looks at what the last kill may have touched, or at everything.
    pub(super) async fn after_start(&mut self, everything: bool, seed: &mut Seed) -> Result<(), String> {
        self.statuses().await?;
        let chats = self.due(everything, seed);
        self.chats(&chats).await?;
        self.send_again(&chats).await
    }

    fn due(&self, everything: bool, seed: &mut Seed) -> Vec<String> {
        let mut ledger = self.ledger.read();
        let mut due = std::mem::take(&mut ledger.touched);
        let all: Vec<&String> = ledger.chats.keys().collect();
        if everything {
            return all.into_iter().cloned().collect();
        }
        for _ in 0..SAMPLE {
            let place = usize::try_from(seed.below(all.len().max(1) as u64)).expect("a place in a list");
            due.extend(all.get(place).map(|chat| (*chat).clone()));
        }
        due.into_iter().collect()
    }

    async fn chats(&mut self, chats: &[String]) -> Result<(), String> {
        self.looks += chats.len();
        for some in chats.chunks(AT_A_TIME) {
            for found in join_all(some.iter().map(|chat| self.chat(chat))).await {
                found?;
            }
        }
        Ok(())
    }

    async fn chat(&self, chat: &str) -> Result<(), String> {
        let book = || self.ledger.read().chats[chat].clone();
        let before = book();
        let owner = before.owner.as_ref().map(|owner| &self.people[owner]);
        let look = Look::at(&self.admin, owner, chat).await;
        let look = look.ok_or_else(|| format!("{chat} of {} is gone", before.name))?;
        judge(&before, &book(), &|_| true, &look).map_err(|lost| format!("{chat}: {lost}"))
    }

    async fn statuses(&self) -> Result<(), String> {
        let registers = || self.ledger.read().statuses.clone();
        let before = registers();
        for (agent, before) in &before {
            let desk = self.people[agent].insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
            let seen = &desk["status"]["status"];
            if !registers()[agent].allows(before, &|_| true, seen) {
                return Err(format!("{agent} is {seen}, and chose {:?}", before.changes().last()));
            }
        }
        Ok(())
    }

    /// A message that was acknowledged before the kill is sent again with the same client id: it is known.
    async fn send_again(&self, chats: &[String]) -> Result<(), String> {
        for chat in chats.iter().rev().take(AGAIN) {
            let book = self.ledger.read().chats[chat].clone();
            let Some((last, _)) = book.kept.iter().rfind(|(kept, _)| kept.from == "agent") else { continue };
            let Some(owner) = &book.owner else { continue };
            let body = json!({ "client_id": last.client_id, "text": last.text });
            let path = format!("/v1/chats/{chat}/messages");
            let answer = self.people[owner].insist(Method::POST, &path, &[], Some(&body)).await;
            if answer.status != 200 || answer.json()["message"]["id"] != last.id.as_str() {
                return Err(format!("{last:?} of {chat} sent again: {answer}"));
            }
        }
        Ok(())
    }

    /// Everything, once all chats are over.
    pub(super) async fn whole(&mut self, load: &Load) -> Result<(), String> {
        let chats: Vec<String> = self.ledger.read().chats.keys().cloned().collect();
        self.chats(&chats).await?;
        for chat in &chats {
            let book = self.ledger.read().chats[chat].clone();
            if book.heard.get("agent") != book.heard.get("customer") {
                return Err(format!("{chat}: both sides heard the same: {:?}", book.heard));
            }
        }
        self.lists(load).await
    }

    /// Every chat is once in the list of chats and once in the list of logs, and there is no other.
    async fn lists(&self, load: &Load) -> Result<(), String> {
        let ours: BTreeSet<String> = load.ledger.read().chats.keys().cloned().collect();
        for (path, name) in [("/v1/chats", "id"), ("/v1/chat-logs", "chat_id")] {
            let listed = self.admin.all(path).await;
            let ids: BTreeSet<String> =
                listed.iter().filter_map(|entry| entry[name].as_str()).map(str::to_owned).collect();
            if ids != ours || listed.len() != ours.len() {
                return Err(format!(
                    "{path} has {} entries of {} chats, ours are {}",
                    listed.len(),
                    ids.len(),
                    ours.len()
                ));
            }
        }
        Ok(())
    }
}
