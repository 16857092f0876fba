//! The decisions by state and by property, without a runtime; and what their other tests share:
//! one moment, one person, one set of rules.

use mfa_core::wire::Summary;
use mfa_core::{Channel, ClosedReason, E164};
use proptest::collection::vec;
use proptest::prelude::*;

use super::Rules;
use crate::clock::UnixTime;
use crate::decide::answer::Answer;
use crate::decide::books::Books;
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};
use crate::decide::receipt::RedeemError;
use crate::decide::start::Wish;
use crate::decide::ticket::TicketRequest;
use crate::secret::{ApiToken, SecretKey};
use crate::settings::{Keys, Limits, Settings, Upstream};
use person::{Person, right};

mod late;
mod person;

pub(crate) const NOW: UnixTime = 1_700_000_000;

pub(crate) fn rules() -> Rules {
    rules_with(|_| {})
}

pub(crate) fn rules_with(change: impl FnOnce(&mut Settings)) -> Rules {
    let upstream = Upstream::new("http://127.0.0.1:1", "project", ApiToken::new("PT0"));
    let key = |of: u8| vec![SecretKey::from_bytes(std::array::from_fn(|at| (at * at) as u8 ^ of))];
    let mut settings =
        Settings::new(upstream, Keys { sealing: key(1), receipt: key(2), digest: None });
    change(&mut settings);
    settings.check().unwrap();
    Rules::new(settings)
}

pub(crate) fn ticket_for(subject: &str) -> TicketRequest {
    TicketRequest {
        subject: subject.into(),
        to: E164::parse("+15557788999").unwrap(),
        policy: None,
        summary: None,
    }
}

#[test]
fn the_upstream_is_asked_for_one_try_more_than_the_person_has() {
    let mut person = Person::new();
    let (send, _) = person.begin(None).unwrap();
    assert_eq!(send.max_attempts, 4);
    assert_eq!((send.token_length, send.allow_alphas, send.valid_for), (6, false, 600));
    assert_eq!((send.from, send.message), (None, None));
}

#[test]
fn a_send_that_was_surely_not_made_leaves_no_cooldown() {
    for (outcome, cooldown) in [
        (SendOutcome::Failed(Failure::NotReached), false),
        (SendOutcome::Failed(Failure::Credentials), false),
        (SendOutcome::Failed(Failure::Busy { retry_after: None }), false),
        (SendOutcome::NumberRefused, false),
        (SendOutcome::Refused, false),
        (SendOutcome::Failed(Failure::TimedOut), true),
        (SendOutcome::Failed(Failure::Broken), true),
    ] {
        let mut person = Person::new();
        let (_, pending) = person.begin(None).unwrap();
        let concluded = person.finish(&pending, &outcome);
        assert!(matches!(concluded.answer, Answer::Refused(_)));
        assert_eq!(person.begin(None).is_err(), cooldown);
    }
}

#[test]
fn only_an_answer_that_something_came_of_is_kept() {
    for (outcome, keep) in [
        (SendOutcome::Failed(Failure::NotReached), false),
        (SendOutcome::Failed(Failure::Credentials), false),
        (SendOutcome::Failed(Failure::Busy { retry_after: None }), false),
        (SendOutcome::Failed(Failure::TimedOut), true),
        (SendOutcome::Failed(Failure::Broken), true),
        (SendOutcome::Sent { upstream_id: "x".into() }, true),
    ] {
        let mut person = Person::new();
        let (_, pending) = person.begin(None).unwrap();
        let concluded = person.finish(&pending, &outcome);
        assert_eq!(concluded.keep, keep);
    }
}

#[test]
fn two_tries_at_once_cannot_both_be_the_last_one() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    let begun: Vec<_> = (0..5).filter_map(|_| person.begin_try(&id, "000000", None).ok()).collect();
    assert_eq!(begun.len(), 3);
}

#[test]
fn a_try_that_the_upstream_never_saw_costs_nothing() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    for failure in [Failure::NotReached, Failure::Credentials, Failure::Busy { retry_after: None }]
    {
        let (_, pending) = person.begin_try(&id, "000000", None).unwrap();
        person.finish_try(&pending, VerifyOutcome::Failed(failure));
    }
    assert_eq!(person.tries(&id, "000000").unwrap().attempts_left, Some(2));
}

#[test]
fn books_that_are_full_refuse_before_anything_is_sent() {
    let mut person = Person::new();
    let (rules, mut books) =
        (&person.rules, Books::new(&Limits { capacity: 1, ..Limits::default() }));
    books.record("of somebody else", NOW + 600, NOW).unwrap();
    let ticket = rules.issue_ticket(ticket_for("ada"), [9; 16], NOW).unwrap();
    let caller = rules.open_ticket(ticket.ticket.expose(), NOW).unwrap();
    let address = "192.0.2.1".parse().unwrap();
    let wish = Wish { caller, channel: Channel::Sms, previous: None, address };
    let plan = rules.plan_start(wish, [1; 16]).unwrap();
    let refusal = rules.begin_start(&mut books, &plan, NOW).err().unwrap();
    assert_eq!(refusal.code, mfa_core::wire::ProblemCode::Unavailable);
    assert!(books.subjects.is_empty() && books.counters.is_empty());
    assert!(person.starts(None).is_ok());
}

