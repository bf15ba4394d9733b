//! What a reaction can reach: the desk and the systems outside. Whoever runs reactions implements it; nothing here does
//! anything by itself.

use hark_core::{Action, ChatId, IdempotencyKey};
use serde_json::Value as Json;

/// Why a reaction did not get what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// It will not be otherwise next time: the script is told a code and a sentence, and decides what follows.
    Refused {
        /// A stable code.
        code: String,
        /// For people.
        message: String,
    },
    /// Later it may work: the handler fails, and the event comes again.
    Later(String),
}

/// A command that a reaction sends.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The script's file.
    pub file: &'a str,
    /// The command's name in `hark.commands`.
    pub name: &'a str,
    /// The table that the script wrote.
    pub words: &'a Json,
    /// What that means to the desk.
    pub action: Action,
    /// The same at every try of the same command after the same event.
    pub key: IdempotencyKey,
}

/// What a reaction can reach. Each call blocks the reaction's own thread, and nobody else.
pub trait Outside: Send + Sync {
    /// Asks the plugin that provides an operation, such as `crm.create_case/1`, within its deadline.
    ///
    /// # Errors
    /// See [`Missed`].
    fn call(&self, operation: &str, request: Json) -> Result<Json, Missed>;

    /// Sends a command in the name of its script. The same key does the same thing once.
    ///
    /// # Errors
    /// See [`Missed`].
    fn command(&self, wish: Wish<'_>) -> Result<(), Missed>;

    /// A chat with its transcript, on the desk or in history, as the API tells it to a supervisor; none where there is
    /// none of this id.
    ///
    /// # Errors
    /// See [`Missed`].
    fn chat(&self, id: ChatId) -> Result<Option<Json>, Missed>;
}
