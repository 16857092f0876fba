//! Every state met by every event, as one table; and the stories that a table does not tell.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use super::fixtures::*;
use super::*;
use crate::{Token, UncheckedConfig, wire};

/// The states, each with the request that is in flight or was the last one.
fn states() -> [(&'static str, Flow, RequestId); 10] {
    let held = step(offline_verify(), Event::Typed);
    [
        ("idle", idle(), RequestId(1)),
        ("sending", asked(), RequestId(1)),
        ("entering", entering(), RequestId(1)),
        ("entering again", held, RequestId(2)),
        ("verifying", verifying(), RequestId(2)),
        ("verified", verified(), RequestId(2)),
        ("rejected", rejected(), RequestId(2)),
        ("closed", closed(), RequestId(2)),
        ("offline, sending", offline_send(), RequestId(1)),
        ("offline, verifying", offline_verify(), RequestId(2)),
    ]
}

/// What a page can meet, in answer to `request`.
fn events(request: RequestId) -> Vec<(&'static str, Event)> {
    let given = Interaction::read(sms(), Channel::Sms, Settings::default(), NOW).unwrap();
    let refusal = Refusal::RateLimited { retry_after: Some(60) };
    vec![
        ("asked sms", Event::Asked { channel: Channel::Sms }),
        ("asked call", Event::Asked { channel: Channel::Call }),
        ("given", Event::Given { interaction: given }),
        ("sent", Event::Sent { request, answer: sms() }),
        ("typed", Event::Typed),
        ("dropped", Event::Dropped { why: Dropped::Characters }),
        ("completed same", Event::Completed { token: token("111111") }),
        ("completed other", Event::Completed { token: token("222222") }),
        ("corrected", Event::Corrected { token: token("222222") }),
        ("submitted same", Event::Submitted { token: Some(token("111111")) }),
        ("submitted other", Event::Submitted { token: Some(token("222222")) }),
        ("submitted part", Event::Submitted { token: None }),
        ("verified", Event::Verified { request, receipt: Some("receipt".into()) }),
        ("rejected", Event::Rejected { request, attempts_left: Some(1), resend_after: None }),
        ("closed", Event::Closed { request, reason: ClosedReason::Expired, resend_after: None }),
        ("refused", Event::Refused { request, refusal }),
        ("lost", Event::Lost { request }),
        ("vetoed", Event::Vetoed { request }),
        ("online", Event::Online),
        ("filled", Event::Filled),
        ("read back", Event::ReadBack),
        ("remembered", Event::Remembered { memory: memory("other", LATER) }),
        ("followed", Event::Followed),
        ("retried", Event::Retried),
        ("reset", Event::Reset),
        ("disabled", Event::Disabled),
        ("enabled", Event::Enabled),
    ]
}

/// What a page left that was sent a token at `sent`.
fn memory(id: &str, sent: Instant) -> Memory {
    let answer = wire::StartAnswer { id: id.into(), ..sms() };
    let read = Interaction::read(answer, Channel::Sms, Settings::default(), sent);
    let resend_at = sent.after_seconds(30);
    Memory { interaction: Some(read.unwrap()), resend_at, ..Memory::default() }
}

/// Long after every cooldown, long before every expiry.
const LATER: Instant = NOW.after_seconds(60);
const GIVEN_UP: Instant = NOW.after_seconds(PATIENCE);
const EXPIRED: Instant = NOW.after_seconds(600);

fn row(state: &str, flow: &Flow, event: &str, met: Event, now: Instant) -> String {
    let mut flow = flow.clone();
    let effects = flow.update(met, now);
    format!("{state} + {event} → {}: {}", flow.phase().as_str(), said(&effects).join(", "))
}

#[test]
fn every_state_meets_every_event() {
    let mut table: Vec<String> = Vec::new();
    for (state, flow, request) in states() {
        for (event, met) in events(request) {
            table.push(row(state, &flow, event, met, LATER));
        }
        for (event, now) in [("woke, given up", GIVEN_UP), ("woke, expired", EXPIRED)] {
            table.push(row(state, &flow, event, Event::Woke, now));
        }
    }
    let expected = include_str!("table.txt").lines();
    for (line, (found, expected)) in (1..).zip(table.iter().zip(expected)) {
        assert_eq!(found.trim_end(), expected.trim_end(), "table.txt, line {line}");
    }
    assert_eq!(table.len(), include_str!("table.txt").lines().count());
}

#[test]
fn typing_changes_nothing_of_what_does_not_mind_it() {
    for (state, flow, _) in
        states().into_iter().chain([("typed in", step(entering(), Event::Typed), RequestId(1))])
    {
        let mut after = flow.clone();
        let _ = after.update(Event::Typed, LATER);
        assert!(flow.minds_typing() || after == flow, "{state}");
    }
    assert!(entering().minds_typing());
    assert!(!step(entering(), Event::Typed).minds_typing());
}

#[test]
fn an_answer_to_an_abandoned_request_changes_nothing() {
    for (state, flow, _) in states() {
        for (event, met) in events(RequestId(99)) {
            let is_answer = ["sent", "verified", "rejected", "closed", "refused", "lost", "vetoed"];
            if is_answer.contains(&event) {
                let mut after = flow.clone();
                assert_eq!(after.update(met, LATER), [], "{state} + {event}");
                assert_eq!(after, flow, "{state} + {event}");
            }
        }
    }
}

#[test]
fn a_disabled_entry_ignores_the_visitor_but_not_the_answers() {
    let visitors = [
        "asked sms",
        "typed",
        "completed other",
        "submitted same",
        "retried",
        "filled",
        "read back",
        "corrected",
    ];
    for (state, flow, request) in states() {
        let off = step(flow, Event::Disabled);
        for (event, met) in events(request) {
            if visitors.contains(&event) {
                let mut after = off.clone();
                assert_eq!(after.update(met, LATER), [], "{state} + {event}");
                assert_eq!(after, off, "{state} + {event}");
            }
        }
    }
    let off = step(verifying(), Event::Disabled);
    let receipt = Some("receipt".into());
    let request = id_of(&off);
    assert_eq!(step(off, Event::Verified { request, receipt }).phase(), Phase::Verified);
}

#[test]
fn a_second_click_during_the_cooldown_sends_nothing() {
    for (from, phase) in [(entering(), Phase::Entering), (rejected(), Phase::Rejected)] {
        let mut flow = from;
        let early = NOW.after_seconds(29);
        assert_eq!(flow.update(Event::Asked { channel: Channel::Call }, early), []);
        assert_eq!(flow.phase(), phase);
    }
}

#[test]
fn starting_over_is_no_way_round_the_cooldown() {
    let mut flow = step(entering(), Event::Reset);
    assert_eq!(flow.phase(), Phase::Idle);
    let early = NOW.after_seconds(29);
    assert_eq!(flow.update(Event::Asked { channel: Channel::Sms }, early), []);
    assert_eq!(flow.phase(), Phase::Idle);
}

#[test]
fn a_refused_resend_leaves_the_earlier_token_good() {
    let mut flow = entering();
    let _ = flow.update(Event::Asked { channel: Channel::Sms }, LATER);
    let refusal = Refusal::RateLimited { retry_after: Some(300) };
    let _ = flow.update(Event::Refused { request: id_of(&flow), refusal }, LATER);
    assert_eq!(flow.phase(), Phase::Entering);
    assert_eq!(flow.cooldown(LATER), 300);
    let effects = flow.update(Event::Completed { token: token("111111") }, LATER);
    assert_eq!(said(&effects), ["verify #3 key 3 first 111111"]);
}

#[test]
fn the_same_attempt_keeps_its_key_and_another_one_gets_its_own() {
    let mut flow = step(offline_verify(), Event::Typed);
    let again = flow.update(Event::Completed { token: token("111111") }, NOW);
    assert_eq!(said(&again), ["verify #3 key 2 first 111111"]);

    let mut flow = step(offline_verify(), Event::Typed);
    let other = flow.update(Event::Completed { token: token("222222") }, NOW);
    assert_eq!(said(&other), ["verify #3 key 3 first 222222"]);
}

#[test]
fn a_correction_in_the_middle_is_tried_when_the_visitor_says_so() {
    for flow in [entering(), step(rejected(), Event::Typed)] {
        let mut flow = step(flow, Event::Typed);
        let corrected = Event::Corrected { token: token("222222") };
        assert_eq!(flow.update(corrected, NOW), []);
        assert_eq!(flow.phase(), Phase::Entering);
        let again = said(&step(flow.clone(), Event::Typed).update(Event::Retried, NOW));
        for confirmed in [Event::Retried, Event::Submitted { token: Some(token("222222")) }] {
            let effects = said(&flow.clone().update(confirmed, NOW));
            assert_eq!(effects.len(), 1);
            assert!(effects[0].ends_with("first 222222"), "{effects:?}");
        }
        assert_eq!(again.len(), 1, "the attempt is kept for when the same is typed again");
    }
}

#[test]
fn what_is_typed_while_no_answer_comes_is_tried_once_there_is_one() {
    let mut flow = step(offline_send(), Event::Typed);
    let effects = flow.update(Event::Submitted { token: Some(token("111111")) }, NOW);
    assert_eq!(said(&effects), ["send #2 key 1 sms"], "the same request again");
    let request = id_of(&flow);
    let effects = flow.update(Event::Sent { request, answer: sms() }, NOW);
    assert_eq!(said(&effects), ["tell sent sms", "focus", "read"]);
}

#[test]
fn starting_over_while_a_token_is_asked_for_is_no_way_to_a_second_one() {
    for flow in [asked(), offline_send()] {
        let flow = step(flow, Event::Reset);
        assert_eq!((flow.phase(), flow.cooldown(NOW)), (Phase::Idle, 30));
    }
}

#[test]
fn a_send_whose_answer_was_lost_is_repeated_under_its_key() {
    for retry in [Event::Retried, Event::Asked { channel: Channel::Sms }] {
        assert_eq!(said(&offline_send().update(retry, NOW)), ["send #2 key 1 sms"]);
    }
    let call = Event::Asked { channel: Channel::Call };
    assert_eq!(said(&offline_send().update(call, NOW)), ["send #2 key 2 call"]);
}

#[test]
fn the_last_wrong_code_closes_whatever_the_endpoint_counts() {
    let mut flow = entering();
    for (typed, left) in [("111111", None), ("222222", Some(9)), ("333333", Some(9))] {
        let _ = flow.update(Event::Typed, NOW);
        let _ = flow.update(Event::Completed { token: token(typed) }, NOW);
        let request = id_of(&flow);
        let _ =
            flow.update(Event::Rejected { request, attempts_left: left, resend_after: None }, NOW);
    }
    assert_eq!(flow.state(), &State::Closed(ClosedReason::Exhausted));
}

#[test]
fn the_way_to_a_new_token_opens_when_the_endpoint_says_so() {
    let flow = verifying();
    let request = id_of(&flow);
    let (exhausted, out) = (ClosedReason::Exhausted, Some(0));
    for answer in [
        Event::Rejected { request, attempts_left: out, resend_after: Some(600) },
        Event::Closed { request, reason: exhausted, resend_after: Some(600) },
    ] {
        let closed = step(flow.clone(), answer);
        assert_eq!(closed.state(), &State::Closed(exhausted));
        assert_eq!(closed.cooldown(NOW), 600);
    }
    for shorter in [Some(1), Some(-1), None] {
        let answer = Event::Rejected { request, attempts_left: out, resend_after: shorter };
        assert_eq!(step(flow.clone(), answer).cooldown(NOW), 30);
    }
}

#[test]
fn the_endpoints_count_may_take_attempts_off() {
    let flow = verifying();
    let request = id_of(&flow);
    for none in [Some(0), Some(-3)] {
        let exhausted = step(
            flow.clone(),
            Event::Rejected { request, attempts_left: none, resend_after: None },
        );
        assert_eq!(exhausted.state(), &State::Closed(ClosedReason::Exhausted));
    }
}

#[test]
fn a_config_that_is_out_of_range_is_said_and_sends_nothing() {
    let config = UncheckedConfig { token_length: Some(99), ..UncheckedConfig::default() };
    let settings = Settings { config, ..Settings::default() };
    let mut flow = Flow::new(settings);
    let effects = flow.update(Event::Asked { channel: Channel::Sms }, NOW);
    assert_eq!(said(&effects), ["tell error config"]);
    assert_eq!(flow.notice(), Some(Notice::Config(crate::ConfigField::TokenLength)));
}

#[test]
fn an_answer_whose_config_is_out_of_range_starts_nothing() {
    let mut flow = asked();
    let answer = wire::StartAnswer { max_attempts: Some(0), ..sms() };
    let effects = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
    assert_eq!(said(&effects), ["tell error config"]);
    assert_eq!(flow.phase(), Phase::Idle);
}

#[test]
fn what_was_typed_before_a_code_was_asked_for_is_not_tried() {
    let flow = step(idle(), Event::Typed);
    let mut flow = step(flow, Event::Asked { channel: Channel::Sms });
    let request = id_of(&flow);
    let effects = flow.update(Event::Sent { request, answer: sms() }, NOW);
    assert_eq!(said(&effects), ["tell sent sms", "focus", "select leftover"]);
}

#[test]
fn what_was_typed_while_a_code_was_asked_for_is_looked_at() {
    let mut flow = step(asked(), Event::Typed);
    let request = id_of(&flow);
    let effects = flow.update(Event::Sent { request, answer: sms() }, NOW);
    assert_eq!(said(&effects), ["tell sent sms", "focus", "read"]);
}

#[test]
fn a_token_typed_before_the_config_was_known_is_checked_against_it() {
    let mut flow = asked();
    let answer = wire::StartAnswer { token_length: Some(8), ..sms() };
    let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
    assert_eq!(flow.update(Event::Completed { token: token("111111") }, NOW), []);
    assert_eq!(flow.notice(), Some(Notice::TooShort));
}

#[test]
fn in_the_form_mode_nothing_is_verified_in_the_page() {
    let mut flow = entering();
    flow.settings.verify = VerifyMode::Form;
    let whole = token("111111");
    assert_eq!(flow.update(Event::Completed { token: whole }, NOW), []);
    assert_eq!(flow.update(Event::Submitted { token: Some(whole) }, NOW), []);
}

#[test]
fn in_the_submit_mode_a_whole_token_waits_for_enter() {
    let mut flow = entering();
    flow.settings.verify = VerifyMode::Submit;
    let whole = token("111111");
    assert_eq!(flow.update(Event::Completed { token: whole }, NOW), []);
    let effects = flow.update(Event::Submitted { token: Some(whole) }, NOW);
    assert_eq!(said(&effects), ["verify #2 key 2 first 111111"]);
}

#[test]
fn an_expired_token_is_not_sent() {
    let mut flow = entering();
    let effects = flow.update(Event::Completed { token: token("111111") }, EXPIRED);
    assert_eq!(said(&effects), ["tell closed expired"]);
}

#[test]
fn the_timer_ticks_with_the_cooldown_and_then_waits_for_the_expiry() {
    let flow = entering();
    assert_eq!(flow.wake_at(NOW), Some(Instant(NOW.0 + 1000)));
    assert_eq!(flow.wake_at(Instant(NOW.0 + 1)), Some(Instant(NOW.0 + 1000)));
    let warned = NOW.after_seconds(300);
    let typed = step(flow, Event::Typed);
    assert_eq!(typed.wake_at(NOW.after_seconds(30)), Some(warned));
    assert_eq!(asked().wake_at(NOW), Some(GIVEN_UP));
    assert_eq!(verified().wake_at(NOW), None);
}

#[test]
fn a_token_that_is_never_valid_expires_at_once() {
    let mut flow = asked();
    let answer = wire::StartAnswer { valid_for: Some(0), ..sms() };
    let _ = flow.update(Event::Sent { request: id_of(&flow), answer }, NOW);
    let _ = flow.update(Event::Woke, NOW);
    assert_eq!(flow.state(), &State::Closed(ClosedReason::Expired));
}

#[test]
fn debug_output_of_a_whole_flow_holds_no_token_and_no_receipt() {
    for (_, flow, _) in states() {
        let printed = format!("{flow:?}");
        assert!(!printed.contains("111111") && !printed.contains("receipt\""), "{printed}");
    }
    let _ = Token::parse("111111", idle().format());
}
