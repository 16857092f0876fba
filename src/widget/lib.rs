//! The browser shell over [`mfa_core`]: what `mfa-code` is once the WebAssembly has loaded.
//!
//! The rules are the core's. Here is what they need of a page: the element's DOM (`paint`),
//! the endpoint (`endpoint`), the visitor's words (`strings`) and the way between
//! (`shell`). Credentials have no place here: the only thing this crate talks to is the
//! site's own endpoint.
//!
//! # Layout
//!
//! - `element`: what `element.js` calls; one [`Widget`] for each `<mfa-code>`.
//! - `functions`: `start` and `verify` for pages without the element.
//! - `shell`: feeds events into the flow and carries its effects out.
//! - `entry`: the one real input.
//! - `typing`: every way into it, and which of them it was.
//! - `paint`, `slots`, `strings`, `intl`, `form`: what the page shows and what the form posts.
//! - `english`: the built-in words.
//! - `memory`: what outlives the page, and what other tabs tell.
//! - `webotp`: reading the code out of the text message, where the browser can.
//! - `tell`: the element's events and its `state`.
//! - `endpoint`: requests, and what their answers mean.
//! - `from_js`, `to_js`: reading what comes from JavaScript, handing over what goes to it.
//! - `pages`: where the memory comes from.
//! - `bindings`, `timer`: the browser, as far as `web-sys` lacks it or is dear.
//!
//! Bytes are a feature: no `format!`, no `to_string`, no slicing by range, nothing that prints
//! a `Debug` in what ships; each of them links text formatting into the module.
#![allow(
    unsafe_code,
    reason = "wasm_bindgen generates the calls into JavaScript, and an allocator is given memory"
)]
#![cfg_attr(not(target_arch = "wasm32"), allow(unused, reason = "the shell is for browsers"))]

#[cfg(target_arch = "wasm32")]
use talc::{cell::TalcSyncCell, wasm::WasmBinning};

mod attributes;
mod bindings;
mod element;
mod endpoint;
mod english;
mod entry;
mod form;
mod from_js;
mod functions;
mod intl;
mod listener;
mod memory;
#[cfg(target_arch = "wasm32")]
mod pages;
mod paint;
mod shell;
mod slots;
mod strings;
mod tell;
mod timer;
mod to_js;
mod typing;
mod webotp;

pub use element::Widget;
pub use functions::{start, verify};

/// A tenth of the code of the standard library's. It locks nothing: shared memory is refused when
/// this is compiled.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: TalcSyncCell<pages::Pages, WasmBinning> =
    TalcSyncCell::new_wasm(pages::Pages::new());
