//! Typing a code when the telephone service fails.

use mfa_emulator::{Outcome, Route};
use serde_json::json;
use uuid::Uuid;

use super::road::{Happens, Road};
use crate::world::World;

const HTML: &str = "<html><h1>502 Bad Gateway</h1></html>";

#[tokio::test]
async fn a_verify_that_fails_costs_one_attempt_however_often_the_page_repeats_it() {
    let (failed, busy) = ((502, "upstream_failed", None), (503, "unavailable", Some(7)));
    let slow = (504, "upstream_timeout", None);
    let says =
        |works, status, retry_after, body| Happens::Says { works, status, retry_after, body };
    for (what, fault, (status, code, retry_after), wait) in [
        ("slow before it counts", Happens::Hangs { works: false }, slow, 0),
        ("slow after it counted", Happens::Hangs { works: true }, slow, 0),
        ("500", says(false, 500, None, "{}"), failed, 0),
        ("503 with Retry-After", says(false, 503, Some("7"), HTML), failed, 7),
        ("429 with Retry-After", says(false, 429, Some("7"), "{}"), busy, 7),
        ("429 without", says(false, 429, None, "{}"), (503, "unavailable", Some(5)), 0),
        ("401", says(false, 401, None, "{}"), failed, 0),
        ("403", says(false, 403, None, "{}"), failed, 0),
        ("garbage", says(false, 200, None, "{\"suc"), failed, 0),
        ("garbage after it counted", says(true, 200, None, "[]"), failed, 0),
        ("an HTML page", says(false, 200, None, HTML), failed, 0),
        ("an HTML page after it counted", says(true, 502, None, HTML), failed, 0),
    ] {
        let (world, road) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        let (wrong, key) = (world.wrong_token(), Some(Uuid::new_v4()));
        road.next(fault);
        let first = visitor.types_with(&id, &wrong, key).await;
        assert_eq!(first.is_problem(status, code).retry_after, retry_after, "{what}");
        if wait > 0 {
            let early = visitor.types_with(&id, &wrong, key).await;
            assert_eq!(early.is_problem(503, "unavailable").retry_after, Some(wait), "{what}");
            assert_eq!(road.came(), 2, "{what}");
            world.passes(wait);
        }
        let again = visitor.types_with(&id, &wrong, key).await;
        assert_eq!(again.body, json!({ "success": false, "attempts_left": 2 }), "{what}");
        assert_eq!(visitor.types_with(&id, &wrong, key).await, again, "{what}");
        // All that are left can really be tried.
        assert_eq!(visitor.types(&id, &wrong).await.body["attempts_left"], 1, "{what}");
        assert_eq!(visitor.types(&id, &world.token()).await.body["success"], true, "{what}");
        assert_eq!(world.emulator.outbox().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_lost_verify_asked_again_costs_no_second_attempt() {
    for outcome in [Outcome::DropBefore, Outcome::DropAfter] {
        let world = World::start().await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        let wrong = world.wrong_token();
        world.breaks(Route::Verify, outcome, 0);
        let key = Some(Uuid::new_v4());
        visitor.types_with(&id, &wrong, key).await.is_problem(502, "upstream_failed");
        let again = visitor.types_with(&id, &wrong, key).await;
        assert_eq!(again.body, json!({ "success": false, "attempts_left": 2 }), "{outcome:?}");
        assert_eq!(visitor.types_with(&id, &wrong, key).await, again);
        // All that are left can really be tried.
        assert_eq!(visitor.types(&id, &wrong).await.body["attempts_left"], 1);
        assert_eq!(visitor.types(&id, &world.token()).await.body["success"], true);
    }
}

#[tokio::test]
async fn the_right_token_whose_question_was_lost_is_right_when_asked_again() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.breaks(Route::Verify, Outcome::DropBefore, 0);
    let key = Some(Uuid::new_v4());
    visitor.types_with(&id, &world.token(), key).await.is_problem(502, "upstream_failed");
    let again = visitor.types_with(&id, &world.token(), key).await;
    assert_eq!(again.body["success"], true, "{again:?}");
    assert_eq!(visitor.types_with(&id, &world.token(), key).await, again);
}

#[tokio::test]
async fn the_right_token_whose_answer_was_lost_is_never_guessed_to_be_right() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.breaks(Route::Verify, Outcome::DropAfter, 0);
    let key = Some(Uuid::new_v4());
    visitor.types_with(&id, &world.token(), key).await.is_problem(502, "upstream_failed");
    // The upstream's 404 has four causes, and a broken one says it too.
    visitor.types_with(&id, &world.token(), key).await.is_closed("unknown");
    world.passes(30);
    let next = visitor.asks_with("sms", Some(&id), None).await.text("id");
    assert_eq!(visitor.types(&next, &world.token()).await.body["success"], true);
}

#[tokio::test]
async fn a_lost_verify_with_another_token_under_its_key_is_no_free_guess() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.breaks(Route::Verify, Outcome::DropAfter, 0);
    let key = Some(Uuid::new_v4());
    visitor.types_with(&id, &world.wrong_token(), key).await.is_problem(502, "upstream_failed");
    let other = visitor.types_with(&id, &world.token(), key).await;
    other.is_problem(422, "idempotency_mismatch");
}

#[tokio::test]
async fn answers_lost_again_and_again_end_with_a_closed_interaction() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let (wrong, key) = (world.wrong_token(), Some(Uuid::new_v4()));
    for _ in 0..2 {
        world.breaks(Route::Verify, Outcome::DropAfter, 0);
        visitor.types_with(&id, &wrong, key).await.is_problem(502, "upstream_failed");
    }
    visitor.types_with(&id, &wrong, key).await.is_closed("unknown");
}

#[tokio::test]
async fn a_late_sms_whose_question_was_lost_costs_one_attempt() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let first = visitor.asks("sms").await.text("id");
    let late = world.token();
    world.passes(30);
    let second = visitor.asks_with("sms", Some(&first), None).await.text("id");
    // The newest answers "wrong"; the question to the one before is lost.
    world.breaks(Route::Verify, Outcome::Answer, 0);
    world.breaks(Route::Verify, Outcome::DropBefore, 0);
    let key = Some(Uuid::new_v4());
    visitor.types_with(&second, &late, key).await.is_problem(502, "upstream_failed");
    let again = visitor.types_with(&second, &late, key).await;
    assert_eq!(again.body["success"], true, "{again:?}");
}

#[tokio::test]
async fn the_right_token_is_right_when_asked_again_after_any_failure_that_did_not_count_it() {
    for status in [401, 403, 429, 500, 503] {
        let world = World::start().await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        world.breaks(Route::Verify, Outcome::Status { status, retry_after: None }, 0);
        let key = Some(Uuid::new_v4());
        assert!(visitor.types_with(&id, &world.token(), key).await.status >= 502);
        let again = visitor.types_with(&id, &world.token(), key).await;
        assert_eq!(again.body["success"], true, "{status}: {again:?}");
        assert_eq!(visitor.types_with(&id, &world.token(), key).await, again);
        assert_eq!(world.redeem(&again.text("receipt")).await.status, 200);
        assert_eq!(world.emulator.outbox().len(), 1);
    }
}
