//! Starting an interaction: may a token be sent now, and how.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mfa_core::wire::{ProblemCode, StartAnswer, Summary};
use mfa_core::{Channel, E164};

use crate::clock::UnixTime;
use crate::decide::admit::Caller;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::{Books, Page};
use crate::decide::callable::NOT_REACHED;
use crate::decide::interaction::{Interaction, Leg, upstream_attempts};
use crate::decide::limit::{self, Charge, Counter};
use crate::decide::limited::Limited;
use crate::decide::outcome::{Failure, SendOutcome};
use crate::decide::shelf::Full;
use crate::decide::{Entropy, Rules};
use crate::digest::Digest;
use crate::settings::Policy;

/// What the page asks for, once it is known for whom.
pub(crate) struct Wish<'a> {
    pub(crate) caller: Caller,
    pub(crate) channel: Channel,
    pub(crate) previous: Option<&'a str>,
    pub(crate) address: IpAddr,
}

/// A wish that the policy has nothing against. The books are asked next.
pub(crate) struct StartPlan {
    caller: Caller,
    channel: Channel,
    policy: Policy,
    previous: Option<Interaction>,
    charge: Charge,
    counters: Vec<Counter>,
    /// The name of the interaction in the books.
    key: String,
}

impl StartPlan {
    pub(crate) fn channel(&self) -> Channel {
        self.channel
    }

    /// What is read and written of the books.
    pub(crate) fn pages(&self) -> Vec<Page> {
        let previous = self.previous.iter().map(|it| Page::Interaction(it.leg.key.clone()));
        let subject = Page::Subject(self.charge.subject);
        self.counters.iter().map(Counter::page).chain(previous).chain([subject]).collect()
    }
}

/// A call to make: have a token sent. Only the upstream's documented parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Send {
    pub(crate) channel: Channel,
    pub(crate) to: E164,
    pub(crate) from: Option<E164>,
    pub(crate) message: Option<String>,
    pub(crate) token_length: u8,
    pub(crate) allow_alphas: bool,
    pub(crate) max_attempts: u8,
    pub(crate) valid_for: u32,
}

/// What to come back with when the send has ended.
pub(crate) struct PendingStart {
    interaction: Interaction,
    told: Told,
    subject: Digest,
    /// The subject's send before this one, if this one turns out not to have been.
    last_send: Option<UnixTime>,
}

impl PendingStart {
    /// What is read and written of the books.
    pub(crate) fn pages(&self) -> Vec<Page> {
        vec![Page::Interaction(self.interaction.leg.key.clone()), Page::Subject(self.subject)]
    }
}

/// What the answer says beside the interaction itself.
struct Told {
    to: String,
    channels: Vec<Channel>,
    resend_after: u32,
    summary: Option<Summary>,
}

impl Rules {
    /// Looks at all that the books need not be asked for.
    pub(crate) fn plan_start(
        &self,
        wish: Wish<'_>,
        entropy: Entropy,
    ) -> Result<StartPlan, Refusal> {
        let Wish { caller, channel, previous, address } = wish;
        let policy = self.policy(&caller)?.clone();
        self.may_call(&caller.to)
            .map_err(|_| Refusal::new(ProblemCode::NumberRefused, NOT_REACHED))?;
        if !policy.channels.contains(&channel) {
            let detail = "This channel is not offered; `channels` of the answer lists them.";
            return Err(Refusal::new(ProblemCode::ChannelUnavailable, detail));
        }
        let subject = self.subject_digest(&caller.subject);
        let charge = self.charge_of(&subject, &caller.to, caller.nonce.as_deref(), address);
        let previous = self.previous(previous, &caller, &charge.number)?;
        let counters = self.counters(&charge);
        let key = URL_SAFE_NO_PAD.encode(entropy);
        Ok(StartPlan { caller, channel, policy, previous, charge, counters, key })
    }

