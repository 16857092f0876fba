//! What a subject has done lately: sends, wrong codes, and which interactions are live.
//!
//! Wrong codes are counted three ways. In a window, which the policy's attempts fill and which is
//! twice as long each time it is filled again, up to an hour. In a day. And in a row, until a code
//! is right: NIST SP 800-63B-4 §3.2.2 has no more than 100 of them, and then the end of it until
//! somebody looks. None of it begins anew with another token (§3.1.3.2).

use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::live::Live;
use crate::settings::Limits;

const DAY: u64 = 86_400;

/// Windows grow to this, in seconds, or are as long as the setting says if that is longer.
const LONGEST_WINDOW: u32 = 3_600;

/// For so long wrong codes in a row are remembered after the last of them, in seconds.
const ROW_KEPT_FOR: u64 = 30 * DAY;

/// What is known of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conduct {
    window_began: UnixTime,
    /// How long this window is, in seconds.
    window: u32,
    failed_in_window: u32,
    day_began: UnixTime,
    failed_in_day: u32,
    /// Since the last right code.
    failed_in_row: u32,
    /// When a token was last sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_send: Option<UnixTime>,
    pub(crate) live: Live,
}

impl Conduct {
    /// Lets go of what is long enough ago. What lies in the future, because the clock was set
    /// back, is from now.
    pub(super) fn settle(&mut self, now: UnixTime) {
        self.window_began = self.window_began.min(now);
        self.day_began = self.day_began.min(now);
        self.last_send = self.last_send.map(|last| last.min(now));
        if now >= self.window_began + u64::from(self.window) {
            self.failed_in_window = 0;
        }
        if now >= self.day_began + DAY {
            self.failed_in_day = 0;
        }
    }

    /// Whether there is nothing to remember.
    pub(crate) fn is_blank(&self) -> bool {
        let failed = self.failed_in_window + self.failed_in_day + self.failed_in_row;
        failed == 0 && self.last_send.is_none() && self.live == Live::default()
    }

    /// Until when this must be kept.
    pub(crate) fn matters_until(&self, now: UnixTime) -> UnixTime {
        let counts = if self.failed_in_row > 0 { ROW_KEPT_FOR } else { DAY };
        self.live.matters_until.max(now + counts)
    }

    /// How many tries are left of a budget.
    pub(crate) fn left(&self, budget: u8, limits: &Limits) -> u8 {
        let window = u32::from(budget).saturating_sub(self.failed_in_window);
        let day = limits.failed_per_day.saturating_sub(self.failed_in_day);
        let row = limits.failed_in_row.saturating_sub(self.failed_in_row);
        u8::try_from(window.min(day).min(row)).unwrap_or(u8::MAX)
    }

    /// Seconds until there are tries again, when there are none.
    pub(crate) fn wait(&self, limits: &Limits, now: UnixTime) -> u64 {
        let until = if self.is_locked(limits) {
            now + ROW_KEPT_FOR
        } else if self.failed_in_day >= limits.failed_per_day {
            self.day_began + DAY
        } else {
            self.window_began + u64::from(self.window)
        };
        until.saturating_sub(now).max(1)
    }

    /// Whether there have been so many wrong codes in a row that only the site's backend lets the
    /// subject go on.
    pub(crate) fn is_locked(&self, limits: &Limits) -> bool {
        self.failed_in_row >= limits.failed_in_row
    }

    /// A try begins; until it turns out right it counts as failed. Says when its window began.
    pub(crate) fn charge(&mut self, budget: u8, limits: &Limits, now: UnixTime) -> UnixTime {
        if self.failed_in_window == 0 {
            self.window_began = now;
            self.window = self.next_window(budget, limits.failed_window);
        }
        if self.failed_in_day == 0 {
            self.day_began = now;
        }
        self.failed_in_window += 1;
        self.failed_in_day += 1;
        self.failed_in_row += 1;
        self.window_began
    }

    /// Twice as long for each budget that was used up in a row.
    fn next_window(&self, budget: u8, shortest: u32) -> u32 {
        let filled = self.failed_in_row / u32::from(budget.max(1));
        let doubled = shortest.saturating_mul(1 << filled.min(12));
        doubled.min(LONGEST_WINDOW.max(shortest))
    }

