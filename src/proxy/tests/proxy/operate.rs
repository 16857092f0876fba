//! What an operator's machines ask: is it up, is it ready, what does it count, what does it speak.

use mfa_emulator::{Outcome, Route};
use mfa_proxy::{Rate, Unready};
use serde_json::json;
use uuid::Uuid;

use crate::world::{Answer, World};

const ROUTES: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/contract.yaml"];

/// What the private face says to somebody without a key.
async fn get(world: &World, path: &str) -> Answer {
    Answer::of(world.client.get(format!("{}{path}", world.private)).send().await.unwrap()).await
}

/// The value of this series.
fn value(world: &World, series: &str) -> u64 {
    let text = world.proxy.metrics_text();
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn probes_need_no_key_and_are_not_for_visitors() {
    let world = World::start().await;
    for route in ROUTES {
        assert_eq!(get(&world, route).await.status, 200, "{route}");
        let public = world.client.get(format!("{}{route}", world.public)).send().await.unwrap();
        Answer::of(public).await.is_problem(404, "not_found");
    }
    assert_eq!(get(&world, "/healthz").await.body, json!({ "status": "ok" }));
    assert_eq!(get(&world, "/readyz").await.body, json!({ "status": "ready" }));
}

#[tokio::test]
async fn told_to_stop_it_is_not_ready_and_answers_all_the_same() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    assert_eq!(world.proxy.ready().await, Ok(()));
    world.proxy.stop();
    assert_eq!(world.proxy.ready().await, Err(Unready::Stopping));
    let unready = get(&world, "/readyz").await;
    assert_eq!(unready.is_problem(503, "unavailable").retry_after, Some(5));
    assert_eq!(get(&world, "/healthz").await.status, 200);
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    assert_eq!(world.redeem(&receipt).await.status, 200);
}

#[tokio::test]
async fn the_contract_that_is_served_is_the_documents() {
    let world = World::start().await;
    let url = format!("{}/contract.yaml", world.private);
    let served = world.client.get(url).send().await.unwrap();
    assert_eq!(served.headers()["content-type"], "application/yaml");
    let served = served.text().await.unwrap();
    assert_eq!(served, include_str!("../../../../docs/contract.yaml"));
}

#[tokio::test]
async fn a_scraper_gets_the_format_that_it_accepts() {
    let world = World::start().await;
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3";
    for (accept, content_type, end) in [
        ("*/*", "text/plain; version=0.0.4; charset=utf-8", false),
        (prometheus, "application/openmetrics-text; version=1.0.0; charset=utf-8", true),
    ] {
        let request = world.client.get(format!("{}/metrics", world.private));
        let answer = request.header("accept", accept).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], content_type);
        let text = answer.text().await.unwrap();
        assert_eq!(text.ends_with("# EOF\n"), end);
        assert!(text.contains("mfa_sends_total{channel=\"sms\",outcome=\"sent\"} 0\n"), "{text}");
    }
}

#[tokio::test]
async fn a_sign_in_is_counted_once_for_each_thing_that_happened() {
    let world = World::with(|settings| {
        settings.limits.sends_per_number = vec![Rate::new(1, 3_600)];
    })
    .await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    visitor.asks("sms").await.is_problem(429, "rate_limited");
    world.passes(30);
    visitor.asks("sms").await.is_problem(429, "rate_limited");
    visitor.types(&id, &world.wrong_token()).await;
    visitor.types(&id, "12345").await.is_problem(422, "invalid_token");
    let key = Some(Uuid::new_v4());
    let receipt = visitor.types_with(&id, &world.token(), key).await.text("receipt");
    // The same request again is the same verify.
    assert_eq!(visitor.types_with(&id, &world.token(), key).await.text("receipt"), receipt);
    visitor.types(&id, &world.token()).await.is_closed("used");
    world.redeem(&receipt).await;
    world.redeem(&receipt).await.is_problem(409, "receipt_used");

    for (series, count) in [
        ("mfa_sends_total{channel=\"sms\",outcome=\"sent\"}", 1),
        ("mfa_limit_refusals_total{limit=\"cooldown\"}", 1),
        ("mfa_limit_refusals_total{limit=\"sends_per_number\"}", 1),
        ("mfa_refusals_total{code=\"rate_limited\"}", 2),
        ("mfa_refusals_total{code=\"invalid_token\"}", 1),
        ("mfa_verifies_total{verdict=\"wrong\"}", 1),
        ("mfa_verifies_total{verdict=\"right\"}", 1),
        ("mfa_verifies_total{verdict=\"closed_used\"}", 1),
        ("mfa_receipts_total{outcome=\"redeemed\"}", 1),
        ("mfa_receipts_total{outcome=\"used\"}", 1),
        ("mfa_upstream_duration_seconds_count{route=\"sms\",outcome=\"answered\"}", 1),
        ("mfa_upstream_duration_seconds_count{route=\"verify\",outcome=\"answered\"}", 2),
        ("mfa_upstream_in_flight{route=\"verify\"}", 0),
        (
            "mfa_http_request_duration_seconds_count{face=\"public\",route=\"/sms\",status=\"2xx\"}",
            1,
        ),
        (
            "mfa_http_request_duration_seconds_count{face=\"public\",route=\"/sms\",status=\"4xx\"}",
            2,
        ),
    ] {
        assert_eq!(value(&world, series), count, "{series}");
    }
}

#[tokio::test]
async fn what_fails_upstream_is_counted_by_how() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    for (outcome, word) in [
        (Outcome::Status { status: 500, retry_after: None }, "broken"),
        (Outcome::Status { status: 401, retry_after: None }, "credentials"),
        (Outcome::Status { status: 429, retry_after: Some(3) }, "busy"),
        (Outcome::DropAfter, "broken"),
    ] {
        let series = format!("mfa_sends_total{{channel=\"call\",outcome=\"{word}\"}}");
        let before = value(&world, &series);
        world.breaks(Route::Call, outcome, 0);
        visitor.asks("call").await;
        world.passes(30);
        assert_eq!(value(&world, &series), before + 1, "{word}");
    }
}

#[tokio::test]
async fn who_has_no_room_for_another_person_is_not_ready() {
    let world = World::with(|settings| settings.limits.capacity = 1).await;
    assert_eq!(world.proxy.ready().await, Ok(()));
    assert_eq!(world.visitor().await.asks("sms").await.status, 200);
    assert_eq!(world.proxy.ready().await, Err(Unready::Store));
    world.passes(30 * 86_400);
    assert_eq!(world.proxy.ready().await, Ok(()));
}
