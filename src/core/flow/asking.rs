//! Asking for a token: nothing asked for yet, and asked but not answered.

use alloc::vec;

use super::interaction::DEFAULT_COOLDOWN;
use super::{
    Before, Effect, Event, Flow, Instant, Intent, Interaction, Notice, PATIENCE, Refusal,
    RequestId, SendIntent, Sending, State, Step, Trouble, send, stay, told_sent, trouble,
};
use crate::{Channel, wire};

impl Flow {
    pub(super) fn when_idle(&mut self, event: Event, now: Instant) -> Step {
        match event {
            Event::Asked { channel } => self.ask(channel, Before::Idle, State::Idle, now),
            Event::Given { interaction } => {
                self.notice = None;
                self.interaction = Some(interaction);
                (State::Entering { held: None }, vec![Effect::ReadField])
            }
            Event::Submitted { .. } => self.noticed(Some(Notice::AskFirst), State::Idle),
            Event::Typed => self.noticed(None, State::Idle),
            Event::Dropped { why } => self.noticed(Some(Notice::Dropped(why)), State::Idle),
            Event::Filled => self.noticed(Some(Notice::Filled), State::Idle),
            Event::ReadBack => self.noticed(Some(Notice::ReadBack), State::Idle),
            Event::Remembered { memory } => self.remember(memory, State::Idle, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.waited(State::Idle, now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.switch(true, State::Idle),
            Event::Enabled => self.switch(false, State::Idle),
            // What is typed now is kept, but is no answer to a token that was not asked for yet.
            Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Online
            | Event::Retried
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => stay(State::Idle),
        }
    }

    pub(super) fn when_sending(&mut self, sending: Sending, event: Event, now: Instant) -> Step {
        match event {
            Event::Sent { request, answer } if request == sending.request => {
                self.sent(sending, answer, now)
            }
            Event::Refused { request, refusal } if request == sending.request => {
                self.refused_send(sending.intent, refusal, now)
            }
            Event::Lost { request } if request == sending.request => {
                (State::Offline(Intent::Send(sending.intent)), vec![trouble(Trouble::Network)])
            }
            Event::Woke if now >= sending.give_up => {
                let abort = Effect::Abort { request: sending.request };
                let lost = trouble(Trouble::Network);
                (State::Offline(Intent::Send(sending.intent)), vec![abort, lost])
            }
            Event::Typed => {
                let intent = SendIntent { typed: true, ..sending.intent };
                self.noticed(None, State::Sending(Sending { intent, ..sending }))
            }
            Event::Dropped { why } => {
                self.noticed(Some(Notice::Dropped(why)), State::Sending(sending))
            }
            Event::Filled => self.noticed(Some(Notice::Filled), State::Sending(sending)),
            Event::ReadBack => self.noticed(Some(Notice::ReadBack), State::Sending(sending)),
            Event::Followed => self.follow(Some(sending.request)),
            Event::Reset => self.reset_asked(Some(sending.request), now),
            Event::Disabled => self.switch(true, State::Sending(sending)),
            Event::Enabled => self.switch(false, State::Sending(sending)),
            // A second click on the button sends nothing a second time.
            Event::Asked { .. }
            | Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Given { .. }
            | Event::Online
            | Event::Remembered { .. }
            | Event::Retried
            | Event::Submitted { .. }
            | Event::Woke
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => stay(State::Sending(sending)),
        }
    }

    /// Asks for a token, unless it is too early, or the page could not take it in.
    pub(super) fn ask(
        &mut self,
        channel: Channel,
        before: Before,
        from: State,
        now: Instant,
    ) -> Step {
        if now < self.resend_at {
            return stay(from);
        }
        // A token that the page's own settings forbid to type must not cost a message.
        if let Err(error) = self.settings.config.check() {
            self.notice = Some(Notice::Config(error));
            return (from, vec![trouble(Trouble::Refused(Refusal::Config(error)))]);
        }
        // What is in the field can only be wrong from here on.
        let stale = matches!(from, State::Closed(_) | State::Rejected { .. });
        let intent = SendIntent { key: self.next_key(), channel, before, typed: false };
        let (state, mut effects) = self.send(intent, now);
        if stale {
            effects.insert(0, Effect::ClearField);
        }
        (state, effects)
    }

    /// Sends, or sends again what may have got lost.
    pub(super) fn send(&mut self, intent: SendIntent, now: Instant) -> Step {
        self.notice = None;
        let request = self.next_request();
        let effect = send(request, intent, self.interaction.as_ref());
        let give_up = now.after_seconds(PATIENCE);
        (State::Sending(Sending { request, give_up, intent }), vec![effect])
    }

    /// Starts over from a request whose answer is not known: a message may be on its way, and
    /// starting over is no way to a second one.
    pub(super) fn reset_asked(&mut self, in_flight: Option<RequestId>, now: Instant) -> Step {
        self.wait(Some(DEFAULT_COOLDOWN.into()), now);
        self.reset(in_flight)
    }

    fn sent(&mut self, sending: Sending, answer: wire::StartAnswer, now: Instant) -> Step {
        let intent = sending.intent;
        let channels = answer.channels.as_deref().and_then(super::Channels::of);
        let interaction = match Interaction::read(answer, intent.channel, self.settings, now) {
            Ok(interaction) => interaction,
            Err(refusal) => return self.refused_send(intent, refusal, now),
        };
        let channel = interaction.channel;
        self.channels = channels.unwrap_or(self.channels);
        self.resend_at = now.after_seconds(interaction.resend_after);
        let is_further = intent.before != Before::Idle;
        self.notice = Some(if is_further { Notice::SentAgain } else { Notice::Sent });
        self.interaction = Some(interaction);
        // What is older than the request is no answer to it: typing replaces it. What was typed
        // since is tried: it may be the text message that came late.
        let field = if intent.typed { Effect::ReadField } else { Effect::SelectField };
        let effects = vec![told_sent(channel), Effect::FocusField, field];
        (State::Entering { held: None }, effects)
    }

    /// Back to where the visitor was: an earlier token is still good.
    fn refused_send(&mut self, intent: SendIntent, refusal: Refusal, now: Instant) -> Step {
        self.notice = Some(Notice::Refused(refusal));
        self.wait(refusal.retry_after().map(i64::from), now);
        (intent.before.state(), vec![trouble(Trouble::Refused(refusal))])
    }
}

impl Before {
    pub(super) const fn state(self) -> State {
        match self {
            Self::Closed(reason) => State::Closed(reason),
            Self::Entering => State::Entering { held: None },
            Self::Idle => State::Idle,
        }
    }
}
