//! Verifying a token: may it be tried, what came of it, and what is left.
//!
//! A try is charged before the upstream is asked and given back only when it is sure that the
//! upstream never saw it. So two tries at once cannot both be the last one, and a proxy that
//! dies in between has counted too much rather than too little.

use mfa_core::wire::{ProblemCode, VerifyAnswer};
use mfa_core::{ClosedReason, Token};

use crate::clock::UnixTime;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::Books;
use crate::decide::interaction::Interaction;
use crate::decide::outcome::{Failure, VerifyOutcome};
use crate::decide::receipt::Statement;
use crate::decide::repeat;
use crate::decide::shelf::Full;
use crate::decide::start::failed;
use crate::decide::{Entropy, Rules};

mod plan;

pub(crate) use plan::{Ask, PendingVerify, Verdict, VerifyPlan, VerifyStep};

impl Rules {
    /// Decides whether a token may be tried, and charges for it.
    pub(crate) fn begin_verify(
        &self,
        books: &mut Books,
        plan: &VerifyPlan,
        now: UnixTime,
    ) -> Result<(Ask, Box<PendingVerify>), Refusal> {
        let closed = Refusal::closed;
        let VerifyPlan { interaction, subject, format, token, repeat } = plan;
        let expires = interaction.expires_at(&interaction.leg);
        if now >= expires {
            let record = books.interactions.get(interaction.leg.key.as_str(), now);
            let reason = record.and_then(|record| record.closed).unwrap_or(ClosedReason::Expired);
            return Err(closed(reason));
        }
        let record = books.record(&interaction.leg.key, expires, now)?.clone();
        if let Some(reason) = record.closed {
            return Err(if reason == ClosedReason::Exhausted {
                self.exhausted(books, interaction, now)
            } else {
                closed(reason)
            });
        }
        let live = &mut books.conduct(subject, now)?.live;
        for leg in [interaction.earlier.as_ref(), Some(&interaction.leg)].into_iter().flatten() {
            live.take_in(leg, interaction.expires_at(leg), now);
        }
        if let Some(reason) = live.closed(&interaction.leg) {
            return Err(closed(reason));
        }
        let token = Token::parse(token, *format).map_err(|error| {
            Refusal::new(ProblemCode::InvalidToken, format!("{error}. No attempt was used."))
        })?;
        let lost = match (&record.lost, repeat) {
            (Some(lost), Some(repeat)) if lost.repeat.key == repeat.key => {
                if lost.repeat.body != repeat.body {
                    return Err(repeat::mismatch());
                }
                Some(lost.earlier)
            }
            _ => None,
        };
        let mut pending = PendingVerify {
            subject: *subject,
            token,
            repeat: *repeat,
            earlier: lost.unwrap_or(false),
            again: lost.is_some(),
            interaction: interaction.clone(),
            window_began: 0,
        };
        match lost {
            Some(_) => self.recharge(books, &pending, now)?,
            None => pending.window_began = self.charge(books, &pending, now)?,
        }
        Ok((pending.ask(), Box::new(pending)))
    }

    /// What the upstream said, with the answer to a token that is right. The books are not asked for
    /// that, and are not to be waited for by others while a receipt is signed.
    pub(crate) fn verdict(
        &self,
        pending: &PendingVerify,
        outcome: VerifyOutcome,
        entropy: Entropy,
        now: UnixTime,
    ) -> Verdict {
        match outcome {
            VerifyOutcome::Failed(failure) => Verdict::Failed(failure),
            VerifyOutcome::Gone => Verdict::Gone,
            VerifyOutcome::Right => Verdict::Right(self.verified(pending, entropy, now)),
            VerifyOutcome::Wrong => Verdict::Wrong,
        }
    }

    /// Goes on, now that the upstream has answered.
    pub(crate) fn finish_verify(
        &self,
        books: &mut Books,
        pending: &PendingVerify,
        verdict: &Verdict,
        now: UnixTime,
    ) -> VerifyStep {
        let concluded = match verdict {
            Verdict::Right(answer) => {
                self.right(books, pending, now);
                Concluded { answer: answer.clone(), keep: true }
            }
            Verdict::Wrong if self.turns_to_earlier(books, pending, now) => {
                let pending = PendingVerify { earlier: true, ..pending.clone() };
                return VerifyStep::Ask(pending.ask(), Box::new(pending));
            }
            Verdict::Wrong => self.wrong(books, pending, now),
            // The newest said "wrong" already; that the one before is closed changes nothing.
            Verdict::Gone if pending.earlier => self.wrong(books, pending, now),
            Verdict::Gone => self.gone(books, pending, now),
            Verdict::Failed(failure) => self.failed(books, pending, *failure, now),
        };
        VerifyStep::Answer(concluded)
    }

