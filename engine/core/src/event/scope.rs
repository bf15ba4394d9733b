//! Whom an event concerns, and what it is called.

use super::{Event, Scope};
use crate::id::{AgentId, ChatId};
use crate::state::{OfferEnd, State};

impl Event {
    /// The chat that it is about.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::EngineOpened {}
            | Self::Configured { .. }
            | Self::AgentSaved { .. }
            | Self::TokenOpened { .. }
            | Self::TokenClosed { .. }
            | Self::AgentStatusChanged { .. }
            | Self::AgentRests { .. }
            | Self::AgentRested { .. }
            | Self::AgentDisconnected { .. }
            | Self::AgentUnreachable { .. }
            | Self::AgentReconnected { .. }
            | Self::DeedRecorded { .. }
            | Self::AnswerRemembered { .. } => None,
            Self::OfferPresented { offer, .. } => Some(offer.chat),
            Self::JobRequested { job } => Some(job.chat),
            Self::ChatLogOpened { log, .. } => Some(log.chat),
            Self::ChatCreated { chat, .. }
            | Self::ChatQueued { chat, .. }
            | Self::ChatRequeued { chat, .. }
            | Self::ChatRelaxed { chat, .. }
            | Self::ChatLeft { chat, .. }
            | Self::ChatOverflowed { chat, .. }
            | Self::ChatPreferenceEnded { chat }
            | Self::ChatTransferred { chat, .. }
            | Self::ChatAbandoned { chat, .. }
            | Self::ChatEnded { chat, .. }
            | Self::ChatClosed { chat, .. }
            | Self::CustomerDisconnected { chat }
            | Self::CustomerReturned { chat }
            | Self::OfferEnded { chat, .. }
            | Self::JobRested { chat, .. }
            | Self::JobEnded { chat, .. }
            | Self::CustomerLookedUp { chat, .. }
            | Self::CustomerLinked { chat, .. }
            | Self::ScreenPopRequested { chat, .. }
            | Self::MessageCreated { chat, .. }
            | Self::MessageRead { chat, .. }
            | Self::DraftUpdated { chat, .. }
            | Self::DispositionSet { chat, .. }
            | Self::PostProcessingSet { chat, .. }
            | Self::PostProcessingHeld { chat, .. }
            | Self::PostProcessingFinished { chat, .. }
            | Self::ChatLogDraftSaved { chat, .. }
            | Self::ChatLogSaved { chat, .. }
            | Self::ChatLogFiled { chat, .. }
            | Self::ChatLogFilingFailed { chat, .. }
            | Self::ChatLogSettled { chat } => Some(*chat),
        }
    }

    /// The agent whom it names.
    fn agent(&self) -> Option<AgentId> {
        match self {
            Self::AgentSaved { profile } => Some(profile.id),
            Self::TokenOpened { token } => Some(token.agent),
            Self::OfferPresented { offer, .. } => Some(offer.agent),
            Self::ChatLogOpened { log, .. } => Some(log.agent),
            Self::ChatTransferred { from, .. } => Some(*from),
            Self::TokenClosed { agent, .. }
            | Self::AgentStatusChanged { agent, .. }
            | Self::AgentRests { agent, .. }
            | Self::AgentRested { agent }
            | Self::AgentDisconnected { agent }
            | Self::AgentUnreachable { agent }
            | Self::AgentReconnected { agent }
            | Self::ChatRequeued { agent, .. }
            | Self::ChatEnded { agent, .. }
            | Self::ChatClosed { agent, .. }
            | Self::OfferEnded { agent, .. }
            | Self::ScreenPopRequested { agent, .. }
            | Self::PostProcessingSet { agent, .. }
            | Self::PostProcessingHeld { agent, .. }
            | Self::PostProcessingFinished { agent, .. } => Some(*agent),
            _ => None,
        }
    }

    /// Whom it concerns, in this state.
    pub(crate) fn scope(&self, state: &State) -> Scope {
        let chat = self.chat();
        let live = chat.and_then(|chat| state.chat(chat));
        let log = chat.filter(|_| live.is_none()).and_then(|chat| state.log(chat));
        let holder = live.and_then(crate::state::Chat::holder).or(log.map(|log| log.agent));
        let queue = live.map(|chat| chat.queue).or(log.map(|log| log.queue));
        Scope { chat, agent: self.agent().or(holder), queue }
    }

    /// What subscribers know it by, as the API documents it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::EngineOpened {} => "engine.opened",
            Self::Configured { .. } => "config.changed",
            Self::AgentSaved { .. } => "agent.settings_changed",
            Self::TokenOpened { .. } => "token.opened",
            Self::TokenClosed { .. } => "token.closed",
            Self::AgentStatusChanged { .. } => "agent.status_changed",
            Self::AgentRests { .. } => "agent.pause_started",
            Self::AgentRested { .. } => "agent.pause_ended",
            Self::AgentDisconnected { .. } => "agent.disconnected",
            Self::AgentUnreachable { .. } => "agent.unreachable",
            Self::AgentReconnected { .. } => "agent.reconnected",
            Self::ChatCreated { .. } => "chat.created",
            Self::ChatQueued { .. } => "chat.queued",
            Self::ChatRequeued { .. } => "chat.requeued",
            Self::ChatRelaxed { .. } => "chat.relaxed",
            Self::ChatLeft { .. } => "chat.left",
            Self::ChatOverflowed { .. } => "chat.overflowed",
            Self::ChatPreferenceEnded { .. } => "chat.preference_ended",
            Self::ChatTransferred { .. } => "chat.transferred",
            Self::ChatAbandoned { .. } => "chat.abandoned",
            Self::ChatEnded { .. } => "chat.ended",
            Self::ChatClosed { .. } => "chat.closed",
            Self::CustomerDisconnected { .. } => "participant.disconnected",
            Self::CustomerReturned { .. } => "participant.returned",
            Self::OfferPresented { .. } => "offer.presented",
            Self::OfferEnded { end, .. } => match end {
                OfferEnd::Accepted => "offer.accepted",
                OfferEnd::Rejected => "offer.rejected",
                OfferEnd::Expired => "offer.expired",
                OfferEnd::Withdrawn => "offer.withdrawn",
            },
            Self::JobRequested { .. } => "job.requested",
            Self::JobRested { .. } => "job.rested",
            Self::JobEnded { .. } => "job.ended",
            Self::CustomerLookedUp { .. } => "customer.looked_up",
            Self::CustomerLinked { .. } => "customer.linked",
            Self::ScreenPopRequested { .. } => "screen_pop.requested",
            Self::MessageCreated { .. } => "message.created",
            Self::MessageRead { .. } => "message.read",
            Self::DraftUpdated { .. } => "draft.updated",
            Self::DispositionSet { .. } => "disposition.set",
            Self::PostProcessingSet { extended: 0, .. } => "post_processing.started",
            Self::PostProcessingSet { .. } => "post_processing.extended",
            Self::PostProcessingHeld { .. } => "post_processing.held",
            Self::PostProcessingFinished { .. } => "post_processing.finished",
            Self::ChatLogOpened { .. } => "chat_log.opened",
            Self::ChatLogDraftSaved { .. } => "chat_log.draft_saved",
            Self::ChatLogSaved { .. } => "chat_log.saved",
            Self::ChatLogFiled { .. } => "chat_log.filed",
            Self::ChatLogFilingFailed { .. } => "chat_log.filing_failed",
            Self::ChatLogSettled { .. } => "chat_log.settled",
            Self::DeedRecorded { .. } => "deed.recorded",
            Self::AnswerRemembered { .. } => "answer.remembered",
        }
    }
}
