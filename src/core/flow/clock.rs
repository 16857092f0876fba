//! What the passing of time does: the cooldown, the warnings before the expiry, the guess that a
//! text message does not arrive.

use super::{Flow, Instant, Notice, Refusal, State};
use crate::{Channel, ClosedReason};

/// The seconds before the expiry at which the visitor is told of it, and no other: a clock that is
/// read out all the time is not listened to.
const WARNINGS: [u32; 3] = [30, 60, 300];

/// For how many seconds a warning stays: it would be wrong soon.
const WARNED: u32 = 20;

/// The seconds that a text message is given to arrive.
const PATIENCE: u64 = 30;

/// No wait that an endpoint names is believed to be longer, in seconds: thirty days, for which the
/// proxy locks a subject that has failed too often.
pub(super) const LONGEST_WAIT: u32 = 30 * 86_400;

/// As many seconds as an endpoint says to wait; none where that is less than nothing.
pub(super) fn believed(seconds: i64) -> Option<u32> {
    u32::try_from(seconds.min(LONGEST_WAIT.into())).ok()
}

impl Flow {
    /// When [`Event::Woke`](super::Event::Woke) is wanted next; replaces any earlier wish. `None`:
    /// not at all.
    ///
    /// That is when an answer is given up, when the token expires and shortly before, and at
    /// every second of a cooldown that is on show.
    #[must_use]
    pub fn wake_at(&self, now: Instant) -> Option<Instant> {
        match &self.state {
            State::Sending(sending) => Some(sending.give_up),
            State::Verifying(verifying) => {
                let give_up = verifying.give_up;
                Some(self.next_tick(now).map_or(give_up, |tick| tick.min(give_up)))
            }
            State::Entering { .. } | State::Rejected { .. } => {
                let next = [self.next_warning(now), self.next_tick(now), self.late_at()];
                next.into_iter().flatten().min()
            }
            State::Closed(_) | State::Idle | State::Offline(_) => self.next_tick(now),
            State::Verified { .. } => None,
        }
    }

    /// The seconds until a further token may be asked for.
    #[must_use]
    pub fn cooldown(&self, now: Instant) -> u32 {
        self.resend_at.seconds_from(now)
    }

    /// What the time that has come means to who enters a code.
    pub(super) fn woke(&mut self, now: Instant) {
        let Some(interaction) = &mut self.interaction else { return };
        if interaction.has_expired(now) {
            return self.close(ClosedReason::Expired);
        }
        let left = interaction.expires.seconds_from(now);
        let due = WARNINGS.into_iter().find(|&warning| left <= warning);
        if let Some(warning) = due.filter(|&warning| warning < interaction.warned) {
            interaction.warned = warning;
            self.notice = Some(Notice::Expiring(warning));
        } else if matches!(self.notice, Some(Notice::Expiring(warned)) if left + WARNED <= warned) {
            self.notice = None;
        } else if self.late_at().is_some_and(|late_at| now >= late_at) {
            self.notice = Some(Notice::Late);
        } else {
            self.waited(now);
        }
    }

    /// That another token could not be asked for is no longer true once it can.
    pub(super) fn waited(&mut self, now: Instant) {
        let is_refused = matches!(
            self.notice,
            Some(Notice::Refused(Refusal::RateLimited { retry_after: Some(_) }))
        );
        let is_verify = matches!(self.state, State::Entering { held: Some(_) });
        if is_refused && !is_verify && now >= self.resend_at {
            self.notice = None;
        }
    }

    /// No further token is asked for before so many seconds: the endpoint would refuse it. What
    /// was said before is never shortened.
    pub(super) fn wait(&mut self, seconds: Option<i64>, now: Instant) {
        if let Some(seconds) = seconds.and_then(believed) {
            self.resend_at = self.resend_at.max(now.after_seconds(seconds));
        }
    }

    /// The next second of the cooldown that shows on a clock.
    fn next_tick(&self, now: Instant) -> Option<Instant> {
        let left = self.resend_at.0.checked_sub(now.0).filter(|&left| left > 0)?;
        Some(Instant(self.resend_at.0 - (left - 1) / 1000 * 1000))
    }

    /// When a text message that nobody has made use of seems not to arrive: not before another
    /// one, or a call, can be asked for.
    fn late_at(&self) -> Option<Instant> {
        let is_unused = matches!(self.notice, Some(Notice::Sent | Notice::SentAgain));
        let interaction = self.interaction.as_ref().filter(|_| is_unused)?;
        let life = u64::from(interaction.config.valid_for()) * 1000;
        let patient = Instant(interaction.expires.0.saturating_sub(life) + PATIENCE * 1000);
        (interaction.channel == Channel::Sms).then(|| patient.max(self.resend_at))
    }

