//! Policies in Luau: an admin's scripts answer the core's questions, in closed machines, within a budget.
//!
//! It implements [`hark_core::Policy`] and is the only room that names mlua. It never lets a script reach files, clocks,
//! randomness or another script; one that fails or takes too long is answered for by the stated default, so nothing a
//! script does ever blocks a chat.
#![forbid(unsafe_code)]

mod answer;
mod calendar;
mod fault;
mod folder;
mod json;
mod lexer;
mod machine;
mod meter;
mod names;
mod options;
mod place;
mod point;
mod question;
pub mod reaction;
mod sandbox;
mod script;
mod scripts;
mod stats;
pub mod testing;

pub use fault::Fault;
pub use options::{Budget, Options, ScriptOptions, SetAside};
pub use point::Point;
pub use scripts::{Scripts, defaults};
pub use stats::{Entry, Lately, StatsHandle};
