//! The pure heart of Hark: `decide(state, command, policy) → events`.
//!
//! It knows agents, queues, chats, offers and chat logs, and every rule between them. It never does I/O, never
//! reads a clock, never draws a random number and never waits: time and seed arrive inside each [`Command`], and
//! what happened leaves as [`Event`]s. Applying an event is the only way in which state changes.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod check;
pub mod command;
mod deadlines;
pub mod event;
pub mod explain;
mod handle;
pub mod id;
mod matching;
pub mod policy;
pub mod recall;
pub mod record;
pub mod refusal;
pub mod reply;
pub mod setup;
pub mod state;
pub mod time;
mod turn;
pub mod view;
mod writer;

pub use command::{Action, Actor, Command, IdempotencyKey};
pub use deadlines::Deadline;
pub use event::{Event, Scope, Scoped, Turn};
pub use id::{AgentId, ChatId, EventId, JobId, MessageId, OfferId, QueueId, TokenId};
pub use policy::{BuiltIn, Policy};
pub use refusal::{Class, Refusal};
pub use reply::Reply;
pub use setup::Setup;
pub use state::State;
pub use time::Time;
pub use turn::{Decision, decide};
