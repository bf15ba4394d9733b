//! The wire, through a real listener: requests and streams as programs from outside send them, to a real engine on a
//! real folder.

mod abuse;
mod chat;
mod doors;
mod listen;
mod streams;
mod support;
