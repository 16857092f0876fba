//! The one real input: reads what got into it, and keeps it what the token's format allows.

use std::cell::{Cell, RefCell};

use mfa_core::TokenFormat;
use mfa_core::entry::{Dropped, Entered, filled, inserted, pasted, typed};

use crate::bindings::{Field, Host};
use crate::focus::Focus;
use crate::paint::Paint;

/// The field, and what it held when it was last looked at.
pub(crate) struct Entry {
    /// The page may replace it: see [`adopt`](Self::adopt).
    field: RefCell<Field>,
    /// Always before it is written to the field, so that hearing of it is no news.
    text: RefCell<String>,
    /// What the slots show of a composition that is not a part of the text yet.
    held: RefCell<Option<String>>,
    pub(crate) focus: Focus,
    /// The keyboard composes: it writes into the field what it may take back.
    composing: Cell<bool>,
    /// The text before that, if a character was replaced.
    composed_over: RefCell<Option<String>>,
    writing: Cell<bool>,
    /// Where the visitor has pressed, and not to add to a selection.
    pressed: Cell<Option<f64>>,
}

/// How far a finger or a mouse may slip while it clicks, in pixels.
const SLIP: f64 = 6.0;

/// What a look at the field found.
#[derive(Default)]
pub(crate) struct Seen {
    /// Whether it holds something else than before.
    pub(crate) changed: bool,
    /// What did not get in.
    pub(crate) dropped: Option<Dropped>,
    /// Whether as many characters are there as before: some were replaced.
    pub(crate) replaced: bool,
}

/// A rule of the core for what is in the field: the text before, what is there now, the caret.
type Rule = fn(&str, &str, usize, TokenFormat) -> Entered;

impl Entry {
    pub(crate) fn new(field: Field) -> Self {
        let is_focused = field.matches(":focus");
        // The browser would cut "123 456" to it, and what is cut here is what has been cleaned.
        field.remove_attribute("maxlength");
        let focus = Focus::new(is_focused, is_focused && is_visitors(&field));
        Self {
            field: RefCell::new(field),
            text: RefCell::default(),
            held: RefCell::default(),
            focus,
            composing: Cell::default(),
            composed_over: RefCell::default(),
            writing: Cell::default(),
            pressed: Cell::default(),
        }
    }

    /// The one real input, as it is now.
    pub(crate) fn field(&self) -> Field {
        self.field.borrow().clone()
    }

    /// Takes the field that stands in the element now, which may be another one: with the value that
    /// the page gave it, or else with what was typed before, where the caret was.
    ///
    /// If something else of ours `is_damaged`, an empty field is what the page began with, and not a
    /// field that was emptied. `takes_focus` if nothing else in the page has it.
    pub(crate) fn adopt(
        &self,
        field: Field,
        is_damaged: bool,
        takes_focus: bool,
        format: TokenFormat,
    ) -> Seen {
        let is_other = !self.field().loose_eq(&field);
        let had_focus = self.focus.was_here();
        if is_other {
            // The browser would cut "123 456" to it, and what is cut here is what has been cleaned.
            field.remove_attribute("maxlength");
            // While a code is checked nothing gets in.
            field.set_read_only(self.field().read_only());
            self.field.replace(field.clone());
            self.composing.take();
            self.composed_over.take();
            self.held.take();
        }
        let (text, (start, end)) = (self.text(), self.focus.selected());
        let mut seen = Seen::default();
        let mut moves_caret = false;
        if !field.value().is_empty() {
            if is_other {
                seen = self.look(format);
            }
        } else if !text.is_empty() && (is_other || is_damaged) {
            self.held.take();
            field.set_value(&text);
            moves_caret = true;
        }
        if had_focus && takes_focus {
            field.focus();
            // It is not listened to yet.
            if field.matches(":focus") {
                self.focus.on_focus();
            }
            moves_caret = true;
        }
        if moves_caret {
            self.place(start, end.saturating_sub(start));
        }
        seen
    }

    /// What the field holds.
    pub(crate) fn text(&self) -> String {
        self.text.borrow().clone()
    }

    fn length(&self) -> usize {
        self.text.borrow().len()
    }

    /// Whether anything may get in: neither read-only, nor disabled, nor in a fieldset that is.
    pub(crate) fn is_open(&self) -> bool {
        self.field().matches(":read-write")
    }

    /// Whether what is heard of the field is our own doing.
    pub(crate) fn is_writing(&self) -> bool {
        self.writing.get()
    }

