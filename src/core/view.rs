//! What the page shows for a state: which buttons, which message, whether the field is open.
//!
//! Words are not chosen here, only what they must say: a [`Message`] becomes a sentence in the
//! visitor's language in the shell.

use alloc::vec;
use alloc::vec::Vec;

use crate::entry::Dropped;
use crate::flow::{Before, Flow, Instant, Intent, Interaction, Notice, Phase, Refusal, State};
use crate::{Channel, ClosedReason, ConfigError, TokenFormat};

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
    /// What the visitor can do, the first thing first.
    pub buttons: Vec<Button>,
    /// Whether the visitor can have read out what the field holds.
    pub reads_back: bool,
    /// Until when the code that was sent works.
    pub until: Option<Instant>,
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
    Config(ConfigError),
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
            // Nobody is to look over the shoulder at what is masked.
            reads_back: !matches!(phase, Phase::Verified | Phase::Verifying)
                && !flow.settings().masked,
            until: flow.interaction().map(|it| it.expires).filter(|_| !is_over),
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

fn buttons(flow: &Flow, now: Instant) -> Vec<Button> {
    let primary = true;
    match flow.state() {
        State::Closed(_) | State::Idle => asks(vec![], flow, now, primary),
        // Only what was refused can be repeated, not what has been edited since.
        State::Entering { held: Some(_) } if matches!(flow.notice(), Some(Notice::Refused(_))) => {
            asks(vec![RETRY], flow, now, !primary)
        }
        State::Offline(Intent::Verify(_)) => asks(vec![RETRY], flow, now, !primary),
        State::Entering { .. } | State::Rejected { .. } | State::Verifying(_) => {
            asks(vec![], flow, now, !primary)
        }
        State::Offline(Intent::Send(_)) => vec![RETRY],
        // As it was when the button was pressed, so that nothing moves under the finger.
        State::Sending(sending) => {
            asks(vec![], flow, now, sending.intent().before() != Before::Entering)
        }
        State::Verified { .. } => vec![],
    }
}

const RETRY: Button = Button { action: Action::Retry, wait: 0, primary: true };

