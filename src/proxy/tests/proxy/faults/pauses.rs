//! An upstream that is dead, or asked to be left alone: nobody is sent for, and nothing is
//! charged for what is not asked.

use mfa_proxy::Rate;
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::road::{Happens, Road};
use crate::log::Log;
use crate::world::{Visitor, World};

const OPENED: &str = "SIGNALWIRE DOES NOT ANSWER";
const CLOSED: &str = "SIGNALWIRE ANSWERS AGAIN";

fn fails() -> Happens {
    Happens::Says { works: false, status: 500, retry_after: None, body: "{}" }
}

/// Somebody of this name asks for a code.
async fn asks(world: &World, subject: impl Into<String>) -> crate::world::Answer {
    Visitor { world, ticket: world.ticket(&subject.into()).await }.asks("sms").await
}

/// Five visitors in a row to whom the upstream gives no answer.
async fn five_fail(world: &World, road: &Road) {
    for n in 0..5 {
        road.next(fails());
        asks(world, format!("unlucky-{n}")).await.is_problem(502, "upstream_failed");
    }
}

#[tokio::test]
async fn a_dead_upstream_is_not_asked_and_nothing_is_charged_for_that() {
    let (log, _listening) = Log::of_this_thread();
    let (world, road) = Road::world(|settings| {
        // One before, five that fail, one after.
        settings.limits.sends_in_all = vec![Rate::new(7, 3_600)];
    })
    .await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let (token, wrong) = (world.token(), world.wrong_token());
    five_fail(&world, &road).await;
    assert_eq!((log.lines(OPENED), log.lines(CLOSED)), (1, 0), "{}", log.text());

    world.passes(3);
    let bob = Visitor { world: &world, ticket: world.ticket("bob").await };
    let (start, verify) = (Some(Uuid::new_v4()), Some(Uuid::new_v4()));
    for _ in 0..9 {
        let refused = bob.asks_with("sms", None, start).await;
        assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(7));
        let refused = visitor.types_with(&id, &wrong, verify).await;
        assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(7));
    }
    assert_eq!((road.came(), world.emulator.outbox().len()), (6, 1), "nobody was sent for");
    let counted = world.proxy.metrics_text();
    assert!(counted.contains("mfa_upstream_paused 1\n"), "{counted}");
    let not_called = "mfa_sends_total{channel=\"sms\",outcome=\"not_called\"} 9\n";
    assert!(counted.contains(not_called), "{counted}");

    world.passes(7);
    // No send was counted, no cooldown has begun, no attempt is gone.
    assert_eq!(bob.asks_with("sms", None, start).await.status, 200);
    let tried = visitor.types_with(&id, &wrong, verify).await;
    assert_eq!(tried.body, json!({ "success": false, "attempts_left": 2 }));
    assert_eq!(visitor.types(&id, &token).await.body["success"], true);
    assert_eq!(world.emulator.outbox().len(), 2);
    assert_eq!((log.lines(OPENED), log.lines(CLOSED)), (1, 1), "{}", log.text());
    assert!(world.proxy.metrics_text().contains("mfa_upstream_paused 0\n"));
    asks(&world, "one too many").await.is_problem(429, "rate_limited");
}

#[tokio::test]
async fn after_the_pause_one_call_finds_out_and_the_others_wait_for_it() {
    let (log, _listening) = Log::of_this_thread();
    let (world, road) = Road::world(|_| {}).await;
    five_fail(&world, &road).await;
    // It finds the upstream dead: another pause, and no second word of it.
    world.passes(10);
    road.next(fails());
    asks(&world, "ada").await.is_problem(502, "upstream_failed");
    let refused = asks(&world, "bob").await;
    assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(10));
    assert_eq!((road.came(), log.lines(OPENED)), (6, 1), "{}", log.text());

    world.passes(10);
    let (go_on, until) = oneshot::channel();
    road.next(Happens::Waits(until));
    let (found, ()) = tokio::join!(asks(&world, "eve"), async {
        road.has_seen(7).await;
        for subject in ["bob", "cleo"] {
            let refused = asks(&world, subject).await;
            assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(5));
        }
        go_on.send(()).unwrap();
    });
    assert_eq!(found.status, 200);
    assert_eq!(asks(&world, "bob").await.status, 200);
    assert_eq!(asks(&world, "cleo").await.status, 200);
    assert_eq!((log.lines(OPENED), log.lines(CLOSED)), (1, 1), "{}", log.text());
}

#[tokio::test]
async fn an_upstream_that_refuses_is_alive() {
    let (world, road) = Road::world(|_| {}).await;
    for (n, status) in [500, 500, 500, 500, 422, 500, 500, 500, 500, 404].into_iter().enumerate() {
        road.next(Happens::Says { works: false, status, retry_after: None, body: "{}" });
        assert!(asks(&world, format!("visitor-{n}")).await.status >= 422);
    }
    let mut asked = Vec::new();
    for subject in ["a", "b", "c", "d", "e"] {
        let visitor = Visitor { world: &world, ticket: world.ticket(subject).await };
        let id = visitor.asks("sms").await.text("id");
        asked.push((visitor, id));
    }
    for (visitor, id) in &asked {
        road.next(Happens::Says { works: false, status: 422, retry_after: None, body: "{}" });
        visitor.types(id, "000000").await.is_problem(502, "upstream_failed");
    }
    assert_eq!(asks(&world, "ada").await.status, 200);
    assert_eq!(road.came(), 21);
}

#[tokio::test]
async fn an_upstream_that_says_when_to_come_back_is_left_alone_by_everybody_until_then() {
    const HOUR: u64 = 3_600;
    for (status, said, wait) in [
        (429, "20", 20),
        (429, "0", 1),
        (429, "86400", HOUR),
        // A day of the past, and one far ahead.
        (429, "Sun, 06 Nov 1994 08:49:37 GMT", 1),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", HOUR),
        (503, "20", 20),
    ] {
        let (world, road) = Road::world(|_| {}).await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        let token = world.token();
        let busy = Happens::Says { works: false, status, retry_after: Some(said), body: "{}" };
        road.next(busy);
        let told = asks(&world, "bob").await;
        if status == 429 {
            assert_eq!(told.is_problem(503, "unavailable").retry_after, Some(wait), "{said}");
        } else {
            told.is_problem(502, "upstream_failed");
        }
        let others = [asks(&world, "cleo").await, visitor.types(&id, &token).await];
        for refused in others {
            assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(wait), "{said}");
        }
        if wait > 1 {
            world.passes(wait - 1);
            let refused = asks(&world, "cleo").await;
            assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(1), "{said}");
        }
        assert_eq!(road.came(), 2, "{said}");
        world.passes(1);
        assert_eq!(asks(&world, "cleo").await.status, 200, "{said}");
        assert_eq!(world.emulator.outbox().len(), 2, "{said}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_a_living_upstream_away_for_long() {
    let (world, road) = Road::world(|_| {}).await;
    five_fail(&world, &road).await;
    world.jumps(-86_400);
    let refused = asks(&world, "ada").await;
    assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(10));
    world.passes(10);
    assert_eq!(asks(&world, "ada").await.status, 200);
}
