//! A bank's login page that asks for a code after the password, with nothing to configure.
//!
//! It shows the whole of the product in one process, each part where it would stand for real: the
//! page loads the widget from the built npm package, the widget talks to the proxy at `/mfa`, the
//! proxy talks over HTTP to SignalWire's API, which here is the emulator, and the site's backend
//! talks over HTTP to the proxy's private face, on a port of its own that no page can reach.
//!
//! # Layout
//!
//! - `login`: the steps, and what each asks of the one before. `plain`: without scripts.
//! - `session`, `accounts`: who has come how far. `pages`: what they see.
//! - `form`: what is let in, and the plain words for what is not. `guesses`: wrong passwords.
//! - `gateway`: what the backend asks of the proxy and the emulator.
//! - `phone`: what the drawn phone shows. `assets`: files. `headers`: the browser's orders.
//! - [`Demo`] puts them together.
#![forbid(unsafe_code)]

mod accounts;
mod assets;
mod demo;
mod form;
mod gateway;
mod guesses;
mod headers;
mod login;
mod pages;
mod phone;
mod plain;
mod session;

pub use accounts::{ACCOUNTS, Account, Policy};
pub use demo::{Demo, Options, StartError};