    /// Whether the keyboard is composing.
    pub(crate) fn is_composing(&self) -> bool {
        self.composing.get()
    }

    /// Takes over what was in the field before the module was there.
    pub(crate) fn read(&self, format: TokenFormat) -> Seen {
        let raw = self.field().value();
        let entered = filled("", &raw, self.selection().1, format);
        self.keep(&raw, entered)
    }

    /// Whether a script has just emptied the field: shown at once, and taken for that only if it is so
    /// still when the script is done and nothing else is gone.
    pub(crate) fn shows_empty(&self) -> bool {
        let is_news =
            self.field().value().is_empty() && self.length() > 0 && !self.is_shown_empty();
        if is_news {
            self.held.replace(Some(String::new()));
        }
        is_news
    }

    fn is_shown_empty(&self) -> bool {
        self.held.borrow().as_deref() == Some("")
    }

    /// Looks at the field after it was filled, deleted from or restored.
    pub(crate) fn look(&self, format: TokenFormat) -> Seen {
        self.take(filled, format)
    }

    /// Looks at the field after something was put in at the caret.
    pub(crate) fn look_behind(&self, format: TokenFormat) -> Seen {
        self.take(inserted, format)
    }

    /// Puts what was typed where the selection is; nothing if the browser's own edit will do
    /// that, which undo then knows best.
    pub(crate) fn enter(&self, data: &str, format: TokenFormat) -> Option<Seen> {
        let (start, end) = self.selection();
        let text = self.text();
        let entered = typed(&text, start..end, data, format);
        let over = end.max(start + data.len()).min(text.len());
        let raw = self.field().value();
        let is_native = raw == text
            && entered.text.len() + over == text.len() + start + data.len()
            && entered.text.get(start..start + data.len()) == Some(data);
        if is_native {
            if over > end {
                self.place(start, over - start);
            }
            return None;
        }
        Some(self.keep(&raw, entered))
    }

    /// Takes a paste in where the selection is.
    pub(crate) fn paste(&self, text: &str, format: TokenFormat) -> Seen {
        let (start, end) = self.selection();
        self.keep(&self.field().value(), pasted(&self.text(), start..end, text, format))
    }

    /// Puts a whole token in, in place of everything.
    pub(crate) fn fill(&self, token: &str, format: TokenFormat) -> Seen {
        self.keep(&self.field().value(), pasted("", 0..0, token, format))
    }

    /// The keyboard begins to compose. Over a filled slot it replaces that, as a key does.
    pub(crate) fn compose(&self) {
        let (start, end) = self.selection();
        let text = self.text();
        let is_over = start == end && start < text.len();
        if is_over {
            self.place(start, 1);
        }
        self.composed_over.replace(is_over.then_some(text));
        self.composing.set(true);
    }

    /// Looks at what the keyboard composes, or has composed.
    pub(crate) fn composed(&self, data: &str, is_done: bool, format: TokenFormat) -> Seen {
        self.composing.set(!is_done);
        let over = self.composed_over.take();
        if !is_done {
            self.composed_over.replace(over.clone());
        }
        match over.filter(|_| data.is_empty()) {
            // It was taken back: so is what it had replaced.
            Some(text) => {
                let caret = Some(self.selection().0);
                self.offer(&self.field().value(), Entered { text, caret, dropped: None })
            }
            None => self.look_behind(format),
        }
    }

    /// Cuts what the field holds to a format that has only now become known.
    pub(crate) fn fit(&self, format: TokenFormat) {
        let text = self.text();
        if text.len() > format.length() {
            self.keep(&self.field().value(), filled("", &text, text.len(), format));
        }
    }

    pub(crate) fn clear(&self) {
        self.text.take();
        self.field().set_value("");
    }

    pub(crate) fn select(&self) {
        self.place(0, self.length());
    }

    /// Whether the visitor is typing, and not done: to select what is there would be to lose it.
    pub(crate) fn is_being_typed(&self, format: TokenFormat) -> bool {
        self.composing.get() || self.focus.has_typed() && self.length() < format.length()
    }

    /// The visitor presses, here or in some other way.
    pub(crate) fn press(&self, x: Option<f64>) {
        self.pressed.set(x);
    }

    /// Whether the caret is behind all that the field holds.
    pub(crate) fn is_at_end(&self) -> bool {
        self.selection().1 >= self.length()
    }