/// Adds the ways to a token: the same way again first, or the preferred one if there was none.
fn asks(mut buttons: Vec<Button>, flow: &Flow, now: Instant, primary: bool) -> Vec<Button> {
    let channels = flow.channels();
    let (first, asking, beside) = match flow.interaction() {
        Some(interaction) => (interaction.channel, Asking::Again, Asking::Instead),
        None => (channels.preferred, Asking::First, Asking::First),
    };
    let wait = flow.cooldown(now);
    let mut ask = |channel, asking, primary| {
        buttons.push(Button { action: Action::Ask { channel, asking }, wait, primary });
    };
    ask(first, asking, primary);
    if let Some(other) = channels.beside(first) {
        // What may well arrive is the call.
        ask(other, beside, matches!(flow.notice(), Some(Notice::Late)));
    }
    buttons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::fixtures::{NOW, asked, entering, id_of, offline_verify, rejected, sms};
    use crate::flow::{Event, Settings};

    fn labels(view: &View) -> Vec<(Action, u32)> {
        view.buttons.iter().map(|button| (button.action, button.wait)).collect()
    }

    fn ask(channel: Channel, asking: Asking) -> Action {
        Action::Ask { channel, asking }
    }

    #[test]
    fn at_the_beginning_both_ways_to_a_token_are_offered() {
        let flow = Flow::new(Settings::default());
        let view = View::of(&flow, NOW);
        assert_eq!(
            labels(&view),
            [(ask(Channel::Sms, Asking::First), 0), (ask(Channel::Call, Asking::First), 0)]
        );
        assert!(view.buttons[0].primary && !view.buttons[1].primary);
        assert!(flow.interaction().is_none());
    }

    #[test]
    fn while_a_token_is_asked_for_the_buttons_stay_where_they_were() {
        let before = View::of(&Flow::new(Settings::default()), NOW);
        let view = View::of(&asked(), NOW);
        assert!(view.busy);
        assert_eq!(view.buttons, before.buttons);
        assert_eq!(view.status, Some(Message::Sending(Channel::Sms)));
    }

    #[test]
    fn the_cooldown_counts_down_on_the_buttons() {
        let flow = entering();
        for (passed, left) in [(0, 30), (1, 29), (29, 1), (30, 0), (31, 0)] {
            let view = View::of(&flow, NOW.after_seconds(passed));
            assert_eq!(
                labels(&view),
                [
                    (ask(Channel::Sms, Asking::Again), left),
                    (ask(Channel::Call, Asking::Instead), left)
                ]
            );
        }
    }

    #[test]
    fn a_wrong_code_says_how_many_tries_are_left() {
        let view = View::of(&rejected(), NOW);
        assert!(view.invalid && !view.locked);
        assert_eq!(
            (view.error, view.status),
            (Some(Message::Wrong { left: 2, lookalikes: false }), None)
        );
    }

    #[test]
    fn a_refused_check_offers_to_try_again_until_the_code_is_edited() {
        let mut flow = crate::flow::fixtures::verifying();
        let refusal = Refusal::Unavailable { retry_after: None };
        let _ = flow.update(Event::Refused { request: id_of(&flow), refusal }, NOW);
        assert_eq!(View::of(&flow, NOW).buttons[0].action, Action::Retry);
        assert_eq!(View::of(&flow, NOW).error, Some(Message::Unavailable));
        let _ = flow.update(Event::Typed, NOW);
        let view = View::of(&flow, NOW);
        assert_eq!(view.buttons[0].action, ask(Channel::Sms, Asking::Again));
        assert_eq!(view.error, None);
    }

    #[test]
    fn without_a_network_the_way_on_is_to_try_again() {
        let view = View::of(&offline_verify(), NOW);
        assert_eq!(view.buttons[0].action, Action::Retry);
        assert_eq!(view.error, Some(Message::Unreachable { kept: true }));
        assert!(!view.locked, "what was typed can be corrected");
    }

    #[test]
    fn an_endpoint_that_only_texts_offers_no_call() {
        let mut flow = asked();
        let mut answer = sms();
        answer.channels = Some(vec![Channel::Sms]);
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        assert_eq!(labels(&View::of(&flow, NOW)), [(ask(Channel::Sms, Asking::Again), 30)]);
    }

    #[test]
    fn a_text_that_seems_not_to_arrive_makes_the_call_the_way_on() {
        let mut flow = entering();
        let later = NOW.after_seconds(30);
        let _ = flow.update(Event::Woke, later);
        let view = View::of(&flow, later);
        assert_eq!(view.status, Some(Message::Late(true)));
        assert_eq!(view.buttons[1].action, ask(Channel::Call, Asking::Instead));
        assert!(view.buttons[1].primary && !view.buttons[0].primary);
        let _ = flow.update(Event::Typed, later);
        assert_eq!(View::of(&flow, later).status, Some(Message::Sent(Channel::Sms)));
    }

    #[test]
    fn who_has_begun_to_type_is_offered_no_call() {
        let mut flow = entering();
        let _ = flow.update(Event::Typed, NOW);
        let _ = flow.update(Event::Woke, NOW.after_seconds(30));
        assert_eq!(View::of(&flow, NOW).status, Some(Message::Sent(Channel::Sms)));
    }

    #[test]
    fn that_the_code_was_filled_in_is_told_with_that_it_is_checked() {
        let mut flow = entering();
        let _ = flow.update(Event::Typed, NOW);
        let _ = flow.update(Event::Filled, NOW);
        assert_eq!(View::of(&flow, NOW).status, Some(Message::Filled));
        let token = crate::flow::fixtures::token("111111");
        let _ = flow.update(Event::Completed { token }, NOW);
        assert_eq!(View::of(&flow, NOW).status, Some(Message::Verifying { filled: true }));
    }

    #[test]
    fn a_masked_code_is_not_read_out() {
        assert!(View::of(&entering(), NOW).reads_back);
        let masked = Flow::new(Settings { masked: true, ..Settings::default() });
        assert!(!View::of(&masked, NOW).reads_back);
    }

    #[test]
    fn until_when_the_code_works_is_said_as_long_as_it_does() {
        assert_eq!(View::of(&entering(), NOW).until, Some(NOW.after_seconds(600)));
        assert_eq!(View::of(&rejected(), NOW).until, Some(NOW.after_seconds(600)));
        assert_eq!(View::of(&crate::flow::fixtures::verified(), NOW).until, None);
        assert_eq!(View::of(&crate::flow::fixtures::closed(), NOW).until, None);
    }

    #[test]
    fn a_wrong_code_that_is_easily_misread_says_so() {
        let mut flow = asked();
        let answer =
            crate::wire::StartAnswer { token_length: Some(8), allow_alphas: Some(true), ..sms() };
        let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
        for (text, lookalikes) in [("aBcDeFgO", true), ("aBcDeFgH", false)] {
            let mut flow = flow.clone();
            let token = crate::Token::parse(text, flow.format()).unwrap();
            let _ = flow.update(Event::Completed { token }, NOW);
            let request = id_of(&flow);
            let wrong = Event::Rejected { request, attempts_left: None, resend_after: None };
            let _ = flow.update(wrong, NOW);
            assert_eq!(View::of(&flow, NOW).error, Some(Message::Wrong { left: 2, lookalikes }));
        }
    }

    #[test]
    fn slots_are_grouped_where_the_groups_add_up() {
        let six = TokenFormat::default();
        let begins = |groups: &str| -> Vec<usize> {
            (0..6).filter(|&index| begins_group(groups, six, index)).collect()
        };
        assert_eq!(begins("3 3"), [3]);
        assert_eq!(begins("2 2 2"), [2, 4]);
        for none in ["", "6", "3", "3 4", "3 x", "99999999999999999999 3", "-3 9", "0 6"] {
            assert!(begins(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn buttons_of_an_entry_that_is_switched_off_do_nothing() {
        let mut flow = entering();
        let _ = flow.update(Event::Disabled, NOW);
        let view = View::of(&flow, NOW);
        assert!(view.inert && view.locked && !view.busy);
    }

    #[test]
    fn while_a_code_is_checked_and_once_it_is_right_the_field_is_locked() {
        assert!(View::of(&crate::flow::fixtures::verifying(), NOW).locked);
        let verified = View::of(&crate::flow::fixtures::verified(), NOW);
        assert!(verified.locked && verified.buttons.is_empty());
    }
}
