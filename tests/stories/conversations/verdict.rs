//! The verdict after the story: each conversation as the desk keeps it against what was said, what both sides received
//! and what was acknowledged. It changes nothing.

use crate::customer::Received;
use crate::ledger::{Kept, Ledger};
use crate::people::CustomerPart;
use crate::watch::Seen;
use hark_tests::client::Api;
use hark_tests::{PATIENCE, within};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Between two looks at something that the CRM does in its own time.
const LOOK: Duration = Duration::from_millis(50);

/// See the module.
pub(crate) struct Verdict<'a> {
    pub(crate) api: Api,
    pub(crate) parts: &'a [CustomerPart],
    pub(crate) ledger: &'a Ledger,
    pub(crate) customers: &'a [Received],
    pub(crate) seen: &'a Seen,
}

impl Verdict<'_> {
    pub(crate) async fn find(&self) {
        self.seen.must_be_orderly(&self.ledger.read());
        let chats: BTreeSet<&String> = self.customers.iter().map(|customer| &customer.chat).collect();
        assert_eq!(chats.len(), self.parts.len(), "each customer has a chat of their own");
        self.lists(&chats).await;
        for (part, customer) in self.parts.iter().zip(self.customers) {
            assert_eq!(self.ledger.read().chats.get(&part.number), Some(&customer.chat));
            let chat = self.api.get(&format!("/v1/chats/{}", customer.chat)).await.is(200);
            said_once_and_in_order(part, customer, &chat);
            self.both_sides_heard(customer, &chat);
            self.acknowledged_is_kept(customer, &chat);
            self.one_owner(customer, &chat);
            self.customer_and_codes(part, customer, &chat);
            self.log(part, &customer.chat).await;
        }
    }

    /// Every chat once in the list of chats, and once in the list of logs.
    async fn lists(&self, chats: &BTreeSet<&String>) {
        for (path, name) in [("/v1/chats", "id"), ("/v1/chat-logs", "chat_id")] {
            let mut times: BTreeMap<String, usize> = BTreeMap::new();
            for entry in self.api.all(path).await {
                *times.entry(entry[name].as_str().expect("an entry has an id").to_owned()).or_default() += 1;
            }
            assert_eq!(times.keys().collect::<BTreeSet<_>>(), *chats, "{path} has every chat and no other");
            assert!(times.values().all(|times| *times == 1), "{path} has every chat once");
        }
    }

    fn both_sides_heard(&self, customer: &Received, chat: &Value) {
        let kept = transcript(chat);
        assert_eq!(customer.messages, kept, "the customer of {} heard all once and in order", customer.chat);
        let ledger = self.ledger.read();
        let agent = ledger.heard_by_agents.get(&customer.chat).expect("each chat had an agent");
        assert_eq!(*agent, kept, "the agent of {} heard all once and in order", customer.chat);
        for message in &kept {
            let shown = message.text.lines().all(|line| customer.transcript.contains(line.trim_end()));
            assert!(shown, "the customer's transcript has {:?}:\n{}", message.text, customer.transcript);
        }
    }

    fn acknowledged_is_kept(&self, customer: &Received, chat: &Value) {
        let kept = transcript(chat);
        let ledger = self.ledger.read();
        let acknowledged = ledger.messages.get(&customer.chat).expect("each chat has messages");
        assert_eq!(acknowledged.len(), kept.len(), "each message was acknowledged once");
        for message in acknowledged {
            assert!(kept.contains(message), "{} lost {message:?}", customer.chat);
        }
    }

    fn one_owner(&self, customer: &Received, chat: &Value) {
        assert_eq!(chat["state"], "closed", "{chat}");
        let ledger = self.ledger.read();
        assert_eq!(chat["agent_id"].as_str(), ledger.owners.get(&customer.chat).map(String::as_str));
        for kind in ["chat.created", "offer.accepted", "chat.ended", "chat_log.opened", "chat.closed"] {
            assert_eq!(self.seen.count(kind, &customer.chat), 1, "{kind} of {}", customer.chat);
        }
    }

    fn customer_and_codes(&self, part: &CustomerPart, customer: &Received, chat: &Value) {
        let codes = self.ledger.read().codes.get(&customer.chat).cloned();
        assert_eq!(Some(&chat["codes"]), codes.as_ref(), "the codes of {}", customer.chat);
        if part.known {
            assert_eq!(chat["customer"]["email"], part.email.as_str(), "the CRM knows them: {chat}");
            assert_eq!(chat["customer"]["name"], part.name.as_str());
        }
        let by = if part.ends { "customer" } else { "agent" };
        assert_eq!(chat["ended_by"], by);
    }

    async fn log(&self, part: &CustomerPart, chat: &str) {
        let log = self.filed(chat).await;
        let mode = if part.known { "view" } else { "edit" };
        assert_eq!(log["mode"], mode, "{log}");
        assert_eq!(
            self.ledger.read().modes.get(chat).map(String::as_str),
            Some(mode),
            "the agent saw the same"
        );
        assert_eq!(Some(&log["body"]["codes"]), self.ledger.read().codes.get(chat));
        let id = log["body"]["customer_id"].as_str().unwrap_or_else(|| panic!("a log has a customer: {log}"));
        let record = self.api.get(&format!("/v1/customers/{id}")).await.is(200);
        assert_eq!(record["email"], part.email.as_str(), "the log belongs to the right customer");
        if let Some((version, body)) = self.ledger.read().logs.get(chat) {
            assert_eq!((&log["version"], &log["body"]), (&(*version).into(), body), "what was saved is kept");
            assert_eq!(log["status"], "saved");
        }
        let filed = self.api.get(&format!("/v1/customers/{id}/cases")).await.is(200);
        let cases = filed["data"].as_array().expect("a list has data");
        assert!(
            cases.iter().any(|case| case["number"] == log["filing"]["case"]),
            "{} is the customer's case",
            log["filing"]
        );
    }

    /// The log once the CRM has it: that happens after the end of the wrap-up, in the CRM's own time.
    async fn filed(&self, chat: &str) -> Value {
        let look = async {
            loop {
                let log = self.api.get(&format!("/v1/chat-logs/{chat}")).await.is(200);
                assert_ne!(log["filing"]["state"], "failed", "{log}");
                if log["filing"]["state"] == "filed" {
                    return log;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        within(PATIENCE, &format!("the filing of {chat}"), look).await
    }
}

/// What a chat's transcript says, less private notes.
fn transcript(chat: &Value) -> Vec<Kept> {
    let messages = chat["transcript"].as_array().expect("a chat has a transcript");
    messages.iter().filter(|message| message["kind"] != "note").map(Kept::of).collect()
}

fn said_once_and_in_order(part: &CustomerPart, customer: &Received, chat: &Value) {
    let messages = chat["transcript"].as_array().expect("a chat has a transcript");
    let numbers: Vec<u64> = messages.iter().filter_map(|message| message["seq"].as_u64()).collect();
    assert_eq!(numbers, (1..=messages.len() as u64).collect::<Vec<_>>(), "no gap in {}", customer.chat);
    let (notes, said): (Vec<&Value>, Vec<&Value>) =
        messages.iter().partition(|message| message["kind"] == "note");
    assert_eq!(notes.len(), usize::from(part.noted), "the note of {} is there once", customer.chat);
    assert_eq!(said.len(), part.dialogue.lines.len(), "as much was kept as was said in {}", customer.chat);
    for (place, (message, line)) in said.iter().zip(&part.dialogue.lines).enumerate() {
        let side = if line.by_customer { "customer" } else { "agent" };
        assert_eq!(
            (&message["text"], &message["from"]),
            (&line.text.as_str().into(), &side.into()),
            "line {place}"
        );
        assert_eq!(message["client_id"], part.client_id(place));
    }
}
