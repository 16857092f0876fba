//! What holds of every code entry, whatever happens in whatever order.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use mfa_core::entry::Dropped;
use mfa_core::flow::{
    Effect, Event, Flow, Instant, Interaction, Memory, Outcome, Phase, Refusal, RequestId,
    Settings, VerifyMode,
};
use mfa_core::{Channel, ClosedReason, Token, UncheckedConfig, wire};
use proptest::prelude::*;

/// An event as a page could meet it; requests are named by how long ago they were made.
#[derive(Clone, Debug)]
enum Happens {
    Asked(Channel),
    Closed(u32, ClosedReason),
    Completed(Token),
    Corrected(Token),
    Disabled(bool),
    Dropped,
    Filled,
    Followed,
    Lost(u32),
    Online,
    ReadBack,
    Refused(u32, Option<u32>),
    Rejected(u32, Option<i64>),
    Remembered(u8, bool),
    Reset,
    Retried,
    Sent(u32, i64, i64),
    Submitted(Option<Token>),
    Typed,
    Verified(u32),
    Vetoed(u32),
    Woke,
}

fn token() -> impl Strategy<Value = Token> {
    // Of six digits and of eight characters: the config in force allows one of them at most.
    prop_oneof![token_of(6, false), token_of(8, true)]
}

fn token_of(length: i64, allow_alphas: bool) -> impl Strategy<Value = Token> {
    let config = UncheckedConfig {
        token_length: Some(length),
        allow_alphas: Some(allow_alphas),
        ..UncheckedConfig::default()
    };
    let format = config.check().unwrap().format();
    (0..3usize).prop_map(move |which| {
        let text = ["1", "2", if allow_alphas { "a" } else { "3" }][which].repeat(format.length());
        Token::parse(&text, format).unwrap()
    })
}

fn happens() -> impl Strategy<Value = Happens> {
    let channel = prop_oneof![Just(Channel::Sms), Just(Channel::Call)];
    let reason = prop_oneof![
        Just(ClosedReason::Exhausted),
        Just(ClosedReason::Expired),
        Just(ClosedReason::Unknown),
        Just(ClosedReason::Used),
    ];
    // Mostly the newest request, sometimes one that is long gone.
    let ago = prop_oneof![4 => Just(0u32), 1 => 1u32..4];
    prop_oneof![
        4 => channel.prop_map(Happens::Asked),
        1 => (ago.clone(), reason).prop_map(|(ago, reason)| Happens::Closed(ago, reason)),
        5 => token().prop_map(Happens::Completed),
        2 => token().prop_map(Happens::Corrected),
        1 => any::<bool>().prop_map(Happens::Disabled),
        1 => Just(Happens::Dropped),
        1 => Just(Happens::Filled),
        1 => Just(Happens::ReadBack),
        2 => (1u8..4, any::<bool>()).prop_map(|(left, asked)| Happens::Remembered(left, asked)),
        1 => Just(Happens::Followed),
        2 => ago.clone().prop_map(Happens::Lost),
        1 => Just(Happens::Online),
        2 => (ago.clone(), proptest::option::of(0u32..99))
            .prop_map(|(ago, wait)| Happens::Refused(ago, wait)),
        3 => (ago.clone(), proptest::option::of(-2i64..9))
            .prop_map(|(ago, left)| Happens::Rejected(ago, left)),
        1 => Just(Happens::Reset),
        2 => Just(Happens::Retried),
        6 => (ago.clone(), prop_oneof![Just(6i64), Just(8), Just(99)], 0i64..700)
            .prop_map(|(ago, length, valid)| Happens::Sent(ago, length, valid)),
        2 => proptest::option::of(token()).prop_map(Happens::Submitted),
        2 => Just(Happens::Typed),
        2 => ago.clone().prop_map(Happens::Verified),
        1 => ago.prop_map(Happens::Vetoed),
        3 => Just(Happens::Woke),
    ]
}

fn event(happens: Happens, newest: u32, now: Instant) -> Event {
    let request = |ago: u32| RequestId(newest.wrapping_sub(ago));
    match happens {
        Happens::Asked(channel) => Event::Asked { channel },
        Happens::Closed(ago, reason) => {
            Event::Closed { request: request(ago), reason, resend_after: None }
        }
        Happens::Completed(token) => Event::Completed { token },
        Happens::Corrected(token) => Event::Corrected { token },
        Happens::Disabled(true) => Event::Disabled,
        Happens::Disabled(false) => Event::Enabled,
        Happens::Dropped => Event::Dropped { why: Dropped::Characters },
        Happens::Lost(ago) => Event::Lost { request: request(ago) },
        Happens::Filled => Event::Filled,
        Happens::Followed => Event::Followed,
        Happens::Online => Event::Online,
        Happens::ReadBack => Event::ReadBack,
        Happens::Remembered(left, asked) => Event::Remembered { memory: memory(left, asked, now) },
        Happens::Refused(ago, retry_after) => {
            Event::Refused { request: request(ago), refusal: Refusal::RateLimited { retry_after } }
        }
        Happens::Rejected(ago, attempts_left) => {
            Event::Rejected { request: request(ago), attempts_left, resend_after: None }
        }
        Happens::Reset => Event::Reset,
        Happens::Retried => Event::Retried,
        Happens::Sent(ago, length, valid_for) => Event::Sent {
            request: request(ago),
            answer: wire::StartAnswer {
                id: "id".into(),
                success: true,
                token_length: Some(length),
                allow_alphas: Some(length == 8),
                valid_for: Some(valid_for),
                ..wire::StartAnswer::default()
            },
        },
        Happens::Submitted(token) => Event::Submitted { token },
        Happens::Typed => Event::Typed,
        Happens::Verified(ago) => {
            Event::Verified { request: request(ago), receipt: Some("receipt".into()) }
        }
        Happens::Vetoed(ago) => Event::Vetoed { request: request(ago) },
        Happens::Woke => Event::Woke,
    }
}

