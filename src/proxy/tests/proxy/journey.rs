//! What a visitor meets when everything works, and when they do not.

use mfa_core::{Channel, E164};
use mfa_emulator::Route;
use mfa_proxy::{Identity, Mode, Rate, TicketRequest};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

use crate::world::{NUMBER, World};

#[tokio::test]
async fn a_code_by_sms_wrong_then_right_gives_a_receipt_that_counts_once() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let sent = visitor.asks("sms").await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let id = sent.text("id");
    let mut told = sent.body.clone();
    told.as_object_mut().unwrap().remove("id");
    assert_eq!(
        told,
        json!({
            "success": true, "to": "+1 ••• ••• 8999", "channel": "sms",
            "token_length": 6, "allow_alphas": false, "max_attempts": 3, "valid_for": 600,
            "resend_after": 30, "channels": ["sms", "call"], "origin_bound": false,
        })
    );

    let wrong = visitor.types(&id, &world.wrong_token()).await;
    assert_eq!((wrong.status, wrong.body), (200, json!({ "success": false, "attempts_left": 2 })));

    let right = visitor.types(&id, &world.token()).await;
    assert_eq!((right.status, &right.body["success"]), (200, &json!(true)), "{right:?}");
    let receipt = right.text("receipt");

    let redeemed = world.redeem(&receipt).await;
    assert_eq!(redeemed.status, 200, "{redeemed:?}");
    assert_eq!(redeemed.body["subject"], "ada");
    assert_eq!(redeemed.body["channel"], "sms");
    assert_eq!(redeemed.body["amr"], json!(["otp", "sms"]));
    assert_eq!(redeemed.body["verified_at"], 1_700_000_000);
    world.redeem(&receipt).await.is_problem(409, "receipt_used");

    visitor.types(&id, &world.token()).await.is_closed("used");
}

#[tokio::test]
async fn a_code_by_call_gives_a_receipt_of_a_call() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("call").await.text("id");
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    assert_eq!(world.redeem(&receipt).await.body["amr"], json!(["otp", "tel"]));
    assert_eq!(world.emulator.outbox()[0].channel, mfa_emulator::Channel::Call);
}

#[tokio::test]
async fn a_receipt_expires_in_two_minutes() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    world.passes(120);
    world.redeem(&receipt).await.is_problem(410, "receipt_expired");
}

#[tokio::test]
async fn attempts_are_used_up_and_a_new_code_does_not_bring_them_back() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    for left in [2, 1] {
        let wrong = visitor.types(&id, &world.wrong_token()).await;
        assert_eq!(wrong.body, json!({ "success": false, "attempts_left": left }));
    }
    // With the last one goes how long it is until a new code can be had.
    let last = visitor.types(&id, &world.wrong_token()).await;
    assert_eq!(last.body, json!({ "success": false, "attempts_left": 0, "resend_after": 600 }));
    let closed = visitor.types(&id, &world.token()).await;
    closed.is_closed("exhausted");
    assert_eq!(closed.body["resend_after"], 600);
    world.passes(30);
    let refused = visitor.asks_with("sms", Some(&id), None).await;
    assert_eq!(refused.is_problem(429, "rate_limited").retry_after, Some(570));
    assert_eq!(world.emulator.outbox().len(), 1);
    // Nobody is locked out for good.
    world.passes(570);
    assert_eq!(visitor.asks("sms").await.status, 200);
}

#[tokio::test]
async fn a_resend_has_the_attempts_that_are_left() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let first = visitor.asks("sms").await.text("id");
    visitor.types(&first, &world.wrong_token()).await;
    world.passes(30);
    let second = visitor.asks_with("sms", Some(&first), None).await;
    assert_eq!(second.body["max_attempts"], 2);
    let second = second.text("id");
    // Tried on either, they are the same attempts.
    assert_eq!(visitor.types(&second, "000000").await.body["attempts_left"], 1);
    assert_eq!(visitor.types(&first, "000000").await.body["attempts_left"], 0);
    visitor.types(&second, &world.token()).await.is_closed("exhausted");
}

