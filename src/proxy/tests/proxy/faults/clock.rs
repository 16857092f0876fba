//! The proxy's clock jumps, between two requests or in the middle of one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use uuid::Uuid;

use super::road::{Happens, Road};
use crate::world::World;

const DAY: i64 = 86_400;

/// The clock jumps while the next question is with the upstream.
fn jumps_meanwhile(world: &World, road: &Road, seconds: i64) {
    let clock = Arc::clone(&world.clock);
    road.next(Happens::Meanwhile(Box::new(move || {
        clock.fetch_add(seconds.cast_unsigned(), Ordering::SeqCst);
    })));
}

#[tokio::test]
async fn a_clock_that_jumps_while_a_code_is_sent_sends_no_second_one() {
    for jump in [-DAY, -1, 1, 899, DAY] {
        let (world, road) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let key = Some(Uuid::new_v4());
        jumps_meanwhile(&world, &road, jump);
        let sent = visitor.asks_with("sms", None, key).await;
        assert_eq!(sent.status, 200, "{jump}: {sent:?}");
        let again = visitor.asks_with("sms", None, key).await;
        if jump < 900 {
            assert_eq!(again, sent, "{jump}");
        } else {
            again.is_problem(403, "ticket_expired");
        }
        assert_eq!(world.emulator.outbox().len(), 1, "{jump}");
        let tried = visitor.types(&sent.text("id"), &world.wrong_token()).await;
        if jump < 600 {
            assert_eq!(tried.body, json!({ "success": false, "attempts_left": 2 }), "{jump}");
            let right = visitor.types(&sent.text("id"), &world.token()).await;
            assert_eq!(right.body["success"], true, "{jump}");
        } else {
            tried.is_closed("expired");
        }
    }
}

#[tokio::test]
async fn a_clock_that_jumps_between_send_and_verify_costs_no_attempt() {
    for jump in [-DAY, -600, 599] {
        let (world, _) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        world.jumps(jump);
        let tried = visitor.types(&id, &world.wrong_token()).await;
        assert_eq!(tried.body, json!({ "success": false, "attempts_left": 2 }), "{jump}");
        let right = visitor.types(&id, &world.token()).await;
        assert_eq!(world.redeem(&right.text("receipt")).await.status, 200, "{jump}");
        assert_eq!(world.emulator.outbox().len(), 1, "{jump}");
    }
    let (world, road) = Road::world(|_| {}).await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.jumps(600);
    visitor.types(&id, &world.token()).await.is_closed("expired");
    assert_eq!(road.came(), 1, "nobody was asked");
    // All attempts are there for the next code.
    let next = visitor.asks_with("sms", Some(&id), None).await;
    assert_eq!(next.body["max_attempts"], 3);
    assert_eq!(world.emulator.outbox().len(), 2);
}

#[tokio::test]
async fn a_clock_that_jumps_while_a_code_is_checked_counts_it_once() {
    for jump in [-DAY, -1, 1, DAY] {
        let (world, road) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        let (wrong, key) = (world.wrong_token(), Some(Uuid::new_v4()));
        jumps_meanwhile(&world, &road, jump);
        let tried = visitor.types_with(&id, &wrong, key).await;
        assert_eq!((tried.status, &tried.body["success"]), (200, &json!(false)), "{jump}");
        assert_eq!(visitor.types_with(&id, &wrong, key).await, tried, "{jump}");
        assert_eq!(road.came(), 2, "{jump}");
        if jump < DAY {
            assert_eq!(tried.body["attempts_left"], 2, "{jump}");
            assert_eq!(visitor.types(&id, &wrong).await.body["attempts_left"], 1, "{jump}");
        } else {
            visitor.types(&id, &wrong).await.is_closed("expired");
        }

        let (world, road) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        jumps_meanwhile(&world, &road, jump);
        let right = visitor.types_with(&id, &world.token(), key).await;
        assert_eq!(visitor.types_with(&id, &world.token(), key).await, right, "{jump}");
        assert_eq!(world.redeem(&right.text("receipt")).await.status, 200, "{jump}");
        assert_eq!(world.emulator.outbox().len(), 1, "{jump}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_prolongs_no_wait_beyond_its_length() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.jumps(-DAY);
    let early = visitor.asks_with("sms", Some(&id), None).await;
    assert_eq!(early.is_problem(429, "rate_limited").retry_after, Some(30));
    world.passes(30);
    let id = visitor.asks_with("sms", Some(&id), None).await.text("id");
    for left in [2, 1, 0] {
        assert_eq!(visitor.types(&id, "000000").await.body["attempts_left"], left);
    }
    // Nor a window of wrong codes.
    world.jumps(-DAY);
    let refused = visitor.asks("sms").await;
    assert_eq!(refused.is_problem(429, "rate_limited").retry_after, Some(600));
    world.passes(600);
    assert_eq!(visitor.asks("sms").await.body["max_attempts"], 3);
}