    /// A new try: one of the person's, and one that the upstream counts.
    fn charge(
        &self,
        books: &mut Books,
        pending: &PendingVerify,
        now: UnixTime,
    ) -> Result<UnixTime, Refusal> {
        let limits = &self.settings.limits;
        let interaction = &pending.interaction;
        let left = books.conduct(&pending.subject, now)?.left(interaction.budget, limits);
        let expires = interaction.expires_at(&interaction.leg);
        let record = books.record(&interaction.leg.key, expires, now)?;
        if left == 0 || record.spent >= interaction.leg.attempts {
            record.closed = Some(ClosedReason::Exhausted);
            return Err(self.exhausted(books, interaction, now));
        }
        record.spent += 1;
        record.upstream_spent += 1;
        // Until there is an answer: this instance may be gone by then.
        record.lost = pending.lost();
        let conduct = books.conduct(&pending.subject, now)?;
        Ok(conduct.charge(interaction.budget, limits, now))
    }

    /// No try is left; if the subject has none left either, a new start has to wait.
    fn exhausted(&self, books: &mut Books, interaction: &Interaction, now: UnixTime) -> Refusal {
        let refusal = Refusal::closed(ClosedReason::Exhausted);
        match self.wait_for_tries(books, interaction, now) {
            Some(seconds) => refusal.after(seconds),
            None => refusal,
        }
    }

    /// Seconds until the subject may try again, if they may not now.
    fn wait_for_tries(
        &self,
        books: &mut Books,
        interaction: &Interaction,
        now: UnixTime,
    ) -> Option<u64> {
        let limits = &self.settings.limits;
        let subject = self.subject_digest(&interaction.subject);
        let conduct = books.conduct(&subject, now).ok()?;
        (conduct.left(interaction.budget, limits) == 0).then(|| conduct.wait(limits, now))
    }

    /// A try whose answer was lost, asked again. It costs the person nothing, and is only made
    /// while the upstream still allows every try that the person has left.
    fn recharge(
        &self,
        books: &mut Books,
        pending: &PendingVerify,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        let interaction = &pending.interaction;
        let leg = pending.leg();
        let left = interaction.leg.attempts.saturating_sub(
            books
                .interactions
                .get(interaction.leg.key.as_str(), now)
                .map_or(0, |record| record.spent),
        );
        let record = books.record(&leg.key, interaction.expires_at(leg), now)?;
        let upstream_left = leg.upstream_attempts().saturating_sub(record.upstream_spent);
        if upstream_left <= left {
            let expires = interaction.expires_at(&interaction.leg);
            books.record(&interaction.leg.key, expires, now)?.closed = Some(ClosedReason::Unknown);
            return Err(Refusal::closed(ClosedReason::Unknown));
        }
        record.upstream_spent += 1;
        // Who asked first may still be at it, and is not to give the try back.
        self.note_lost(books, pending, now);
        Ok(())
    }

    /// Whether the token may be that of the interaction before the resend; if so it is charged
    /// there and asked next. The person's try is the same one.
    fn turns_to_earlier(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) -> bool {
        let interaction = &pending.interaction;
        if pending.earlier {
            return false;
        }
        let Some(earlier) = &interaction.earlier else { return false };
        let expires = interaction.expires_at(earlier);
        if now >= expires {
            return false;
        }
        let conduct = books.conduct(&pending.subject, now);
        if !conduct.is_ok_and(|conduct| conduct.live.closed(earlier).is_none()) {
            return false;
        }
        let Ok(record) = books.record(&earlier.key, expires, now) else { return false };
        if record.closed.is_some() || record.upstream_spent >= earlier.upstream_attempts() {
            return false;
        }
        record.spent = record.spent.saturating_add(1);
        record.upstream_spent += 1;
        true
    }

    fn verified(&self, pending: &PendingVerify, entropy: Entropy, now: UnixTime) -> Answer {
        let interaction = &pending.interaction;
        let statement = Statement {
            subject: interaction.subject.clone(),
            channel: pending.leg().channel,
            digest: interaction.digest.clone(),
            nonce: interaction.nonce.clone(),
        };
        match self.signer.sign(statement, entropy, now) {
            Ok(receipt) => Answer::Verified(VerifyAnswer {
                success: true,
                receipt: Some(receipt.expose().to_owned()),
                ..VerifyAnswer::default()
            }),
            Err(_) => Refusal::internal().into(),
        }
    }

    fn right(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) {
        let interaction = &pending.interaction;
        for leg in [Some(&interaction.leg), interaction.earlier.as_ref()].into_iter().flatten() {
            let expires = interaction.expires_at(leg);
            if expires > now
                && let Ok(record) = books.record(&leg.key, expires, now)
            {
                record.closed = Some(ClosedReason::Used);
            }
        }
        if let Ok(conduct) = books.conduct(&pending.subject, now) {
            conduct.verified(now);
        }
    }

