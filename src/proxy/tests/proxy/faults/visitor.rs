//! The visitor goes away in the middle, or comes back in another way.

use std::time::Duration;

use mfa_emulator::{Outcome, Route};
use serde_json::json;
use uuid::Uuid;

use crate::world::{Visitor, World, json_body};

#[tokio::test]
async fn a_visitor_who_goes_away_finds_the_first_answer_when_they_come_back() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let key = Uuid::new_v4();
    world.breaks(Route::Sms, Outcome::Answer, 200);
    goes_away(&world, "/sms", key, json!({ "ticket": visitor.ticket, "previous": null })).await;
    // Back while the first is still in progress: the same answer, no second SMS.
    let sent = visitor.asks_with("sms", None, Some(key)).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    assert_eq!(world.emulator.outbox().len(), 1);

    let id = sent.text("id");
    let key = Uuid::new_v4();
    world.breaks(Route::Verify, Outcome::Answer, 200);
    let path = format!("/{id}/verify");
    goes_away(&world, &path, key, json!({ "token": world.token() })).await;
    let right = visitor.types_with(&id, &world.token(), Some(key)).await;
    assert_eq!(right.body["success"], true, "{right:?}");
    assert_eq!(world.redeem(&right.text("receipt")).await.status, 200);
}

async fn goes_away(world: &World, path: &str, key: Uuid, body: serde_json::Value) {
    let request = world
        .client
        .post(format!("{}{path}", world.public))
        .header("idempotency-key", key.to_string())
        .timeout(Duration::from_millis(80));
    assert!(json_body(request, &body).send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_first_request_that_is_not_done_in_time_is_said_to_be_in_progress() {
    let world =
        World::with(|settings| settings.upstream.timeout = Duration::from_millis(300)).await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.passes(30);
    let second = visitor.asks_with("sms", Some(&id), None).await.text("id");
    // Two questions of 250 ms each: longer than the repeat waits.
    world.breaks(Route::Verify, Outcome::Answer, 250);
    world.breaks(Route::Verify, Outcome::Answer, 250);
    let (key, token) = (Some(Uuid::new_v4()), "000000");
    let (first, repeat) = tokio::join!(
        visitor.types_with(&second, token, key),
        visitor.types_with(&second, token, key)
    );
    let (waited, done) = if first.status == 409 { (first, repeat) } else { (repeat, first) };
    assert_eq!(waited.is_problem(409, "in_progress").retry_after, Some(1));
    assert_eq!(done.body, json!({ "success": false, "attempts_left": 2 }));
}

#[tokio::test]
async fn after_a_restart_an_interaction_goes_on() {
    use mfa_proxy::Keys;
    let keys = Keys::generate();
    let before = World::with(|settings| settings.keys = keys.clone()).await;
    let visitor = before.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    visitor.types(&id, &before.wrong_token()).await;
    let upstream = before.upstream.clone();
    let after = World::with(|settings| {
        settings.keys = keys;
        settings.upstream.base_url = upstream;
    })
    .await;
    let visitor = Visitor { world: &after, ticket: visitor.ticket.clone() };
    assert_eq!(visitor.types(&id, &before.token()).await.body["success"], true);
}

#[tokio::test]
async fn a_visitor_who_goes_away_while_a_wrong_code_is_checked_has_spent_one_attempt() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let (wrong, key) = (world.wrong_token(), Uuid::new_v4());
    world.breaks(Route::Verify, Outcome::Answer, 200);
    goes_away(&world, &format!("/{id}/verify"), key, json!({ "token": wrong })).await;
    for _ in 0..2 {
        let answer = visitor.types_with(&id, &wrong, Some(key)).await;
        assert_eq!(answer.body, json!({ "success": false, "attempts_left": 2 }));
    }
    assert_eq!(visitor.types(&id, &world.token()).await.body["success"], true);
    assert_eq!(world.emulator.outbox().len(), 1);
}
