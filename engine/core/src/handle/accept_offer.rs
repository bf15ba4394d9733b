//! An agent takes an offer.

use super::{greeting, offers};
use crate::event::Event;
use crate::id::OfferId;
use crate::policy::{GreetMoment, PopMoment};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::OfferEnd;
use crate::writer::Writer;

/// Accepting what one already holds is no error; accepting what is over says how it ended.
pub(super) fn accept_offer(w: &mut Writer<'_>, id: OfferId) -> Result<Reply, Refusal> {
    let Some(offer) = w.state.offer(id).cloned() else { return accepted_before(w, id) };
    if w.asker() != Some(offer.agent) {
        return Err(Refusal::OfferTaken { how: "it is held out to somebody else" });
    }
    w.emit(Event::OfferEnded {
        offer: id,
        chat: offer.chat,
        agent: offer.agent,
        end: OfferEnd::Accepted,
        reason: None,
        because: None,
        then: None,
        say: None,
    });
    greeting::greet(w, offer.chat, GreetMoment::Accepted);
    offers::pop(w, offer.chat, offer.agent, PopMoment::Accepted);
    Ok(Reply::Chat(offer.chat))
}

fn accepted_before(w: &Writer<'_>, id: OfferId) -> Result<Reply, Refusal> {
    let past = w.state.past_offer(id).ok_or(Refusal::UnknownOffer)?;
    let mine = w.asker() == Some(past.agent);
    let held = w.state.chat(past.chat).is_some_and(|chat| chat.owner() == Some(past.agent));
    match past.end {
        OfferEnd::Accepted if mine && held => Ok(Reply::Chat(past.chat)),
        end => Err(Refusal::OfferTaken { how: end.word() }),
    }
}