#[tokio::test]
async fn a_late_sms_still_signs_in_after_a_resend() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let first = visitor.asks("sms").await.text("id");
    let late = world.token();
    world.passes(30);
    let second = visitor.asks_with("call", Some(&first), None).await.text("id");
    let newest = world.token();
    let right = visitor.types(&second, &late).await;
    assert_eq!(right.body["success"], true, "{right:?}");
    // It says by which way the code went that was typed.
    assert_eq!(world.redeem(&right.text("receipt")).await.body["channel"], "sms");
    // One success closes both.
    visitor.types(&second, &newest).await.is_closed("used");
    visitor.types(&first, &late).await.is_closed("used");
}

#[tokio::test]
async fn a_code_expires() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.passes(599);
    assert_eq!(visitor.types(&id, &world.wrong_token()).await.body["attempts_left"], 2);
    world.passes(1);
    visitor.types(&id, &world.token()).await.is_closed("expired");
}

#[tokio::test]
async fn an_id_that_is_not_ours_is_unknown() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let (kept, end) = id.split_at(id.len() - 9);
    for forged in [
        "8630cc54-f6b2-45dd-b73b-cce28eb668d8".to_owned(),
        kept.to_owned(),
        format!("{kept}AAAAAAAAA"),
        format!("{end}{kept}"),
        visitor.ticket.clone(),
        "x".repeat(13_000),
        "%FF%FE".to_owned(),
        "..%2f..".to_owned(),
    ] {
        visitor.types(&forged, "123456").await.is_closed("unknown");
    }
    // Nothing was tried: all three attempts are there.
    assert_eq!(visitor.types(&id, &world.wrong_token()).await.body["attempts_left"], 2);
}

#[tokio::test]
async fn an_interaction_the_upstream_has_forgotten_is_unknown_and_costs_no_attempt() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.emulator.reset();
    visitor.types(&id, "123456").await.is_closed("unknown");
    world.passes(30);
    assert_eq!(visitor.asks("sms").await.body["max_attempts"], 3);
}

#[tokio::test]
async fn a_token_of_the_wrong_form_costs_nothing_and_goes_nowhere() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    // Whatever reached the upstream would fail.
    world.breaks(Route::Verify, mfa_emulator::Outcome::DropBefore, 0);
    for token in ["", "12345", "1234567", "12345a", "12 456", "١٢٣٤٥٦", "123456\n"] {
        visitor.types(&id, token).await.is_problem(422, "invalid_token");
    }
    visitor.types(&id, &world.token()).await.is_problem(502, "upstream_failed");
}

#[tokio::test]
async fn the_cooldown_holds_and_says_how_long() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    world.passes(10);
    let refused = visitor.asks_with("sms", Some(&id), None).await;
    assert_eq!(refused.is_problem(429, "rate_limited").retry_after, Some(20));
    // Another ticket of the same person is no way around it.
    let other = world.visitor().await;
    other.asks("call").await.is_problem(429, "rate_limited");
    world.passes(20);
    assert_eq!(visitor.asks("sms").await.status, 200);
}

#[tokio::test]
async fn whoever_signed_in_does_not_wait_to_sign_in_again() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    visitor.types(&id, &world.token()).await.text("receipt");
    assert_eq!(world.visitor().await.asks("sms").await.status, 200);
}

#[tokio::test]
async fn a_number_is_not_flooded() {
    let world = World::with(|settings| {
        settings.limits.sends_per_number = vec![Rate::new(3, 600), Rate::new(5, 3_600)];
    })
    .await;
    // One number, whoever asks for it.
    let mut sent = 0;
    for subject in ["ada", "bob", "eve", "mia", "zoe"] {
        let ticket = world.ticket(subject).await;
        let visitor = crate::world::Visitor { world: &world, ticket };
        let answer = visitor.asks("sms").await;
        if answer.status == 200 {
            sent += 1;
        } else {
            answer.is_problem(429, "rate_limited");
        }
    }
    assert_eq!((sent, world.emulator.outbox().len()), (3, 3));
}

