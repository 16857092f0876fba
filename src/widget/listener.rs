//! A listener of the page's events that ends with the value that stands for it.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use crate::bindings::{Host, Target};

/// An event listener; dropping it unregisters it. The handler is the host, by its `handleEvent`.
#[must_use = "the event is not heard once this is dropped"]
pub(crate) struct Listener {
    target: Target,
    kind: JsString,
    host: Host,
    capture: bool,
}

impl Listener {
    /// Listens for the event of this name; with `capture` before the elements inside do.
    pub(crate) fn new(target: &Target, kind: JsValue, host: &Host, capture: bool) -> Self {
        let kind = kind.unchecked_into();
        target.listen(&kind, host, capture);
        Self { target: target.clone(), kind, host: host.clone(), capture }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.target.unlisten(&self.kind, &self.host, self.capture);
    }
}
