//! The binary as people start it: its commands, what it prints, and how it ends. What the desk does is proved elsewhere.

mod commands;
mod crashing;
mod demo;
mod explain;
mod journal;
mod life;
mod plugin;
mod script;
mod simulate;
mod support;
