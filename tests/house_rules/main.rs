//! The rules of the house (engine/ARCHITECTURE.md), kept by reading the repository's files. They build nothing, start
//! nothing and change nothing. A broken rule is told with the place and the remedy.
//!
//! A new rule is a module here: a function from what was read to faults, a test that reads the house, and a test that
//! shows the rule failing. That `config.toml` equals the built-in defaults is a rule of this kind too; it needs the
//! node's types, so it lives with them in engine/node.

#![forbid(unsafe_code)]

mod arrows;
mod house;
mod leaks;
mod policy_points;
mod purity;
mod reactions;
mod service;
mod shape;
mod source;
mod stubs;
mod supply;
mod top_level;
mod words;
