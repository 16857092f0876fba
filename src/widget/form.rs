//! What the form posts for the element, and whether it may be posted yet.

use std::cell::Cell;
use std::mem;

use mfa_core::Token;
use mfa_core::flow::{Event, Flow, Instant, Phase, State, VerifyMode};
use wasm_bindgen::prelude::*;

use crate::bindings::{
    Control, Dict, Element, EntryEvent, Field, Form, Internals, console_error, form_matches,
    request_submit,
};
use crate::clock::now;
use crate::shell::Shell;

/// For how long a post that leaves the page is waited for before it may be repeated, in seconds. It
/// bounds a request that nobody answers; what the visitor means is never told by it.
const POST_TIMEOUT_SECS: u32 = 10;

/// A form, or the button that submits it, whose post leaves this page where it is.
const STAYS: &str = ":is([target]:not([target=''],[target=_self i],[target=_top i],[target=_parent i]),\
    [formtarget]:not([formtarget=''],[formtarget=_self i],[formtarget=_top i],[formtarget=_parent i]),\
    [method=dialog i],[formmethod=dialog i])";

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

/// Lets the form be submitted.
fn allow(internals: &Internals) {
    // Without a flag there is nothing to refuse.
    let _ = internals.set_validity(&Dict::new(), "", None);
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
    /// What the visitor has just pressed, until the browser has done what that press does.
    press: Cell<Option<Press>>,
    /// Whether the key that was pressed last is held down.
    key_repeats: Cell<bool>,
    /// The button that was pressed.
    submitter: Cell<Option<Control>>,
    /// The visitor submitted the form; it goes on once the code is right.
    is_pending: Cell<bool>,
    /// The form is to go on though nothing could be checked.
    goes_unchecked: Cell<bool>,
    /// The form is submitted without a press of the visitor's.
    is_automatic: Cell<bool>,
    /// The submit that was last let pass with the receipt.
    sent: Cell<Option<SentForm>>,
}

/// Enter in the field, or a click on a button that submits the form.
struct Press {
    /// The second click of a double click, or Enter held down.
    is_repeat: bool,
}

struct SentForm {
    at: Instant,
    event: EntryEvent,
    leaves_page: bool,
    /// No press has led to it: the next one is of a visitor who did not know.
    is_automatic: bool,
}

impl Shell {
    /// The visitor has just pressed Enter in the field, or the button that submits the form. Enter
    /// presses the form's first button, if it has one.
    ///
    /// What the browser does about it comes before any timer, so that `invalid` and `submit` until
    /// then are the visitor's, and later ones a script's.
    pub(crate) fn on_press(&self, submitter: Option<Control>, clicks: Option<u32>) {
        // A click that a key stands for counts none.
        let is_repeat = match clicks {
            Some(clicks) if clicks > 0 => clicks > 1,
            _ => self.submission.key_repeats.get(),
        };
        self.submission.press.set(Some(Press { is_repeat }));
        self.end_of_task.arm(Some(0));
        self.submission.submitter.set(submitter);
    }

    /// The browser is done with what the visitor pressed.
    pub(crate) fn end_press(&self) {
        self.submission.press.take();
        if self.submission.goes_unchecked.take() {
            allow(&self.internals);
            self.request_submit();
            self.revalidate();
        }
    }

    /// A key of the keyboard goes down, or up again.
    pub(crate) fn on_key(&self, repeats: bool) {
        self.submission.key_repeats.set(repeats);
    }

    /// Whether a submit of the visitor's waits for the code to be confirmed.
    fn has_pending_submit(&self) -> bool {
        self.phase() == Phase::Verifying && self.submission.is_pending.get()
    }

    /// Starts over: nothing was pressed, nothing is on its way.
    pub(crate) fn clear_submission(&self) {
        self.submission.is_pending.take();
        self.submission.submitter.take();
        self.submission.sent.take();
    }

    /// Whether the form went with the receipt, as far as can be seen here.
    pub(crate) fn has_sent_receipt(&self) -> bool {
        let sent = self.submission.sent.take();
        let has_sent = sent.is_some();
        self.submission.sent.set(sent);
        self.phase() == Phase::Verified && has_sent
    }

    /// The browser does not submit the form because of this element, or a script asked whether it
    /// would.
    pub(crate) fn on_invalid(&self, event: &EntryEvent) {
        if self.has_pending_submit() {
            // The form goes on after the check.
            event.prevent_default();
        } else if self.submission.press.take().is_some() {
            // We say it ourselves, beside the field.
            event.prevent_default();
            self.submission.goes_unchecked.set(!self.check_before_submit());
        }
    }

