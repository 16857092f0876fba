//! A token is on its way or has come: the visitor types, or corrects a wrong one.

use super::{
    Attempt, Before, Effect, Event, Flow, Instant, Notice, PATIENCE, State, VerifyMode, Verifying,
};
use crate::{ClosedReason, Token};

impl Flow {
    pub(super) fn when_entering(&mut self, held: Option<Attempt>, event: Event, now: Instant) {
        match event {
            Event::Asked { channel } => self.ask(channel, Before::Entering, now),
            Event::Completed { token } if self.settings.verify == VerifyMode::Complete => {
                self.attempt(token, held, now);
            }
            Event::Submitted { token } => self.submit(token, held, now),
            Event::Retried => {
                if let Some(held) = held {
                    self.verify(held, now);
                }
            }
            Event::Corrected { token } if self.settings.verify == VerifyMode::Complete => {
                self.correct(token, held);
            }
            Event::Typed => {
                self.notice = None;
                let held = held.map(|held| Attempt { in_field: false, ..held });
                self.state = State::Entering { held };
            }
            Event::Dropped { why } => self.notice = Some(Notice::Dropped(why)),
            Event::Filled => self.notice = Some(Notice::Filled),
            Event::ReadBack => self.notice = Some(Notice::ReadBack),
            Event::Remembered { memory } => self.remember(memory, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.woke(now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
            Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Given { .. }
            | Event::Online
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => {}
        }
    }

    pub(super) fn when_rejected(&mut self, wrong: Token, event: Event, now: Instant) {
        match event {
            Event::Asked { channel } => self.ask(channel, Before::Entering, now),
            Event::Typed => {
                self.notice = None;
                self.state = State::Entering { held: None };
            }
            // The same token would be wrong again: it costs no second attempt.
            Event::Submitted { token } if token != Some(wrong) => self.submit(token, None, now),
            Event::Completed { token }
                if token != wrong && self.settings.verify == VerifyMode::Complete =>
            {
                self.attempt(token, None, now);
            }
            Event::Dropped { why } => self.notice = Some(Notice::Dropped(why)),
            Event::Filled => self.notice = Some(Notice::Filled),
            Event::ReadBack => self.notice = Some(Notice::ReadBack),
            Event::Remembered { memory } => self.remember(memory, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.woke(now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
            Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Given { .. }
            | Event::Online
            | Event::Retried
            | Event::Submitted { .. }
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => {}
        }
    }

    /// What Enter or the form's button does with what the field holds.
    fn submit(&mut self, token: Option<Token>, held: Option<Attempt>, now: Instant) {
        match (self.settings.verify, token) {
            // The form posts it; nothing is verified in the page.
            (VerifyMode::Form, _) => self.state = State::Entering { held },
            (VerifyMode::Complete | VerifyMode::Submit, Some(token)) => {
                self.attempt(token, held, now);
            }
            (VerifyMode::Complete | VerifyMode::Submit, None) => self.is_too_short(held),
        }
    }

    /// Verifies, if the config allows this token. The token's own form was checked when it was
    /// read, but perhaps before the endpoint had named its config.
    fn attempt(&mut self, token: Token, held: Option<Attempt>, now: Instant) {
        if self.has_expired(now) {
            return self.close(ClosedReason::Expired);
        }
        if !token.fits(self.format()) {
            return self.is_too_short(held);
        }
        let attempt = self.attempt_with(token, held);
        self.verify(attempt, now);
    }

    fn is_too_short(&mut self, held: Option<Attempt>) {
        self.notice = Some(Notice::TooShort);
        self.state = State::Entering { held };
    }

    /// Keeps a token for when the visitor says that it is the one.
    fn correct(&mut self, token: Token, held: Option<Attempt>) {
        if token.fits(self.format()) {
            let held = Some(self.attempt_with(token, held));
            self.state = State::Entering { held };
        }
    }

    /// The same token again is the same attempt.
    fn attempt_with(&mut self, token: Token, held: Option<Attempt>) -> Attempt {
        let key = match held {
            Some(held) if held.token == token => held.key,
            Some(_) | None => self.next_key(),
        };
        Attempt { token, key, in_field: true }
    }

    /// Verifies, or asks again what may have got lost.
    pub(super) fn verify(&mut self, attempt: Attempt, now: Instant) {
        let Some(interaction) = &self.interaction else {
            // Only a token that was asked for is typed into an entry.
            self.state = State::Idle;
            return;
        };
        let id = interaction.id.clone();
        // That it was filled in is told with that it is checked: both come at once.
        self.notice = self.notice.filter(|notice| matches!(notice, Notice::Filled));
        let request = self.next_request();
        let give_up = now.after_seconds(PATIENCE);
        self.state = State::Verifying(Verifying { request, give_up, attempt });
        let Attempt { token, key, .. } = attempt;
        self.then(Effect::Verify { request, key, id, token });
    }

    fn has_expired(&self, now: Instant) -> bool {
        self.interaction.as_ref().is_some_and(|interaction| interaction.has_expired(now))
    }
}
