//! What the form posts for the element, and whether it may be posted yet.

use mfa_core::flow::{Flow, State, VerifyMode};
use wasm_bindgen::prelude::*;

use crate::bindings::{Dict, Field, Internals};

/// What is posted under the element's name: the receipt once verified; the interaction's id
/// where the site's backend verifies; nothing before.
pub(crate) fn value(flow: &Flow) -> Option<&str> {
    match (flow.state(), flow.settings().verify) {
        (State::Verified { receipt: Some(receipt) }, _) => Some(receipt.as_str()),
        (_, VerifyMode::Form) => flow.interaction().map(|interaction| interaction.id.as_str()),
        _ => None,
    }
}

/// Whether the form has to wait for the element.
pub(crate) fn is_held_back(flow: &Flow, required: bool) -> bool {
    match flow.settings().verify {
        VerifyMode::Form => required && flow.interaction().is_none(),
        VerifyMode::Complete => required && !is_verified(flow),
        // A form that verifies on submit has to be held back for that.
        VerifyMode::Submit => !is_verified(flow),
    }
}

const fn is_verified(flow: &Flow) -> bool {
    matches!(flow.state(), State::Verified { .. })
}

/// Makes the form invalid with a message, or valid.
pub(crate) fn hold_back(internals: &Internals, held_back: bool, message: &str, field: &Field) {
    let flags = Dict::new();
    flags.set("valueMissing", &JsValue::from(held_back));
    internals.set_validity(&flags, message, field);
}
