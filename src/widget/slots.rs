//! The slots: what the field holds, painted one character each.
//!
//! They only paint. The page, the visitor and whoever reads out know one text field.

use std::cell::{Cell, RefCell};

use mfa_core::TokenFormat;
use mfa_core::view::begins_group;

use crate::bindings::{Element, Page};
use crate::timer::Timer;

/// What is painted for a character that nobody is to read over the visitor's shoulder.
const MASK: char = '•';

/// For how long the caret is seen, and then is not, in milliseconds.
const BLINK: u64 = 550;

thread_local! {
    /// How often the timer has called since the caret came to where it is. It is seen for the
    /// first of them whenever that comes, then blinks; only the field that has the focus has one.
    static BEATS: Cell<u32> = const { Cell::new(0) };
}

/// From so many places on the row is a comb.
const COMB: usize = 12;

/// The slots as they were painted last.
pub(crate) struct Slots {
    row: Element,
    caret: Element,
    /// Where the caret is painted.
    caret_at: Cell<Option<usize>>,
    /// Not an animation: while one runs the browser draws every frame there is, and the caret has
    /// a layer of its own that is made anew in each slot. Nor set anew at each key, which costs as
    /// much as painting it.
    blink: Timer,
    slots: RefCell<Vec<Slot>>,
    groups: RefCell<String>,
    masked: Cell<bool>,
}

impl Slots {
    pub(crate) fn new(row: Element) -> Self {
        let caret = part(&row.page(), "caret");
        let blinking = caret.clone();
        Self {
            blink: Timer::new(move || {
                let beats = BEATS.get().wrapping_add(1);
                BEATS.set(beats);
                blinking.set_hidden(beats.is_multiple_of(2));
            }),
            caret,
            caret_at: Cell::default(),
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
        let shown = (text.len()..format.length()).contains(&caret).then_some(caret);
        let before = self.caret_at.replace(shown);
        if before != shown {
            BEATS.set(0);
            self.caret.set_hidden(false);
        }
        if before.is_some() != shown.is_some() {
            self.blink.arm(shown.map(|_| BLINK));
        }
    }

    /// Nothing moves any more.
    pub(crate) fn rest(&self) {
        self.blink.arm(None);
    }

    fn built(&self, format: TokenFormat) -> Vec<Slot> {
        self.row.set_text("");
        let page = self.row.page();
        let groups = self.groups.borrow();
        let mut places = format.length();
        let slot = |index| {
            if begins_group(&groups, format, index) {
                self.row.append(&part(&page, "separator"));
                places += 1;
            }
            Slot::new(&page, &self.row)
        };
        let slots = (0..format.length()).map(slot).collect();
        self.row.set_attribute("class", if places < COMB { "" } else { "comb" });
        slots
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
