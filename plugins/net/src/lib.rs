//! What plugins share that talk over a network: [`Secret`]s that stand outside the configuration, and [`tls`]. It opens
//! no connection itself, and a secret never gets into a message or a log.
#![forbid(unsafe_code)]

mod secret;
pub mod tls;

pub use secret::{Secret, SecretSource};