#[test]
fn a_request_that_was_refused_leaves_nothing_in_the_books() {
    let mut person = Person::new();
    let (_, pending) = person.begin(None).unwrap();
    assert!(!person.books.subjects.is_empty());
    person.finish(&pending, &SendOutcome::Failed(Failure::NotReached));
    assert!(person.books.is_empty());
}

#[test]
fn a_send_that_was_not_made_forgets_no_wrong_code() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    person.tries(&id, "999999").unwrap();
    person.now += 30;
    let (_, pending) = person.begin(None).unwrap();
    person.finish(&pending, &SendOutcome::Failed(Failure::NotReached));
    assert_eq!(person.starts(None).unwrap().max_attempts, Some(2));
}

#[test]
fn who_is_known_is_served_when_there_is_no_room_for_anybody_new() {
    let person = Person::new();
    let rules = &person.rules;
    let mut books = Books::new(&Limits { capacity: 1, ..Limits::without_sends() });
    let ada = rules.subject_digest("ada");
    books.conduct(&ada, NOW).unwrap().last_send = Some(NOW - 60);
    for (subject, served) in [("ada", true), ("grace", false)] {
        let ticket = rules.issue_ticket(ticket_for(subject), [9; 16], NOW).unwrap();
        let caller = rules.open_ticket(ticket.ticket.expose(), NOW).unwrap();
        let address = "192.0.2.1".parse().unwrap();
        let wish = Wish { caller, channel: Channel::Sms, previous: None, address };
        let plan = rules.plan_start(wish, [1; 16]).unwrap();
        assert_eq!(rules.begin_start(&mut books, &plan, NOW).is_ok(), served, "{subject}");
    }
}

#[test]
fn the_longest_ticket_that_is_issued_opens() {
    let mut request = ticket_for(&"𝄞".repeat(63));
    let line = "𝄞".repeat(200);
    request.summary =
        Some(Summary { title: line.clone(), lines: vec![line; 10], digest: Some("x".repeat(128)) });
    let rules = rules();
    let issued = rules.issue_ticket(request, [7; 16], NOW).unwrap();
    assert!(rules.open_ticket(issued.ticket.expose(), NOW).is_ok());
}

#[test]
fn who_was_let_go_on_by_the_backend_has_all_tries_again() {
    let mut person = Person::new();
    person.rules.settings.limits.failed_in_row = 3;
    let id = person.starts(None).unwrap().id;
    while person.tries(&id, "999999").is_ok() {}
    person.now += 86_400;
    let refusal = person.starts(None).unwrap_err();
    assert!(refusal.retry_after > Some(86_400), "{refusal:?}");
    let subject = person.rules.subject_digest("ada");
    person.rules.unlock(&mut person.books, &subject, person.now);
    assert_eq!(person.starts(None).unwrap().max_attempts, Some(3));
}

#[test]
fn a_day_has_only_so_many_wrong_codes() {
    let mut person = Person::new();
    let mut wrong = 0;
    let end = NOW + 86_400;
    while person.now < end {
        if let Ok(started) = person.starts(None) {
            while person.tries(&started.id, "999999").is_ok() {
                wrong += 1;
            }
        }
        person.now += 60;
    }
    assert_eq!(wrong, person.rules.settings.limits.failed_per_day);
    person.now += 3_600;
    assert!(person.starts(None).is_ok(), "nobody is locked out by a day of it");
}

#[test]
fn a_success_in_between_brings_the_days_wrong_codes_not_back() {
    let mut person = Person::new();
    let mut wrong = 0;
    while let Ok(started) = person.starts(None) {
        for _ in 0..2 {
            wrong += u32::from(person.tries(&started.id, "999999").is_ok_and(|a| !a.success));
        }
        // The owner comes, and is let in while there is a try left.
        let right = right(person.upstream.sent.len() - 1);
        let _ = person.tries(&started.id, &right);
        person.now += 600;
        assert!(person.now < NOW + 86_400);
    }
    assert_eq!(wrong, person.rules.settings.limits.failed_per_day);
}

#[test]
fn a_right_code_costs_nothing_of_the_day() {
    let mut person = Person::new();
    person.rules.settings.limits.failed_per_day = 1;
    for at in 0..9 {
        let id = person.starts(None).unwrap().id;
        assert!(person.tries(&id, &right(at)).unwrap().success);
    }
}

