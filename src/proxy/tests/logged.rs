//! What the operator's log has of each authentication: that it was tried and how it went, and
//! never what was typed or by whom.
#![allow(clippy::unwrap_used)]

use mfa_proxy::settings::{DEFAULT_POLICY, Policies, UncheckedPolicy};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use uuid::Uuid;

#[path = "proxy/log.rs"]
mod log;
#[path = "proxy/world.rs"]
mod world;

use log::Log;
use world::{NUMBER, Visitor, World, json_body};

#[tokio::test]
async fn each_try_of_a_code_is_one_line_with_how_it_went_and_nothing_of_the_code() {
    let log = Log::default();
    // Of the whole process, which has no other test: what other threads run unheard would not be
    // heard here either.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    // Longer than what turns up by chance in the ids and times of the log.
    let long = UncheckedPolicy { token_length: Some(12), ..UncheckedPolicy::default() };
    let policies = Policies::check([(DEFAULT_POLICY.into(), long)].into()).unwrap();
    let world = World::with(|settings| settings.policies = policies).await;
    let visitor = Visitor { world: &world, ticket: world.ticket("ursula").await };
    let id = visitor.asks("sms").await.text("id");
    assert_eq!(log.lines("a code was tried"), 0);
    let (wrong, key) = (world.wrong_token(), Some(Uuid::new_v4()));
    visitor.types_with(&id, &wrong, key).await;
    assert_eq!(log.lines("a code was tried right=false"), 1);
    // The same try, asked for again.
    visitor.types_with(&id, &wrong, key).await;
    assert_eq!(log.lines("a code was tried"), 1);
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    assert_eq!(log.lines("a code was tried right=true"), 1);
    visitor.types(&id, &wrong).await.is_closed("used");
    assert_eq!(log.lines("a code was tried"), 2);

    world.redeem(&receipt).await;
    world.redeem(&receipt).await;
    let wrong_key = world.client.post(format!("{}/tickets", world.private));
    json_body(wrong_key.bearer_auth("x"), &json!({})).send().await.unwrap();
    for (route, status, lines) in [
        ("/mfa/sms", 200, 1),
        ("/mfa/{id}/verify", 200, 3),
        ("/mfa/{id}/verify", 404, 1),
        ("/receipts/redeem", 200, 1),
        ("/receipts/redeem", 409, 1),
        ("/tickets", 200, 1),
        ("/tickets", 401, 1),
    ] {
        let text = log.text();
        let of_route = text.lines().filter(|line| line.contains(&format!("route={route}}}")));
        let told = format!("answered status={status} ");
        assert_eq!(of_route.filter(|line| line.contains(&told)).count(), lines, "{route} {text}");
    }
    assert_eq!(log.lines("the private face was called without its API key"), 1);
    for secret in [&wrong, &world.token(), &NUMBER[2..], &id, &receipt, &visitor.ticket, "ursula"] {
        assert!(!log.text().contains(secret), "{}", log.text());
    }
}
