//! The rules of a second-factor code, once, for the page and for the proxy.
//!
//! A site asks SignalWire's MFA API to *start* an interaction: a short *token* goes out by SMS
//! or by call. The person types it, the site asks to *verify* it. Everything that must be
//! decided on that way is decided here; nothing here has a clock, a random number, a socket or
//! a page. Time is an argument ([`flow::Instant`]), what must be done is data ([`flow::Effect`]).
//!
//! # Layout
//!
//! - [`Token`], [`TokenFormat`]: what may be typed and sent.
//! - [`InteractionConfig`]: the source document's parameters, ranges and defaults.
//! - [`E164`], [`Channel`], [`ClosedReason`]: the other words of an interaction.
//! - [`wire`]: what the page and the proxy say to each other.
//! - [`entry`]: how what was typed, pasted or filled in becomes a token.
//! - [`flow`]: the state machine of one code entry.
//! - [`view`]: what the page shows for a state.
//!
//! "The source document" is SignalWire's guide *How to Build Multi-Factor Authentication
//! Applications*.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod channel;
mod closed;
mod config;
mod e164;
mod masked;
mod sealed;
mod token;

pub mod entry;
pub mod flow;
pub mod view;
pub mod wire;

pub use channel::{Channel, UnknownChannel};
pub use closed::ClosedReason;
pub use config::{ConfigError, ConfigField, InteractionConfig, UncheckedConfig};
pub use e164::{E164, E164Error};
pub use masked::{is_masked, may_show};
pub use sealed::Sealed;
pub use token::{Alphabet, Token, TokenError, TokenFormat};
