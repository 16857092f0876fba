//! Asking for a token: nothing asked for yet, and asked but not answered.

use super::interaction::DEFAULT_COOLDOWN;
use super::{
    Before, Effect, Event, Flow, Instant, Intent, Interaction, Notice, Outcome, PATIENCE, Refusal,
    RequestId, SendIntent, Sending, State, Trouble,
};
use crate::{Channel, wire};

impl Flow {
    pub(super) fn when_idle(&mut self, event: Event, now: Instant) {
        match event {
            Event::Asked { channel } => self.ask(channel, Before::Idle, now),
            Event::Given { interaction } => {
                self.notice = None;
                self.interaction = Some(interaction);
                self.state = State::Entering { held: None };
                self.then(Effect::ReadField);
            }
            Event::Submitted { .. } => self.notice = Some(Notice::AskFirst),
            Event::Typed => self.notice = None,
            Event::Dropped { why } => self.notice = Some(Notice::Dropped(why)),
            Event::Filled => self.notice = Some(Notice::Filled),
            Event::ReadBack => self.notice = Some(Notice::ReadBack),
            Event::Remembered { memory } => self.remember(memory, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.waited(now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
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
            | Event::Vetoed { .. } => {}
        }
    }

    pub(super) fn when_sending(&mut self, sending: Sending, event: Event, now: Instant) {
        match event {
            Event::Sent { request, answer } if request == sending.request => {
                self.sent(sending.intent, answer, now);
            }
            Event::Refused { request, refusal } if request == sending.request => {
                self.refused_send(sending.intent, refusal, now);
            }
            Event::Lost { request } if request == sending.request => {
                self.lost(Intent::Send(sending.intent));
            }
            Event::Woke if now >= sending.give_up => {
                self.abort(Some(sending.request));
                self.lost(Intent::Send(sending.intent));
            }
            Event::Typed => {
                self.notice = None;
                let intent = SendIntent { typed: true, ..sending.intent };
                self.state = State::Sending(Sending { intent, ..sending });
            }
            Event::Dropped { why } => self.notice = Some(Notice::Dropped(why)),
            Event::Filled => self.notice = Some(Notice::Filled),
            Event::ReadBack => self.notice = Some(Notice::ReadBack),
            Event::Followed => self.follow(Some(sending.request)),
            Event::Reset => self.reset_asked(Some(sending.request), now),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
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
            | Event::Vetoed { .. } => {}
        }
    }

    /// Asks for a token, unless it is too early, or the page could not take it in.
    pub(super) fn ask(&mut self, channel: Channel, before: Before, now: Instant) {
        if now < self.resend_at {
            return;
        }
        // A token that the page's own settings forbid to type must not cost a message.
        if let Err(error) = self.settings.config.check() {
            self.notice = Some(Notice::Config(error.field));
            return self.tell_trouble(Trouble::Refused(Refusal::Config(error.field)));
        }
        // What is in the field can only be wrong from here on.
        if matches!(self.state, State::Closed(_) | State::Rejected { .. }) {
            self.then(Effect::ClearField);
        }
        let key = self.next_key();
        self.send(SendIntent { key, channel, before, typed: false }, now);
    }

    /// Sends, or sends again what may have got lost.
    pub(super) fn send(&mut self, intent: SendIntent, now: Instant) {
        self.notice = None;
        let request = self.next_request();
        let give_up = now.after_seconds(PATIENCE);
        self.state = State::Sending(Sending { request, give_up, intent });
        let previous = self.interaction.as_ref().map(|earlier| earlier.id.clone());
        let SendIntent { key, channel, .. } = intent;
        self.then(Effect::Send { request, key, channel, previous });
    }

    /// Starts over from a request whose answer is not known: a message may be on its way, and
    /// starting over is no way to a second one.
    pub(super) fn reset_asked(&mut self, in_flight: Option<RequestId>, now: Instant) {
        self.wait(Some(DEFAULT_COOLDOWN.into()), now);
        self.reset(in_flight);
    }

    fn sent(&mut self, intent: SendIntent, answer: wire::StartAnswer, now: Instant) {
        let channels = answer.channels.as_deref().and_then(super::Channels::of);
        let interaction = match Interaction::read(answer, intent.channel, self.settings, now) {
            Ok(interaction) => interaction,
            Err(refusal) => return self.refused_send(intent, refusal, now),
        };
        self.then(Effect::Tell(Outcome::Sent { channel: interaction.channel }));
        self.then(Effect::FocusField);
        // What is older than the request is no answer to it: typing replaces it. What was typed
        // since is tried: it may be the text message that came late.
        self.then(if intent.typed { Effect::ReadField } else { Effect::SelectLeftover });
        self.channels = channels.unwrap_or(self.channels);
        self.resend_at = now.after_seconds(interaction.resend_after);
        let is_further = intent.before != Before::Idle;
        self.notice = Some(if is_further { Notice::SentAgain } else { Notice::Sent });
        self.interaction = Some(interaction);
        self.state = State::Entering { held: None };
    }

    /// Back to where the visitor was: an earlier token is still good.
    fn refused_send(&mut self, intent: SendIntent, refusal: Refusal, now: Instant) {
        self.notice = Some(Notice::Refused(refusal));
        self.wait(refusal.retry_after().map(i64::from), now);
        self.state = intent.before.state();
        self.tell_trouble(Trouble::Refused(refusal));
    }

    /// No answer came.
    pub(super) fn lost(&mut self, intent: Intent) {
        self.state = State::Offline(intent);
        self.tell_trouble(Trouble::Network);
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
