//! What is said in a chat: by its two sides, and by the desk itself.

use super::QueueView;
use crate::state::{Agent, Chat, MessageKind, Pace};
use crate::time::Time;
use alloc::string::String;

/// The question of [`super::Policy::message`].
#[derive(Debug)]
pub struct MessageQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat, without the message.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// The agent who sends it; the customer does where there is none.
    pub agent: Option<&'a Agent>,
    /// What it is.
    pub kind: MessageKind,
    /// What was written.
    pub text: &'a str,
    /// Most characters that it may have.
    pub limit: u32,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored as it was written.
    Pass,
    /// It is stored with this text; nobody sees what was written.
    Change(String),
    /// It is not stored; its sender is told why.
    Refuse(String),
}

/// When the desk may say something to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GreetMoment {
    /// The chat began to wait.
    Queued,
    /// An agent accepted it.
    Accepted,
}

/// The question of [`super::Policy::greet`].
#[derive(Debug)]
pub struct GreetQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The moment.
    pub on: GreetMoment,
    /// The chat.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// The agent who accepted it; none while it waits.
    pub agent: Option<&'a Agent>,
    /// How long it will wait, as far as can be said; none once it was accepted.
    pub pace: Option<Pace>,
    /// Most characters that the text may have.
    pub limit: u32,
}
