//! A token is on its way or has come: the visitor types, or corrects a wrong one.

use alloc::vec;

use super::{
    Attempt, Before, Effect, Event, Flow, Instant, Notice, PATIENCE, State, Step, VerifyMode,
    Verifying, stay,
};
use crate::{ClosedReason, Token};

impl Flow {
    pub(super) fn when_entering(
        &mut self,
        held: Option<Attempt>,
        event: Event,
        now: Instant,
    ) -> Step {
        match event {
            Event::Asked { channel } => {
                self.ask(channel, Before::Entering, State::Entering { held }, now)
            }
            Event::Completed { token } if self.settings.verify == VerifyMode::Complete => {
                self.attempt(token, held, now)
            }
            Event::Submitted { token } => self.submit(token, held, now),
            Event::Retried => match held {
                Some(held) => self.verify(held, now),
                None => stay(State::Entering { held }),
            },
            Event::Corrected { token } if self.settings.verify == VerifyMode::Complete => {
                self.correct(token, held)
            }
            Event::Typed => {
                let held = held.map(|held| Attempt { in_field: false, ..held });
                self.noticed(None, State::Entering { held })
            }
            Event::Dropped { why } => {
                self.noticed(Some(Notice::Dropped(why)), State::Entering { held })
            }
            Event::Filled => self.noticed(Some(Notice::Filled), State::Entering { held }),
            Event::ReadBack => self.noticed(Some(Notice::ReadBack), State::Entering { held }),
            Event::Remembered { memory } => self.remember(memory, State::Entering { held }, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.woke(State::Entering { held }, now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.switch(true, State::Entering { held }),
            Event::Enabled => self.switch(false, State::Entering { held }),
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
            | Event::Vetoed { .. } => stay(State::Entering { held }),
        }
    }

    pub(super) fn when_rejected(&mut self, wrong: Token, event: Event, now: Instant) -> Step {
        match event {
            Event::Asked { channel } => {
                self.ask(channel, Before::Entering, State::Rejected { token: wrong }, now)
            }
            Event::Typed => self.noticed(None, State::Entering { held: None }),
            Event::Dropped { why } => {
                self.noticed(Some(Notice::Dropped(why)), State::Rejected { token: wrong })
            }
            // The same token would be wrong again: it costs no second attempt.
            Event::Submitted { token } if token.as_ref() != Some(&wrong) => {
                self.submit(token, None, now)
            }
            Event::Completed { token }
                if token != wrong && self.settings.verify == VerifyMode::Complete =>
            {
                self.attempt(token, None, now)
            }
            Event::Filled => self.noticed(Some(Notice::Filled), State::Rejected { token: wrong }),
            Event::ReadBack => self.noticed(Some(Notice::ReadBack), State::Rejected { token: wrong }),
            Event::Remembered { memory } => self.remember(memory, State::Rejected { token: wrong }, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.woke(State::Rejected { token: wrong }, now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.switch(true, State::Rejected { token: wrong }),
            Event::Enabled => self.switch(false, State::Rejected { token: wrong }),
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
            | Event::Vetoed { .. } => stay(State::Rejected { token: wrong }),
        }
    }

    /// What Enter or the form's button does with what the field holds.
    fn submit(&mut self, token: Option<Token>, held: Option<Attempt>, now: Instant) -> Step {
        match (self.settings.verify, token) {
            // The form posts it; nothing is verified in the page.
            (VerifyMode::Form, _) => stay(State::Entering { held }),
            (VerifyMode::Complete | VerifyMode::Submit, Some(token)) => {
                self.attempt(token, held, now)
            }
            (VerifyMode::Complete | VerifyMode::Submit, None) => {
                self.noticed(Some(Notice::TooShort), State::Entering { held })
            }
        }
    }

    /// Verifies, if the config allows this token. The token's own form was checked when it was
    /// read, but perhaps before the endpoint had named its config.
    fn attempt(&mut self, token: Token, held: Option<Attempt>, now: Instant) -> Step {
        if self.has_expired(now) {
            return self.close(ClosedReason::Expired);
        }
        if Token::parse(token.as_str(), self.format()).is_err() {
            return self.noticed(Some(Notice::TooShort), State::Entering { held });
        }
        let attempt = self.attempt_with(token, held);
        self.verify(attempt, now)
    }

    /// Keeps a token for when the visitor says that it is the one.
    fn correct(&mut self, token: Token, held: Option<Attempt>) -> Step {
        if Token::parse(token.as_str(), self.format()).is_err() {
            return stay(State::Entering { held });
        }
        let held = Some(self.attempt_with(token, held));
        stay(State::Entering { held })
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
    pub(super) fn verify(&mut self, attempt: Attempt, now: Instant) -> Step {
        let Some(interaction) = &self.interaction else {
            // Only a token that was asked for is typed into an entry.
            return stay(State::Idle);
        };
        let id = interaction.id.clone();
        // That it was filled in is told with that it is checked: both come at once.
        self.notice = self.notice.filter(|notice| matches!(notice, Notice::Filled));
        let request = self.next_request();
        let effect = Effect::Verify { request, key: attempt.key, id, token: attempt.token.clone() };
        let give_up = now.after_seconds(PATIENCE);
        (State::Verifying(Verifying { request, give_up, attempt }), vec![effect])
    }

    fn has_expired(&self, now: Instant) -> bool {
        self.interaction.as_ref().is_some_and(|interaction| interaction.has_expired(now))
    }
}
