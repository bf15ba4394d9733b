//! Somebody did not come back in time: the policy is asked what becomes of the chat.

use crate::event::Event;
use crate::id::{AgentId, ChatId};
use crate::policy::{Left, LeftQuestion, Say};
use crate::state::Side;
use crate::writer::Writer;

/// What becomes of a chat whose customer is gone.
pub(super) fn customer(w: &mut Writer<'_>, id: ChatId) -> Left {
    let Some(chat) = w.state.chat(id) else { return Left::End };
    let agent = chat.owner().and_then(|agent| w.state.agent(agent));
    let (queue, configured) = (super::queue_of(w.state, chat), Left::End);
    let then = w.policy.customer_left(&LeftQuestion { now: w.now, chat, queue, agent, configured });
    said(w, id, Side::Customer, then)
}

/// What becomes of an active chat whose agent is gone.
pub(super) fn agent(w: &mut Writer<'_>, id: ChatId, agent: AgentId) -> Left {
    let configured = Left::from(w.state.setup().grace.agent_chats);
    let Some(chat) = w.state.chat(id) else { return configured };
    let (queue, agent) = (super::queue_of(w.state, chat), w.state.agent(agent));
    let then = w.policy.agent_left(&LeftQuestion { now: w.now, chat, queue, agent, configured });
    said(w, id, Side::Agent, then)
}

/// Writes down what a policy said; without one, what follows tells all.
fn said(w: &mut Writer<'_>, chat: ChatId, side: Side, then: Left) -> Left {
    let say = Say::of(w.policy);
    if say.is_some() || (side == Side::Customer && then != Left::End) {
        w.emit(Event::ChatLeft { chat, side, then, say });
    }
    then
}