#[tokio::test]
async fn two_requests_at_once_send_one_code() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let (one, two) = tokio::join!(visitor.asks("sms"), visitor.asks("call"));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429]);
    assert_eq!(world.emulator.outbox().len(), 1);
}

#[tokio::test]
async fn a_visitor_who_types_a_number_sees_it_and_is_known_by_it() {
    let world = World::with(|settings| {
        settings.mode = Mode::Visitor;
        settings.country_prefixes = vec!["+1".into()];
    })
    .await;
    let sent = world.post("/sms", None, &json!({ "to": NUMBER })).await;
    assert_eq!(sent.body["to"], NUMBER);
    let path = format!("/{}/verify", sent.text("id"));
    let right = world.post(&path, None, &json!({ "token": world.token() })).await;
    assert_eq!(world.redeem(&right.text("receipt")).await.body["subject"], NUMBER);
    for to in ["+442079460000", "555", "", "+1 555"] {
        let refused = world.post("/sms", None, &json!({ "to": to })).await;
        refused.is_problem(422, "number_refused");
    }
    world.post("/sms", None, &json!({})).await.is_problem(400, "invalid_request");
}

#[tokio::test]
async fn a_site_in_the_same_process_says_itself_who_it_is() {
    let world = World::with(|settings| {
        settings.mode = Mode::Library(Arc::new(|head: &axum::http::request::Parts| {
            let subject = head.headers.get("cookie")?.to_str().ok()?.strip_prefix("user=")?;
            let to = E164::parse(NUMBER).ok()?;
            Some(Identity { subject: subject.into(), to, policy: None, summary: None })
        }));
    })
    .await;
    world.post("/sms", None, &json!({})).await.is_problem(403, "ticket_invalid");
    let request = world.client.post(format!("{}/sms", world.public)).header("cookie", "user=ada");
    let sent = crate::world::json_body(request, &json!({})).send().await.unwrap();
    let sent = crate::world::Answer::of(sent).await;
    assert_eq!(sent.body["to"], "+1 ••• ••• 8999");
    let path = format!("/{}/verify", sent.text("id"));
    let right = world.post(&path, None, &json!({ "token": world.token() })).await;
    let redeemed = world.proxy.redeem(&right.text("receipt")).await.unwrap();
    assert_eq!((redeemed.subject.as_str(), redeemed.channel), ("ada", Channel::Sms));
}

#[tokio::test]
async fn a_site_in_rust_needs_no_private_face() {
    let world = World::start().await;
    let request = TicketRequest {
        subject: "ada".into(),
        to: E164::parse(NUMBER).unwrap(),
        policy: None,
        summary: None,
    };
    let issued = world.proxy.issue_ticket(request).unwrap();
    let visitor =
        crate::world::Visitor { world: &world, ticket: issued.ticket.expose().to_owned() };
    let id = visitor.asks("sms").await.text("id");
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    let redeemed = world.proxy.redeem(&receipt).await.unwrap();
    assert_eq!(redeemed.nonce, Some(issued.nonce));
}

#[tokio::test]
async fn a_ticket_serves_for_fifteen_minutes_and_for_its_own_subject() {
    let world = World::start().await;
    let ada = world.visitor().await;
    let id = ada.asks("sms").await.text("id");
    let eve = crate::world::Visitor { world: &world, ticket: world.ticket("eve").await };
    eve.asks_with("sms", Some(&id), None).await.is_problem(400, "invalid_request");
    world.passes(900);
    ada.asks("sms").await.is_problem(403, "ticket_expired");
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let key = Some(Uuid::new_v4());
    let id = visitor.asks_with("sms", None, key).await.text("id");
    visitor.asks_with("sms", Some(&id), key).await.is_problem(422, "idempotency_mismatch");
    let key = Some(Uuid::new_v4());
    visitor.types_with(&id, &world.wrong_token(), key).await;
    visitor.types_with(&id, &world.token(), key).await.is_problem(422, "idempotency_mismatch");
}