#[test]
fn a_receipt_is_redeemed_once_and_only_while_it_lives() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    let receipt = person.tries(&id, "100000").unwrap().receipt.unwrap();
    person.now = NOW + 120;
    assert_eq!(person.redeems(&receipt), Err(RedeemError::Expired));
    person.now = NOW + 119;
    assert!(person.redeems(&receipt).is_ok());
    assert_eq!(person.redeems(&receipt), Err(RedeemError::Used));
    assert_eq!(person.redeems("a.b.c"), Err(RedeemError::Invalid));
}

#[test]
fn a_receipt_for_somebody_else_is_not_ours() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    let receipt = person.tries(&id, "100000").unwrap().receipt.unwrap();
    let other = rules_with(|settings| settings.audience = "another site".into());
    assert_eq!(other.plan_redeem(&receipt, NOW).unwrap_err(), RedeemError::Invalid);
}

#[derive(Clone, Debug)]
enum Step {
    /// Ask for a code, as a resend of the n-th latest if there is one.
    Start { resend_of: Option<usize> },
    /// Try a wrong code on the n-th latest.
    Wrong { on: usize },
    /// Time passes.
    Wait { seconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        proptest::option::of(0_usize..3).prop_map(|resend_of| Step::Start { resend_of }),
        (0_usize..3).prop_map(|on| Step::Wrong { on }),
        (0_usize..3).prop_map(|on| Step::Wrong { on }),
        (0_u64..90).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

proptest! {
    /// Whatever is resent and retried, nobody gets more guesses in a window than the policy has.
    #[test]
    fn a_person_never_has_more_tries_than_the_policy(steps in vec(step(), 1..80)) {
        let mut person = Person::new();
        let mut ids: Vec<String> = Vec::new();
        let mut wrong: Vec<UnixTime> = Vec::new();
        for step in steps {
            let nth = |n: usize| ids.len().checked_sub(n + 1).map(|at| ids[at].clone());
            match step {
                Step::Start { resend_of } => {
                    let previous = resend_of.and_then(nth);
                    if let Ok(started) = person.starts(previous.as_deref()) {
                        ids.push(started.id);
                    }
                }
                Step::Wrong { on } => {
                    if let Some(id) = nth(on) {
                        let before = person.upstream.asked;
                        if person.tries(&id, "999999").is_ok() {
                            wrong.push(person.now);
                        }
                        // At most two tokens are live, so one guess is two questions at most.
                        prop_assert!(person.upstream.asked - before <= 2);
                    }
                }
                Step::Wait { seconds } => person.now += seconds,
            }
        }
        // Windows begin with the first failure and do not overlap.
        let mut window: Option<(UnixTime, u32)> = None;
        for at in wrong {
            window = match window {
                Some((began, count)) if at < began + 600 => Some((began, count + 1)),
                _ => Some((at, 1)),
            };
            prop_assert!(window.is_none_or(|(_, count)| count <= 3));
        }
    }

    /// However codes are asked for, two at most are good at once, and after a success none.
    #[test]
    fn two_codes_of_a_person_are_good_at_most_and_after_a_success_none(
        starts in vec((proptest::option::of(0_usize..3), 0_u64..200), 1..8)
    ) {
        let mut person = Person::new();
        let mut ids: Vec<String> = Vec::new();
        let mut newest_until = NOW;
        for (resend_of, wait) in starts {
            let previous = resend_of.and_then(|n| ids.len().checked_sub(n + 1));
            let previous = previous.map(|at| ids[at].clone());
            if let Ok(started) = person.starts(previous.as_deref()) {
                ids.push(started.id);
                newest_until = person.now + 600;
            }
            person.now += wait;
        }
        let good = |person: &Person, id: &str, at: usize| {
            let mut person = person.as_it_is();
            let verified = person.tries(id, &right(at)).is_ok_and(|answer| answer.success);
            (verified, person)
        };
        let mut accepted = std::collections::BTreeSet::new();
        for id in &ids {
            for at in 0..ids.len() {
                let (verified, after) = good(&person, id, at);
                if verified {
                    accepted.insert(at);
                    for other in &ids {
                        prop_assert!((0..ids.len()).all(|at| !good(&after, other, at).0));
                    }
                }
            }
        }
        prop_assert!(accepted.len() <= 2, "{accepted:?}");
        // Nothing of this is at the cost of the newest.
        prop_assert_eq!(accepted.contains(&(ids.len() - 1)), person.now < newest_until);
    }

    /// `attempts_left` only falls while an interaction lives, and it is the truth.
    #[test]
    fn the_attempts_that_are_said_to_be_left_are_left(wrong in 1_u8..6) {
        let mut person = Person::new();
        let id = person.starts(None).unwrap().id;
        let mut left = 3;
        for _ in 0..wrong {
            match person.tries(&id, "999999") {
                Ok(answer) => {
                    prop_assert_eq!(answer.attempts_left, Some(left - 1));
                    left -= 1;
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal.reason, Some(ClosedReason::Exhausted));
                    prop_assert_eq!(left, 0);
                }
            }
        }
        prop_assert_eq!(person.tries(&id, "100000").is_ok(), left > 0);
    }
}
