//! What is kept of a chat that is over: the chat as it left the live state, and what its views need besides.

use hark_core::setup::CodeRule;
use hark_core::state::{Chat, EndedBy, Side, Stage, What};
use hark_core::view::{ChatSummary, ChatView, GuestChatView, ScreenPopView};
use hark_core::{Actor, Event, Scope, Time, policy::LogMode};
use serde::{Deserialize, Serialize};

/// How a chat left the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Its wrap-up was over.
    Closed {
        /// Who ended it.
        by: EndedBy,
    },
    /// The customer left before an agent accepted.
    Abandoned {
        /// How they left.
        by: EndedBy,
    },
}

/// A chat that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedChat {
    /// The chat with its whole transcript, as it left the live state.
    pub chat: Chat,
    /// How it left.
    pub end: Ending,
    /// When it left.
    pub closed_at: Time,
    /// Name of the agent whose chat it was.
    pub agent_name: Option<String>,
    /// Its queue's name in configuration.
    pub queue_name: String,
    /// Its queue's title.
    pub queue_title: String,
    /// What had popped last.
    pub screen_pop: ScreenPopView,
    /// Code lists that applied.
    pub code_rules: Vec<CodeRule>,
    /// How its log opened.
    pub log_mode: Option<LogMode>,
}

impl ClosedChat {
    /// How it ended, by whom.
    pub fn ended_by(&self) -> EndedBy {
        match self.end {
            Ending::Closed { by } | Ending::Abandoned { by } => by,
        }
    }

    /// It in a list.
    pub fn summary(&self) -> ChatSummary {
        let moment = |is: fn(&What) -> bool| {
            self.chat.moments.iter().find(|moment| is(&moment.what)).map(|moment| moment.at)
        };
        let abandoned = matches!(self.end, Ending::Abandoned { .. });
        ChatSummary {
            id: self.chat.id,
            state: if abandoned { "abandoned" } else { "closed" }.into(),
            queue: self.queue_name.clone(),
            queue_title: self.queue_title.clone(),
            priority: self.chat.priority,
            agent_id: self.chat.owner(),
            name: self.chat.form.name.clone(),
            question: self.chat.form.question.clone(),
            requested_at: self.chat.arrived,
            accepted_at: moment(|what| matches!(what, What::Accepted { .. })),
            ended_at: moment(|what| matches!(what, What::Ended { .. }))
                .or(abandoned.then_some(self.closed_at)),
            messages: self.chat.last_seq(),
        }
    }

    /// It as its agent and supervisors see it, with its last `messages` messages.
    pub fn view(&self, messages: usize) -> ChatView {
        let chat = &self.chat;
        let from = chat.messages.len().saturating_sub(messages);
        ChatView {
            summary: self.summary(),
            form: chat.form.clone(),
            transcript: chat.messages[from..].to_vec(),
            moments: chat.moments.clone(),
            screen_pop: self.screen_pop.clone(),
            customer: chat.customer.as_deref().cloned(),
            case_id: chat.case.clone(),
            customer_connected: false,
            customer_receipt: chat.customer_receipt,
            agent_receipt: chat.agent_receipt,
            codes: chat.codes.clone(),
            code_rules: self.code_rules.clone(),
            note: chat.note.clone(),
            draft: chat.draft.clone(),
            ended_by: Some(self.ended_by()),
            post_processing: match chat.stage {
                Stage::Ended { post, .. } => Some(post),
                _ => None,
            },
            extends_left: 0,
            log_mode: self.log_mode,
        }
    }

    /// It as its customer sees it, without private notes. `message_limit` is configuration's, in characters; the
    /// cursor is filled in by whoever knows it.
    pub fn guest_view(&self, message_limit: u32, now: Time) -> GuestChatView {
        let chat = &self.chat;
        let for_customer = chat.messages.iter().filter(|message| message.kind.is_for_customer());
        GuestChatView {
            id: chat.id,
            state: match self.end {
                Ending::Closed { .. } => "ended",
                Ending::Abandoned { .. } => "abandoned",
            }
            .into(),
            queue: self.queue_title.clone(),
            position: None,
            agent: self.agent_name.clone(),
            form: chat.form.clone(),
            transcript: for_customer.cloned().collect(),
            last_seq: chat.last_seq(),
            agent_receipt: chat.receipt(Side::Agent),
            requested_at: chat.arrived,
            ended_by: Some(self.ended_by()),
            message_limit,
            now,
            cursor: String::new(),
        }
    }
}

/// An event of a chat's past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastEvent {
    /// Its turn's place in the journal.
    pub turn: crate::Seq,
    /// Its number within the turn, from 0.
    pub number: u32,
    /// When it happened.
    pub at: Time,
    /// Who brought it about.
    pub by: Actor,
    /// Whom it concerned.
    pub scope: Scope,
    /// What happened.
    pub event: Event,
}
