//! Every way into the field: keys, paste and drop, autofill and password managers.
//!
//! What a text comes to is the core's; where it goes is [`Entry`](crate::entry)'s. Here is which
//! event of the page means what, and how the flow and the page are told.

use mfa_core::flow::Event;

use crate::bindings::EntryEvent;
use crate::element::kind;
use crate::entry::Seen;
use crate::shell::Shell;

impl Shell {
    /// Whether the event was heard on the field, and not on a button.
    pub(crate) fn is_of_field(&self, event: &EntryEvent) -> bool {
        event.current_target().is_some_and(|target| target.loose_eq(&self.entry.field))
    }

    /// An event of the field, or of what is selected in it.
    pub(crate) fn edited(&self, kind: u32, event: &EntryEvent) {
        match kind {
            // A password manager may set the value and tell only of the change.
            kind::INPUT | kind::CHANGE => self.typed(event),
            kind::PASTE => self.pasted(event),
            kind::CLICK => {
                if let Some(x) = event.client_x() {
                    self.entry.click(x, self.format());
                }
            }
            kind::FOCUSIN | kind::FOCUSOUT | kind::SELECTIONCHANGE => {
                if kind != kind::SELECTIONCHANGE {
                    self.entry.set_focused(kind == kind::FOCUSIN);
                }
                self.entry.paint(&self.paint, self.format());
            }
            _ => {}
        }
    }

    /// Looks at the field, into which something may have got without a word.
    pub(crate) fn look(&self) {
        self.seen(self.entry.read(self.format()), "autofill");
    }

    fn typed(&self, event: &EntryEvent) {
        let source = match event.input_type().as_deref() {
            Some("insertFromPaste" | "insertFromDrop") => "paste",
            Some("insertText" | "insertCompositionText") => "typing",
            // What fills a field in names no input type, or that of a replacement.
            _ => "autofill",
        };
        self.seen(self.entry.read(self.format()), source);
    }

    fn pasted(&self, event: &EntryEvent) {
        let Some(clipboard) = event.clipboard_data() else { return };
        event.prevent_default();
        let entry = &self.entry;
        if entry.field.read_only() || entry.field.disabled() {
            return;
        }
        self.seen(entry.paste(&clipboard.get_data("text"), self.format()), "paste");
    }

    fn seen(&self, Seen { changed, dropped }: Seen, source: &str) {
        if changed {
            self.dispatch(Event::Typed);
        }
        if let Some(why) = dropped {
            self.dispatch(Event::Dropped { why });
        }
        self.repaint();
        if changed {
            self.complete(source);
        }
    }
}