/// What another tab left a moment ago.
fn memory(attempts_left: u8, asked: bool, now: Instant) -> Memory {
    let answer =
        wire::StartAnswer { id: "id".into(), success: true, ..wire::StartAnswer::default() };
    let mut read = Interaction::read(answer, Channel::Sms, Settings::default(), now).unwrap();
    read.attempts_left = attempts_left;
    Memory { interaction: Some(read), asked: asked.then_some(Channel::Call), ..Memory::default() }
}

/// The request an answer names, if it is one that the state can get at all.
fn answers(event: &Event, phase: Phase) -> Option<RequestId> {
    let none = RequestId(0);
    match event {
        Event::Lost { request } | Event::Refused { request, .. } => Some(*request),
        Event::Sent { request, .. } => Some(if phase == Phase::Sending { *request } else { none }),
        Event::Closed { request, .. }
        | Event::Vetoed { request }
        | Event::Rejected { request, .. }
        | Event::Verified { request, .. } => {
            Some(if phase == Phase::Verifying { *request } else { none })
        }
        Event::Asked { .. }
        | Event::Completed { .. }
        | Event::Corrected { .. }
        | Event::Disabled
        | Event::Dropped { .. }
        | Event::Enabled
        | Event::Filled
        | Event::Followed
        | Event::Given { .. }
        | Event::Online
        | Event::ReadBack
        | Event::Remembered { .. }
        | Event::Reset
        | Event::Retried
        | Event::Submitted { .. }
        | Event::Typed
        | Event::Woke => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn a_code_entry_keeps_its_promises(
        story in proptest::collection::vec((happens(), 0u64..40_000), 1..60),
        submit in any::<bool>(),
    ) {
        let verify = if submit { VerifyMode::Submit } else { VerifyMode::Complete };
        let mut flow = Flow::new(Settings { verify, ..Settings::default() });
        let mut now = Instant(5_000);
        let mut newest = 0;
        let mut in_flight: Option<RequestId> = None;
        for (happening, passed) in story {
            now = Instant(now.0 + passed);
            let event = event(happening, newest, now);
            let before = flow.clone();
            let is_sent = matches!(event, Event::Sent { .. });
            let is_reset = matches!(event, Event::Reset);
            let is_remembered = matches!(event, Event::Remembered { .. });
            let is_success = matches!(event, Event::Verified { .. } | Event::Followed);
            let is_typed = matches!(event, Event::Typed);
            let answered = answers(&event, before.phase());
            let effects = flow.update(event, now);

            // The shell does not ask then.
            if is_typed && !before.minds_typing() {
                prop_assert_eq!(&flow, &before);
                prop_assert!(effects.is_empty());
            }

            // An answer to an abandoned request changes nothing.
            let awaited = in_flight;
            if answered.is_some() && answered != awaited {
                prop_assert_eq!(&flow, &before);
                prop_assert!(effects.is_empty());
                continue;
            }
            if answered.is_some() {
                in_flight = None;
            }

            for effect in &effects {
                match effect {
                    Effect::Abort { request } => {
                        prop_assert_eq!(in_flight, Some(*request));
                        in_flight = None;
                    }
                    Effect::Send { request, .. } => {
                        prop_assert_eq!(in_flight, None, "one request at a time");
                        in_flight = Some(*request);
                        newest = request.0;
                    }
                    Effect::Verify { request, token, .. } => {
                        prop_assert_eq!(in_flight, None, "never two verifies in flight");
                        let format = before.interaction().unwrap().config.format();
                        prop_assert!(token.fits(format));
                        prop_assert!(before.interaction().unwrap().attempts_left > 0);
                        in_flight = Some(*request);
                        newest = request.0;
                    }
                    Effect::Tell(Outcome::Verified { .. }) => prop_assert!(is_success),
                    Effect::ClearField
                    | Effect::FocusField
                    | Effect::ReadField
                    | Effect::SelectField
                    | Effect::SelectLeftover
                    | Effect::Tell(_) => {}
                }
            }

            // What is in flight is what the state waits for.
            let waits = matches!(flow.phase(), Phase::Sending | Phase::Verifying);
            prop_assert_eq!(waits, in_flight.is_some());

            // Attempts never rise except with a new interaction.
            if let (Some(earlier), Some(later)) = (before.interaction(), flow.interaction())
                && !is_sent
            {
                prop_assert!(later.attempts_left <= earlier.attempts_left);
            }

            // What another page left takes no attempt, no message and no success with it.
            if is_remembered {
                prop_assert!(flow.cooldown(now) >= before.cooldown(now));
                prop_assert!(flow.phase() == before.phase() || before.phase() != Phase::Verifying);
            }

            // A success is never lost.
            if is_success && before.phase() == Phase::Verifying {
                prop_assert_eq!(flow.phase(), Phase::Verified);
            }
            if before.phase() == Phase::Verified && !is_reset {
                prop_assert_eq!(flow.phase(), Phase::Verified);
            }

            // The timer is ahead, or what it is for happens at once: no endless waking.
            let mut woken = flow.clone();
            for _ in 0..2 {
                if woken.wake_at(now).is_some_and(|at| at <= now) {
                    let _ = woken.update(Event::Woke, now);
                }
            }
            prop_assert!(woken.wake_at(now).is_none_or(|at| at > now));
        }
    }
}
