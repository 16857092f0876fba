//! What is remembered between requests: tries, sends, redeemed receipts, answers given.
//!
//! It is a cache of facts, never the source of an interaction: the sealed id is. When the books
//! are lost, the upstream's own count still holds.

use mfa_core::ClosedReason;

use crate::clock::UnixTime;
use crate::decide::answer::Answer;
use crate::decide::live::Live;
use crate::decide::repeat::{Kept, Repeat};
use crate::decide::shelf::{Full, Shelf};
use crate::digest::Digest;
use crate::settings::Limits;

const DAY: u64 = 86_400;

/// All the books.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Books {
    pub(crate) interactions: Shelf<String, Record>,
    pub(crate) subjects: Shelf<Digest, Conduct>,
    pub(crate) redeemed: Shelf<String, ()>,
    pub(crate) repeats: Shelf<Digest, Kept<Answer>>,
}

impl Books {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            interactions: Shelf::new(limits.capacity),
            subjects: Shelf::new(limits.capacity),
            redeemed: Shelf::new(limits.capacity),
            repeats: Shelf::new(limits.capacity),
        }
    }

    /// What is known of an interaction; one that is not in the books begins with a clean record.
    pub(crate) fn record(
        &mut self,
        key: &str,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<&mut Record, Full> {
        let key = key.to_owned();
        if self.interactions.get(&key, now).is_none() {
            self.interactions.put(key.clone(), Record::default(), expires, now)?;
        }
        self.interactions.get_mut(&key, now).ok_or(Full)
    }

    /// What is known of a subject, kept for a day from now or as long as it closes anything.
    pub(crate) fn conduct(
        &mut self,
        subject: &Digest,
        limits: &Limits,
        now: UnixTime,
    ) -> Result<&mut Conduct, Full> {
        let mut conduct = self.subjects.get(subject, now).cloned().unwrap_or_default();
        conduct.settle(limits, now);
        let expires = conduct.live.matters_until.max(now + DAY);
        self.subjects.put(subject.clone(), conduct, expires, now)?;
        self.subjects.get_mut(subject, now).ok_or(Full)
    }
}

/// One interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Tries the person has used up.
    pub(crate) spent: u8,
    /// Tries the upstream has or may have counted.
    pub(crate) upstream_spent: u8,
    /// Why no further try can succeed.
    pub(crate) closed: Option<ClosedReason>,
    /// A verify whose answer was lost on the way back.
    pub(crate) lost: Option<Lost>,
}

/// A verify that may or may not have been acted on. Its repeat costs no try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) repeat: Repeat,
    /// Whether it was the interaction before the resend that was being asked.
    pub(crate) earlier: bool,
}

/// What a subject has done lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conduct {
    window_began: UnixTime,
    failed_in_window: u32,
    day_began: UnixTime,
    failed_in_day: u32,
    /// When a token was last sent.
    pub(crate) last_send: Option<UnixTime>,
    pub(crate) live: Live,
}

impl Conduct {
    /// Lets go of what is long enough ago. What is yet to come began before the clock was set
    /// back: it begins now, so that nobody waits longer than was meant.
    fn settle(&mut self, limits: &Limits, now: UnixTime) {
        self.window_began = self.window_began.min(now);
        self.day_began = self.day_began.min(now);
        self.last_send = self.last_send.map(|last| last.min(now));
        if now >= self.window_began + u64::from(limits.failed_window) {
            self.failed_in_window = 0;
        }
        if now >= self.day_began + DAY {
            self.failed_in_day = 0;
        }
    }

    /// Whether there is nothing to remember.
    pub(crate) fn is_blank(&self) -> bool {
        (self.failed_in_window, self.failed_in_day, self.last_send) == (0, 0, None)
            && self.live == Live::default()
    }

    /// How many tries are left of a budget.
    pub(crate) fn left(&self, budget: u8, limits: &Limits) -> u8 {
        let window = u32::from(budget).saturating_sub(self.failed_in_window);
        let day = limits.failed_per_day.saturating_sub(self.failed_in_day);
        u8::try_from(window.min(day)).unwrap_or(u8::MAX)
    }

    /// Seconds until there are tries again, when there are none.
    pub(crate) fn wait(&self, limits: &Limits, now: UnixTime) -> u64 {
        let until = if self.failed_in_day >= limits.failed_per_day {
            self.day_began + DAY
        } else {
            self.window_began + u64::from(limits.failed_window)
        };
        until.saturating_sub(now).max(1)
    }

    /// A try begins; until it turns out right it counts as failed.
    pub(crate) fn charge(&mut self, now: UnixTime) {
        if self.failed_in_window == 0 {
            self.window_began = now;
        }
        if self.failed_in_day == 0 {
            self.day_began = now;
        }
        self.failed_in_window += 1;
        self.failed_in_day += 1;
    }

    /// A try turned out never to have been made.
    pub(crate) fn refund(&mut self) {
        self.failed_in_window = self.failed_in_window.saturating_sub(1);
        self.failed_in_day = self.failed_in_day.saturating_sub(1);
    }

    /// The person showed the right token: their window begins anew, what they start next is no
    /// resend, and no other token of theirs is good. The day goes on without this try: its wrong
    /// codes may be somebody else's, who shares the account and lets the owner succeed in between.
    pub(crate) fn verified(&mut self, now: UnixTime) {
        self.failed_in_window = 0;
        self.failed_in_day = self.failed_in_day.saturating_sub(1);
        self.last_send = None;
        self.live.verified(now);
    }
}