    /// The expiry, or the next warning before it.
    fn next_warning(&self, now: Instant) -> Option<Instant> {
        let interaction = self.interaction.as_ref()?;
        let left = interaction.expires.seconds_from(now);
        let due =
            WARNINGS.into_iter().rev().find(|&warning| warning < left.min(interaction.warned));
        let over =
            if let Some(Notice::Expiring(warned)) = self.notice { warned - WARNED } else { 0 };
        let next = u64::from(due.unwrap_or(0).max(over));
        Some(Instant(interaction.expires.0.saturating_sub(next * 1000)))
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::super::fixtures::*;
    use super::super::{Event, Phase};
    use super::*;
    use crate::wire;

    /// Wakes the flow whenever it wants to be, up to `end` seconds, and lists what it said when.
    fn noticed(mut flow: Flow, end: u32) -> Vec<(u64, Notice)> {
        let mut said = Vec::new();
        let mut now = NOW;
        let mut before = flow.notice();
        while let Some(at) = flow.wake_at(now).filter(|&at| at < NOW.after_seconds(end)) {
            assert!(at > now, "woken again and again at {at:?}");
            now = at;
            let _ = flow.update(Event::Woke, now);
            if let Some(notice) = flow.notice().filter(|&notice| Some(notice) != before) {
                said.push(((now.0 - NOW.0) / 1000, notice));
            }
            before = flow.notice();
        }
        said
    }

    #[test]
    fn time_is_said_at_five_minutes_one_minute_and_thirty_seconds_and_at_no_other() {
        let typed = step(entering(), Event::Typed);
        let warnings = [(300, 300), (540, 60), (570, 30)];
        let expected = warnings.map(|(at, left)| (at, Notice::Expiring(left)));
        assert_eq!(noticed(typed, 600), expected);
    }

    #[test]
    fn a_token_that_lives_for_a_minute_is_not_said_to_have_a_minute_left() {
        let mut flow = asked();
        let answer = wire::StartAnswer { valid_for: Some(60), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        let _ = flow.update(Event::Typed, NOW);
        assert_eq!(noticed(flow, 60), [(30, Notice::Expiring(30))]);
    }

    #[test]
    fn a_warning_goes_before_it_is_wrong() {
        let mut flow = step(entering(), Event::Typed);
        let _ = flow.update(Event::Woke, NOW.after_seconds(540));
        assert_eq!(flow.notice(), Some(Notice::Expiring(60)));
        assert_eq!(flow.wake_at(NOW.after_seconds(540)), Some(NOW.after_seconds(560)));
        let _ = flow.update(Event::Woke, NOW.after_seconds(560));
        assert_eq!(flow.notice(), None);
    }

    #[test]
    fn that_there_were_too_many_requests_goes_with_the_wait() {
        let mut flow = asked();
        let refusal = Refusal::RateLimited { retry_after: Some(5) };
        let _ = flow.update(Event::Refused { request: id_of(&flow), refusal }, NOW);
        let _ = flow.update(Event::Woke, NOW.after_seconds(4));
        assert_eq!(flow.notice(), Some(Notice::Refused(refusal)));
        let _ = flow.update(Event::Woke, NOW.after_seconds(5));
        assert_eq!(flow.notice(), None);
    }

    #[test]
    fn the_clock_goes_on_while_a_code_is_checked_and_without_a_network() {
        for waiting in [verifying(), offline_verify(), offline_send()] {
            let ticks = waiting.wake_at(NOW) == Some(Instant(NOW.0 + 1000));
            assert_eq!(ticks, waiting.cooldown(NOW) > 0);
        }
    }

    #[test]
    fn whoever_sleeps_through_the_warnings_gets_the_one_that_is_still_true() {
        let mut flow = step(entering(), Event::Typed);
        let _ = flow.update(Event::Woke, NOW.after_seconds(555));
        assert_eq!(flow.notice(), Some(Notice::Expiring(60)));
        let _ = flow.update(Event::Typed, NOW.after_seconds(555));
        let _ = flow.update(Event::Woke, NOW.after_seconds(556));
        assert_eq!(flow.notice(), None, "once");
        let _ = flow.update(Event::Woke, NOW.after_seconds(601));
        assert_eq!(flow.phase(), Phase::Closed);
    }

    #[test]
    fn a_text_that_nobody_makes_use_of_seems_not_to_arrive() {
        assert_eq!(noticed(entering(), 299), [(30, Notice::Late)]);
        assert_eq!(noticed(step(entering(), Event::Typed), 299), []);
    }

    #[test]
    fn a_text_is_given_its_time_whenever_another_can_be_asked_for() {
        for (resend_after, at) in [(0, 30), (10, 30), (60, 60)] {
            let mut flow = asked();
            let answer = wire::StartAnswer { resend_after: Some(resend_after), ..sms() };
            let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
            let _ = flow.update(Event::Woke, NOW.after_seconds(5));
            assert_eq!(noticed(flow, 299), [(at, Notice::Late)], "{resend_after}");
        }
    }

    #[test]
    fn a_call_is_not_said_to_be_late() {
        let mut flow = asked();
        let answer = wire::StartAnswer { channel: Some(Channel::Call), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        assert_eq!(noticed(flow, 299), []);
    }
}
