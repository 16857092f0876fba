//! What the page shows for a state: which buttons, which message, whether the field is open.
//!
//! Words are not chosen here, only what they must say: a [`Message`] becomes a sentence in the
//! visitor's language in the shell.

use crate::entry::Dropped;
use crate::flow::{Before, Flow, Instant, Intent, Interaction, Notice, Phase, Refusal, State};
use crate::{Channel, ClosedReason, ConfigField, TokenFormat};

#[cfg(test)]
mod tests;

/// Everything that is painted, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The public name of the state.
    pub phase: Phase,
    /// Whether a request is under way.
    pub busy: bool,
    /// Whether the buttons do nothing: a request is under way, or the page switched the entry
    /// off.
    pub inert: bool,
    /// Whether the field takes no input.
    pub locked: bool,
    /// Whether what the field holds is known to be wrong.
    pub invalid: bool,
    /// How many slots, and for what.
    pub format: TokenFormat,
    /// What interrupts: what went wrong, and the way on.
    pub error: Option<Message>,
    /// What goes on, said without interrupting.
    pub status: Option<Message>,
    /// What the visitor can do.
    pub buttons: Buttons,
    /// Until when the code that was sent works.
    pub until: Option<Instant>,
}

/// What the visitor can do beside typing: each in its own place, so that no button turns into
/// another under the finger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buttons {
    /// Tries again.
    pub retry: Option<Button>,
    /// Asks for a token.
    pub ask: Option<Button>,
    /// Asks for it the other way.
    pub ask_other: Option<Button>,
    /// Has what the field holds read out.
    pub read_back: Option<Button>,
}

impl Buttons {
    /// In their order on the page.
    #[must_use]
    pub const fn in_order(self) -> [Option<Button>; 4] {
        [self.retry, self.ask, self.ask_other, self.read_back]
    }
}

/// One thing the visitor can do beside typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub action: Action,
    /// Seconds until it can be used; 0 is now.
    pub wait: u32,
    /// Whether it is the way on from here.
    pub primary: bool,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks for a token.
    Ask {
        /// By which way.
        channel: Channel,
        /// What kind of asking it is, for its words.
        asking: Asking,
    },
    /// Reads out what the field holds, character by character.
    ReadBack,
    /// Repeats the request whose answer was lost or refused.
    Retry,
}

/// How a request for a token relates to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// By the same way as before.
    Again,
    /// There was none.
    First,
    /// By the other way.
    Instead,
}

/// What the visitor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Ask for a code before typing one.
    AskFirst,
    /// The number cannot be reached this way.
    ChannelUnavailable,
    /// No further attempt can succeed.
    Closed(ClosedReason),
    /// The site has set the entry up wrongly, here.
    Config(ConfigField),
    /// A part of what was entered is not in the field.
    Dropped(Dropped),
    /// The code was confirmed in another tab.
    Elsewhere,
    /// The code stops working in so many seconds.
    Expiring(u32),
    /// The code was filled in.
    Filled,
    /// The text message seems not to arrive; whether there can be a call instead.
    Late(bool),
    /// The site has set something up wrongly.
    Misconfigured,
    /// The number cannot be used.
    NumberRefused,
    /// There is a network again.
    Online,
    /// What the field holds, character by character.
    ReadBack,
    /// Too many requests; the wait in seconds, if it is known.
    RateLimited(Option<u32>),
    /// A code is being asked for.
    Sending(Channel),
    /// A code is on its way.
    Sent(Channel),
    /// A further code is on its way.
    SentAgain(Channel),
    /// The sign-in has to start over.
    SignInAgain,
    /// The code is not whole.
    TooShort,
    /// The service does not work now.
    Unavailable,
    /// No answer came.
    Unreachable {
        /// Whether a code is in the field, to be tried again.
        kept: bool,
    },
    /// The code was right.
    Verified,
    /// The code is being checked.
    Verifying {
        /// Whether it was filled in just now.
        filled: bool,
    },
    /// The code was wrong.
    Wrong {
        /// How many tries are left.
        left: u8,
        /// Whether it has characters that are easily taken for others.
        lookalikes: bool,
    },
}

/// Whether a group of slots begins at `index`, by an author's `groups` such as `3 3`. Groups that
/// do not add up to the token's length are none.
#[must_use]
pub fn begins_group(groups: &str, format: TokenFormat, index: usize) -> bool {
    let (mut end, mut begins) = (0_usize, false);
    for group in groups.split_ascii_whitespace() {
        begins |= end == index && index > 0;
        let size = |sum: usize, digit: u8| {
            sum.wrapping_mul(10).wrapping_add(usize::from(digit.wrapping_sub(b'0')))
        };
        end += group.bytes().fold(0, size).min(100);
    }
    begins && end == format.length()
}

impl View {
    /// What `flow` looks like now.
    #[must_use]
    pub fn of(flow: &Flow, now: Instant) -> Self {
        let phase = flow.phase();
        let (error, status) = messages(flow);
        let busy = matches!(phase, Phase::Sending | Phase::Verifying);
        let is_over = matches!(phase, Phase::Closed | Phase::Idle | Phase::Verified);
        let is_renewed = matches!(flow.state(), State::Sending(sending)
            if matches!(sending.intent().before(), Before::Closed(_)));
        Self {
            phase,
            busy,
            inert: busy || flow.disabled(),
            locked: flow.disabled() || matches!(phase, Phase::Verified | Phase::Verifying),
            invalid: phase == Phase::Rejected || matches!(flow.notice(), Some(Notice::TooShort)),
            format: flow.format(),
            error,
            status,
            buttons: buttons(flow, now),
            until: flow.interaction().map(|it| it.expires).filter(|_| !is_over && !is_renewed),
        }
    }
}

