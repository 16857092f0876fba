//! What the form posts for the element, and whether it may be posted yet.

use std::cell::Cell;

use mfa_core::Token;
use mfa_core::flow::{Event, Flow, Instant, Phase, State, VerifyMode};
use wasm_bindgen::prelude::*;

use crate::bindings::{Control, Dict, Element, EntryEvent, Field, Form, Internals};
use crate::shell::{Shell, now};

/// For how long a second submit is held back, in seconds.
const POSTING: u32 = 10;

/// The same, where the page sends the form itself: a double click is one submit, and what comes
/// later is for the page to judge.
const SENDING: u32 = 1;

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
    // A page that has taken the field away is shown the message nowhere; the form is held all the same.
    let _ = internals
        .set_validity(&flags, message, Some(field))
        .or_else(|_| internals.set_validity(&flags, message, None));
}

/// What is known of the visitor's submits.
#[derive(Default)]
pub(crate) struct Submission {
    /// When the visitor last did what submits the form.
    intended: Cell<Instant>,
    /// The button that was pressed for it.
    by: Cell<Option<Control>>,
    /// The visitor submitted the form; it goes on once the code is right.
    waits: Cell<bool>,
    /// When the form was last let go with the receipt, and the event that told of it.
    posted: Cell<Option<(Instant, EntryEvent)>>,
}

impl Shell {
    /// The visitor has just pressed Enter in the field, or the button that submits the form. Enter
    /// presses the form's first button, if it has one.
    pub(crate) fn intends_to_submit(&self, by: Option<Control>) {
        self.submission.intended.set(now());
        self.submission.by.set(by);
    }

    /// What was done for a submit has led to none.
    pub(crate) fn intends_otherwise(&self) {
        self.submission.intended.take();
    }

    /// Whether it is the visitor who submits, and not a script that asks whether the form is
    /// valid: the same event tells of both. One intention is one submit.
    pub(crate) fn is_submitting(&self) -> bool {
        now().0 < self.submission.intended.take().0 + AT_ONCE
    }

    /// Whether a submit of the visitor's waits for the code to be confirmed.
    pub(crate) fn holds_a_submit(&self) -> bool {
        self.phase() == Phase::Verifying && self.submission.waits.get()
    }

    /// The form goes on once the code is right, or it does not.
    pub(crate) fn hold_submit(&self, waits: bool) {
        self.submission.waits.set(waits);
    }

    /// Starts over: nothing was pressed, nothing is on its way.
    pub(crate) fn forget_submits(&self) {
        self.hold_submit(false);
        self.submission.by.take();
        self.submission.posted.take();
    }

    /// The button that was pressed, if it submits our form. One that asks for no validation, such
    /// as Cancel, is none of our business.
    pub(crate) fn submitter(&self, event: &EntryEvent) -> Option<Control> {
        // A page may fire a click at a document or at a text: neither is a part of a button.
        let pressed = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        let pressed = pressed.unchecked_into::<Element>().closest("button,input")?;
        submits(&pressed, &self.internals.form()?).then_some(pressed)
    }

    /// What Enter or the form's button does with what the field holds.
    pub(crate) fn submit(&self) {
        self.look();
        let token = Token::parse(&self.entry.text(), self.format()).ok();
        let before = self.paint.error();
        self.dispatch(Event::Submitted { token });
        // Who tries again is answered again, though the words are the same.
        if !before.is_empty() && before == self.paint.error() {
            self.paint.say_error_again();
        }
    }

    /// Lets the form go on, if the visitor submitted it or the page wants that: by the button that
    /// was pressed, or else by the first one.
    pub(crate) fn submit_form(&self) {
        if !self.submission.waits.replace(false) && !self.host.has_attribute("autosubmit") {
            return;
        }
        let Some(form) = self.internals.form() else { return };
        let by = self.submission.by.take().or_else(|| self.first_button(&form));
        // A button that the page has taken out of the form meanwhile is refused.
        if form.request_submit(by.as_ref()).is_err() {
            let _ = form.request_submit(None);
        }
    }

    /// The button that Enter would press, were it not Cancel, nor switched off.
    fn first_button(&self, form: &Form) -> Option<Control> {
        let all = self.host.root().unchecked_into::<Element>().all("button,input");
        let mut controls = (0..all.length()).map(|at| all.get(at).unchecked_into::<Control>());
        controls.find(|control| submits(control, form) && !control.matches(":disabled"))
    }

    /// Whether the form is on its way with the receipt. An impatient Enter would take the first
    /// answer, and the session in it, away; a receipt is good once. If no answer comes, the form
    /// can be sent again after a while.
    pub(crate) fn is_posting_already(&self, event: &EntryEvent) -> bool {
        let is_ours = |form: Form| event.target().is_some_and(|it| form.loose_eq(&it));
        let is_cancel = |it: Control| it.matches("[formnovalidate]");
        if self.phase() != Phase::Verified
            || !self.internals.form().is_some_and(is_ours)
            || event.submitter().is_some_and(is_cancel)
        {
            return false;
        }
        let now = now();
        let posted = self.submission.posted.take();
        let is_recent = posted.as_ref().is_some_and(|(at, first)| {
            let patience = if first.default_prevented() { SENDING } else { POSTING };
            now < at.after_seconds(patience)
        });
        self.submission.posted.set(if is_recent { posted } else { Some((now, event.clone())) });
        is_recent
    }

    /// The page is shown, and the browser may have put back what was typed before: it stands there,
    /// and is no answer yet.
    pub(crate) fn restored(&self) {
        if self.entry.look(self.format()).changed {
            self.repaint();
        }
    }

    /// The page is left, or the element removed: a success is told to the other tabs, if its
    /// receipt ever was on its way. One without a form was told at once.
    pub(crate) fn leave(&self) {
        let posted = self.submission.posted.take();
        if self.phase() == Phase::Verified && posted.is_some() {
            self.leave_word();
        }
        self.submission.posted.set(posted);
    }
}

/// Whether pressing this control submits the form, and has it validated before.
fn submits(control: &Control, form: &Form) -> bool {
    matches!(control.kind().as_str(), "submit" | "image")
        && form.loose_eq(&control.form())
        && !control.matches("[formnovalidate]")
}