    fn wrong(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) -> Concluded {
        let left = self.attempts_left(books, pending, now).unwrap_or(0);
        self.answered(books, pending, now);
        let wait = self.wait_for_tries(books, &pending.interaction, now);
        let answer = Answer::Verified(VerifyAnswer {
            success: false,
            receipt: None,
            attempts_left: Some(left.into()),
            resend_after: wait.and_then(|seconds| seconds.try_into().ok()),
        });
        Concluded { answer, keep: true }
    }

    /// The upstream answers 404 for four causes; the books say which, as far as they know.
    fn gone(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) -> Concluded {
        let interaction = &pending.interaction;
        let expires = interaction.expires_at(&interaction.leg);
        let mut reason = ClosedReason::Expired;
        if now < expires
            && let Ok(record) = books.record(&interaction.leg.key, expires, now)
        {
            reason = *record.closed.get_or_insert(ClosedReason::Unknown);
        }
        if self.is_the_only_one(books, pending, now) {
            self.refund(books, pending, now);
        }
        self.answered(books, pending, now);
        Concluded { answer: Refusal::closed(reason).into(), keep: true }
    }

    fn failed(
        &self,
        books: &mut Books,
        pending: &PendingVerify,
        failure: Failure,
        now: UnixTime,
    ) -> Concluded {
        match failure {
            // It may have been counted. A repeat with the same key asks again, at no cost.
            Failure::Broken | Failure::TimedOut => {
                if pending.again || self.is_the_only_one(books, pending, now) {
                    self.note_lost(books, pending, now);
                }
            }
            Failure::Busy { .. }
            | Failure::Credentials
            | Failure::NotCalled { .. }
            | Failure::NotReached => {
                self.refund_leg(books, pending, now);
                let only = self.is_the_only_one(books, pending, now);
                if pending.again || pending.earlier && only {
                    self.note_lost(books, pending, now);
                } else if only {
                    self.refund(books, pending, now);
                }
            }
        }
        Concluded { answer: failed(failure).into(), keep: false }
    }

    /// What the person has left: of this interaction, and of their budget.
    fn attempts_left(
        &self,
        books: &mut Books,
        pending: &PendingVerify,
        now: UnixTime,
    ) -> Result<u8, Full> {
        let limits = &self.settings.limits;
        let interaction = &pending.interaction;
        let expires = interaction.expires_at(&interaction.leg);
        let spent = books.record(&interaction.leg.key, expires, now)?.spent;
        let budget = books.conduct(&pending.subject, now)?.left(interaction.budget, limits);
        Ok(interaction.leg.attempts.saturating_sub(spent).min(budget))
    }

    /// Gives the person's try back.
    fn refund(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) {
        self.answered(books, pending, now);
        let interaction = &pending.interaction;
        if let Some(record) = books.interactions.get_mut(interaction.leg.key.as_str(), now) {
            record.spent = record.spent.saturating_sub(1);
        }
        if let Ok(conduct) = books.conduct(&pending.subject, now) {
            conduct.refund(pending.window_began);
        }
    }

    /// Takes back what the upstream was thought to have counted.
    fn refund_leg(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) {
        if let Some(record) = books.interactions.get_mut(pending.leg().key.as_str(), now) {
            record.upstream_spent = record.upstream_spent.saturating_sub(1);
        }
    }

    /// Remembers what a repeat asks again. Without a key nothing is known to be a repeat.
    fn note_lost(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) {
        if let Some(record) = books.interactions.get_mut(pending.interaction.leg.key.as_str(), now)
        {
            record.lost = pending.lost();
        }
    }

    /// Whether nobody has asked the same again meanwhile: an instance that stood still for longer
    /// than its lease may come back to a try that was made elsewhere.
    fn is_the_only_one(&self, books: &Books, pending: &PendingVerify, now: UnixTime) -> bool {
        let Some(repeat) = &pending.repeat else { return !pending.again };
        let record = books.interactions.get(pending.interaction.leg.key.as_str(), now);
        let lost = record.and_then(|record| record.lost.as_ref());
        lost.is_some_and(|lost| lost.repeat == *repeat && !lost.again)
    }

    /// There is an answer: a repeat need not be asked again. What is lost of another request
    /// stays.
    fn answered(&self, books: &mut Books, pending: &PendingVerify, now: UnixTime) {
        if let Some(record) = books.interactions.get_mut(pending.interaction.leg.key.as_str(), now)
            && record.lost.as_ref().map(|lost| &lost.repeat) == pending.repeat.as_ref()
        {
            record.lost = None;
        }
    }
}
