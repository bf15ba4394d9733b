//! The wire: HTTP, the event stream and the pages, over our own hyper accept loop with its deadlines. It names axum
//! for all other rooms, turns requests into commands and events into envelopes, and decides nothing of the desk.
#![forbid(unsafe_code)]

mod accept;
mod api;
mod app;
mod archive;
mod ask;
mod auth;
mod dispatch;
mod openapi;
mod options;
pub mod plugins;
mod presence;
mod problem;
mod rate;
mod route;
pub mod rulebook;
mod service;
mod stream;
mod strict;
mod transcript;
mod web;

pub use archive::chat_view;
pub use auth::{hash_password, machine_token, one_time_token, token_hash};
pub use openapi::openapi;
pub use options::{Limits, Options, PolicyReport, Widget};
pub use problem::{FieldFault, ProblemBody};
pub use service::{Error, Service};
pub use stream::envelope_of;