    /// The form is submitted: before anybody else hears of it.
    ///
    /// One submit too many is none, also for the page's own script. A form that the browser does
    /// not validate (`novalidate`) waits for the check here.
    pub(crate) fn on_submit(&self, event: &EntryEvent) {
        let Some(form) = self.internals.form() else { return };
        let submitter = event.submitter();
        let is_ours = event.target().is_some_and(|it| form.loose_eq(&it));
        if !is_ours || submitter.as_ref().is_some_and(|it| it.matches("[formnovalidate]")) {
            return;
        }
        let is_held = if self.phase() == Phase::Verified {
            self.is_duplicate_submit(event, &form)
        } else if self.internals.will_validate() && self.blocks_submit() {
            self.submission.submitter.set(submitter);
            self.has_pending_submit() || self.check_before_submit()
        } else {
            false
        };
        if is_held {
            event.prevent_default();
            event.stop_immediate_propagation();
        }
    }

    /// Whether the form has to wait for the element.
    fn blocks_submit(&self) -> bool {
        let required = self.host.has_attribute("required");
        self.flow(|flow| is_held_back(flow, required))
    }

    /// Checks what the field holds, or says what is missing. False if that can be said to nobody:
    /// an element that is not shown must not hold a form back in silence.
    fn check_before_submit(&self) -> bool {
        self.submission.is_pending.set(true);
        self.submit();
        if self.phase() == Phase::Verifying {
            return true;
        }
        self.submission.is_pending.set(false);
        let is_shown = self.host.area().width() > 0.0;
        if is_shown {
            self.entry.field().focus();
        } else {
            console_error(
                "mfa-code:",
                "the form is posted unchecked, since the element is not shown; disable it while it is hidden",
            );
        }
        is_shown
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
        let is_pending = self.submission.is_pending.replace(false);
        if is_pending || self.host.has_attribute("autosubmit") {
            self.submission.is_automatic.set(!is_pending);
            self.request_submit();
            self.submission.is_automatic.take();
        }
    }

    fn request_submit(&self) {
        let Some(form) = self.internals.form() else { return };
        let by = self.submission.submitter.take().or_else(|| self.first_button(&form));
        // A button that the page has taken out of the form meanwhile is refused.
        if request_submit(&form, by.as_ref()).is_err() {
            let _ = request_submit(&form, None);
        }
    }

    /// The button that Enter would press, were it not Cancel, nor switched off.
    fn first_button(&self, form: &Form) -> Option<Control> {
        let all = self.host.root().unchecked_into::<Element>().all("button,input");
        let mut controls = (0..all.length()).map(|at| all.get(at).unchecked_into::<Control>());
        controls.find(|control| submits(control, form) && !control.matches(":disabled"))
    }

    /// Whether the receipt is on its way already: it is good once, and an impatient Enter would take
    /// the first answer, and the session in it, away.
    ///
    /// A script that goes on with a submit which it has stopped (a captcha, a page that sends the
    /// form itself) is let pass, however late; so is a new press of the visitor's. The second half of a
    /// double click is not, nor a press for what has gone by itself.
    fn is_duplicate_submit(&self, event: &EntryEvent, form: &Form) -> bool {
        let press = self.submission.press.take();
        let (now, mut sent) = (now(), self.submission.sent.take());
        let is_duplicate = sent.as_mut().is_some_and(|sent| {
            let is_leaving = sent.leaves_page && !sent.event.default_prevented();
            is_leaving && now < sent.at.after_seconds(POST_TIMEOUT_SECS)
                || press.is_some_and(|press| press.is_repeat || mem::take(&mut sent.is_automatic))
        });
        let stays =
            form_matches(form, STAYS) || event.submitter().is_some_and(|it| it.matches(STAYS));
        let this = SentForm {
            at: now,
            event: event.clone(),
            leaves_page: !stays,
            is_automatic: self.submission.is_automatic.get(),
        };
        self.submission.sent.set(if is_duplicate { sent } else { Some(this) });
        is_duplicate
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
    pub(crate) fn on_page_hide(&self) {
        if self.has_sent_receipt() {
            self.leave_word();
        }
    }
}

/// Whether pressing this control submits the form, and has it validated before.
fn submits(control: &Control, form: &Form) -> bool {
    matches!(control.kind().as_str(), "submit" | "image")
        && form.loose_eq(&control.form())
        && !control.matches("[formnovalidate]")
}
