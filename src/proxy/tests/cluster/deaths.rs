//! An instance or the Redis dies in the middle of it: nothing is sent or counted twice, nothing is
//! let through uncounted, and all goes on by itself.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mfa_emulator::{Outcome, Route};
use serde_json::json;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::world::Answer;

/// What a page does that is told to come back with the same key.
async fn until_it_is_answered(
    mut ask: impl AsyncFnMut() -> Answer,
    comes_back: impl Fn(&Answer) -> bool,
) -> Answer {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = ask().await;
        if !comes_back(&answer) {
            return answer;
        }
        assert!(answer.retry_after.is_some() && Instant::now() < deadline, "{answer:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn an_instance_that_is_killed_in_the_middle_of_a_run_loses_no_interaction() {
    let mut cluster = Cluster::start().await;
    // Twenty people have a code from an instance that is about to die.
    let people = (0..20).map(|at| {
        let cluster = &cluster;
        async move {
            let subject = format!("subject {at}");
            let ticket = cluster.instances[1].ticket(&subject).await;
            cluster.instances[0].sends(&ticket, Uuid::new_v4()).await.text("id")
        }
    });
    let ids = join_all(people).await;
    assert_eq!(cluster.sent(), 20);
    cluster.instances.remove(0).kill();
    let [one, two] = &cluster.instances[..] else { panic!("two are left") };
    // Everybody tries every code that was sent: each has exactly one that is right.
    let tokens: Vec<String> =
        cluster.emulator.outbox().iter().map(|sent| sent.token.as_str().into()).collect();
    let verified = join_all(ids.iter().enumerate().map(|(at, id)| {
        let (instance, token) = (if at % 2 == 0 { one } else { two }, &tokens[19 - at]);
        instance.verifies(id, token, Uuid::new_v4())
    }))
    .await;
    // Sent at once, so perhaps not in the order of the ids: what was right is not known, but that
    // no interaction is lost is.
    for answer in &verified {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn a_try_that_was_under_way_in_an_instance_that_is_killed_is_counted_once() {
    let mut cluster = Cluster::start().await;
    let doomed = cluster.instances.remove(0);
    let two = &cluster.instances[0];
    let ticket = two.ticket("ada").await;
    let id = doomed.sends(&ticket, Uuid::new_v4()).await.text("id");
    let (right, wrong) = cluster.tokens();
    let key = Uuid::new_v4();
    cluster.breaks(Route::Verify, Outcome::Answer, 700);
    let (asked, ()) = tokio::join!(doomed.tries_to_verify(&id, &wrong, key), async {
        cluster.redis.has("interaction").await;
        doomed.kill();
    });
    assert_eq!(asked, None, "it was answered before it died");

    let in_progress = |answer: &Answer| answer.status == 409;
    let again =
        until_it_is_answered(async || two.verifies(&id, &wrong, key).await, in_progress).await;
    assert_eq!(again.body, json!({ "success": false, "attempts_left": 2 }), "{again:?}");
    assert_eq!(two.verifies(&id, &wrong, Uuid::new_v4()).await.body["attempts_left"], 1);
    assert_eq!(two.verifies(&id, &right, Uuid::new_v4()).await.body["success"], true);
}

#[tokio::test]
async fn a_send_that_was_under_way_in_an_instance_that_is_killed_is_never_made_again() {
    let mut cluster = Cluster::start().await;
    let doomed = cluster.instances.remove(0);
    let two = &cluster.instances[0];
    let ticket = two.ticket("ada").await;
    let key = Uuid::new_v4();
    cluster.breaks(Route::Sms, Outcome::Answer, 700);
    let (sent, ()) = tokio::join!(doomed.tries_to_send(&ticket, key), async {
        cluster.redis.has("subject").await;
        doomed.kill();
    });
    assert_eq!(sent, None, "it was answered before it died");

    let before = cluster.sent();
    let in_progress = |answer: &Answer| answer.status == 409;
    let again = until_it_is_answered(async || two.sends(&ticket, key).await, in_progress).await;
    again.is_problem(504, "upstream_timeout");
    assert_eq!(two.sends(&ticket, key).await, again);
    two.sends(&ticket, Uuid::new_v4()).await.is_problem(429, "rate_limited");
    assert_eq!(cluster.sent(), before);
}

#[tokio::test]
async fn without_redis_nothing_is_sent_verified_or_redeemed_and_all_goes_on_when_it_is_back() {
    let mut cluster = Cluster::start().await;
    let ticket = cluster.instances[0].ticket("ada").await;
    let id = cluster.instances[0].sends(&ticket, Uuid::new_v4()).await.text("id");
    let (right, wrong) = cluster.tokens();
    let one_wrong = cluster.instances[1].verifies(&id, &wrong, Uuid::new_v4()).await;
    assert_eq!(one_wrong.body["attempts_left"], 2);

    cluster.redis.dies();
    let began = Instant::now();
    let other = cluster.instances[0].ticket("grace").await;
    let (send, verify) = (Uuid::new_v4(), Uuid::new_v4());
    for instance in &cluster.instances {
        // A second time too: the first may have found a connection that was breaking.
        for _ in 0..2 {
            instance.sends(&other, send).await.is_problem(503, "unavailable");
            instance.verifies(&id, &right, verify).await.is_problem(503, "unavailable");
        }
        instance.readiness().await.is_problem(503, "unavailable");
    }
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(cluster.sent(), 1);

    cluster.redis.comes_back();
    let away = |answer: &Answer| answer.status == 503;
    for instance in &cluster.instances[1..] {
        let again = until_it_is_answered(
            async || instance.verifies(&id, &wrong, Uuid::new_v4()).await,
            away,
        );
        assert_eq!(again.await.status, 200);
    }
    let ready = until_it_is_answered(async || cluster.instances[0].readiness().await, away).await;
    assert_eq!(ready.status, 200);
    // All tries from before are known: it was the third wrong one.
    let instance = &cluster.instances[0];
    let ask = async || instance.verifies(&id, &right, Uuid::new_v4()).await;
    until_it_is_answered(ask, away).await.is_closed("exhausted");
    let sent = until_it_is_answered(async || instance.sends(&other, send).await, away).await;
    assert_eq!((sent.status, cluster.sent()), (200, 2));
    let verified = instance.verifies(&sent.text("id"), &cluster.tokens().0, verify).await;
    let receipt = verified.text("receipt");
    cluster.redis.dies();
    let unavailable = cluster.instances[0].redeems(&receipt).await;
    unavailable.is_problem(503, "unavailable");
    cluster.redis.comes_back();
    let instance = &cluster.instances[0];
    let redeemed = until_it_is_answered(async || instance.redeems(&receipt).await, away).await;
    assert_eq!(redeemed.status, 200);
}

#[tokio::test]
async fn a_redis_that_can_only_be_read_or_is_full_is_no_store() {
    let cluster = Cluster::start().await;
    let one = &cluster.instances[0];
    for (trouble, end) in [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
        // What it writes has to be at a replica, too, and there is none.
        (
            ["CONFIG", "SET", "min-replicas-to-write", "1"],
            ["CONFIG", "SET", "min-replicas-to-write", "0"],
        ),
    ] {
        cluster.redis.is_told(&trouble).await;
        let ticket = one.ticket("ada").await;
        one.sends(&ticket, Uuid::new_v4()).await.is_problem(503, "unavailable");
        one.readiness().await.is_problem(503, "unavailable");
        cluster.redis.is_told(&end).await;
        assert_eq!(one.readiness().await.status, 200);
    }
    assert_eq!(cluster.sent(), 0);
}

#[tokio::test]
async fn a_code_that_was_sent_while_redis_died_signs_in_when_it_is_back() {
    let mut cluster = Cluster::start().await;
    let one = cluster.instances.remove(0);
    let ticket = one.ticket("ada").await;
    cluster.breaks(Route::Sms, Outcome::Answer, 600);
    let key = Uuid::new_v4();
    let (sent, ()) = tokio::join!(one.sends(&ticket, key), async {
        cluster.redis.has("subject").await;
        cluster.redis.dies();
    });
    assert_eq!((sent.status, cluster.sent()), (200, 1), "{sent:?}");
    cluster.redis.comes_back();
    let away = |answer: &Answer| answer.status == 503;
    let (id, token, key) = (sent.text("id"), cluster.tokens().0, Uuid::new_v4());
    let two = &cluster.instances[0];
    let verified = until_it_is_answered(async || two.verifies(&id, &token, key).await, away).await;
    assert_eq!(verified.body["success"], true, "{verified:?}");
}

#[tokio::test]
async fn a_wrong_code_whose_count_could_not_be_read_is_asked_again_at_no_cost() {
    let mut cluster = Cluster::start().await;
    let one = cluster.instances.remove(0);
    let ticket = one.ticket("ada").await;
    let id = one.sends(&ticket, Uuid::new_v4()).await.text("id");
    let (_, wrong) = cluster.tokens();
    cluster.breaks(Route::Verify, Outcome::Answer, 600);
    let key = Uuid::new_v4();
    let (answer, ()) = tokio::join!(one.verifies(&id, &wrong, key), async {
        cluster.redis.has("interaction").await;
        cluster.redis.dies();
    });
    answer.is_problem(503, "unavailable");
    cluster.redis.comes_back();
    let two = &cluster.instances[0];
    let comes_back = |answer: &Answer| matches!(answer.status, 409 | 503);
    let again =
        until_it_is_answered(async || two.verifies(&id, &wrong, key).await, comes_back).await;
    assert_eq!(again.body, json!({ "success": false, "attempts_left": 2 }), "{again:?}");
}
