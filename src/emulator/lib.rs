//! SignalWire's MFA API on loopback, for demos and tests.
//!
//! It answers what the vendor's document says and nothing is sent anywhere: what a phone would
//! have received is in the [outbox](Emulator::outbox). It imports no other crate of this project,
//! on purpose: one misreading of the document must not pass every test.
//!
//! # Layout
//!
//! `rules` decides, with time and randomness as arguments; `http` is axum over it; [`Emulator`] is
//! the one handle on both. [`router`] mounts all routes in a server of your own, and [`serve`] is
//! a server that keeps no silent client, and can lose a connection on purpose, which
//! [`Outcome::DropBefore`] and [`Outcome::DropAfter`] need:
//!
//! ```
//! # async fn run() -> std::io::Result<()> {
//! use mfa_emulator::{Emulator, Options};
//!
//! let emulator = Emulator::new(Options::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let stop = std::future::pending();
//! mfa_emulator::serve(listener, mfa_emulator::router(emulator), stop).await
//! # }
//! ```
#![forbid(unsafe_code)]

mod credentials;
mod emulator;
mod http;
mod rules;

pub use credentials::Credentials;
pub use emulator::{Emulator, Options, ValidationErrors};
pub use http::{
    connection::{Connection, Listener},
    host::names_this_machine,
    router,
    serve::{Patience, serve, serve_with},
    standalone,
};
pub use rules::{
    e164::{E164, SHARED_NUMBER},
    fault::{ControlError, Fault, Outcome, Route},
    outbox::{Delivery, Text},
    start::{Channel, DEFAULT_MESSAGE},
    token::Token,
};
