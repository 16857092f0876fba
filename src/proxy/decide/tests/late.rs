//! Answers that come late, or never, to who asked first.

use super::person::Person;
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};

#[test]
fn a_verify_whose_instance_is_gone_costs_no_second_try_when_it_comes_again() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    // Charged, and nobody ever came back with the answer.
    person.begin_try(&id, "999999", Some("key")).unwrap();
    let again = person.tries_under(&id, "999999", Some("key")).unwrap();
    assert_eq!(again.attempts_left, Some(2));
    // Under another key it is another try.
    assert_eq!(person.tries_under(&id, "999999", Some("other")).unwrap().attempts_left, Some(1));
}

#[test]
fn who_comes_back_to_a_try_that_was_asked_again_meanwhile_gives_nothing_back() {
    let late = [Failure::NotReached, Failure::TimedOut, Failure::Busy { retry_after: None }];
    for failure in late {
        let mut person = Person::new();
        let id = person.starts(None).unwrap().id;
        let (_, first) = person.begin_try(&id, "999999", Some("key")).unwrap();
        // Its lease is over, and another instance asks.
        let again = person.tries_under(&id, "999999", Some("key")).unwrap();
        assert_eq!(again.attempts_left, Some(2));
        person.finish_try(&first, VerifyOutcome::Failed(failure));
        for left in [1, 0] {
            assert_eq!(person.tries(&id, "999999").unwrap().attempts_left, Some(left));
        }
        assert!(person.tries(&id, "999999").is_err(), "{failure:?}");
    }
}

#[test]
fn a_send_that_fails_late_takes_no_newer_cooldown_back() {
    let mut person = Person::new();
    let (_, slow) = person.begin(None).unwrap();
    person.now += 30;
    person.starts(None).unwrap();
    person.finish(&slow, &SendOutcome::Failed(Failure::NotReached));
    assert_eq!(person.starts(None).unwrap_err().retry_after, Some(30));
}

#[test]
fn an_answer_to_one_try_forgets_nothing_of_another_that_has_none_yet() {
    let mut person = Person::new();
    let id = person.starts(None).unwrap().id;
    let (_, first) = person.begin_try(&id, "999999", Some("first")).unwrap();
    person.begin_try(&id, "999998", Some("second")).unwrap();
    person.finish_try(&first, VerifyOutcome::Wrong);
    let again = person.tries_under(&id, "999998", Some("second")).unwrap();
    assert_eq!(again.attempts_left, Some(1));
}