    /// Puts the caret where the visitor clicked: on a filled slot, which typing then replaces,
    /// or on the first empty one. The field's own text is not where the slots are.
    pub(crate) fn click(&self, x: f64, host: &Host) {
        // Who drags a selection wants that selection.
        if self.pressed.take().is_none_or(|from| (from - x).abs() > SLIP) {
            return;
        }
        let slots = host.shadow_root().all("[part~=slot]");
        let (mut slot, filled) = (0, self.length());
        // Right of all of them it is the last.
        while slot + 1 < slots.length() && slots.get(slot).area().right() <= x {
            slot += 1;
        }
        self.place(slot.min(filled), usize::from(slot < filled));
    }

    /// Paints the slots.
    pub(crate) fn paint(&self, paint: &Paint, format: TokenFormat) {
        let is_focused = self.focus.is_here();
        // A field that is perhaps not to be empty may get its caret back.
        if is_focused && !self.is_shown_empty() {
            self.focus.note_selection(self.selection());
        }
        let shows_caret = is_focused && !self.field().read_only();
        let selection = if shows_caret { self.focus.selected() } else { (usize::MAX, 0) };
        let text = self.held.borrow().clone().unwrap_or_else(|| self.text());
        paint.slots.paint(&text, format, selection);
    }

    fn take(&self, rule: Rule, format: TokenFormat) -> Seen {
        let raw = self.field().value();
        let text = self.text();
        if raw == text {
            self.held.take();
            return Seen::default();
        }
        self.offer(&raw, rule(&text, &raw, self.selection().1, format))
    }

    /// What got into the field by itself stays, in the form it was meant in; in a field that is
    /// closed it does not, and while the keyboard composes only if it need not be touched.
    fn offer(&self, raw: &str, mut entered: Entered) -> Seen {
        if !self.is_open() {
            self.field().set_value(&self.text());
            return Seen::default();
        }
        if entered.text == raw {
            entered.caret = None;
        } else if self.composing.get() {
            self.held.replace(Some(entered.text));
            return Seen::default();
        }
        self.keep(raw, entered)
    }

    fn keep(&self, raw: &str, Entered { text, caret, dropped }: Entered) -> Seen {
        let changed = *self.text.borrow() != text;
        let replaced = self.length() == text.len();
        self.held.take();
        self.text.replace(text.clone());
        if raw != text {
            self.write(raw, &text);
        }
        if let Some(caret) = caret {
            self.place(caret, 0);
        }
        Seen { changed, dropped, replaced }
    }

    /// Makes one text of the field another, as the visitor's own edit if it can be: so it can be
    /// undone, and the page hears of it.
    fn write(&self, raw: &str, text: &str) {
        // All that is the same is a part of our text, and so one byte a character.
        let start = same(raw.bytes().zip(text.bytes()));
        let both = raw.bytes().skip(start).rev().zip(text.bytes().skip(start).rev());
        let tail = same(both);
        let fresh = text.get(start..text.len() - tail).unwrap_or_default();
        // The page counts in UTF-16.
        let end = raw.encode_utf16().count() - tail;
        let command = if fresh.is_empty() { "delete" } else { "insertText" };
        self.writing.set(true);
        let is_done = self.focus.is_here()
            && self.is_open()
            && self.field().set_selection(start, end).is_ok()
            && self.field().page().edit(command, false, fresh).is_ok_and(|is_done| is_done)
            && self.field().value() == text;
        if !is_done {
            self.field().set_value(text);
        }
        self.writing.set(false);
    }

    fn selection(&self) -> (usize, usize) {
        let at = |position: Option<u32>| position.unwrap_or(0) as usize;
        (at(self.field().selection_start()), at(self.field().selection_end()))
    }

    /// Selects `length` characters from `start`; where nothing is selected, that is the caret.
    fn place(&self, start: usize, length: usize) {
        // A field that has no caret to set has none to get wrong.
        let _ = self.field().set_selection(start, start + length);
    }
}

/// Whether it was the visitor who changed the field last, and neither a script nor a browser that
/// has put back what was there before. Of that alone a browser says that it is too short.
fn is_visitors(field: &Field) -> bool {
    let before = field.attribute("minlength");
    field.set_attribute("minlength", "999");
    // A field without a caret has no such word.
    let is_visitors = field.selection_start().is_none() || field.validity().too_short();
    match before {
        Some(length) => field.set_attribute("minlength", &length),
        None => field.remove_attribute("minlength"),
    }
    is_visitors
}

/// How many pairs come first that are two of the same.
fn same(pairs: impl Iterator<Item = (u8, u8)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}
