//! The slots: what the field holds, painted one character each.
//!
//! They only paint. The page, the visitor and whoever reads out know one text field.

use std::cell::{Cell, RefCell};

use mfa_core::TokenFormat;
use mfa_core::view::begins_group;

use crate::bindings::{Element, Page};

/// What is painted for a character that nobody is to read over the visitor's shoulder.
const MASK: char = '•';

/// The slots as they were painted last.
pub(crate) struct Slots {
    row: Element,
    caret: Element,
    slots: RefCell<Vec<Slot>>,
    groups: RefCell<String>,
    masked: Cell<bool>,
}

impl Slots {
    pub(crate) fn new(row: Element) -> Self {
        Self {
            caret: part(&row.page(), "caret"),
            row,
            slots: RefCell::default(),
            groups: RefCell::default(),
            masked: Cell::default(),
        }
    }

    /// How the author wants them painted: in [groups](begins_group), and whether as what they are.
    pub(crate) fn configure(&self, groups: String, masked: bool) {
        let was_masked = self.masked.replace(masked);
        let before = self.groups.replace(groups);
        if was_masked != masked || before != *self.groups.borrow() {
            self.slots.take();
        }
    }

    /// Paints the text, what of it is selected, and where the next character goes.
    pub(crate) fn paint(&self, text: &str, format: TokenFormat, (start, end): (usize, usize)) {
        let mut slots = self.slots.borrow_mut();
        if slots.len() != format.length() {
            *slots = self.built(format);
        }
        // Behind a whole token the caret has no slot of its own.
        let caret = if start == format.length() { start - 1 } else { start };
        let mut characters = text.chars().map(|it| if self.masked.get() { MASK } else { it });
        for (index, slot) in slots.iter_mut().enumerate() {
            let selected = (start..end).contains(&index);
            slot.paint(characters.next(), caret == index, selected, &self.caret);
        }
    }

    fn built(&self, format: TokenFormat) -> Vec<Slot> {
        self.row.set_text("");
        let page = self.row.page();
        let groups = self.groups.borrow();
        let slot = |index| {
            if begins_group(&groups, format, index) {
                self.row.append(&part(&page, "separator"));
            }
            Slot::new(&page, &self.row)
        };
        (0..format.length()).map(slot).collect()
    }
}

fn part(page: &Page, name: &str) -> Element {
    let element = page.create_element("span");
    element.set_attribute("part", name);
    element
}

/// The parts of the slot that the next character goes into.
const AWAITS: &str = "slot active";

struct Slot {
    element: Element,
    character: Option<char>,
    part: &'static str,
}

impl Slot {
    fn new(page: &Page, parent: &Element) -> Self {
        let element = page.create_element("span");
        parent.append(&element);
        Self { element, character: None, part: "" }
    }

    fn paint(&mut self, character: Option<char>, active: bool, selected: bool, caret: &Element) {
        if self.character != character {
            let mut buffer = [0; 4];
            let text = character.map_or("", |character| character.encode_utf8(&mut buffer));
            self.element.set_text(text);
            self.character = character;
        }
        let part = match (character.is_some(), active, selected) {
            (false, false, _) => "slot",
            (false, true, _) => AWAITS,
            (true, false, false) => "slot filled",
            (true, false, true) => "slot filled selected",
            (true, true, false) => "slot filled active",
            (true, true, true) => "slot filled active selected",
        };
        if self.part != part {
            if part == AWAITS {
                self.element.append(caret);
            } else if character.is_none() {
                // The caret may have stood here; in another slot by now, it stays there.
                self.element.set_text("");
            }
            self.element.set_attribute("part", part);
            self.part = part;
        }
    }
}
