//! The emulator's time line: what really passed, plus what a test asked to skip.
//!
//! A moment is a [`Duration`] since the emulator began. The clock never goes back, and never
//! reads the machine's own.

use std::time::Duration;

/// How far the time line was moved ahead of real time.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    advanced: Duration,
}

impl Clock {
    /// Moves the time line ahead, and says how far ahead it now is in all.
    pub(crate) fn advance(&mut self, by: Duration) -> Duration {
        self.advanced = self.advanced.saturating_add(by);
        self.advanced
    }

    /// The moment it is, given the real time since the emulator began.
    pub(crate) fn now(&self, elapsed: Duration) -> Duration {
        self.advanced.saturating_add(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advances_add_up_on_top_of_the_time_that_really_passed() {
        let mut clock = Clock::default();
        assert_eq!(clock.now(Duration::from_secs(5)), Duration::from_secs(5));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.advance(Duration::from_secs(40)), Duration::from_secs(100));
        assert_eq!(clock.now(Duration::from_secs(6)), Duration::from_secs(106));
    }

    #[test]
    fn an_advance_beyond_all_time_stays_at_the_end_of_it() {
        let mut clock = Clock::default();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(Duration::from_secs(1)), Duration::MAX);
    }
}
