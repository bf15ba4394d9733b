//! Simulated time: the real core and the real policies, driven by generated or recorded traffic.
//!
//! It decides nothing: every offer, place and status is the core's. It only plays the people (customers who come, wait
//! and leave, agents who answer, talk and wrap up) and keeps count. It never reads a clock, a file or a random source:
//! the same scenario and seed give the same figures.
#![forbid(unsafe_code)]

mod agenda;
mod alike;
mod arrivals;
mod books;
mod desk;
mod draw;
mod estimate;
mod random;
mod recorded;
mod recorder;
mod what_if;

pub mod report;
mod results;
mod run;
mod scenario;
mod survival;
mod world;

pub use arrivals::{Arrivals, Rate};
pub use books::Outcome;
pub use draw::Draw;
pub use estimate::{Estimate, student_t};
pub use recorded::{Deed, Reaction, Recorded, RecordedChat, Routed, Stretch, StretchEnd, WrapUp};
pub use recorder::Recorder;
pub use results::{AgentFigures, Moment, Results, Slice, SpellFigures};
pub use run::{Fault, Progress, replay, simulate};
pub use scenario::{Group, Handling, Kind, Scenario, Shift};
pub use survival::Survival;
pub use what_if::{Change, Side, WhatIf};
