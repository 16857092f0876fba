//! The visitor's side of one interaction: from asking for a token to the receipt.
//!
//! [`Flow::update`] is the only way the flow moves. It reads no clock and does no I/O: the shell
//! passes the time in, carries the [`Effect`]s out, and comes back with [`Event::Woke`] at
//! [`Flow::wake_at`]. There is never more than one request in flight, nor more than one timer.
//!
//! # Layout
//!
//! - `state`: where a code entry stands, and what is remembered there.
//! - `event`: what can happen, and what must then be done.
//! - `answer`: what an HTTP answer of the endpoint means.
//! - `clock`: what the passing of time does.
//! - `memory`: what outlives the page.
//! - `asking`, `entering`, `verifying`, `settled`: what each state makes of each event, every
//!   pair written out.

use alloc::boxed::Box;
use alloc::vec::Vec;

mod answer;
mod asking;
mod clock;
mod entering;
mod event;
#[cfg(test)]
pub(crate) mod fixtures;
mod interaction;
mod memory;
mod refusal;
mod settled;
mod state;
#[cfg(test)]
mod tests;
mod verifying;

pub use answer::Answer;
pub use event::{Effect, Event, Instant, Key, Outcome, RequestId, Trouble};
pub use interaction::{Channels, Interaction, Settings, VerifyMode, leads_elsewhere};
pub use memory::Memory;
pub use refusal::Refusal;
pub use state::{Attempt, Before, Intent, Phase, SendIntent, Sending, State, Verifying};

use crate::entry::Dropped;
use crate::{Channel, ClosedReason, ConfigField, TokenFormat};

/// For how long an answer is waited for, in seconds. Longer than the proxy waits for the
/// upstream, so that it is the proxy that says what happened.
const PATIENCE: u32 = 20;

/// One code entry, from the first request to the receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    settings: Settings,
    state: State,
    interaction: Option<Box<Interaction>>,
    /// The channels to offer: the endpoint's, once it has named them.
    channels: Channels,
    /// Before this time no further token is asked for. Outlives a reset.
    resend_at: Instant,
    /// What the visitor should know beyond the state.
    notice: Option<Notice>,
    disabled: bool,
    requests: u32,
    keys: u32,
    /// What the event that is being taken in leads to; empty between two events.
    effects: Vec<Effect>,
}

/// What the visitor should know, until they do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A token was typed or submitted before one was asked for.
    AskFirst,
    /// The page's own settings are out of range.
    Config(ConfigField),
    /// A part of what was entered did not get into the field.
    Dropped(Dropped),
    /// The code was confirmed in another tab.
    Elsewhere,
    /// The token stops being valid in so many seconds.
    Expiring(u32),
    /// The field was filled in for the visitor.
    Filled,
    /// The text message has not been made use of for as long as one takes to arrive.
    Late,
    /// There is a network again, and the request can be repeated.
    Online,
    /// The visitor wants to hear what the field holds.
    ReadBack,
    /// The last request was refused.
    Refused(Refusal),
    /// A token was sent, and nothing has been typed since.
    Sent,
    /// A further token was sent, and nothing has been typed since.
    SentAgain,
    /// What was submitted is not a whole token.
    TooShort,
}

