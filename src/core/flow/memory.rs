//! What outlives the page: a reload goes on where the visitor was, and the other tabs of the same
//! sign-in keep up. Never the token, the ticket or the receipt.

use alloc::boxed::Box;

use super::{
    Before, Channels, Effect, Flow, Instant, Intent, Interaction, Notice, Outcome, RequestId,
    SendIntent, Sending, State,
};
use crate::{Channel, ClosedReason};

/// No wait that an earlier page had left is believed to be longer, in seconds: a day. The clock
/// may have been set meanwhile.
const LONGEST_LEFT: u32 = 86_400;

/// Where a code entry stands, as far as it concerns the next page and the other tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The token that can still be typed.
    pub interaction: Option<Box<Interaction>>,
    /// The channels that its endpoint offers.
    pub channels: Channels,
    /// Before this time no further token is asked for.
    pub resend_at: Instant,
    /// A token was asked for, and the answer has not come.
    pub asked: Option<Channel>,
    /// Why the token can no longer be typed, if that is how it ended.
    pub closed: Option<ClosedReason>,
    /// The code was right.
    pub verified: bool,
}

impl Flow {
    /// What is to be remembered now.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let asked = if let State::Sending(Sending { intent, .. })
        | State::Offline(Intent::Send(intent)) = &self.state
        {
            Some(intent.channel)
        } else {
            None
        };
        let closed = if let State::Closed(reason) = self.state { Some(reason) } else { None };
        let verified = matches!(self.state, State::Verified { .. });
        let is_open = !verified && closed.is_none();
        Memory {
            interaction: self.interaction.clone().filter(|_| is_open),
            channels: self.channels,
            resend_at: self.resend_at,
            asked,
            closed,
            verified,
        }
    }

    /// Goes on from where an earlier page, or another tab, stands. An older token than the own
    /// one is no news; of the same one the lower count of tries holds.
    pub(super) fn remember(&mut self, memory: Memory, now: Instant) {
        let latest = now.after_seconds(LONGEST_LEFT);
        self.resend_at = self.resend_at.max(memory.resend_at.min(latest));
        let known = memory.interaction.filter(|it| !it.has_expired(now));
        let is_first = matches!(self.state, State::Idle);
        match (known, &mut self.interaction) {
            (Some(theirs), Some(ours)) if theirs.id == ours.id => {
                ours.attempts_left = ours.attempts_left.min(theirs.attempts_left);
            }
            (Some(theirs), Some(ours)) if theirs.expires <= ours.expires => {}
            (Some(mut theirs), _) => {
                let latest = now.after_seconds(theirs.config.valid_for());
                theirs.expires = theirs.expires.min(latest);
                theirs.warned = theirs.expires.seconds_from(now);
                self.channels = memory.channels;
                self.interaction = Some(theirs);
                self.notice = Some(if is_first { Notice::Sent } else { Notice::SentAgain });
                self.state = State::Entering { held: None };
                // What the field holds may have been tried on the earlier page.
                if !is_first || memory.asked.is_none() {
                    self.then(Effect::SelectLeftover);
                }
            }
            (None, _) => {
                if let Some(reason) = memory.closed.filter(|_| is_first) {
                    self.state = State::Closed(reason);
                }
            }
        }
        // The answer was lost with the page that waited for it.
        if let Some(channel) = memory.asked.filter(|_| is_first) {
            self.send_again(channel, now);
        }
    }

    /// The code was confirmed in another tab, whose form has the receipt.
    pub(super) fn follow(&mut self, in_flight: Option<RequestId>) {
        self.notice = Some(Notice::Elsewhere);
        self.state = State::Verified { receipt: None };
        self.abort(in_flight);
        self.then(Effect::Tell(Outcome::Verified { receipt: None }));
    }

    fn send_again(&mut self, channel: Channel, now: Instant) {
        let before = if self.interaction.is_some() { Before::Entering } else { Before::Idle };
        let key = self.next_key();
        self.send(SendIntent { key, channel, before, typed: false }, now);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::{Event, Phase};
    use super::*;

    /// The next page of the same sign-in.
    fn reloaded(flow: &Flow, now: Instant) -> Flow {
        let mut next = idle();
        let effects = next.update(Event::Remembered { memory: flow.memory() }, now);
        assert!(said(&effects).iter().all(|effect| !effect.starts_with("tell")), "nothing is new");
        next
    }

    #[test]
    fn a_reload_sends_nothing_and_resets_no_clock() {
        let later = NOW.after_seconds(10);
        let flow = reloaded(&entering(), later);
        assert_eq!(flow.phase(), Phase::Entering);
        assert_eq!(flow.cooldown(later), 20);
        assert_eq!(flow.interaction().unwrap().expires, NOW.after_seconds(600));
        assert_eq!(flow.notice(), Some(Notice::Sent));
    }

    #[test]
    fn a_reload_gives_no_try_back_and_tries_no_code_again() {
        let mut flow = idle();
        let memory = rejected().memory();
        let effects = flow.update(Event::Remembered { memory }, NOW);
        assert_eq!(said(&effects), ["select leftover"]);
        assert_eq!(flow.interaction().unwrap().attempts_left, 2);
    }

    #[test]
    fn a_reload_while_the_code_is_asked_for_repeats_the_request_under_its_first_key() {
        for waiting in [asked(), offline_send()] {
            let mut flow = idle();
            let effects = flow.update(Event::Remembered { memory: waiting.memory() }, NOW);
            assert_eq!(said(&effects), ["send #1 key 1 sms"]);
        }
        let mut resent = entering();
        let later = NOW.after_seconds(60);
        let _ = resent.update(Event::Asked { channel: Channel::Call }, later);
        let mut flow = idle();
        let effects = flow.update(Event::Remembered { memory: resent.memory() }, later);
        assert_eq!(said(&effects), ["send #1 key 1 call first"]);
    }

    #[test]
    fn after_the_end_its_reason_and_the_cooldown_are_left() {
        let later = NOW.after_seconds(10);
        let flow = reloaded(&closed(), later);
        assert_eq!(flow.state(), &State::Closed(ClosedReason::Used));
        assert_eq!((flow.interaction(), flow.cooldown(later)), (None, 20));
        let flow = reloaded(&entering(), NOW.after_seconds(600));
        assert_eq!(flow.phase(), Phase::Idle, "expired meanwhile");
        assert!(verified().memory().verified && verified().memory().interaction.is_none());
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_longer() {
        let earlier = Instant(1000);
        let flow = reloaded(&entering(), earlier);
        assert_eq!(flow.interaction().unwrap().expires, earlier.after_seconds(600));
        let mut memory = entering().memory();
        memory.resend_at = Instant(u64::MAX);
        let mut flow = idle();
        let _ = flow.update(Event::Remembered { memory }, NOW);
        assert_eq!(flow.cooldown(NOW), LONGEST_LEFT);
    }

    #[test]
    fn another_tab_takes_tries_off_and_never_adds_them() {
        let mut here = entering();
        let _ = here.update(Event::Remembered { memory: rejected().memory() }, NOW);
        assert_eq!(here.interaction().unwrap().attempts_left, 2);
        let mut here = rejected();
        let _ = here.update(Event::Remembered { memory: entering().memory() }, NOW);
        assert_eq!(here.interaction().unwrap().attempts_left, 2);
        assert_eq!(here.phase(), Phase::Rejected);
    }

    #[test]
    fn a_code_that_another_tab_asked_for_is_entered_here_too() {
        let later = NOW.after_seconds(60);
        let mut there = entering();
        let _ = there.update(Event::Asked { channel: Channel::Sms }, later);
        let mut answer = sms();
        answer.id = "second".into();
        let _ = there.update(Event::Sent { request: id_of(&there), answer }, later);
        for mut here in [entering(), rejected(), closed()] {
            let _ = here.update(Event::Remembered { memory: there.memory() }, later);
            assert_eq!(here.phase(), Phase::Entering);
            assert_eq!(here.interaction().unwrap().id.as_str(), "second");
            assert_eq!(here.notice(), Some(Notice::SentAgain));
            assert_eq!(here.cooldown(later), 30);
            // And what it had before is no news to the other one.
            let mut there = there.clone();
            let _ = there.update(Event::Remembered { memory: entering().memory() }, later);
            assert_eq!(there.interaction().unwrap().id.as_str(), "second");
        }
    }

    #[test]
    fn when_one_tab_verifies_the_others_follow_without_the_receipt() {
        for mut here in [idle(), entering(), rejected(), closed(), offline_verify()] {
            let effects = here.update(Event::Followed, NOW);
            assert_eq!(said(&effects), ["tell verified -"]);
            assert_eq!(here.phase(), Phase::Verified);
            assert_eq!(here.notice(), Some(Notice::Elsewhere));
        }
        for (mut here, abort) in [(asked(), "abort #1"), (verifying(), "abort #2")] {
            assert_eq!(said(&here.update(Event::Followed, NOW)), [abort, "tell verified -"]);
        }
        let mut here = verified();
        assert_eq!(here.update(Event::Followed, NOW), []);
        assert_eq!(here, verified());
    }
}
