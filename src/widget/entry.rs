//! The one real input: reads what got into it, and keeps it what the token's format allows.

use std::cell::{Cell, RefCell};

use mfa_core::TokenFormat;
use mfa_core::entry::{Dropped, Entered, pasted, typed};
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;

use crate::paint::Paint;

/// The field, and what it held when it was last looked at.
pub(crate) struct Entry {
    pub(crate) field: HtmlInputElement,
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
    pub(crate) fn new(field: HtmlInputElement) -> Self {
        let focused = Cell::new(field.matches(":focus").unwrap_or(false));
        Self { field, text: RefCell::default(), focused }
    }

    /// What the field holds.
    pub(crate) fn text(&self) -> String {
        self.text.borrow().clone()
    }

    /// Looks at the field after it was typed into or filled.
    pub(crate) fn read(&self, format: TokenFormat) -> Seen {
        let raw = self.field.value();
        let caret = self.selection().0;
        let entered = typed(&raw, format);
        if entered.text != raw {
            self.field.set_value(&entered.text);
            // Behind what is left of the text before the caret.
            let before: String = raw.chars().take(caret).collect();
            self.place(typed(&before, format).text.len(), 0);
        }
        self.keep(entered)
    }

    /// Takes a paste in where the selection is.
    pub(crate) fn paste(&self, clipboard: &str, format: TokenFormat) -> Seen {
        let (start, end) = self.selection();
        let behind = self.field.value().chars().count().saturating_sub(end);
        let entered = pasted(&self.text(), start, end, clipboard, format);
        self.field.set_value(&entered.text);
        self.place(entered.text.len().saturating_sub(behind), 0);
        self.keep(entered)
    }

    /// Cuts what the field holds to a format that has only now become known.
    pub(crate) fn fit(&self, format: TokenFormat) {
        let fits = self.text.borrow().len() <= format.length();
        if !fits {
            self.read(format);
        }
    }

    pub(crate) fn clear(&self) {
        self.field.set_value("");
        self.text.take();
    }

    pub(crate) fn select(&self) {
        self.place(0, self.text.borrow().len());
    }

    pub(crate) fn set_focused(&self, focused: bool) {
        self.focused.set(focused);
    }

    /// Puts the caret where the visitor clicked: on a filled slot, which typing then replaces,
    /// or on the first empty one. The field's own text is not where the slots are.
    pub(crate) fn click(&self, x: f64, format: TokenFormat) {
        let (start, end) = self.selection();
        let area = self.field.get_bounding_client_rect();
        // Who drags a selection wants that selection.
        if start != end || area.width() <= 0.0 {
            return;
        }
        let along = ((x - area.left()) / area.width()).clamp(0.0, 0.999);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 20")]
        #[allow(clippy::cast_precision_loss)]
        let slot = (along * format.length() as f64) as usize;
        let filled = self.text.borrow().len();
        self.place(slot.min(filled), usize::from(slot < filled));
    }

    /// Paints the slots.
    pub(crate) fn paint(&self, paint: &Paint, format: TokenFormat) {
        let shows_caret = self.focused.get() && !self.field.read_only();
        let selection = shows_caret.then(|| {
            let (start, end) = self.selection();
            start..end
        });
        paint.slots(&self.text.borrow(), format, selection);
    }

    fn keep(&self, Entered { text, dropped }: Entered) -> Seen {
        let changed = *self.text.borrow() != text;
        self.text.replace(text);
        Seen { changed, dropped }
    }

    fn selection(&self) -> (usize, usize) {
        let at = |position: Result<Option<u32>, JsValue>| {
            position.ok().flatten().map_or(0, |position| position as usize)
        };
        (at(self.field.selection_start()), at(self.field.selection_end()))
    }

    /// Selects `length` characters from `start`; where nothing is selected, that is the caret.
    fn place(&self, start: usize, length: usize) {
        let at = |position: usize| u32::try_from(position).unwrap_or(0);
        let _ = self.field.set_selection_range(at(start), at(start + length));
    }
}