impl Flow {
    /// A flow at its beginning.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, channels: settings.channels, ..Self::default() }
    }

    /// Takes one event in. What is returned must be carried out in its order.
    #[must_use = "the flow does nothing by itself: carry the effects out"]
    pub fn update(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        if self.disabled && from_the_visitor(&event) {
            return Vec::new();
        }
        match self.state {
            State::Closed(reason) => self.when_closed(reason, event, now),
            State::Entering { held } => self.when_entering(held, event, now),
            State::Idle => self.when_idle(event, now),
            State::Offline(intent) => self.when_offline(intent, event, now),
            State::Rejected { token } => self.when_rejected(token, event, now),
            State::Sending(sending) => self.when_sending(sending, event, now),
            State::Verified { .. } => self.when_verified(event),
            State::Verifying(verifying) => self.when_verifying(verifying, event, now),
        }
        core::mem::take(&mut self.effects)
    }

    /// Takes over what the page says now. What an interaction began with stays as it is.
    pub fn configure(&mut self, settings: Settings) {
        if self.interaction.is_none() {
            self.channels = settings.channels;
        }
        self.settings = settings;
    }

    /// Where the entry stands.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The public name of where the entry stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// What the page says.
    #[must_use]
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// The interaction, once there is one.
    #[must_use]
    pub fn interaction(&self) -> Option<&Interaction> {
        self.interaction.as_deref()
    }

    /// The channels to offer.
    #[must_use]
    pub const fn channels(&self) -> Channels {
        self.channels
    }

    /// What the visitor should know beyond the state.
    #[must_use]
    pub const fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// Whether the page switched the entry off.
    #[must_use]
    pub const fn disabled(&self) -> bool {
        self.disabled
    }

    /// The shape of the token to be typed: the interaction's, or what the page's settings
    /// promise until there is one.
    #[must_use]
    pub fn format(&self) -> TokenFormat {
        match &self.interaction {
            Some(interaction) => interaction.config.format(),
            None => self.settings.config.check().unwrap_or_default().format(),
        }
    }

    /// Whether the browser may read the token out of the text message: one is on its way, and
    /// it names the site's origin.
    #[must_use]
    pub fn awaits_message(&self) -> bool {
        let is_bound = |it: &Interaction| it.origin_bound && it.channel == Channel::Sms;
        !self.disabled
            && matches!(self.state, State::Entering { .. } | State::Rejected { .. })
            && self.interaction().is_some_and(is_bound)
    }

    /// Whether [`Event::Typed`] would change anything. It comes with every key, and to most of them
    /// there is nothing to say.
    #[must_use]
    pub const fn minds_typing(&self) -> bool {
        self.notice.is_some() || !matches!(self.state, State::Entering { held: None })
    }

    fn next_request(&mut self) -> RequestId {
        self.requests = self.requests.wrapping_add(1);
        RequestId(self.requests)
    }

    fn next_key(&mut self) -> Key {
        self.keys = self.keys.wrapping_add(1);
        Key(self.keys)
    }

    /// One more thing to be done.
    fn then(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn tell_trouble(&mut self, trouble: Trouble) {
        self.then(Effect::Tell(Outcome::Error(trouble)));
    }

    fn abort(&mut self, in_flight: Option<RequestId>) {
        if let Some(request) = in_flight {
            self.then(Effect::Abort { request });
        }
    }

    /// Back to the beginning. The cooldown stays: starting over is no way round it.
    fn reset(&mut self, in_flight: Option<RequestId>) {
        self.interaction = None;
        self.channels = self.settings.channels;
        self.notice = None;
        self.state = State::Idle;
        self.abort(in_flight);
        self.then(Effect::ClearField);
    }

    /// Closes the interaction for a reason, and says so.
    fn close(&mut self, reason: ClosedReason) {
        self.notice = None;
        self.state = State::Closed(reason);
        self.then(Effect::Tell(Outcome::Closed { reason }));
    }
}

/// Whether a disabled entry ignores it. Answers are listened to all the same: a request that is
/// under way has its effect, whatever the page does.
fn from_the_visitor(event: &Event) -> bool {
    match event {
        Event::Asked { .. }
        | Event::Completed { .. }
        | Event::Corrected { .. }
        | Event::Dropped { .. }
        | Event::Filled
        | Event::ReadBack
        | Event::Retried
        | Event::Submitted { .. }
        | Event::Typed => true,
        Event::Closed { .. }
        | Event::Disabled
        | Event::Enabled
        | Event::Followed
        | Event::Given { .. }
        | Event::Lost { .. }
        | Event::Online
        | Event::Refused { .. }
        | Event::Rejected { .. }
        | Event::Remembered { .. }
        | Event::Reset
        | Event::Sent { .. }
        | Event::Verified { .. }
        | Event::Vetoed { .. }
        | Event::Woke => false,
    }
}
