//! What the embedding site itself gets wrong.

use std::sync::Arc;

use axum::http::request::Parts;
use mfa_proxy::{Identity, Mode};
use serde_json::json;
use tower::ServiceExt as _;

use crate::world::{Answer, World, json_body};

#[tokio::test]
async fn a_panic_in_the_sites_own_function_is_a_problem_and_the_next_request_works() {
    let world = World::with(|settings| {
        settings.mode = Mode::Library(Arc::new(|head: &Parts| -> Option<Identity> {
            assert!(!head.headers.contains_key("x-panic"), "the site has a bug");
            None
        }));
    })
    .await;
    let request = world.client.post(format!("{}/sms", world.public)).header("x-panic", "1");
    let answer = Answer::of(json_body(request, &json!({})).send().await.unwrap()).await;
    answer.is_problem(500, "internal_error");
    assert!(!answer.body.to_string().contains("bug"));
    world.post("/sms", None, &json!({})).await.is_problem(403, "ticket_invalid");
}

#[tokio::test]
async fn without_the_peers_address_nothing_is_sent_uncounted() {
    let world = World::start().await;
    let ticket = world.ticket("ada").await;
    // As a site would that serves the router without connect info.
    let request = axum::http::Request::post("/sms")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(json!({ "ticket": ticket }).to_string()))
        .unwrap();
    let response = world.proxy.public_router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(world.emulator.outbox().len(), 0);
}
