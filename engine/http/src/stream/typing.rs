//! Typing notices: told to the other side, not too often, and kept nowhere.

use crate::app::App;
use crate::auth::Caller;
use crate::options::Limits;
use crate::problem::Problem;
use hark_core::state::{Chat, Side};
use hark_core::{AgentId, ChatId};
use hark_runtime::Whisper;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Sides whose last notice is remembered; beyond it old ones are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Clone, Copy)]
struct Last {
    on: bool,
    at: Instant,
}

/// When each side last said that it types.
#[derive(Default)]
pub(crate) struct Typing {
    last: Mutex<BTreeMap<(ChatId, Side), Last>>,
}

impl Typing {
    /// Whether a notice is due: the same one again only after a while.
    fn is_due(&self, chat: ChatId, side: Side, on: bool, now: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= REMEMBERED {
            last.retain(|_, last| now.saturating_duration_since(last.at) < Limits::TYPING);
        }
        let recent = |last: &Last| now.saturating_duration_since(last.at) < Limits::TYPING;
        let due = match last.get(&(chat, side)) {
            Some(last) if last.on == on => on && !recent(last),
            Some(last) => !on || !recent(last),
            None => on,
        };
        if due {
            last.insert((chat, side), Last { on, at: now });
        }
        due
    }
}

/// Tells the other side of a chat that the caller types, or has stopped.
pub(crate) async fn tell(app: &App, caller: &Caller, chat: ChatId, on: bool) -> Result<(), Problem> {
    let side = if matches!(caller, Caller::Guest(_)) { Side::Customer } else { Side::Agent };
    let owner = owner_of(app, chat).await?;
    let theirs = match caller {
        Caller::Guest(own) => *own == chat,
        Caller::Person(person) => owner == Some(person.id),
        Caller::Nobody => false,
    };
    if !theirs {
        return Err(hark_core::Refusal::UnknownChat.into());
    }
    if app.typing.is_due(chat, side, on, Instant::now()) {
        let kind = if on { "typing.started" } else { "typing.stopped" };
        let agent = owner.filter(|_| side == Side::Customer);
        let body = serde_json::json!({ "side": side });
        app.handle.whisper(Whisper { kind, chat: Some(chat), agent, side: Some(side), body });
    }
    Ok(())
}

/// Who has an active chat; a chat that is not active has nobody to tell.
async fn owner_of(app: &App, chat: ChatId) -> Result<Option<AgentId>, Problem> {
    let seen = app.handle.read(move |state| state.chat(chat).map(Chat::owner)).await?;
    Ok(seen.value.ok_or(hark_core::Refusal::UnknownChat)?)
}

#[cfg(test)]
mod tests {
    use super::Typing;
    use crate::options::Limits;
    use hark_core::ChatId;
    use hark_core::state::Side;
    use std::time::Instant;

    #[test]
    fn a_notice_is_told_once_in_a_while() {
        let (typing, chat, start) = (Typing::default(), ChatId::from(1), Instant::now());
        let due = |on, at| typing.is_due(chat, Side::Agent, on, at);
        assert!(!due(false, start), "nobody knew that they typed");
        assert!(due(true, start));
        assert!(!due(true, start));
        assert!(due(false, start), "the end is always told");
        assert!(!due(false, start));
        assert!(!due(true, start));
        assert!(due(true, start + Limits::TYPING));
        assert!(typing.is_due(chat, Side::Customer, true, start), "each side has its own");
    }
}
