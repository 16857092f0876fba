//! More visitors at once than the upstream is asked for at once.

use std::time::Duration;

use mfa_emulator::{Outcome, Route};
use tokio::sync::oneshot;

use super::road::{Happens, Road};
use crate::log::Log;
use crate::world::Visitor;

#[tokio::test]
async fn no_more_calls_are_made_at_once_than_allowed_and_the_others_are_told_soon() {
    let (log, _listening) = Log::of_this_thread();
    let (world, road) = Road::world(|settings| {
        settings.upstream.max_in_flight = 2;
        settings.upstream.connect_timeout = Duration::from_millis(100);
        settings.upstream.timeout = Duration::from_secs(60);
    })
    .await;
    let mut visitors = Vec::new();
    for subject in ["a", "b", "c", "d"] {
        visitors.push(Visitor { world: &world, ticket: world.ticket(subject).await });
    }
    let (go_on, until) = (0..2).map(|_| oneshot::channel()).unzip::<_, _, Vec<_>, Vec<_>>();
    until.into_iter().for_each(|until| road.next(Happens::Waits(until)));
    let late = async {
        road.has_seen(2).await;
        let (third, fourth) = tokio::join!(visitors[2].asks("sms"), visitors[3].asks("sms"));
        for refused in [third, fourth] {
            assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(5));
        }
        assert_eq!((road.came(), world.emulator.outbox().len()), (2, 0));
        go_on.into_iter().for_each(|go_on| go_on.send(()).unwrap());
    };
    let (first, second, ()) = tokio::join!(visitors[0].asks("sms"), visitors[1].asks("sms"), late);
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(log.lines("upstream.max_in_flight"), 2, "{}", log.text());
    // Nothing was sent to the others, so they need not wait; and the upstream is not dead.
    assert_eq!(visitors[2].asks("sms").await.status, 200);
    assert_eq!(world.emulator.outbox().len(), 3);
}

#[tokio::test]
async fn a_call_that_finds_no_place_waits_for_its_turn() {
    let (world, road) = Road::world(|settings| {
        settings.upstream.max_in_flight = 1;
        settings.upstream.connect_timeout = Duration::from_secs(60);
        settings.upstream.timeout = Duration::from_secs(60);
    })
    .await;
    let (ada, bob) = (world.visitor().await, world.ticket("bob").await);
    let bob = Visitor { world: &world, ticket: bob };
    let (go_on, until) = oneshot::channel();
    road.next(Happens::Waits(until));
    let (first, second, ()) = tokio::join!(ada.asks("sms"), bob.asks("sms"), async {
        road.has_seen(1).await;
        go_on.send(()).unwrap();
    });
    assert_eq!((first.status, second.status, road.came()), (200, 200, 2));
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_is_not_made_when_the_upstream_is_found_dead_meanwhile() {
    let (world, road) = Road::world(|settings| {
        settings.upstream.max_in_flight = 1;
        settings.upstream.breaker_failures = 1;
        settings.upstream.connect_timeout = Duration::from_secs(60);
        settings.upstream.timeout = Duration::from_secs(60);
    })
    .await;
    let (ada, bob) = (world.visitor().await, world.ticket("bob").await);
    let bob = Visitor { world: &world, ticket: bob };
    let (go_on, until) = oneshot::channel();
    road.next(Happens::Waits(until));
    world.breaks(Route::Sms, Outcome::Status { status: 500, retry_after: None }, 0);
    let (failed, refused) = tokio::join!(ada.asks("sms"), async {
        road.has_seen(1).await;
        let waits = async {
            // For the other one to come as far; later it would be refused all the same.
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            go_on.send(()).unwrap();
        };
        tokio::join!(bob.asks("sms"), waits).0
    });
    failed.is_problem(502, "upstream_failed");
    assert_eq!(refused.is_problem(503, "unavailable").retry_after, Some(10));
    assert_eq!(road.came(), 1);
    world.passes(10);
    assert_eq!(bob.asks("sms").await.status, 200);
    assert_eq!(world.emulator.outbox().len(), 1);
}
