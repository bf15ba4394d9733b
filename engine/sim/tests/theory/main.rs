//! The real core under simulated time against queueing theory. Every formula stands here, in the tests, and nowhere in
//! the engine; each is held against the table of `tests/data/queueing` before the simulation is held against it.
#![allow(clippy::print_stdout, reason = "how far each figure is from theory is told, with the seed")]

mod desks;
mod family;
mod formulas;
mod rows;
mod table;
