//! Asked whether the token is right: waiting for the answer, or for a network to ask over.

use alloc::vec;

use super::{
    Attempt, Before, Effect, Event, Flow, Instant, Intent, Notice, Outcome, Refusal, SendIntent,
    State, Step, Trouble, Verifying, stay, trouble,
};
use crate::{ClosedReason, Sealed, Token};

impl Flow {
    pub(super) fn when_verifying(
        &mut self,
        verifying: Verifying,
        event: Event,
        now: Instant,
    ) -> Step {
        match event {
            Event::Verified { request, receipt } if request == verifying.request => {
                self.verified(receipt)
            }
            Event::Rejected { request, attempts_left, resend_after }
                if request == verifying.request =>
            {
                self.wait(resend_after, now);
                self.rejected(verifying.attempt.token, attempts_left)
            }
            Event::Closed { request, reason, resend_after } if request == verifying.request => {
                self.wait(resend_after, now);
                self.close(reason)
            }
            Event::Refused { request, refusal } if request == verifying.request => {
                self.refused_verify(verifying.attempt, refusal)
            }
            // The attempt was not made.
            Event::Vetoed { request } if request == verifying.request => {
                stay(State::Entering { held: None })
            }
            Event::Lost { request } if request == verifying.request => {
                self.notice = None;
                (State::Offline(Intent::Verify(verifying.attempt)), vec![trouble(Trouble::Network)])
            }
            // The token may have expired meanwhile: the endpoint will say so.
            Event::Woke if now >= verifying.give_up => {
                let abort = Effect::Abort { request: verifying.request };
                let lost = trouble(Trouble::Network);
                self.notice = None;
                (State::Offline(Intent::Verify(verifying.attempt)), vec![abort, lost])
            }
            Event::Followed => self.follow(Some(verifying.request)),
            Event::Reset => self.reset(Some(verifying.request)),
            Event::Disabled => self.switch(true, State::Verifying(verifying)),
            Event::Enabled => self.switch(false, State::Verifying(verifying)),
            // One verify at a time, and no other request beside it.
            Event::Asked { .. }
            | Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Dropped { .. }
            | Event::Filled
            | Event::Given { .. }
            | Event::Online
            | Event::ReadBack
            | Event::Remembered { .. }
            | Event::Retried
            | Event::Submitted { .. }
            | Event::Typed
            | Event::Woke
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => stay(State::Verifying(verifying)),
        }
    }

    pub(super) fn when_offline(&mut self, intent: Intent, event: Event, now: Instant) -> Step {
        match (event, intent) {
            (Event::Retried, Intent::Send(intent)) => self.send(intent, now),
            (Event::Retried, Intent::Verify(attempt)) => self.verify(attempt, now),
            // Enter asks again for the token that is still in the field.
            (Event::Submitted { token: Some(token) }, Intent::Verify(attempt))
                if token == attempt.token =>
            {
                self.verify(attempt, now)
            }
            // The same wish again is the same request; another one is a new one.
            (Event::Asked { channel }, Intent::Send(intent)) if channel == intent.channel => {
                self.send(intent, now)
            }
            (Event::Asked { channel }, Intent::Send(intent)) => {
                self.ask(channel, intent.before, State::Offline(Intent::Send(intent)), now)
            }
            (Event::Asked { channel }, Intent::Verify(attempt)) => {
                self.ask(channel, Before::Entering, State::Offline(Intent::Verify(attempt)), now)
            }
            // The outcome stays unknown: if the same token is typed again, it is the same
            // attempt.
            (Event::Typed, Intent::Verify(attempt)) => {
                let held = Some(Attempt { in_field: false, ..attempt });
                self.noticed(None, State::Entering { held })
            }
            // The earlier token is still good, so it can be typed.
            (Event::Typed, Intent::Send(intent)) if intent.before == Before::Entering => {
                self.noticed(None, State::Entering { held: None })
            }
            // No answer came, but perhaps the message did: it is tried once there is an answer.
            (Event::Typed, Intent::Send(intent)) => {
                stay(State::Offline(Intent::Send(SendIntent { typed: true, ..intent })))
            }
            (Event::Submitted { .. }, Intent::Send(intent)) => self.send(intent, now),
            (Event::Dropped { why }, intent) => {
                self.noticed(Some(Notice::Dropped(why)), State::Offline(intent))
            }
            (Event::Filled, intent) => self.noticed(Some(Notice::Filled), State::Offline(intent)),
            (Event::Online, intent) => self.noticed(Some(Notice::Online), State::Offline(intent)),
            (Event::ReadBack, intent) => {
                self.noticed(Some(Notice::ReadBack), State::Offline(intent))
            }
            (Event::Followed, _) => self.follow(None),
            (Event::Reset, Intent::Send(_)) => self.reset_asked(None, now),
            (Event::Reset, Intent::Verify(_)) => self.reset(None),
            (Event::Disabled, intent) => self.switch(true, State::Offline(intent)),
            (Event::Enabled, intent) => self.switch(false, State::Offline(intent)),
            // The visitor decides when to try again: what repeats a request by itself can cost
            // a second message where an endpoint knows no keys.
            (
                Event::Completed { .. }
                | Event::Corrected { .. }
                | Event::Given { .. }
                | Event::Remembered { .. }
                | Event::Submitted { .. }
                | Event::Woke
                // Answers to requests that were given up.
                | Event::Closed { .. }
                | Event::Lost { .. }
                | Event::Refused { .. }
                | Event::Rejected { .. }
                | Event::Sent { .. }
                | Event::Verified { .. }
                | Event::Vetoed { .. },
                intent,
            ) => stay(State::Offline(intent)),
        }
    }

    fn verified(&mut self, receipt: Option<Sealed>) -> Step {
        self.notice = None;
        let outcome = Outcome::Verified { receipt: receipt.clone() };
        (State::Verified { receipt }, vec![Effect::Tell(outcome)])
    }

    /// Takes one attempt off; the endpoint's count may take off more, never give back.
    fn rejected(&mut self, token: Token, endpoint_says: Option<i64>) -> Step {
        let Some(interaction) = &mut self.interaction else {
            return stay(State::Idle);
        };
        let ours = interaction.attempts_left.saturating_sub(1);
        let theirs = endpoint_says.map_or(ours, |left| u8::try_from(left.max(0)).unwrap_or(ours));
        let attempts_left = ours.min(theirs);
        interaction.attempts_left = attempts_left;
        let rejected = Effect::Tell(Outcome::Rejected { attempts_left });
        if attempts_left == 0 {
            let (state, mut effects) = self.close(ClosedReason::Exhausted);
            effects.insert(0, rejected);
            return (state, effects);
        }
        self.notice = None;
        (State::Rejected { token }, vec![rejected, Effect::SelectField])
    }

    /// The code is still in the field and the field still open: only this request failed.
    fn refused_verify(&mut self, attempt: Attempt, refusal: Refusal) -> Step {
        self.notice = Some(Notice::Refused(refusal));
        (State::Entering { held: Some(attempt) }, vec![trouble(Trouble::Refused(refusal))])
    }
}
