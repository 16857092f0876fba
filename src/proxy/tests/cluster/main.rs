//! Several instances on one Redis: real processes, a real Redis, the real emulator.
//!
//! `REDIS_SERVER` names the program; else it is looked for on the `PATH`. Each test starts one of
//! its own on a free port, and ends it.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod cluster;
mod deaths;
mod disagreement;
mod keys;
mod redis;
mod secured;
mod together;
// What the stories of one instance are told with.
#[path = "../proxy/world.rs"]
mod world;
