//! What the form posts for the element, and whether it may be posted yet.

use mfa_core::flow::{Flow, Phase, State, VerifyMode};
use wasm_bindgen::prelude::*;

use crate::bindings::{Dict, Field, Internals, Target};
use crate::shell::{Shell, now};

/// For how long a second submit is held back, in seconds.
const POSTING: u32 = 10;

/// How long it takes at most from a click to what the browser does about it, in milliseconds.
const AT_ONCE: u64 = 500;

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

impl Shell {
    /// The visitor has just done what submits the form.
    pub(crate) fn intends_to_submit(&self) {
        self.submitted.set(now());
    }

    /// Whether it is the visitor who submits, and not a script that asks whether the form is
    /// valid: the same event tells of both.
    pub(crate) fn is_submitting(&self) -> bool {
        now().0 < self.submitted.get().0 + AT_ONCE
    }

    /// Lets the form go on, if the visitor submitted it or the page wants that.
    pub(crate) fn submit_form(&self) {
        if !self.submitting.replace(false) && !self.host.has_attribute("autosubmit") {
            return;
        }
        if let Some(form) = self.internals.form() {
            let _ = form.request_submit();
        }
    }

    /// The form that the element belongs to.
    pub(crate) fn form(&self) -> Option<Target> {
        self.internals.form().map(JsCast::unchecked_into)
    }

    /// Whether the form is on its way with the receipt. An impatient Enter would take the first
    /// answer, and the session in it, away; a receipt is good once. If no answer comes, the form
    /// can be sent again after a while.
    pub(crate) fn is_posting_already(&self) -> bool {
        let now = now();
        if self.phase() != Phase::Verified {
            return false;
        }
        let posted = self.posted.take();
        let is_recent = posted.is_some_and(|at| now < at.after_seconds(POSTING));
        self.posted.set(if is_recent { posted } else { Some(now) });
        is_recent
    }
}