    /// A try turned out never to have been made. To a later window it was not charged.
    pub(crate) fn refund(&mut self, window_began: UnixTime) {
        let of_window = u32::from(self.window_began == window_began);
        self.failed_in_window = self.failed_in_window.saturating_sub(of_window);
        self.failed_in_day = self.failed_in_day.saturating_sub(1);
        self.failed_in_row = self.failed_in_row.saturating_sub(1);
    }

    /// The person showed the right token: their window begins anew, what they start next is no
    /// resend, and no other token of theirs is good. The day goes on without this try: its wrong
    /// codes may be somebody else's, who shares the account and lets the owner succeed in between.
    pub(crate) fn verified(&mut self, now: UnixTime) {
        self.failed_in_window = 0;
        self.failed_in_row = 0;
        self.failed_in_day = self.failed_in_day.saturating_sub(1);
        self.last_send = None;
        self.live.verified(now);
    }

    /// Somebody has looked, and lets the subject go on. What is live stays so.
    pub(crate) fn unlock(&mut self) {
        self.failed_in_window = 0;
        self.failed_in_day = 0;
        self.failed_in_row = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::tests::NOW;

    /// When each of so many wrong codes could be typed, at the earliest.
    fn guesses(limits: &Limits, most: usize) -> Vec<UnixTime> {
        let (mut conduct, mut now, mut at) = (Conduct::default(), NOW, Vec::new());
        while at.len() < most {
            conduct.settle(now);
            if conduct.left(3, limits) > 0 {
                conduct.charge(3, limits, now);
                at.push(now - NOW);
            } else if conduct.is_locked(limits) {
                break;
            } else {
                now += conduct.wait(limits, now);
            }
        }
        at
    }

    #[test]
    fn each_wait_is_twice_as_long_as_the_one_before_up_to_an_hour() {
        let starts: Vec<_> = guesses(&Limits::default(), 18).iter().step_by(3).copied().collect();
        assert_eq!(starts, [0, 600, 1_800, 4_200, 7_800, 11_400]);
    }

    #[test]
    fn a_longer_window_of_the_settings_stays_as_long() {
        let limits = Limits { failed_window: 7_200, ..Limits::default() };
        let starts: Vec<_> = guesses(&limits, 9).iter().step_by(3).copied().collect();
        assert_eq!(starts, [0, 7_200, 14_400]);
    }

    #[test]
    fn there_are_a_hundred_guesses_in_a_row_and_no_more_until_somebody_looks() {
        let limits = Limits::default();
        assert_eq!(guesses(&limits, 1_000).len(), 100);
        let mut conduct = Conduct::default();
        for _ in 0..100 {
            conduct.charge(3, &limits, NOW);
        }
        let later = NOW + ROW_KEPT_FOR - 1;
        conduct.settle(later);
        assert!(conduct.is_locked(&limits) && conduct.left(3, &limits) == 0);
        assert!(conduct.matters_until(NOW) > later);
        conduct.unlock();
        assert_eq!(conduct.left(3, &limits), 3);
    }

    #[test]
    fn what_is_given_back_to_a_window_that_is_over_gives_the_next_one_no_try() {
        let limits = Limits::default();
        let mut conduct = Conduct::default();
        let first = conduct.charge(3, &limits, NOW);
        let later = NOW + 600;
        conduct.settle(later);
        let second = conduct.charge(3, &limits, later);
        conduct.refund(first);
        assert_eq!(conduct.left(3, &limits), 2);
        conduct.refund(second);
        assert_eq!(conduct.left(3, &limits), 3);
    }

    #[test]
    fn a_right_code_ends_the_row() {
        let limits = Limits { failed_in_row: 4, ..Limits::default() };
        let mut conduct = Conduct::default();
        for _ in 0..9 {
            for _ in 0..3 {
                conduct.charge(3, &limits, NOW);
            }
            conduct.verified(NOW);
        }
        assert!(!conduct.is_locked(&limits));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_longer() {
        let limits = Limits::default();
        let mut conduct = Conduct { last_send: Some(NOW), ..Conduct::default() };
        for _ in 0..3 {
            conduct.charge(3, &limits, NOW);
        }
        let earlier = NOW - 1_000_000;
        conduct.settle(earlier);
        assert_eq!(conduct.last_send, Some(earlier));
        assert_eq!(conduct.wait(&limits, earlier), 600);
    }
}
