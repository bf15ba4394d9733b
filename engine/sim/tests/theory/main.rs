//! The real core under simulated time against queueing theory. Every formula stands here, in the tests, and nowhere in
//! the engine; each is held against the table of `tests/data/queueing` before the simulation is held against it.

mod desks;
mod family;
mod formulas;
mod rows;
mod table;
