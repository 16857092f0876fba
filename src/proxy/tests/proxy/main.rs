//! The proxy over real sockets, against the real emulator.

#![allow(clippy::unwrap_used)]

mod alike;
mod bad_input;
mod belonging;
mod closed;
#[cfg(unix)]
mod connections;
mod contract;
mod countries;
mod deploy;
mod document;
mod envelope;
mod faults;
mod journey;
mod live;
mod log;
mod operate;
mod origin;
mod private;
mod world;
