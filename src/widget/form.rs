//! What the form posts for the element, and whether it may be posted yet.

use js_sys::{Object, Reflect};
use mfa_core::flow::{Flow, State, VerifyMode};
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;

use crate::bindings::Internals;

/// Sets the form value: the receipt once verified; the interaction's id where the site's
/// backend verifies; nothing before.
pub(crate) fn set_value(internals: &Internals, flow: &Flow) {
    let value = match (flow.state(), flow.settings().verify) {
        (State::Verified { receipt: Some(receipt) }, _) => Some(receipt.as_str()),
        (_, VerifyMode::Form) => flow.interaction().map(|interaction| interaction.id.as_str()),
        _ => None,
    };
    internals.set_form_value(&value.map_or(JsValue::NULL, JsValue::from_str));
}

/// Makes the form invalid until there is something to post.
pub(crate) fn set_validity(
    internals: &Internals,
    flow: &Flow,
    required: bool,
    message: &str,
    field: &HtmlInputElement,
) {
    // A form that verifies on submit has to be held back for that.
    let required = required || flow.settings().verify == VerifyMode::Submit;
    let done = match flow.settings().verify {
        VerifyMode::Form => flow.interaction().is_some(),
        VerifyMode::Complete | VerifyMode::Submit => {
            matches!(flow.state(), State::Verified { .. })
        }
    };
    let flags = Object::new();
    if done || !required {
        internals.set_valid(&flags);
    } else {
        let _ = Reflect::set(&flags, &"valueMissing".into(), &JsValue::TRUE);
        internals.set_validity(&flags, message, field);
    }
}
