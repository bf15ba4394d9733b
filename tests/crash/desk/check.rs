//! What the desk shows of a chat against the ledger: everything acknowledged is there, once, in order; what was not
//! acknowledged is there at most once; nothing is there that nobody tried.

use super::ledger::{Book, Kept};
use hark_tests::client::Api;
use hyper::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A chat as the desk shows it.
#[derive(Debug)]
pub(crate) struct Look {
    chat: Value,
    /// The log, seen by its owner; null while there is none.
    log: Value,
}

impl Look {
    /// Looks at a chat; none when the desk does not know it.
    pub(crate) async fn at(admin: &Api, owner: Option<&Api>, chat: &str) -> Option<Self> {
        let answer = admin.insist(Method::GET, &format!("/v1/chats/{chat}"), &[], None).await;
        if answer.status == 404 {
            return None;
        }
        let view = answer.is(200);
        let has_log = matches!(view["state"].as_str(), Some("ended" | "closed"));
        let log = match owner.filter(|_| has_log) {
            Some(owner) => {
                owner.insist(Method::GET, &format!("/v1/chat-logs/{chat}"), &[], None).await.is(200)
            }
            None => Value::Null,
        };
        Some(Self { chat: view, log })
    }

    fn transcript(&self) -> Vec<Kept> {
        self.chat["transcript"].as_array().expect("a chat has a transcript").iter().map(Kept::of).collect()
    }

    fn stage(&self) -> Value {
        match self.chat["state"].as_str() {
            Some("offered") => json!("waiting"),
            _ => self.chat["state"].clone(),
        }
    }

    /// What was saved of the log; null while nobody has saved it.
    fn saved(&self) -> Value {
        if self.log["status"] == "saved" { self.log["body"].clone() } else { Value::Null }
    }
}

/// Compares. `before` is the book before the look and `after` the one after it; `told` says of which answers the client
/// can have heard.
pub(crate) fn judge(
    before: &Book,
    after: &Book,
    told: &dyn Fn(&str) -> bool,
    look: &Look,
) -> Result<(), String> {
    messages(before, after, told, &look.transcript())?;
    let shown = [
        ("stage", &before.stage, &after.stage, look.stage()),
        ("codes", &before.codes, &after.codes, look.chat["codes"].clone()),
    ];
    for (what, before, after, seen) in shown {
        after
            .allows(before, told, &seen)
            .then_some(())
            .ok_or_else(|| format!("{what} {seen} of {after:?}"))?;
    }
    if look.stage() == "active" {
        let seen = look.chat["draft"]["text"].clone();
        let allowed = after.draft.allows(&before.draft, told, &seen);
        allowed.then_some(()).ok_or_else(|| format!("draft {seen} of {:?}", after.draft))?;
    }
    if before.stage.acknowledged(told) > 0 && look.chat["agent_id"].as_str() != before.owner.as_deref() {
        return Err(format!("{:?} owns it, not {}", before.owner, look.chat["agent_id"]));
    }
    if look.log.is_null() { Ok(()) } else { log(before, after, told, look) }
}

fn log(before: &Book, after: &Book, told: &dyn Fn(&str) -> bool, look: &Look) -> Result<(), String> {
    let seen = look.saved();
    let allowed = after.log.allows(&before.log, told, &seen);
    allowed.then_some(()).ok_or_else(|| format!("log {seen} of {:?}", after.log))?;
    let seen = look.log["draft"]["body"].clone();
    let allowed = after.log_draft.allows(&before.log_draft, told, &seen);
    allowed.then_some(()).ok_or_else(|| format!("draft of the log {seen} of {:?}", after.log_draft))
}

fn messages(before: &Book, after: &Book, told: &dyn Fn(&str) -> bool, seen: &[Kept]) -> Result<(), String> {
    if let Some((place, message)) = seen.iter().enumerate().find(|(place, one)| one.seq != *place as u64 + 1)
    {
        return Err(format!("message {} stands in place {}", message.seq, place + 1));
    }
    let mut once = BTreeSet::new();
    for message in seen {
        let key = (message.from.clone(), message.client_id.clone());
        if after.tried.get(&key) != Some(&message.text) {
            return Err(format!("nobody tried {message:?}"));
        }
        if !once.insert(key) {
            return Err(format!("{message:?} is there twice"));
        }
    }
    for (message, _) in before.kept.iter().filter(|(_, proof)| told(proof)) {
        if seen.get(message.seq as usize - 1) != Some(message) {
            return Err(format!("{message:?} was acknowledged and is lost"));
        }
    }
    Ok(())
}
