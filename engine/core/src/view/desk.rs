//! The desk of one agent: all that their console needs to begin, and the cursor at which it is true.

use super::chat::{ChatView, ScreenPopView};
use super::log::LogSummary;
use crate::id::{AgentId, ChatId, OfferId, QueueId};
use crate::setup::Code;
use crate::state::{Agent, NextStatus, Offer, Presence, Role, Shown, State, Status};
use crate::time::Time;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// An agent's status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusView {
    /// What is shown: activity first, then choice.
    pub status: Shown,
    /// What was chosen.
    pub chosen: Status,
    /// Reason code of what was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What follows the last wrap-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextStatus>,
    /// Busy, and no further chat is wanted.
    pub stop_new: bool,
    /// Whether the present break follows a missed offer.
    pub missed: bool,
    /// Until when no offer is made, after one that was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_until: Option<Time>,
    /// Since when the shown status is what it is.
    pub since: Time,
    /// Chats at a time.
    pub capacity: u8,
    /// Slots taken.
    pub load: u8,
    /// Whether offers can reach the agent.
    pub connected: bool,
}

impl StatusView {
    /// The status of an agent.
    pub fn of(agent: &Agent) -> Self {
        Self {
            status: agent.shown(),
            chosen: agent.status,
            reason: agent.reason.clone(),
            next: agent.next.clone(),
            stop_new: agent.stop_new,
            missed: agent.missed,
            rests_until: agent.rests_until,
            since: agent.since,
            capacity: agent.profile.capacity,
            load: u8::try_from(agent.load()).unwrap_or(u8::MAX),
            connected: agent.presence == Presence::Here,
        }
    }
}

/// An offer as its agent sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfferView {
    /// Its id.
    pub id: OfferId,
    /// The chat.
    pub chat_id: ChatId,
    /// The chat's queue, by name.
    pub queue: String,
    /// The queue's title.
    pub queue_title: String,
    /// The customer's name as given.
    pub name: String,
    /// What the customer asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// When the chat was requested.
    pub requested_at: Time,
    /// When the offer was made.
    pub presented_at: Time,
    /// When it expires.
    pub expires_at: Time,
    /// Whether it may be rejected.
    pub can_reject: bool,
    /// Why it may not be rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<String>,
    /// What pops.
    pub screen_pop: ScreenPopView,
}

impl OfferView {
    /// A live offer.
    pub fn of(state: &State, offer: &Offer) -> Option<Self> {
        let chat = state.chat(offer.chat)?;
        let queue = state.queue(chat.queue)?;
        Some(Self {
            id: offer.id,
            chat_id: chat.id,
            queue: queue.name.clone(),
            queue_title: queue.title().into(),
            name: chat.form.name.clone(),
            question: chat.form.question.clone(),
            requested_at: chat.arrived,
            presented_at: offer.made_at,
            expires_at: offer.expires_at,
            can_reject: offer.reject.allowed,
            reject_reason: offer.reject.reason.clone(),
            screen_pop: ScreenPopView::of(state, chat),
        })
    }
}

/// A queue in the strip at the top of the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueStrip {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub queue: String,
    /// What people read.
    pub title: String,
    /// Chats that wait.
    pub waiting: u32,
    /// When the one that waits longest was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Time>,
}

impl QueueStrip {
    /// A queue.
    pub fn of(state: &State, id: QueueId) -> Option<Self> {
        let queue = state.queue(id)?;
        Some(Self {
            id,
            queue: queue.name.clone(),
            title: queue.title().into(),
            waiting: u32::try_from(state.waiting_count(id)).unwrap_or(u32::MAX),
            oldest_at: state.index().oldest_arrival(id),
        })
    }
}

/// The desk of one agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeskView {
    /// Whose.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their status.
    pub status: StatusView,
    /// Offers held out to them: one at a time.
    pub offers: Vec<OfferView>,
    /// Active chats and wrap-ups.
    pub chats: Vec<ChatView>,
    /// Their chat logs that can still change, newest first.
    pub logs: Vec<LogSummary>,
    /// Their queues.
    pub queues: Vec<QueueStrip>,
    /// All open queues, by name and title, to transfer to.
    pub all_queues: BTreeMap<String, String>,
    /// Code lists by name.
    pub code_lists: BTreeMap<String, Vec<Code>>,
    /// Reasons to choose from, by status.
    pub reasons: BTreeMap<String, Vec<String>>,
    /// Longest message, in characters.
    pub message_limit: u32,
    /// The server's clock.
    pub now: Time,
    /// Where the stream goes on from this.
    pub cursor: String,
}

/// Messages of each chat that a desk begins with.
const MESSAGES: usize = 500;
/// Logs that a desk lists.
const LOGS: usize = 50;

impl DeskView {
    /// The desk of an agent; the cursor is filled in by whoever knows it.
    pub fn of(state: &State, id: AgentId, now: Time) -> Option<Self> {
        let agent = state.agent(id)?;
        let chats = agent.chats.iter().chain(&agent.wrap_ups).filter_map(|chat| state.chat(*chat));
        let logs = state.logs().rev().filter(|log| log.agent == id).take(LOGS);
        let setup = state.setup();
        let reasons = [
            ("on_break", &setup.reasons.on_break),
            ("work_offline", &setup.reasons.work_offline),
            ("logged_out", &setup.reasons.logged_out),
        ];
        let open = state.queues().filter(|queue| queue.open);
        Some(Self {
            agent_id: id,
            name: agent.profile.name.clone(),
            role: agent.profile.role,
            status: StatusView::of(agent),
            offers: agent.offer.and_then(|id| OfferView::of(state, state.offer(id)?)).into_iter().collect(),
            chats: chats.map(|chat| ChatView::of(state, chat, MESSAGES)).collect(),
            logs: logs.map(|log| LogSummary::of(state, log)).collect(),
            queues: agent.profile.queues.iter().filter_map(|queue| QueueStrip::of(state, *queue)).collect(),
            all_queues: open.map(|queue| (queue.name.clone(), queue.title().into())).collect(),
            code_lists: setup.code_lists.clone(),
            reasons: reasons.into_iter().map(|(status, list)| (status.into(), list.clone())).collect(),
            message_limit: setup.limits.agent_message_chars,
            now,
            cursor: String::new(),
        })
    }
}
