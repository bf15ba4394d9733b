//! For plugins that bring in a system over its REST interface: requests by [`Request`] templates, answers by [`Pick`]s, and
//! a [`Client`] that logs in, pages, waits, tries again and gives up in time. It knows no customers and no articles.
#![forbid(unsafe_code)]

mod auth;
mod change;
mod client;
mod filters;
mod html;
mod pick;
mod preset;
mod rate;
mod request;
pub mod schema;
mod server;
mod template;
mod time;
mod wire;

pub use change::Change;
pub use client::{Asking, Client};
pub use pick::{Pick, PickConfig};
pub use preset::read_over_preset;
pub use request::{Fields, Request, RequestConfig};
pub use server::ServerConfig;
pub use template::Template;
