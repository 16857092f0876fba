//! Which interactions of a subject are live: two at most, and none after a success.
//!
//! An id says everything about its interaction but this. What is not listed here began before
//! the books did (they are lost with the process): it is taken in when it comes back, if there is
//! room. A send that is still under way when the subject verifies is a new start.

use mfa_core::ClosedReason;
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::interaction::Leg;

/// The newest, and the one before it, whose SMS may come late.
const MOST: usize = 2;

/// The live interactions of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Live {
    /// The oldest first.
    entries: Vec<Entry>,
    /// Newer ones took the place of whatever is not listed and began no later.
    retired_until: Option<UnixTime>,
    /// The subject verified: so is whatever is not listed and began no later.
    used_until: Option<UnixTime>,
    /// When the last that was ever listed expires. Until then this must be remembered.
    pub(crate) matters_until: UnixTime,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    key: String,
    started_at: UnixTime,
    expires: UnixTime,
}

impl Live {
    /// An interaction has been started, and retires all but the newest before it.
    pub(crate) fn start(&mut self, leg: &Leg, expires: UnixTime, now: UnixTime) {
        self.put(self.entries.len(), leg, expires, now);
    }

    /// An interaction has come back. If it is not known, it is from before the books.
    pub(crate) fn take_in(&mut self, leg: &Leg, expires: UnixTime, now: UnixTime) {
        if !self.lists(leg) && self.closed(leg).is_none() && now < expires {
            let at = self.entries.partition_point(|entry| entry.started_at <= leg.started_at);
            self.put(at, leg, expires, now);
        }
    }

    /// Why this interaction of the subject is no longer live.
    pub(crate) fn closed(&self, leg: &Leg) -> Option<ClosedReason> {
        let by = |until: Option<UnixTime>| until.is_some_and(|until| leg.started_at <= until);
        if self.lists(leg) {
            None
        } else if by(self.used_until) {
            Some(ClosedReason::Used)
        } else {
            by(self.retired_until).then_some(ClosedReason::Unknown)
        }
    }

    /// The subject has verified. If the clock was set back, some may have begun later than now.
    pub(crate) fn verified(&mut self, now: UnixTime) {
        let newest = self.entries.drain(..).map(|entry| entry.started_at).max();
        self.used_until = self.used_until.max(newest).max(Some(now));
    }

    fn lists(&self, leg: &Leg) -> bool {
        self.entries.iter().any(|entry| entry.key == leg.key)
    }

    fn put(&mut self, at: usize, leg: &Leg, expires: UnixTime, now: UnixTime) {
        let started_at = leg.started_at;
        self.entries.insert(at, Entry { key: leg.key.clone(), started_at, expires });
        self.entries.retain(|entry| now < entry.expires);
        self.matters_until = self.matters_until.max(expires);
        while self.entries.len() > MOST {
            let retired = self.entries.remove(0).started_at;
            self.retired_until = self.retired_until.max(Some(retired));
        }
    }
}

#[cfg(test)]
mod tests {
    use mfa_core::Channel;

    use super::*;

    fn leg(started_at: UnixTime) -> Leg {
        Leg {
            key: format!("key-{started_at}"),
            upstream_id: "upstream".into(),
            channel: Channel::Sms,
            attempts: 3,
            started_at,
        }
    }

    fn started(times: &[UnixTime]) -> Live {
        let mut live = Live::default();
        for &at in times {
            live.start(&leg(at), at + 600, at);
        }
        live
    }

    #[test]
    fn the_newest_two_are_live_and_older_ones_are_retired() {
        let live = started(&[100, 130, 160, 190]);
        let unknown = Some(ClosedReason::Unknown);
        let closed = [100, 130, 160, 190].map(|at| live.closed(&leg(at)));
        assert_eq!(closed, [unknown, unknown, None, None]);
    }

    #[test]
    fn what_was_retired_does_not_come_back_when_newer_ones_expire() {
        let mut live = Live::default();
        live.start(&leg(100), 100 + 604_800, 100);
        live.start(&leg(130), 730, 130);
        live.start(&leg(160), 760, 160);
        live.take_in(&leg(100), 100 + 604_800, 800);
        assert_eq!(live.closed(&leg(100)), Some(ClosedReason::Unknown));
        assert_eq!(live.matters_until, 100 + 604_800);
    }

    #[test]
    fn what_began_before_the_books_is_taken_in_as_far_as_there_is_room() {
        let mut live = started(&[500]);
        live.take_in(&leg(300), 900, 510);
        assert_eq!((live.closed(&leg(300)), live.closed(&leg(500))), (None, None));
        live.take_in(&leg(200), 800, 520);
        assert_eq!(live.closed(&leg(200)), Some(ClosedReason::Unknown));
        assert_eq!((live.closed(&leg(300)), live.closed(&leg(500))), (None, None));
    }

    #[test]
    fn a_success_after_the_clock_was_set_back_closes_what_began_before_that() {
        let mut live = started(&[1_000]);
        live.start(&leg(100), 700, 100);
        live.verified(110);
        live.start(&leg(120), 720, 120);
        live.verified(130);
        for before in [100, 120, 1_000] {
            live.take_in(&leg(before), before + 600, 140);
            assert_eq!(live.closed(&leg(before)), Some(ClosedReason::Used), "{before}");
        }
        live.start(&leg(150), 750, 150);
        assert_eq!(live.closed(&leg(150)), None);
    }

    #[test]
    fn after_a_success_only_what_is_started_then_is_live() {
        let mut live = started(&[100, 130]);
        live.verified(140);
        for before in [50, 100, 130] {
            live.take_in(&leg(before), before + 600, 150);
            assert_eq!(live.closed(&leg(before)), Some(ClosedReason::Used));
        }
        // In the very same second, too.
        live.start(&leg(140), 740, 140);
        assert_eq!(live.closed(&leg(140)), None);
    }
}
