//! What is said at most once a minute, however often it happens: a line in the log for something
//! that a flood of requests would repeat.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::UnixTime;

const PAUSE: u64 = 60;

/// When it was said last.
#[derive(Debug, Default)]
pub(crate) struct Seldom(AtomicU64);

impl Seldom {
    /// Whether it is time to say it, which is then taken to be done.
    pub(crate) fn is_due(&self, now: UnixTime) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        // Also when the clock was set back since.
        let is_due = last == 0 || now >= last.saturating_add(PAUSE) || now < last;
        is_due && self.0.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether it was said, and forgets that.
    pub(crate) fn ends(&self) -> bool {
        self.0.swap(0, Ordering::Relaxed) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_a_minute_and_anew_after_its_end() {
        let seldom = Seldom::default();
        let said: Vec<_> = (100..400).filter(|&now| seldom.is_due(now)).collect();
        assert_eq!(said, [100, 160, 220, 280, 340]);
        assert!(seldom.ends() && !seldom.ends());
        assert!(seldom.is_due(400));
        assert!(seldom.is_due(7), "the clock was set back");
    }
}
