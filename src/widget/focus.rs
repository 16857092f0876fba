//! Whether the visitor is at the field, and what they do there: told by its events alone.

use std::cell::Cell;

/// What is known of the visitor's stay at the field.
#[derive(Default)]
pub(crate) struct Focus {
    is_here: Cell<bool>,
    /// The visitor has typed into the field, or pasted, since the focus came to it.
    has_typed: Cell<bool>,
    /// The focus has just gone nowhere: perhaps the page has taken the field away with it, of which
    /// some browsers tell before and others never. Whether the visitor was typing there.
    just_lost: Cell<Option<bool>>,
    /// What was selected when the field was last looked at with the focus on it.
    selected: Cell<(usize, usize)>,
}

impl Focus {
    pub(crate) fn new(is_here: bool, has_typed: bool) -> Self {
        Self { is_here: Cell::new(is_here), has_typed: Cell::new(has_typed), ..Self::default() }
    }

    pub(crate) fn is_here(&self) -> bool {
        self.is_here.get()
    }

    pub(crate) fn on_focus(&self) {
        self.is_here.set(true);
    }

    /// The field loses the focus; it `stays` there when only the window is left, and else goes to
    /// something, or nowhere.
    pub(crate) fn on_blur(&self, stays: bool, goes_nowhere: bool) {
        let was_here = self.is_here.take();
        self.just_lost.set((was_here && goes_nowhere).then(|| self.has_typed.get()));
        if !stays {
            self.forget_typing();
        }
    }

    /// The browser is done with the event that is under way.
    pub(crate) fn end_of_task(&self) {
        self.just_lost.take();
    }

    /// Whether the focus was on the field before the page changed what stands there; the stay goes on
    /// from where it was.
    pub(crate) fn was_here(&self) -> bool {
        let just_lost = self.just_lost.take();
        if let Some(has_typed) = just_lost {
            self.has_typed.set(has_typed);
        }
        self.is_here.get() || just_lost.is_some()
    }

    /// The visitor has changed what the field holds.
    pub(crate) fn note_typing(&self) {
        self.has_typed.set(self.is_here.get());
    }

    /// What the field holds from here on is of an earlier visit to it.
    pub(crate) fn forget_typing(&self) {
        self.has_typed.take();
    }

    /// Whether the visitor has typed since the focus came to the field.
    pub(crate) fn has_typed(&self) -> bool {
        self.has_typed.get()
    }

    pub(crate) fn note_selection(&self, selection: (usize, usize)) {
        self.selected.set(selection);
    }

    /// What was selected last, also in a field that is gone.
    pub(crate) fn selected(&self) -> (usize, usize) {
        self.selected.get()
    }
}
