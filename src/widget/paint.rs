//! The element's DOM: writes what changed, and nothing else.

use std::cell::{Cell, RefCell};

use mfa_core::Alphabet;
use mfa_core::flow::{Instant, Phase};
use mfa_core::view::{Action, Button, Message, View};
use wasm_bindgen::prelude::*;

use crate::bindings::{Element, Host, Internals, Parts};
use crate::slots::Slots;
use crate::strings::Strings;

/// The element as it was painted last.
pub(crate) struct Paint {
    host: Host,
    internals: Internals,
    parts: Parts,
    pub(crate) slots: Slots,
    /// Of the element's own label, where the page has none.
    label: Line,
    summary: Line,
    hint: Line,
    error: Line,
    status: Line,
    /// In the order of [`Buttons`](mfa_core::view::Buttons).
    buttons: [PaintedButton; 4],
    phase: Cell<Option<Phase>>,
    /// What was last read out of a code being sent.
    said: RefCell<String>,
    /// Until when the code works, whether that is far away, and how it is written: to write a time
    /// is too dear to do it at every key.
    written: RefCell<Option<(Instant, bool, String)>>,
}

/// From here on the time of day alone could be today's or tomorrow's, in milliseconds.
const AMBIGUOUS: u64 = 12 * 60 * 60 * 1000;

impl Paint {
    pub(crate) fn new(parts: &Parts) -> Self {
        let buttons = parts.buttons();
        let button = |index| PaintedButton::new(buttons.get(index).unchecked_into());
        Self {
            host: parts.host(),
            internals: parts.internals(),
            parts: parts.clone(),
            slots: Slots::new(parts.slots()),
            said: RefCell::default(),
            written: RefCell::default(),
            label: Line::new(parts.label()),
            summary: Line::new(parts.summary()),
            hint: Line::new(parts.hint()),
            error: Line::new(parts.error()),
            status: Line::new(parts.status()),
            buttons: [button(0), button(1), button(2), button(3)],
            phase: Cell::default(),
        }
    }

    /// What the button that was pressed does, if it does anything now.
    pub(crate) fn action_of(&self, pressed: &JsValue) -> Option<Action> {
        self.buttons.iter().find(|button| button.element.loose_eq(pressed))?.action.get()
    }

    /// The elements that are pressed.
    pub(crate) fn pressable(&self) -> impl Iterator<Item = &Element> {
        self.buttons.iter().map(|button| &button.element)
    }

    /// Paints everything but the slots.
    pub(crate) fn view(&self, view: &View, strings: &Strings, on: Occasion) {
        let say = |message| strings.say(message, view.format, on.to.as_deref(), &on.code);
        let field = self.parts.field();
        self.summary.element().set_hidden(on.summary.is_none());
        self.write_summary(on.summary.unwrap_or_default());
        self.label.write(strings.label());
        self.hint.write(strings.hint(view.format, &self.until(view.until, on.now, strings)));
        self.error.write(view.error.map(say).unwrap_or_default());
        self.paint_status(view.status, view.status.map(say).unwrap_or_default());
        for (painted, button) in self.buttons.iter().zip(view.buttons.in_order()) {
            // Who pressed a button that goes away now would be left nowhere in the page.
            if button.is_none() && painted.element.matches(":focus") {
                field.focus();
            }
            painted.paint(button, view.inert, strings);
        }
        let before = self.phase.replace(Some(view.phase));
        if before != Some(view.phase) {
            self.phase(before, view.phase.as_str());
        }
        field.set_read_only(view.locked || on.read_only);
        // A keypad of numbers has no letters, whatever the page thought of.
        if view.format.alphabet() == Alphabet::Alphanumeric && field.matches("[inputmode=numeric]")
        {
            field.set_attribute("inputmode", "text");
        }
        set_or_remove(&field, "aria-invalid", view.invalid);
        set_or_remove(&self.host, "aria-busy", view.busy);
    }

    /// What is being confirmed, with its title in an element of its own: it may take more lines
    /// than one.
    fn write_summary(&self, mut text: String) {
        if *self.summary.text.borrow() == text {
            return;
        }
        self.summary.text.replace(text.clone());
        let end = text.bytes().position(|byte| byte == b'\n').unwrap_or(text.len());
        let below = text.split_off(end);
        let element = self.summary.element();
        let title = element.page().create_element("strong");
        title.set_text(&text);
        element.set_text(&below);
        element.prepend(&title);
    }

    /// Writes to the parts as they are now, and says again what is gone from the page.
    pub(crate) fn adopt(&self, parts: &Parts) {
        self.label.adopt(parts.label());
        self.hint.adopt(parts.hint());
        self.error.adopt(parts.error());
        if self.summary.is_gone_from(&parts.summary()) {
            // Its title is an element, and the next painting makes it anew.
            self.summary.text.take();
        }
        self.summary.element.replace(parts.summary());
        // So that the state is written to the host again.
        if self.host.attribute("data-state").as_deref() != self.phase.get().map(Phase::as_str) {
            self.phase.take();
        }
    }

    /// The words are others: what was written in the old ones is written again.
    pub(crate) fn forget_words(&self) {
        self.written.take();
    }

    fn until(&self, until: Option<Instant>, now: Instant, strings: &Strings) -> String {
        let Some(at) = until else { return String::new() };
        let is_far = at.0 > now.0 + AMBIGUOUS;
        let text = match self.written.take() {
            Some((known, was_far, text)) if known == at && was_far == is_far => text,
            _ => strings.time_of_day(at, is_far),
        };
        self.written.replace(Some((at, is_far, text.clone())));
        text
    }

