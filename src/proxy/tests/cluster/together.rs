//! Instances that work together: what one has counted, redeemed or sent, all know.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::world::{API_KEY, API_TOKEN, NUMBER};

#[tokio::test]
async fn a_limit_of_five_lets_five_through_whichever_instances_are_asked_at_once() {
    for limit in ["sends_per_number", "sends_in_all"] {
        let cluster = Cluster::with_limit(limit, "['5/1h']").await;
        // Different people, so that nobody's cooldown is in the way; one number.
        let asks = (0..60).map(|at| {
            let instance = &cluster.instances[at % 3];
            async move {
                let ticket = instance.ticket(&format!("subject {at}")).await;
                instance.sends(&ticket, Uuid::new_v4()).await
            }
        });
        let answers = join_all(asks).await;
        let sent = answers.iter().filter(|answer| answer.status == 200).count();
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            let refused = answer.is_problem(429, "rate_limited");
            assert!((3_500..=3_600).contains(&refused.retry_after.unwrap()), "{refused:?}");
        }
        assert_eq!((sent, cluster.sent()), (5, 5), "{limit}");
    }
}

#[tokio::test]
async fn two_clicks_on_two_instances_send_one_code() {
    let cluster = Cluster::start().await;
    let [one, two, three] = &cluster.instances[..] else { panic!("there are three") };
    let ticket = one.ticket("ada").await;
    // The same wish, and its answer that takes a while.
    let key = Uuid::new_v4();
    let answers = join_all([one, two, three].map(|instance| instance.sends(&ticket, key))).await;
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!((answers[0].status, cluster.sent()), (200, 1));
    // Another wish: the cooldown is everybody's.
    two.sends(&ticket, Uuid::new_v4()).await.is_problem(429, "rate_limited");
    assert_eq!(cluster.sent(), 1);
}

#[tokio::test]
async fn an_id_of_one_instance_is_verified_on_another_and_tries_are_counted_on_all() {
    let cluster = Cluster::start().await;
    let [one, two, three] = &cluster.instances[..] else { panic!("there are three") };
    let ticket = one.ticket("ada").await;
    let id = two.sends(&ticket, Uuid::new_v4()).await.text("id");
    let (right, wrong) = cluster.tokens();
    for (instance, left) in [(three, 2), (one, 1)] {
        let answer = instance.verifies(&id, &wrong, Uuid::new_v4()).await;
        assert_eq!(answer.body, json!({ "success": false, "attempts_left": left }));
    }
    let verified = three.verifies(&id, &right, Uuid::new_v4()).await;
    assert_eq!(verified.body["success"], true, "{verified:?}");
    two.verifies(&id, &right, Uuid::new_v4()).await.is_closed("used");
}

#[tokio::test]
async fn guesses_at_all_instances_at_once_are_three_in_all() {
    let cluster = Cluster::start().await;
    let ticket = cluster.instances[0].ticket("ada").await;
    let id = cluster.instances[0].sends(&ticket, Uuid::new_v4()).await.text("id");
    let (_, wrong) = cluster.tokens();
    let guesses = (0..30).map(|at| cluster.instances[at % 3].verifies(&id, &wrong, Uuid::new_v4()));
    let answers = join_all(guesses).await;
    let tried = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(tried, 3);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.is_closed("exhausted");
    }
}

#[tokio::test]
async fn a_receipt_is_redeemed_once_whichever_instances_are_asked_at_once() {
    let cluster = Cluster::start().await;
    let ticket = cluster.instances[0].ticket("ada").await;
    let id = cluster.instances[0].sends(&ticket, Uuid::new_v4()).await.text("id");
    let verified = cluster.instances[1].verifies(&id, &cluster.tokens().0, Uuid::new_v4()).await;
    let receipt = verified.text("receipt");
    let redeemed = join_all((0..30).map(|at| cluster.instances[at % 3].redeems(&receipt))).await;
    assert_eq!(redeemed.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in redeemed.iter().filter(|answer| answer.status != 200) {
        answer.is_problem(409, "receipt_used");
    }
}

#[tokio::test]
async fn what_redis_holds_has_no_secret_in_it_and_expires() {
    let cluster = Cluster::with_limit("sends_per_number", "['5/1h']").await;
    let one = &cluster.instances[0];
    let ticket = one.ticket("ada lovelace").await;
    let id = one.sends(&ticket, Uuid::new_v4()).await.text("id");
    let (right, wrong) = cluster.tokens();
    one.verifies(&id, &wrong, Uuid::new_v4()).await;
    let receipt = one.verifies(&id, &right, Uuid::new_v4()).await.text("receipt");
    one.redeems(&receipt).await;
    let pages = cluster.redis.pages().await;
    let kinds = ["counter", "interaction", "receipt", "repeat", "subject"];
    for kind in kinds {
        let of_kind = pages.iter().any(|(key, ..)| key.starts_with(&format!("{{mfa}}:1:{kind}:")));
        assert!(of_kind, "no {kind} in {pages:?}");
    }
    let (number, signature) = (&NUMBER[2..], receipt.rsplit('.').next().unwrap());
    for (key, text, seconds) in &pages {
        for secret in
            [number, "lovelace", &right, &wrong, &ticket, &id, signature, API_KEY, API_TOKEN]
        {
            assert!(!key.contains(secret) && !text.contains(secret), "{key} {text}");
        }
        assert!((1..=30 * 86_400).contains(seconds), "{key} is kept for {seconds} s");
    }
}

#[tokio::test]
async fn what_anybody_can_make_up_is_not_written_down() {
    let cluster = Cluster::start().await;
    let one = &cluster.instances[0];
    for id in ["x", "v4.local.AAAA", &"y".repeat(2_000)] {
        one.verifies(id, "123456", Uuid::new_v4()).await.is_closed("unknown");
        let refused = one.sends(id, Uuid::new_v4()).await;
        refused.is_problem(403, "ticket_invalid");
    }
    assert_eq!(cluster.redis.pages().await, []);
}

#[tokio::test]
async fn a_visitor_who_hangs_up_at_any_moment_gets_the_answer_when_they_come_back() {
    let cluster = Cluster::start().await;
    let [one, two, ..] = &cluster.instances[..] else { panic!("there are three") };
    for at in 0..30_u64 {
        let ticket = one.ticket(&format!("subject {at}")).await;
        let key = Uuid::new_v4();
        let soon = Duration::from_micros(300 * at);
        // Whether they heard of it or not.
        let _ = tokio::time::timeout(soon, one.tries_to_send(&ticket, key)).await;
        let again = two.sends(&ticket, key).await;
        assert_eq!(again.status, 200, "after {soon:?}: {again:?}");
    }
    assert_eq!(cluster.sent(), 30);
}
