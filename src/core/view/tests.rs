use std::{vec, vec::Vec};

use super::*;
use crate::flow::fixtures::{NOW, asked, entering, id_of, offline_verify, rejected, sms};
use crate::flow::{Event, Settings};

/// The ways to a token that are offered.
fn labels(view: &View) -> Vec<(Action, u32)> {
    let ways = [view.buttons.ask, view.buttons.ask_other];
    ways.into_iter().flatten().map(|button| (button.action, button.wait)).collect()
}

fn is_primary(button: Option<Button>) -> bool {
    button.is_some_and(|button| button.primary)
}

fn retries(view: &View) -> bool {
    is_primary(view.buttons.retry)
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
    assert!(is_primary(view.buttons.ask) && !is_primary(view.buttons.ask_other));
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
            [(ask(Channel::Sms, Asking::Again), left), (ask(Channel::Call, Asking::Instead), left)]
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
    assert!(retries(&View::of(&flow, NOW)));
    assert_eq!(View::of(&flow, NOW).error, Some(Message::Unavailable));
    let _ = flow.update(Event::Typed, NOW);
    let view = View::of(&flow, NOW);
    assert!(!retries(&view));
    assert_eq!(labels(&view)[0].0, ask(Channel::Sms, Asking::Again));
    assert_eq!(view.error, None);
}

#[test]
fn without_a_network_the_way_on_is_to_try_again() {
    let view = View::of(&offline_verify(), NOW);
    assert!(retries(&view));
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
    assert_eq!(labels(&view)[1].0, ask(Channel::Call, Asking::Instead));
    assert!(is_primary(view.buttons.ask_other) && !is_primary(view.buttons.ask));
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
    assert!(View::of(&entering(), NOW).buttons.read_back.is_some());
    let masked = Flow::new(Settings { masked: true, ..Settings::default() });
    assert!(View::of(&masked, NOW).buttons.read_back.is_none());
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
    assert!(verified.locked && verified.buttons == Buttons::default());
}
