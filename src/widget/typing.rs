//! Every way into the field: keys, keyboards that compose, paste and drop, autofill, password
//! managers, and the page's own scripts.
//!
//! What a text comes to is the core's; where it goes is [`Entry`](crate::entry)'s. Here is which
//! event of the page means what, and how the flow and the page are told.

use mfa_core::flow::{Event, Flow};

use crate::bindings::EntryEvent;
use crate::element::kind;
use crate::entry::Seen;
use crate::shell::Shell;

/// What is heard on the field.
pub(crate) const HEARD: [u32; 10] = [
    kind::BEFOREINPUT,
    kind::INPUT,
    kind::CHANGE,
    kind::COMPOSITIONSTART,
    kind::COMPOSITIONEND,
    kind::PASTE,
    kind::CLICK,
    kind::MOUSEDOWN,
    kind::FOCUSIN,
    kind::FOCUSOUT,
];

impl Shell {
    /// Whether the event was heard on the field, and not on a button.
    pub(crate) fn is_of_field(&self, event: &EntryEvent) -> bool {
        event.current_target().is_some_and(|target| target.loose_eq(&self.entry.field()))
    }

    /// An event of the field, or of what is selected in it.
    pub(crate) fn edited(&self, kind: u32, event: &EntryEvent) {
        let entry = &self.entry;
        if entry.is_writing() {
            return;
        }
        match kind {
            kind::BEFOREINPUT => self.about_to_edit(event),
            // A password manager may set the value and tell only of the change.
            kind::INPUT | kind::CHANGE => self.input(event),
            kind::COMPOSITIONSTART => entry.compose(),
            kind::COMPOSITIONEND => {
                let data = event.data().unwrap_or_default();
                self.seen(entry.composed(&data, true, self.format()), "typing");
            }
            kind::PASTE => {
                if let Some(clipboard) = event.clipboard_data() {
                    self.paste(event, &clipboard.get_data("text"));
                }
            }
            kind::MOUSEDOWN => {
                entry.press(event.client_x().filter(|_| event.shift() != Some(true)))
            }
            kind::CLICK => {
                // A second click in a row selects all, as it selects the word in any field.
                if event.detail() >= Some(2) {
                    entry.select();
                } else if let Some(x) = event.client_x() {
                    entry.click(x, &self.host);
                }
            }
            // The page's own script.
            kind::VALUE if entry.shows_empty() => entry.paint(&self.paint, self.format()),
            kind::VALUE => self.got_in("api"),
            kind::FOCUSIN | kind::FOCUSOUT | kind::SELECTIONCHANGE => {
                if kind == kind::FOCUSIN {
                    entry.focus.on_focus();
                } else if kind == kind::FOCUSOUT {
                    let goes_nowhere = event.related_target().is_none();
                    entry.focus.on_blur(entry.field().matches(":focus"), goes_nowhere);
                    self.end_of_task.arm(Some(0));
                } else if !entry.is_composing() {
                    // A manager's script that tells of nothing at least moves the caret.
                    return self.look();
                }
                entry.paint(&self.paint, self.format());
            }
            _ => {}
        }
    }

    /// Looks at the field, into which something may have got without a word.
    pub(crate) fn look(&self) {
        self.got_in("autofill");
    }

    /// Puts a whole token into the field that came by another way than through the field. One
    /// that the visitor has entered meanwhile stays.
    pub(crate) fn filled(&self, text: &str, source: &str) {
        let (entry, format) = (&self.entry, self.format());
        if entry.is_open() && entry.text().len() < format.length() {
            self.seen(entry.fill(text, format), source);
        }
    }

    /// Before the browser edits the field: what it would not do as it is meant is done here.
    fn about_to_edit(&self, event: &EntryEvent) {
        // What is composed cannot be stopped; the page has perhaps stopped the rest.
        if event.is_composing() == Some(true) || !event.cancelable() || event.default_prevented() {
            return;
        }
        let kind = event.input_type();
        // Enter, also in a form that has no button for it to press.
        match kind.as_deref() {
            // Nor a form.
            Some("insertLineBreak") if self.internals.form().is_none() => self.submit(),
            Some("insertLineBreak") => self.on_press(None, None),
            _ => {}
        }
        let Some(data) = event.data() else { return };
        match kind.as_deref() {
            Some("insertText") => {
                if let Some(seen) = self.entry.enter(&data, self.format()) {
                    event.prevent_default();
                    self.seen(seen, source_of("insertText", &data));
                }
            }
            Some("insertFromDrop" | "insertFromPaste") => self.paste(event, &data),
            _ => {}
        }
    }

    fn input(&self, event: &EntryEvent) {
        let (entry, format) = (&self.entry, self.format());
        let kind = event.input_type().unwrap_or_default();
        let data = event.data().unwrap_or_default();
        let seen = match &*kind {
            "insertCompositionText" => entry.composed(&data, !entry.is_composing(), format),
            "insertText" | "insertFromComposition" => entry.look_behind(format),
            _ => entry.look(format),
        };
        self.seen(seen, source_of(&kind, &data));
    }

    fn paste(&self, event: &EntryEvent, text: &str) {
        event.prevent_default();
        if self.entry.is_open() {
            self.seen(self.entry.paste(text, self.format()), "paste");
        }
    }

    fn got_in(&self, source: &str) {
        self.seen(self.entry.look(self.format()), source);
    }

    pub(crate) fn seen(&self, seen: Seen, source: &str) {
        let Seen { changed, dropped, replaced } = seen;
        let corrected = replaced && source == "typing" && !self.entry.is_at_end();
        if changed {
            if matches!(source, "typing" | "paste") {
                self.entry.focus.note_typing();
            }
            if self.flow(Flow::minds_typing) {
                self.dispatch(Event::Typed);
            }
            if matches!(source, "autofill" | "webotp") && !self.entry.text().is_empty() {
                self.dispatch(Event::Filled);
            }
        }
        if let Some(why) = dropped {
            self.dispatch(Event::Dropped { why });
        }
        // First what somebody waits for.
        if changed {
            self.complete(source, !corrected && dropped.is_none());
        }
        self.entry.paint(&self.paint, self.format());
    }
}

/// What the page is told of how a code came in. What fills a field names no input type, or that
/// of a replacement; a keyboard's clipboard button types many characters at once.
fn source_of(input_type: &str, data: &str) -> &'static str {
    match input_type {
        "insertFromPaste" | "insertFromDrop" | "insertFromYank" => "paste",
        "insertText" if data.chars().nth(1).is_some() => "paste",
        "" | "insertReplacementText" => "autofill",
        _ => "typing",
    }
}