/// The error, if there is one, and the status.
fn messages(flow: &Flow) -> (Option<Message>, Option<Message>) {
    let error = |message| (Some(message), None);
    // Beside the state's error, not instead of it.
    let beside = |message| (of_state(flow).0, Some(message));
    match flow.notice() {
        Some(Notice::AskFirst) => error(Message::AskFirst),
        Some(Notice::Config(problem)) => error(Message::Config(problem)),
        Some(Notice::Dropped(why)) => beside(Message::Dropped(why)),
        Some(Notice::Elsewhere) => beside(Message::Elsewhere),
        Some(Notice::Expiring(seconds)) => beside(Message::Expiring(seconds)),
        // Told together with that it is being checked.
        Some(Notice::Filled) if flow.phase() == Phase::Verifying => of_state(flow),
        Some(Notice::Filled) => beside(Message::Filled),
        Some(Notice::Late) => beside(Message::Late(call_instead(flow))),
        Some(Notice::Online) => (None, Some(Message::Online)),
        Some(Notice::ReadBack) => beside(Message::ReadBack),
        Some(Notice::Refused(refusal)) => error(refused(refusal)),
        Some(Notice::TooShort) => error(Message::TooShort),
        Some(Notice::Sent | Notice::SentAgain) | None => of_state(flow),
    }
}

/// Whether a text message can be followed by a call.
fn call_instead(flow: &Flow) -> bool {
    flow.channels().beside(Channel::Sms) == Some(Channel::Call)
}

fn of_state(flow: &Flow) -> (Option<Message>, Option<Message>) {
    let error = |message| (Some(message), None);
    let status = |message| (None, Some(message));
    let by = |channel: fn(Channel) -> Message| flow.interaction().map(|it| channel(it.channel));
    match flow.state() {
        State::Closed(reason) => error(Message::Closed(*reason)),
        State::Entering { .. } if matches!(flow.notice(), Some(Notice::SentAgain)) => {
            (None, by(Message::SentAgain))
        }
        State::Entering { .. } => (None, by(Message::Sent)),
        State::Idle => (None, None),
        State::Offline(intent) => {
            error(Message::Unreachable { kept: matches!(intent, Intent::Verify(_)) })
        }
        State::Rejected { token } => {
            let lookalikes = token.has_lookalikes(flow.format());
            let wrong = |it: &Interaction| Message::Wrong { left: it.attempts_left, lookalikes };
            (flow.interaction().map(wrong), None)
        }
        State::Sending(sending) => status(Message::Sending(sending.intent().channel())),
        State::Verified { .. } => status(Message::Verified),
        State::Verifying(_) => {
            let filled = matches!(flow.notice(), Some(Notice::Filled));
            status(Message::Verifying { filled })
        }
    }
}

const fn refused(refusal: Refusal) -> Message {
    match refusal {
        Refusal::ChannelUnavailable => Message::ChannelUnavailable,
        Refusal::Config(problem) => Message::Config(problem),
        Refusal::Misconfigured => Message::Misconfigured,
        Refusal::NumberRefused => Message::NumberRefused,
        Refusal::RateLimited { retry_after } => Message::RateLimited(retry_after),
        Refusal::SignInAgain => Message::SignInAgain,
        Refusal::TokenForm => Message::TooShort,
        Refusal::NotUnderstood | Refusal::Unavailable { .. } => Message::Unavailable,
    }
}

fn buttons(flow: &Flow, now: Instant) -> Buttons {
    let (retries, asks, primary) = match flow.state() {
        State::Closed(_) | State::Idle => {
            let is_hopeless = matches!(flow.notice(), Some(Notice::Refused(refusal))
                if !refusal.retryable() && refusal != Refusal::ChannelUnavailable);
            (false, true, !is_hopeless)
        }
        // What is in the field can be tried as it is, not what it held before.
        State::Entering { held } => (held.is_some_and(|held| held.in_field()), true, false),
        State::Offline(Intent::Send(_)) => (true, false, false),
        State::Offline(Intent::Verify(_)) => (true, true, false),
        State::Rejected { .. } | State::Verifying(_) => (false, true, false),
        // As it was when the button was pressed, so that nothing moves under the finger.
        State::Sending(sending) => (false, true, sending.intent().before() != Before::Entering),
        State::Verified { .. } => (false, false, false),
    };
    let now_and = |action, primary| Button { action, wait: 0, primary };
    let mut buttons = Buttons {
        retry: retries.then_some(now_and(Action::Retry, true)),
        read_back: reads_back(flow).then_some(now_and(Action::ReadBack, false)),
        ..Buttons::default()
    };
    if asks {
        (buttons.ask, buttons.ask_other) = ways(flow, now, primary);
    }
    buttons
}

/// The ways to a token: the same way again first, or the preferred one if there was none.
fn ways(flow: &Flow, now: Instant, primary: bool) -> (Option<Button>, Option<Button>) {
    let channels = flow.channels();
    let (first, asking, beside) = match flow.interaction() {
        Some(interaction) => (interaction.channel, Asking::Again, Asking::Instead),
        None => (channels.preferred, Asking::First, Asking::First),
    };
    let wait = flow.cooldown(now);
    let ask = |channel, asking, primary| {
        Some(Button { action: Action::Ask { channel, asking }, wait, primary })
    };
    // What may well arrive is the call.
    let is_late = matches!(flow.notice(), Some(Notice::Late));
    let other = channels.beside(first).and_then(|other| ask(other, beside, is_late));
    (ask(first, asking, primary), other)
}

/// Nobody is to look over the shoulder at what is masked.
fn reads_back(flow: &Flow) -> bool {
    !matches!(flow.phase(), Phase::Verified | Phase::Verifying) && !flow.settings().masked
}
