//! The host with real libraries: the bundled plugins, the sample in C, and plugins that misbehave in every way that we
//! could think of.

mod bundled;
mod common;
mod jobs;
mod loading;
mod misbehaving;
mod pressure;
mod starting;
