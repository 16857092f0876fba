//! The emulator over a real port, as its users meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod answers;
mod binary;
mod control;
mod document;
mod events;
mod faults;
mod flood;
mod host;
mod logs;
mod page;
mod patience;
mod server;
mod signalwire_client;
