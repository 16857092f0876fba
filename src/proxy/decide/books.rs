//! What is remembered between requests: tries, sends, redeemed receipts, answers given.
//!
//! It is a cache of facts, never the source of an interaction: the sealed id is. When the books
//! are lost, the upstream's own count still holds.
//!
//! A decision names the pages that it reads and writes before it is made. So the same decision
//! works on all the books, in this process, and on a few pages of them that were fetched from
//! elsewhere: see [`Store`](crate::store::Store). No page holds a number, a token or a subject as
//! it is.

use mfa_core::ClosedReason;
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::conduct::Conduct;
use crate::decide::limit::{Counter, Window};
use crate::decide::repeat::{Kept, Repeat};
use crate::decide::shelf::{Full, Shelf};
use crate::digest::Digest;
use crate::settings::Limits;

/// All the books, or a few pages of them.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Books {
    pub(crate) counters: Shelf<Counter, Window>,
    pub(crate) interactions: Shelf<String, Record>,
    pub(crate) redeemed: Shelf<String, ()>,
    pub(crate) repeats: Shelf<Digest, Kept>,
    pub(crate) subjects: Shelf<Digest, Conduct>,
}

/// Where something stands in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// How often something was done in a window.
    Counter(Counter),
    /// What became of an interaction.
    Interaction(String),
    /// That a receipt was redeemed.
    Receipt(String),
    /// The answer to a request that may come again.
    Repeat(Digest),
    /// What a subject has done lately.
    Subject(Digest),
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Note {
    Counter(Window),
    Interaction(Record),
    Receipt,
    Repeat(Kept),
    Subject(Conduct),
}

impl Note {
    /// Whether it says no more than that nothing is there.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Interaction(record) => *record == Record::default(),
            Self::Subject(conduct) => conduct.is_blank(),
            Self::Counter(_) | Self::Receipt | Self::Repeat(_) => false,
        }
    }
}

impl Books {
    /// Books that hold so many pages of each kind, as the limits say.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::holding(limits.capacity)
    }

    /// A few pages, for one decision.
    pub(crate) fn of_few() -> Self {
        Self::holding(usize::MAX)
    }

    fn holding(capacity: usize) -> Self {
        Self {
            counters: Shelf::new(capacity),
            interactions: Shelf::new(capacity),
            redeemed: Shelf::new(capacity),
            repeats: Shelf::new(capacity),
            subjects: Shelf::new(capacity),
        }
    }

    /// What is known of an interaction, to change it; one that is not in the books begins with a
    /// clean record.
    pub(crate) fn record(
        &mut self,
        key: &str,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<&mut Record, Full> {
        self.interactions.get_or_put(key, expires, now)
    }

    /// What is known of a subject. Somebody of whom nothing is known is not written down for that;
    /// of the others it is, as it is now: a clock that was set back is not to begin their waits
    /// anew each time.
    pub(crate) fn settled_conduct(
        &mut self,
        subject: &Digest,
        now: UnixTime,
    ) -> Result<Conduct, Full> {
        match self.subjects.get(subject, now) {
            Some(_) => self.conduct(subject, now).cloned(),
            None => Ok(Conduct::default()),
        }
    }

    /// What is known of a subject, to change it; kept for as long as it matters.
    pub(crate) fn conduct(
        &mut self,
        subject: &Digest,
        now: UnixTime,
    ) -> Result<&mut Conduct, Full> {
        self.subjects.settled(subject, now, |conduct| {
            conduct.settle(now);
            conduct.matters_until(now)
        })
    }

    /// Takes a page out, with the time at which it expires.
    pub(crate) fn take(&mut self, page: &Page) -> Option<(UnixTime, Note)> {
        Some(match page {
            Page::Counter(key) => {
                self.counters.take(key).map(|(at, window)| (at, Note::Counter(window)))?
            }
            Page::Interaction(key) => self
                .interactions
                .take(key.as_str())
                .map(|(at, record)| (at, Note::Interaction(record)))?,
            Page::Receipt(key) => {
                self.redeemed.take(key.as_str()).map(|(at, ())| (at, Note::Receipt))?
            }
            Page::Repeat(key) => {
                self.repeats.take(key).map(|(at, kept)| (at, Note::Repeat(kept)))?
            }
            Page::Subject(key) => {
                self.subjects.take(key).map(|(at, conduct)| (at, Note::Subject(conduct)))?
            }
        })
    }

    /// Puts a page in. A note of another kind than the page's is none.
    pub(crate) fn place(
        &mut self,
        page: &Page,
        note: Note,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<(), Full> {
        match (page, note) {
            (Page::Counter(key), Note::Counter(window)) => {
                self.counters.put(key, window, expires, now)
            }
            (Page::Interaction(key), Note::Interaction(record)) => {
                self.interactions.put(key.as_str(), record, expires, now)
            }
            (Page::Receipt(key), Note::Receipt) => {
                self.redeemed.put(key.as_str(), (), expires, now)
            }
            (Page::Repeat(key), Note::Repeat(kept)) => self.repeats.put(key, kept, expires, now),
            (Page::Subject(key), Note::Subject(conduct)) => {
                self.subjects.put(key, conduct, expires, now)
            }
            (
                Page::Counter(_)
                | Page::Interaction(_)
                | Page::Receipt(_)
                | Page::Repeat(_)
                | Page::Subject(_),
                Note::Counter(_)
                | Note::Interaction(_)
                | Note::Receipt
                | Note::Repeat(_)
                | Note::Subject(_),
            ) => Ok(()),
        }
    }

    /// Whether one more page of each kind would find room.
    pub(crate) fn has_room(&mut self, now: UnixTime) -> bool {
        self.counters.has_room(now)
            && self.interactions.has_room(now)
            && self.redeemed.has_room(now)
            && self.repeats.has_room(now)
            && self.subjects.has_room(now)
    }

    /// Whether no page is in them.
    pub(crate) fn is_empty(&self) -> bool {
        self.counters.is_empty()
            && self.interactions.is_empty()
            && self.redeemed.is_empty()
            && self.repeats.is_empty()
            && self.subjects.is_empty()
    }
}

/// One interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Tries the person has used up.
    pub(crate) spent: u8,
    /// Tries the upstream has or may have counted.
    pub(crate) upstream_spent: u8,
    /// Why no further try can succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<ClosedReason>,
    /// A verify whose answer has not come, or was lost on the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lost: Option<Lost>,
}

/// A verify that may or may not have been acted on. Its repeat costs no try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lost {
    pub(crate) repeat: Repeat,
    /// Whether it was the interaction before the resend that was being asked.
    pub(crate) earlier: bool,
    /// Whether it was asked again meanwhile. Then the first to ask gives nothing back any more.
    pub(crate) again: bool,
}
