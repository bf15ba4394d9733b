//! An agent refuses an offer: the chat goes back to its place, the agent on a break.

use super::offers;
use crate::id::OfferId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::state::OfferEnd;
use crate::writer::Writer;

/// Rejecting twice is no error; rejecting without permission is refused, with the policy's reason.
pub(super) fn reject_offer(
    w: &mut Writer<'_>,
    id: OfferId,
    reason: Option<alloc::string::String>,
) -> Result<Reply, Refusal> {
    let Some(offer) = w.state.offer(id).cloned() else { return rejected_before(w, id) };
    if w.asker() != Some(offer.agent) {
        return Err(Refusal::OfferTaken { how: "it is held out to somebody else" });
    }
    if !offer.reject.allowed {
        return Err(Refusal::RejectNotPermitted(offer.reject.reason.unwrap_or_default()));
    }
    super::set_status::check_reason(&w.state.setup().reasons.on_break, reason.as_deref())?;
    offers::miss(w, &offer, OfferEnd::Rejected, reason);
    Ok(Reply::Done)
}

fn rejected_before(w: &Writer<'_>, id: OfferId) -> Result<Reply, Refusal> {
    let past = w.state.past_offer(id).ok_or(Refusal::UnknownOffer)?;
    match past.end {
        OfferEnd::Rejected if w.asker() == Some(past.agent) => Ok(Reply::Done),
        end => Err(Refusal::OfferTaken { how: end.word() }),
    }
}
