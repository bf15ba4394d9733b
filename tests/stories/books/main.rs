//! The books followed word for word: what stands in a book's blocks is run, in their order and as it is printed, by the
//! real binary in a new folder. [`follower`] tells the rules of it. A book that lies fails here, with its line.
#![forbid(unsafe_code)]

mod admin;
mod book;
mod follower;
mod integrator;
mod output;
mod settings;
