//! The one real input: reads what got into it, and keeps it what the token's format allows.

use std::cell::{Cell, RefCell};

use mfa_core::TokenFormat;
use mfa_core::entry::{Dropped, Entered, pasted, typed};

use crate::bindings::Field;
use crate::paint::Paint;

/// The field, and what it held when it was last looked at.
pub(crate) struct Entry {
    pub(crate) field: Field,
    text: RefCell<String>,
    focused: Cell<bool>,
}

/// What a look at the field found.
pub(crate) struct Seen {
    /// Whether it holds something else than before.
    pub(crate) changed: bool,
    /// What did not get in.
    pub(crate) dropped: Option<Dropped>,
}

impl Entry {
    pub(crate) fn new(field: Field) -> Self {
        let focused = Cell::new(field.matches(":focus"));
        Self { field, text: RefCell::default(), focused }
    }

    /// What the field holds.
    pub(crate) fn text(&self) -> String {
        self.text.borrow().clone()
    }

    fn length(&self) -> usize {
        self.text.borrow().len()
    }

    /// Looks at the field after it was typed into or filled.
    pub(crate) fn read(&self, format: TokenFormat) -> Seen {
        let raw = self.field.value();
        let (caret, _) = self.selection();
        let entered = typed(&raw, format);
        if entered.text != raw {
            self.field.set_value(&entered.text);
            // Behind what is left of the text before the caret.
            self.place(typed(&before(&raw, caret), format).text.len(), 0);
        }
        self.keep(entered)
    }

    /// Takes a paste in where the selection is.
    pub(crate) fn paste(&self, clipboard: &str, format: TokenFormat) -> Seen {
        let (start, end) = self.selection();
        let text = self.text();
        let entered = pasted(&text, start, end, clipboard, format);
        if entered.text != text {
            self.field.set_value(&entered.text);
            // Behind what was pasted, which is at the end where nothing follows it.
            self.place(
                pasted(&before(&text, start), start, start, clipboard, format).text.len(),
                0,
            );
        }
        self.keep(entered)
    }

    /// Cuts what the field holds to a format that has only now become known.
    pub(crate) fn fit(&self, format: TokenFormat) {
        if self.length() > format.length() {
            self.read(format);
        }
    }

    pub(crate) fn clear(&self) {
        self.field.set_value("");
        self.text.take();
    }

    pub(crate) fn select(&self) {
        self.place(0, self.length());
    }

    pub(crate) fn set_focused(&self, focused: bool) {
        self.focused.set(focused);
    }

    /// Puts the caret where the visitor clicked: on a filled slot, which typing then replaces,
    /// or on the first empty one. The field's own text is not where the slots are.
    pub(crate) fn click(&self, x: f64, format: TokenFormat) {
        let (start, end) = self.selection();
        let area = self.field.area();
        // Who drags a selection wants that selection.
        if start != end || area.width() <= 0.0 {
            return;
        }
        let along = (x - area.left()) / area.width();
        // Saturates: left of the field is the first slot, right of it is behind the last.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        #[allow(clippy::cast_precision_loss)]
        let slot = ((along * format.length() as f64) as usize).min(format.length() - 1);
        let filled = self.length();
        self.place(slot.min(filled), usize::from(slot < filled));
    }

    /// Paints the slots.
    pub(crate) fn paint(&self, paint: &Paint, format: TokenFormat) {
        let shows_caret = self.focused.get() && !self.field.read_only();
        let selection = if shows_caret { self.selection() } else { (usize::MAX, 0) };
        paint.slots(&self.text(), format, selection);
    }

    fn keep(&self, Entered { text, dropped }: Entered) -> Seen {
        let changed = *self.text.borrow() != text;
        self.text.replace(text);
        Seen { changed, dropped }
    }

    fn selection(&self) -> (usize, usize) {
        let at = |position: Option<u32>| position.unwrap_or(0) as usize;
        (at(self.field.selection_start()), at(self.field.selection_end()))
    }

    /// Selects `length` characters from `start`; where nothing is selected, that is the caret.
    fn place(&self, start: usize, length: usize) {
        // A field that has no caret to set has none to get wrong.
        let _ = self.field.set_selection(start, start + length);
    }
}

/// The first characters of a text.
fn before(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}
