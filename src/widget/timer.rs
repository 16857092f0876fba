//! One timer, and never more: arming it again replaces the wish before.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::bindings::{clear_interval, set_interval};

/// Calls back again and again, until it is armed anew, disarmed or dropped.
pub(crate) struct Timer {
    callback: Closure<dyn FnMut()>,
    armed: Cell<Option<JsValue>>,
}

/// The longest delay `setInterval` keeps, in milliseconds; a longer one would fire at once.
const LONGEST: u64 = 0x7fff_ffff;

impl Timer {
    pub(crate) fn new(callback: impl FnMut() + 'static) -> Self {
        Self { callback: Closure::new(callback), armed: Cell::default() }
    }

    /// Calls back every so many milliseconds, or not at all.
    pub(crate) fn arm(&self, delay: Option<u64>) {
        self.disarm();
        if let Some(delay) = delay {
            let callback = self.callback.as_ref().unchecked_ref();
            // Exact below 2^53, and `LONGEST` is far below.
            #[allow(clippy::cast_precision_loss)]
            let id = set_interval(callback, delay.min(LONGEST) as f64);
            self.armed.set(Some(id));
        }
    }

    fn disarm(&self) {
        if let Some(id) = self.armed.take() {
            clear_interval(&id);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.disarm();
    }
}
