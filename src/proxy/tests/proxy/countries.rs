//! A number outside the country list: in no mode is it called, by no channel.

use std::sync::Arc;

use axum::http::request::Parts;
use mfa_core::E164;
use mfa_proxy::{Identity, Keys, Mode, Settings};
use serde_json::json;

use crate::world::{NUMBER, World};

const ABROAD: &str = "+447700900123";

fn only_british(settings: &mut Settings) {
    settings.country_prefixes = vec!["+44".into()];
}

/// Asks by both ways, and nobody is called.
async fn refuses(world: &World, request: serde_json::Value) {
    for path in ["/sms", "/call"] {
        let answer = world.post(path, None, &request).await;
        answer.is_problem(422, "number_refused");
        assert!(!answer.body.to_string().contains("5557788"), "{answer:?}");
    }
    assert_eq!(world.emulator.outbox().len(), 0);
}

#[tokio::test]
async fn a_number_outside_the_country_list_gets_no_ticket() {
    let world = World::with(only_british).await;
    let ticket =
        async |to: &str| world.to_backend("/tickets", json!({ "subject": "ada", "to": to })).await;
    ticket(NUMBER).await.is_problem(422, "number_refused");
    assert_eq!(ticket(ABROAD).await.status, 200);
}

#[tokio::test]
async fn a_ticket_from_before_the_list_was_narrowed_has_nobody_called() {
    let keys = Keys::generate();
    let before = World::with(|settings| settings.keys = keys.clone()).await;
    let after = World::with(|settings| {
        settings.keys = keys;
        only_british(settings);
    })
    .await;
    refuses(&after, json!({ "ticket": before.ticket("ada").await })).await;
}

#[tokio::test]
async fn a_visitor_cannot_have_a_number_outside_the_list_called() {
    let world = World::with(|settings| {
        settings.mode = Mode::Visitor;
        only_british(settings);
    })
    .await;
    refuses(&world, json!({ "to": NUMBER })).await;
    assert_eq!(world.post("/sms", None, &json!({ "to": ABROAD })).await.status, 200);
    assert_eq!(world.emulator.outbox().len(), 1);
}

#[tokio::test]
async fn the_sites_own_function_cannot_have_a_number_outside_the_list_called() {
    let world = World::with(|settings| {
        settings.mode = Mode::Library(Arc::new(|_: &Parts| {
            let to = E164::parse(NUMBER).unwrap();
            Some(Identity { subject: "ada".into(), to, policy: None, summary: None })
        }));
        only_british(settings);
    })
    .await;
    refuses(&world, json!({})).await;
}