    /// Has what went wrong read out again: the visitor tried again and nothing has changed.
    pub(crate) fn say_error_again(&self) {
        self.error.write_again();
    }

    /// What the visitor is told to have gone wrong.
    pub(crate) fn error(&self) -> String {
        self.error.text.borrow().clone()
    }

    /// Has what goes on read out, also if it is what was said last.
    pub(crate) fn say_status(&self) {
        self.status.element().set_attribute("aria-live", "polite");
        self.status.write_again();
    }

    /// That a code was sent stays on show, but is read out once: not again whenever an error has
    /// stood in its place.
    fn paint_status(&self, message: Option<Message>, text: String) {
        if matches!(message, Some(Message::Sending(_))) {
            self.said.take();
        }
        // It stands there, and whoever listens may be about to read it.
        if *self.status.text.borrow() == text {
            return;
        }
        let is_sent = matches!(message, Some(Message::Sent(_) | Message::SentAgain(_)));
        let is_old = is_sent && *self.said.borrow() == text;
        let live = if is_old { "off" } else { "polite" };
        if self.status.element().attribute("aria-live").as_deref() != Some(live) {
            self.status.element().set_attribute("aria-live", live);
        }
        if is_sent && !is_old {
            self.said.replace(text.clone());
        }
        self.status.write(text);
    }

    fn phase(&self, from: Option<Phase>, to: &str) {
        self.host.set_attribute("data-state", to);
        if let Some(states) = self.internals.states() {
            match from {
                Some(from) => _ = states.delete(from.as_str()),
                None => states.clear(),
            }
            // Chromium before 125 wants `--name`; `data-state` is there for it.
            let _ = states.add(to);
        }
    }
}

/// What the view says nothing of, and is painted all the same.
pub(crate) struct Occasion {
    pub(crate) now: Instant,
    /// Where the code went.
    pub(crate) to: Option<String>,
    /// What is being confirmed.
    pub(crate) summary: Option<String>,
    /// What the field holds.
    pub(crate) code: String,
    /// Whether the page wants the field to take no input.
    pub(crate) read_only: bool,
}

/// A line of text that is written only when it changes: a live region that is written the same
/// text again is read out again.
struct Line {
    element: RefCell<Element>,
    text: RefCell<String>,
    /// What stood there before it was ours: a page that renders again writes it again.
    original: RefCell<String>,
    again: Cell<bool>,
    is_alert: bool,
}

impl Line {
    fn new(element: Element) -> Self {
        let original = element.text().unwrap_or_default();
        // Of an earlier life, or of the page: it is not what is to be said now.
        element.set_text("");
        Self {
            is_alert: element.matches("[slot=error]"),
            element: RefCell::new(element),
            text: RefCell::default(),
            original: RefCell::new(original),
            again: Cell::default(),
        }
    }

    fn element(&self) -> Element {
        self.element.borrow().clone()
    }

    fn write(&self, text: String) {
        if *self.text.borrow() != text {
            let element = self.element();
            // Only what is new is an alert.
            if self.is_alert && !element.matches("[role]") {
                element.set_attribute("role", "alert");
            }
            element.set_text(&text);
            self.text.replace(text);
            self.again.set(false);
        }
    }

    /// The same words, but a change to whoever listens: a space that nobody sees comes or goes.
    fn write_again(&self) {
        let mut text = self.text.borrow().clone();
        if !self.again.replace(!self.again.get()) {
            text.push('\u{a0}');
        }
        self.element().set_text(&text);
    }

    /// Whether this element lacks what was written. Words that are others, as a translator's, stay.
    fn is_gone_from(&self, element: &Element) -> bool {
        let held = element.text().unwrap_or_default();
        let is_other = !self.element.borrow().loose_eq(element);
        let text = self.text.borrow();
        held != *text && (is_other || held.is_empty() || held == *self.original.borrow())
    }

    /// Writes to this element from now on. What the page has taken away stands there again, and is
    /// not announced again.
    fn adopt(&self, element: Element) {
        if self.is_gone_from(&element) {
            if self.is_alert {
                element.remove_attribute("role");
            }
            element.set_text(&self.text.borrow());
        }
        self.element.replace(element);
    }
}

struct PaintedButton {
    element: Element,
    label: Line,
    wait: Line,
    /// What pressing it does now.
    action: Cell<Option<Action>>,
}

impl PaintedButton {
    fn new(element: Element) -> Self {
        Self {
            label: Line::new(element.first_child()),
            wait: Line::new(element.last_child()),
            element,
            action: Cell::default(),
        }
    }

    fn paint(&self, button: Option<Button>, inert: bool, strings: &Strings) {
        self.action.set(None);
        self.element.set_hidden(button.is_none());
        let Some(button) = button else { return };
        self.label.write(strings.button(button.action));
        let waits = button.wait > 0;
        self.wait.write(if waits { strings.wait(button.wait) } else { String::new() });
        let idle = inert || waits;
        if !idle {
            self.action.set(Some(button.action));
        }
        // Not `disabled`, which takes the focus away from whoever is on it.
        set_or_remove(&self.element, "aria-disabled", idle);
        let part = if button.primary { "button primary" } else { "button" };
        self.element.set_attribute("part", part);
    }
}

/// Sets what is true and removes what is not: `aria-busy=false` is a promise to tell.
fn set_or_remove(element: &Element, name: &str, set: bool) {
    if element.has_attribute(name) == set {
        return;
    }
    if set {
        element.set_attribute(name, "true");
    } else {
        element.remove_attribute(name);
    }
}
