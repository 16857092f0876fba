//! The element's DOM: writes what changed, and nothing else.

use std::cell::RefCell;
use std::ops::Range;

use mfa_core::TokenFormat;
use mfa_core::view::{Action, Button, View};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::bindings::{DOCUMENT, Host, Internals, Parts};
use crate::strings::Strings;

/// The element as it was painted last.
pub(crate) struct Paint {
    host: Host,
    internals: Internals,
    field: HtmlInputElement,
    slots: HtmlElement,
    painted_slots: RefCell<Vec<Slot>>,
    hint: Line,
    error: Line,
    status: Line,
    /// Trying again, asking, asking the other way: each has its own, so that no button turns
    /// into another under the finger.
    buttons: [PaintedButton; 3],
    view: RefCell<Option<View>>,
}

impl Paint {
    pub(crate) fn new(parts: &Parts) -> Self {
        let button = |index| PaintedButton::new(parts.buttons().get(index).unchecked_into());
        Self {
            host: parts.host(),
            internals: parts.internals(),
            field: parts.field(),
            slots: parts.slots(),
            painted_slots: RefCell::default(),
            hint: Line::new(parts.hint()),
            error: Line::new(parts.error()),
            status: Line::new(parts.status()),
            buttons: [button(0), button(1), button(2)],
            view: RefCell::default(),
        }
    }

    /// What the button that was pressed does, if it does anything now.
    pub(crate) fn action_of(&self, pressed: &JsValue) -> Option<Action> {
        let index = self.buttons.iter().position(|button| button.element.loose_eq(pressed))?;
        let view = self.view.borrow();
        let view = view.as_ref()?;
        let button = placed(&view.buttons).into_iter().nth(index)??;
        (!view.busy && button.wait == 0).then_some(button.action)
    }

    /// The elements that are pressed.
    pub(crate) fn pressable(&self) -> impl Iterator<Item = &HtmlElement> {
        self.buttons.iter().map(|button| &button.element)
    }

    /// Paints everything but the slots' content.
    pub(crate) fn view(&self, view: View, strings: &Strings, to: Option<&str>, read_only: bool) {
        let say = |message| strings.say(message, view.format, to);
        self.hint.write(strings.hint(view.format));
        self.error.write(view.error.map(say).unwrap_or_default());
        self.status.write(view.status.map(say).unwrap_or_default());
        for (painted, button) in self.buttons.iter().zip(placed(&view.buttons)) {
            painted.paint(button, view.busy, strings);
        }
        let before = self.view.replace(Some(view.clone()));
        if before.as_ref().map(|before| before.phase) != Some(view.phase) {
            self.phase(before.map(|before| before.phase.as_str()), view.phase.as_str());
        }
        self.field.set_read_only(view.locked || read_only);
        set_or_remove(&self.field, "aria-invalid", view.invalid.then_some("true"));
        set_or_remove(&self.host, "aria-busy", view.busy.then_some("true"));
    }

    /// Paints what the field holds, what of it is selected, and where the next character goes.
    pub(crate) fn slots(&self, text: &str, format: TokenFormat, selection: Option<Range<usize>>) {
        let mut slots = self.painted_slots.borrow_mut();
        while slots.len() < format.length() {
            slots.push(Slot::new(&self.slots));
        }
        while slots.len() > format.length() {
            if let Some(slot) = slots.pop() {
                slot.element.remove();
            }
        }
        let selection = selection.unwrap_or(usize::MAX..usize::MAX);
        // Behind a whole token the caret has no slot of its own.
        let caret =
            if selection.start == format.length() { selection.start - 1 } else { selection.start };
        let mut characters = text.chars();
        for (index, slot) in slots.iter_mut().enumerate() {
            slot.paint(characters.next(), caret == index, selection.contains(&index));
        }
    }

    fn phase(&self, from: Option<&str>, to: &str) {
        let _ = self.host.set_attribute("data-state", to);
        if let Some(states) = self.internals.states() {
            if let Some(from) = from {
                states.delete(from);
            }
            // Chromium before 125 wants `--name`; `data-state` is there for it.
            let _ = states.add(to);
        }
    }
}

/// Each button at its place: trying again first, then the ways to a token.
fn placed(buttons: &[Button]) -> [Option<Button>; 3] {
    let mut placed = [None; 3];
    let mut asks = 1;
    for &button in buttons {
        let place = match button.action {
            Action::Retry => 0,
            Action::Ask { .. } => {
                asks += 1;
                asks - 1
            }
        };
        if let Some(slot) = placed.get_mut(place) {
            *slot = Some(button);
        }
    }
    placed
}

/// A line of text that is written only when it changes: a live region that is written the same
/// text again is read out again.
struct Line {
    element: HtmlElement,
    text: RefCell<String>,
}

impl Line {
    fn new(element: HtmlElement) -> Self {
        Self { element, text: RefCell::default() }
    }

    fn write(&self, text: String) {
        if *self.text.borrow() != text {
            self.element.set_text_content(Some(&text));
            self.text.replace(text);
        }
    }
}

struct PaintedButton {
    element: HtmlElement,
    label: Line,
    wait: Line,
}

impl PaintedButton {
    fn new(element: HtmlElement) -> Self {
        let span = |span: Option<web_sys::Element>| Line::new(span.unwrap_throw().unchecked_into());
        let (label, wait) = (element.first_element_child(), element.last_element_child());
        Self { label: span(label), wait: span(wait), element }
    }

    fn paint(&self, button: Option<Button>, busy: bool, strings: &Strings) {
        self.element.set_hidden(button.is_none());
        let Some(button) = button else { return };
        self.label.write(strings.button(button.action));
        let wait = if button.wait > 0 { strings.wait(button.wait) } else { String::new() };
        self.wait.write(wait);
        // Not `disabled`, which takes the focus away from whoever is on it.
        let idle = (busy || button.wait > 0).then_some("true");
        set_or_remove(&self.element, "aria-disabled", idle);
        let part = if button.primary { "button primary" } else { "button" };
        set_or_remove(&self.element, "part", Some(part));
    }
}

struct Slot {
    element: HtmlElement,
    character: Option<char>,
    part: &'static str,
}

impl Slot {
    fn new(parent: &HtmlElement) -> Self {
        let element = DOCUMENT.with(|page| page.create_element("span"));
        let _ = parent.append_child(&element);
        Self { element, character: None, part: "" }
    }

    fn paint(&mut self, character: Option<char>, active: bool, selected: bool) {
        if self.character != character {
            let mut buffer = [0; 4];
            let text = character.map_or("", |character| character.encode_utf8(&mut buffer));
            self.element.set_text_content(Some(text));
            self.character = character;
        }
        let part = match (character.is_some(), active, selected) {
            (false, false, _) => "slot",
            (false, true, _) => "slot active",
            (true, false, false) => "slot filled",
            (true, false, true) => "slot filled selected",
            (true, true, false) => "slot filled active",
            (true, true, true) => "slot filled active selected",
        };
        if self.part != part {
            let _ = self.element.set_attribute("part", part);
            self.part = part;
        }
    }
}

fn set_or_remove(element: &HtmlElement, name: &str, value: Option<&str>) {
    let now = element.get_attribute(name);
    if now.as_deref() == value {
        return;
    }
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