    /// Decides whether to send. When it says yes, the send is counted and the subject's cooldown
    /// has begun, so that two requests at once do not both send. When it says no, nothing is
    /// counted.
    pub(crate) fn begin_start(
        &self,
        books: &mut Books,
        plan: &StartPlan,
        now: UnixTime,
    ) -> Result<(Send, PendingStart), Refusal> {
        let StartPlan { caller, channel, policy, previous, charge, counters, key } = plan;
        let is_known = books.subjects.get(&charge.subject, now).is_some();
        if !books.interactions.has_room(now) || !is_known && !books.subjects.has_room(now) {
            return Err(Full.into());
        }
        let limits = &self.settings.limits;
        let conduct = books.settled_conduct(&charge.subject, now)?;
        let budget = policy.config.max_attempts();
        let attempts = conduct.left(budget, limits);
        if attempts == 0 {
            let wait = conduct.wait(limits, now);
            let detail = "Too many wrong codes. Try again later.";
            let locked = conduct.is_locked(limits);
            let limit = if locked { Limited::Locked } else { Limited::FailedVerifies };
            return Err(Refusal::limited(detail, wait).by(limit));
        }
        let cooldown = conduct
            .last_send
            .map_or(0, |last| (last + u64::from(policy.resend_after)).saturating_sub(now));
        if cooldown > 0 {
            let detail = "A code was sent a moment ago; wait before asking for another.";
            return Err(Refusal::limited(detail, cooldown).by(Limited::Cooldown));
        }
        limit::count(books, counters, now)?;
        let interaction = Interaction {
            leg: Leg {
                key: key.clone(),
                upstream_id: String::new(),
                channel: *channel,
                attempts,
                started_at: now,
            },
            subject: caller.subject.clone(),
            number: charge.number,
            token_length: policy.config.token_length(),
            allow_alphas: policy.config.allow_alphas(),
            valid_for: policy.config.valid_for(),
            budget,
            nonce: caller.nonce.clone(),
            digest: caller.summary.as_ref().and_then(|summary| summary.digest.clone()),
            earlier: None,
        };
        let earlier = previous
            .as_ref()
            .filter(|previous| still_good(books, previous, now))
            .filter(|earlier| conduct.live.closed(&earlier.leg).is_none())
            .filter(|earlier| interaction.same_request(earlier))
            .filter(|earlier| interaction.same_format(earlier));
        let interaction =
            Interaction { earlier: earlier.map(|earlier| earlier.leg.clone()), ..interaction };
        let last_send = books.conduct(&charge.subject, now)?.last_send.replace(now);
        let send = Send {
            channel: *channel,
            to: caller.to.clone(),
            from: policy.from.clone(),
            message: policy.message.clone(),
            token_length: interaction.token_length,
            allow_alphas: interaction.allow_alphas,
            max_attempts: upstream_attempts(attempts),
            valid_for: interaction.valid_for,
        };
        let to = if caller.typed { caller.to.as_str().to_owned() } else { caller.to.masked() };
        let told = Told {
            to,
            channels: policy.channels.clone(),
            resend_after: policy.resend_after,
            summary: caller.summary.clone(),
        };
        let subject = charge.subject;
        Ok((send, PendingStart { interaction, told, subject, last_send }))
    }

    /// The send was not made after all: the cooldown is as it was. The limits have counted it.
    fn withdraw_start(&self, books: &mut Books, pending: &PendingStart, now: UnixTime) {
        // If the books are full there is no cooldown to take back.
        if let Ok(conduct) = books.conduct(&pending.subject, now)
            // Or another one was sent meanwhile, whose cooldown it is.
            && conduct.last_send == Some(pending.interaction.leg.started_at)
        {
            conduct.last_send = pending.last_send;
            if conduct.is_blank() {
                books.subjects.remove(&pending.subject);
            }
        }
    }

    /// Answers, now that the send has ended. The books are not asked for that, and are not to be
    /// waited for by others while an id is sealed.
    pub(crate) fn answer_start(&self, pending: &PendingStart, outcome: &SendOutcome) -> Concluded {
        let refused = |code, detail| Refusal::new(code, detail).into();
        let (answer, keep) = match outcome {
            SendOutcome::Sent { upstream_id } => (self.started(pending, upstream_id), true),
            SendOutcome::NumberRefused => (refused(ProblemCode::NumberRefused, NOT_REACHED), true),
            SendOutcome::ChannelUnavailable => {
                let detail = "This number cannot be reached this way; try the other.";
                (refused(ProblemCode::ChannelUnavailable, detail), true)
            }
            SendOutcome::Refused => {
                (refused(ProblemCode::UpstreamFailed, "The code could not be sent."), true)
            }
            SendOutcome::Failed(failure) if may_have_sent(outcome) => {
                (failed(*failure).after(pending.told.resend_after.into()).into(), true)
            }
            SendOutcome::Failed(failure) => (failed(*failure).into(), false),
        };
        Concluded { answer, keep }
    }

