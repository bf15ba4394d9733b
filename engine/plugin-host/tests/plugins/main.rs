//! The host with real libraries: the bundled plugins, the sample in C, and plugins that misbehave in every way that we
//! could think of.

mod bundled;
mod changing;
mod common;
mod dying;
mod jobs;
mod loading;
mod minors;
mod misbehaving;
#[path = "../../../../plugins/crm-postgres/tests/crm/server.rs"]
#[allow(dead_code, reason = "its own tests use all of it")]
mod postgres;
mod pressure;
mod solo;
mod starting;
