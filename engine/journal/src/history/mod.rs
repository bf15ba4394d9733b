//! History: what outlives the live state, folded from the journal into sled, and rebuilt from it when need be.
//!
//! Chats that are over with their transcripts, chat logs, and every event of every chat. It serves reading and nothing
//! else: no decision is made from it, nobody's data depends on it alone, and the desk serves without it.

mod bell;
mod closed;
mod draft;
mod error;
mod fold;
mod handle;
mod keys;
mod options;
mod outside;
mod period;
mod pieces;
mod projector;
mod roster;
mod service;
mod shared;
mod shelf;
mod shelves;

pub use closed::{ClosedChat, Ending, PastEvent};
pub use error::HistoryError;
pub use handle::{Filter, History};
pub use options::Options;
pub use outside::{OutsideError, events_outside};
pub use roster::Roster;
pub use service::Service;
pub use shared::{Report, Stage};
