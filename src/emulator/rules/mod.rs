//! The rules of SignalWire's MFA API, as the source document states them.
//!
//! Nothing here reads a clock, draws a random number or does I/O: time and randomness are
//! arguments, and the HTTP shell beside this module carries the answers out.

pub(crate) mod clock;
pub(crate) mod e164;
pub(crate) mod fault;
pub(crate) mod interaction;
pub(crate) mod outbox;
pub(crate) mod parameters;
pub(crate) mod segment;
pub(crate) mod start;
pub(crate) mod token;
pub(crate) mod world;
