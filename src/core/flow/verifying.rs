//! Asked whether the token is right: waiting for the answer, or for a network to ask over.

use super::{
    Attempt, Before, Effect, Event, Flow, Instant, Intent, Notice, Outcome, Refusal, SendIntent,
    State, Trouble, Verifying,
};
use crate::{ClosedReason, Sealed, Token};

impl Flow {
    pub(super) fn when_verifying(&mut self, verifying: Verifying, event: Event, now: Instant) {
        match event {
            Event::Verified { request, receipt } if request == verifying.request => {
                self.verified(receipt);
            }
            Event::Rejected { request, attempts_left, resend_after }
                if request == verifying.request =>
            {
                self.wait(resend_after, now);
                self.rejected(verifying.attempt.token, attempts_left);
            }
            Event::Closed { request, reason, resend_after } if request == verifying.request => {
                self.wait(resend_after, now);
                self.close(reason);
            }
            Event::Refused { request, refusal } if request == verifying.request => {
                self.refused_verify(verifying.attempt, refusal);
            }
            // The attempt was not made.
            Event::Vetoed { request } if request == verifying.request => {
                self.state = State::Entering { held: None };
            }
            Event::Lost { request } if request == verifying.request => {
                self.notice = None;
                self.lost(Intent::Verify(verifying.attempt));
            }
            // The token may have expired meanwhile: the endpoint will say so.
            Event::Woke if now >= verifying.give_up => {
                self.notice = None;
                self.abort(Some(verifying.request));
                self.lost(Intent::Verify(verifying.attempt));
            }
            Event::Followed => self.follow(Some(verifying.request)),
            Event::Reset => self.reset(Some(verifying.request)),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
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
            | Event::Vetoed { .. } => {}
        }
    }

    pub(super) fn when_offline(&mut self, intent: Intent, event: Event, now: Instant) {
        match (event, intent) {
            (Event::Retried, Intent::Send(intent)) => self.send(intent, now),
            (Event::Retried, Intent::Verify(attempt)) => self.verify(attempt, now),
            // Enter asks again for the token that is still in the field.
            (Event::Submitted { token: Some(token) }, Intent::Verify(attempt))
                if token == attempt.token =>
            {
                self.verify(attempt, now);
            }
            // The same wish again is the same request; another one is a new one.
            (Event::Asked { channel }, Intent::Send(intent)) if channel == intent.channel => {
                self.send(intent, now);
            }
            (Event::Asked { channel }, Intent::Send(intent)) => {
                self.ask(channel, intent.before, now);
            }
            (Event::Asked { channel }, Intent::Verify(_)) => {
                self.ask(channel, Before::Entering, now);
            }
            // The outcome stays unknown: if the same token is typed again, it is the same
            // attempt.
            (Event::Typed, Intent::Verify(attempt)) => {
                self.notice = None;
                self.state = State::Entering { held: Some(Attempt { in_field: false, ..attempt }) };
            }
            // The earlier token is still good, so it can be typed.
            (Event::Typed, Intent::Send(intent)) if intent.before == Before::Entering => {
                self.notice = None;
                self.state = State::Entering { held: None };
            }
            // No answer came, but perhaps the message did: it is tried once there is an answer.
            (Event::Typed, Intent::Send(intent)) => {
                self.state = State::Offline(Intent::Send(SendIntent { typed: true, ..intent }));
            }
            (Event::Submitted { .. }, Intent::Send(intent)) => self.send(intent, now),
            (Event::Dropped { why }, _) => self.notice = Some(Notice::Dropped(why)),
            (Event::Filled, _) => self.notice = Some(Notice::Filled),
            (Event::Online, _) => self.notice = Some(Notice::Online),
            (Event::ReadBack, _) => self.notice = Some(Notice::ReadBack),
            (Event::Followed, _) => self.follow(None),
            (Event::Reset, Intent::Send(_)) => self.reset_asked(None, now),
            (Event::Reset, Intent::Verify(_)) => self.reset(None),
            (Event::Disabled, _) => self.disabled = true,
            (Event::Enabled, _) => self.disabled = false,
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
                _,
            ) => {}
        }
    }

    fn verified(&mut self, receipt: Option<Sealed>) {
        self.notice = None;
        self.state = State::Verified { receipt: receipt.clone() };
        self.then(Effect::Tell(Outcome::Verified { receipt }));
    }

    /// Takes one attempt off; the endpoint's count may take off more, never give back.
    fn rejected(&mut self, token: Token, endpoint_says: Option<i64>) {
        let Some(interaction) = &mut self.interaction else {
            self.state = State::Idle;
            return;
        };
        let ours = interaction.attempts_left.saturating_sub(1);
        let theirs = endpoint_says.map_or(ours, |left| u8::try_from(left.max(0)).unwrap_or(ours));
        let attempts_left = ours.min(theirs);
        interaction.attempts_left = attempts_left;
        self.then(Effect::Tell(Outcome::Rejected { attempts_left }));
        if attempts_left == 0 {
            return self.close(ClosedReason::Exhausted);
        }
        self.notice = None;
        self.state = State::Rejected { token };
        self.then(Effect::SelectField);
    }

    /// The code is still in the field and the field still open: only this request failed.
    fn refused_verify(&mut self, attempt: Attempt, refusal: Refusal) {
        self.notice = Some(Notice::Refused(refusal));
        self.state = State::Entering { held: Some(attempt) };
        self.tell_trouble(Trouble::Refused(refusal));
    }
}
