//! What becomes of a chat when somebody went away and the grace is over.

use super::QueueView;
use crate::setup::OrphanRule;
use crate::state::{Agent, Chat};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// The question of [`super::Policy::customer_left`] and [`super::Policy::agent_left`].
#[derive(Debug)]
pub struct LeftQuestion<'a> {
    /// The command's time.
    pub now: Time,
    /// The chat.
    pub chat: &'a Chat,
    /// The chat's queue.
    pub queue: QueueView<'a>,
    /// Whose chat it is; none before an agent accepted it.
    pub agent: Option<&'a Agent>,
    /// What happens when no policy says otherwise.
    pub configured: Left,
}

/// What becomes of a chat that somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// It ends; one that nobody had accepted is abandoned.
    End,
    /// It goes back to its queue, with its arrival time. One that waits stays where it is.
    Requeue,
    /// It stays as it is until somebody does something about it.
    Keep,
}

impl From<OrphanRule> for Left {
    fn from(rule: OrphanRule) -> Self {
        match rule {
            OrphanRule::Keep => Self::Keep,
            OrphanRule::Requeue => Self::Requeue,
            OrphanRule::End => Self::End,
        }
    }
}
