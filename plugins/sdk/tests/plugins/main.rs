//! Real shared libraries, driven through the raw table as the engine drives them: plugins made with the SDK, and the
//! sample in C.

mod book;
mod common;
mod contract;
mod law;
mod loaded;
mod opened;
mod sample_in_c;
mod sample_in_zig;
