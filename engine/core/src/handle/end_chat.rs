//! Ends a chat by the agent's, the customer's or a supervisor's button.

use super::closing;
use crate::command::Actor;
use crate::id::ChatId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::{EndedBy, Stage};
use crate::writer::Writer;

/// Ending what has ended is no error: two people may press at the same moment.
pub(super) fn end_chat(w: &mut Writer<'_>, id: ChatId) -> Result<Reply, Refusal> {
    let by_customer = w.by == Actor::Customer { chat_id: id };
    let chat = if by_customer { w.chat(id)? } else { w.own_chat(id)? };
    match chat.stage {
        Stage::Waiting | Stage::Offered { .. } => {
            let by = if by_customer { EndedBy::Abandoned } else { EndedBy::Supervisor };
            closing::abandon(w, id, by);
        }
        Stage::Active { agent } => {
            let by = closing::ended_by(w, chat);
            closing::end(w, id, agent, by);
        }
        Stage::Ended { .. } => {}
    }
    Ok(Reply::Done)
}
