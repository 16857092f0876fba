//! The widget in a real browser: its DOM, what it sends, and what it leaves behind.
//!
//! The endpoint is a patched `fetch`, and time is an argument: it stands still until a test lets
//! it pass. `page.js` stands in for `element.js`; the shadow root is the real one.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

#[path = "web/element.rs"]
mod element;
#[path = "web/endpoint.rs"]
mod endpoint;
#[path = "web/entry.rs"]
mod entry;
#[path = "web/functions.rs"]
mod functions;
#[path = "web/lifetime.rs"]
mod lifetime;
#[path = "web/page.rs"]
mod page;

wasm_bindgen_test_configure!(run_in_browser);
