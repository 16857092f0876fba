//! The upstream fails in every way it can: what the visitor gets, that no second SMS goes out,
//! and that no attempt is spent twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mfa_emulator::{Outcome, Route};
use mfa_proxy::ApiToken;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::world::{Visitor, World, json_body};

const ANSWERED: fn(u16, Option<u32>) -> Outcome =
    |status, retry_after| Outcome::Status { status, retry_after };

#[tokio::test]
async fn an_upstream_that_refuses_to_send_is_a_clear_problem() {
    for (status, retry_after, ours, code, comes_back) in [
        // The phone may have rung all the same: the cooldown holds, and the answer says so.
        (500, None, 502, "upstream_failed", Some(30)),
        (503, None, 502, "upstream_failed", Some(30)),
        (401, None, 502, "upstream_failed", None),
        (403, None, 502, "upstream_failed", None),
        (400, None, 502, "upstream_failed", None),
        (429, Some(7), 503, "unavailable", Some(7)),
        (429, None, 503, "unavailable", Some(5)),
    ] {
        let world = World::start().await;
        let visitor = world.visitor().await;
        world.breaks(Route::Sms, ANSWERED(status, retry_after), 0);
        let answer = visitor.asks("sms").await;
        assert_eq!(answer.is_problem(ours, code).retry_after, comes_back, "{status}");
        assert_eq!(world.emulator.outbox().len(), 0);
    }
}

#[tokio::test]
async fn a_failed_verify_is_a_clear_problem_and_the_right_token_still_works() {
    for (status, ours, code) in
        [(500, 502, "upstream_failed"), (401, 502, "upstream_failed"), (429, 503, "unavailable")]
    {
        let world = World::start().await;
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        world.breaks(Route::Verify, ANSWERED(status, None), 0);
        let key = Some(Uuid::new_v4());
        visitor.types_with(&id, &world.token(), key).await.is_problem(ours, code);
        let again = visitor.types_with(&id, &world.token(), key).await;
        assert_eq!(again.body["success"], true, "{status}: {again:?}");
    }
}

#[tokio::test]
async fn a_send_that_is_too_slow_is_a_timeout_and_is_never_sent_again() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    world.breaks(Route::Sms, Outcome::Answer, 1_000);
    let key = Some(Uuid::new_v4());
    visitor.asks_with("sms", None, key).await.is_problem(504, "upstream_timeout");
    visitor.asks_with("sms", None, key).await.is_problem(504, "upstream_timeout");
    // The SMS may be on its way: the cooldown holds.
    visitor.asks("sms").await.is_problem(429, "rate_limited");
}

#[tokio::test]
async fn a_send_that_was_lost_on_the_way_is_never_sent_again() {
    for (outcome, delivered) in [(Outcome::DropBefore, 0), (Outcome::DropAfter, 1)] {
        let world = World::start().await;
        let visitor = world.visitor().await;
        world.breaks(Route::Sms, outcome, 0);
        let key = Some(Uuid::new_v4());
        let first = visitor.asks_with("sms", None, key).await;
        first.is_problem(502, "upstream_failed");
        assert_eq!(visitor.asks_with("sms", None, key).await, first);
        assert_eq!(world.emulator.outbox().len(), delivered);
        // A new wish of the visitor is a new key, after the cooldown.
        world.passes(30);
        assert_eq!(visitor.asks("sms").await.status, 200);
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
async fn wrong_credentials_are_the_operators_trouble_and_not_told_to_the_visitor() {
    let world = World::with(|settings| {
        settings.upstream.api_token = ApiToken::new("PTwrong");
    })
    .await;
    let visitor = world.visitor().await;
    let refused = visitor.asks("sms").await;
    refused.is_problem(502, "upstream_failed");
    assert!(!refused.body.to_string().to_lowercase().contains("credential"));
}

#[tokio::test]
async fn an_upstream_that_is_not_there_costs_nothing() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let world = World::with(|settings| settings.upstream.base_url = nowhere).await;
    let visitor = world.visitor().await;
    let key = Some(Uuid::new_v4());
    for _ in 0..3 {
        visitor.asks_with("sms", None, key).await.is_problem(503, "unavailable");
    }
}

/// An upstream that says the same to everyone, and how often it was asked.
async fn says(reply: impl Into<String>) -> (World, Arc<AtomicUsize>) {
    let reply = reply.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4_096];
            let _ = peer.read(&mut request).await;
            let _ = peer.write_all(reply.as_bytes()).await;
        }
    });
    (World::with(|settings| settings.upstream.base_url = url).await, asked)
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_an_upstream_that_failed() {
    for reply in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n<html>hi!",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{\"success\":true",
        "HTTP/1.1 200 OK\r\ncontent-length: 33\r\nconnection: close\r\n\r\n\
         {\"id\":\"../../x\",\"success\":true   }",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 999999\r\nconnection: close\r\n\r\n",
        "this is not HTTP\r\n\r\n",
    ] {
        let (world, asked) = says(reply).await;
        let visitor = world.visitor().await;
        visitor.asks("sms").await.is_problem(502, "upstream_failed");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{reply}");
    }
}

#[tokio::test]
async fn no_more_than_64_kib_of_an_answer_is_read() {
    const MOST: usize = 64 * 1024;
    let answer = |length: usize| {
        let begun = r#"{"id":"8630cc54-f6b2-45dd-b73b-cce28eb668d8","success":true,"x":""#;
        let body = format!("{begun}{}\"}}", "x".repeat(length - begun.len() - 2));
        assert_eq!(body.len(), length);
        // Without its length, which could be refused by itself.
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}")
    };
    let (world, _) = says(answer(MOST)).await;
    assert_eq!(world.visitor().await.asks("sms").await.status, 200);
    for length in [MOST + 1, 20_000_000] {
        let (world, _) = says(answer(length)).await;
        world.visitor().await.asks("sms").await.is_problem(502, "upstream_failed");
    }
}

#[tokio::test]
async fn a_number_that_the_upstream_refuses_is_said_to_be_refused_in_both_shapes() {
    for (reply, code) in [
        (
            "HTTP/1.1 422 X\r\ncontent-length: 57\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"code\":\"not_routable\",\"attribute\":\"to\"}]}    ",
            "number_refused",
        ),
        (
            "HTTP/1.1 422 X\r\ncontent-length: 64\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"detail\":\"To is invalid\",\"status\":\"422\"}]}          ",
            "number_refused",
        ),
        (
            "HTTP/1.1 422 X\r\ncontent-length: 46\r\nconnection: close\r\n\r\n\
             {\"errors\":[{\"code\":\"not_voice_capable\"}]}      ",
            "channel_unavailable",
        ),
    ] {
        let (world, _) = says(reply).await;
        let visitor = world.visitor().await;
        visitor.asks("call").await.is_problem(422, code);
        // Nobody was called, so nobody waits.
        visitor.asks("sms").await.is_problem(422, code);
    }
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
