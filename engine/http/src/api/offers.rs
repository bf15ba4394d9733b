//! Offers: mine, accepted, rejected.

use super::chats;
use crate::archive;
use crate::ask::{Ask, List, empty, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post};
use hark_core::state::State;
use hark_core::view::{ChatView, OfferView};
use hark_core::{Action, OfferId, Refusal, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/v1/offers", Who::Agent, "Offers that are held out to me", list).gives::<List<OfferView>>(),
        post("/v1/offers/{id}/presented", Who::Agent, "Say that my console shows the offer", presented)
            .empty(),
        post("/v1/offers/{id}/accept", Who::Agent, "Accept an offer", accept).gives::<Accepted>(),
        post("/v1/offers/{id}/reject", Who::Agent, "Reject an offer", reject).takes::<Rejection>().empty(),
    ]
}

/// An offer that was accepted.
#[derive(Serialize, JsonSchema)]
struct Accepted {
    /// Its chat.
    chat: ChatView,
}

/// Why an offer is rejected.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rejection {
    /// Reason code.
    #[serde(default)]
    reason_code: Option<String>,
}

async fn list(ask: Ask) -> Outcome {
    let id = ask.person()?.id;
    let look = move |state: &State| {
        let offer = state.agent(id).and_then(|agent| agent.offer).and_then(|offer| state.offer(offer));
        offer.and_then(|offer| OfferView::of(state, offer)).into_iter().collect()
    };
    let offers: Vec<OfferView> = ask.read(look).await?.value;
    Ok(List::whole(offers).answer(&ask))
}

/// The console shows it: nothing follows from it, but an offer that is not theirs is none.
async fn presented(ask: Ask) -> Outcome {
    let (id, agent): (OfferId, _) = (ask.id("id")?, ask.person()?.id);
    let theirs = move |state: &State| {
        let live = state.offer(id).map(|offer| offer.agent);
        live.or_else(|| state.past_offer(id).map(|offer| offer.agent)) == Some(agent)
    };
    if ask.read(theirs).await?.value { Ok(empty()) } else { Err(Refusal::UnknownOffer.into()) }
}

async fn accept(ask: Ask) -> Outcome {
    let offer: OfferId = ask.id("id")?;
    let done = ask.submit(Action::AcceptOffer(offer)).await?;
    let Reply::Chat(chat) = done.reply else { return Err(Problem::internal()) };
    let chat = archive::for_person(&ask, chat, chats::view_of).await?.value;
    Ok(ok(&Accepted { chat }))
}

async fn reject(ask: Ask) -> Outcome {
    let offer: OfferId = ask.id("id")?;
    let Rejection { reason_code } = if ask.body.is_empty() { Rejection::default() } else { ask.body()? };
    ask.submit(Action::RejectOffer { offer, reason: reason_code }).await?;
    Ok(empty())
}