    /// Writes down what came of the send, and was answered.
    pub(crate) fn finish_start(
        &self,
        books: &mut Books,
        pending: &PendingStart,
        outcome: &SendOutcome,
        answer: &Answer,
        now: UnixTime,
    ) {
        if !may_have_sent(outcome) {
            self.withdraw_start(books, pending, now);
        }
        if !matches!(answer, Answer::Started(_)) {
            return;
        }
        let PendingStart { interaction, subject, .. } = pending;
        let expires = interaction.expires_at(&interaction.leg);
        // Room was there when the send began; if it is gone the clean record is made later.
        let _ = books.record(&interaction.leg.key, expires, now);
        if let Ok(conduct) = books.conduct(subject, now) {
            conduct.live.start(&interaction.leg, expires, now);
        }
    }

    fn started(&self, pending: &PendingStart, upstream_id: &str) -> Answer {
        let mut interaction = pending.interaction.clone();
        interaction.leg.upstream_id = upstream_id.into();
        let Ok(id) = self.seal_interaction(&interaction) else {
            tracing::error!("the id could not be sealed: the system has no random numbers");
            return Refusal::internal().into();
        };
        Answer::Started(Box::new(StartAnswer {
            id,
            success: true,
            to: Some(pending.told.to.clone()),
            channel: Some(interaction.leg.channel),
            token_length: Some(interaction.token_length.into()),
            allow_alphas: Some(interaction.allow_alphas),
            max_attempts: Some(interaction.leg.attempts.into()),
            valid_for: Some(interaction.valid_for.into()),
            resend_after: Some(pending.told.resend_after.into()),
            channels: Some(pending.told.channels.clone()),
            origin_bound: Some(false),
            summary: pending.told.summary.clone(),
        }))
    }

    fn policy(&self, caller: &Caller) -> Result<&Policy, Refusal> {
        self.settings.policies.get(&caller.policy).ok_or_else(|| {
            // The ticket was issued under other settings, or the site's function names it wrongly.
            tracing::error!(
                "a ticket or the site's own function names a policy that is not configured"
            );
            let detail = "The ticket names a policy that no longer exists. Sign in again.";
            Refusal::new(ProblemCode::TicketInvalid, detail)
        })
    }

    fn previous(
        &self,
        previous: Option<&str>,
        caller: &Caller,
        number: &Digest,
    ) -> Result<Option<Interaction>, Refusal> {
        let Some(id) = previous else { return Ok(None) };
        let foreign = || Refusal::invalid("`previous` is not the id of an interaction of yours.");
        let previous = self.open_interaction(id).map_err(|_| foreign())?;
        if previous.subject != caller.subject || previous.number != *number {
            return Err(foreign());
        }
        Ok(Some(previous))
    }
}

/// After these the phone may ring or not; the cooldown holds.
fn may_have_sent(outcome: &SendOutcome) -> bool {
    matches!(
        outcome,
        SendOutcome::Sent { .. } | SendOutcome::Failed(Failure::TimedOut | Failure::Broken)
    )
}

/// Whether the token of an interaction could still be accepted, as far as its own record says.
fn still_good(books: &Books, interaction: &Interaction, now: UnixTime) -> bool {
    let record = books.interactions.get(interaction.leg.key.as_str(), now);
    record.is_none_or(|record| record.closed.is_none())
        && now < interaction.expires_at(&interaction.leg)
}

/// What a failed call to the upstream is to the page.
pub(crate) fn failed(failure: Failure) -> Refusal {
    match failure {
        Failure::Broken | Failure::Credentials => {
            Refusal::new(ProblemCode::UpstreamFailed, "The telephone service failed.")
        }
        Failure::Busy { retry_after } => {
            Refusal::new(ProblemCode::Unavailable, "The telephone service is busy.")
                .after(retry_after.unwrap_or(5).clamp(1, 3_600))
        }
        Failure::NotCalled { retry_after } => {
            Refusal::new(ProblemCode::Unavailable, "The telephone service cannot be reached.")
                .after(retry_after)
        }
        Failure::NotReached => {
            Refusal::new(ProblemCode::Unavailable, "The telephone service cannot be reached.")
                .after(5)
        }
        Failure::TimedOut => Refusal::new(
            ProblemCode::UpstreamTimeout,
            "The telephone service did not answer in time; whether it acted is not known.",
        ),
    }
}
