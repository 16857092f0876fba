//! All that is logged, at the finest level and in both formats, and all that is counted, through
//! everything that can happen: no token, no number, no ticket, no receipt, no key.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use mfa_emulator::{Outcome, Route};
use mfa_proxy::{ApiToken, Mode, SecretKey};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;
use uuid::Uuid;

#[path = "proxy/log.rs"]
mod captured;
#[path = "../log.rs"]
mod log;
#[path = "proxy/world.rs"]
mod world;

use captured::Log;
use log::Format;
use world::{API_KEY, API_TOKEN, NUMBER, Visitor, World};

/// [`NUMBER`] without the calling code, as the number library would write it.
const NATIONAL: &str = "5557788999";
/// A premium-rate number, the same way.
const PREMIUM: &str = "9005551234";

#[tokio::test]
async fn nothing_that_is_logged_gives_anything_away() {
    let log = a_whole_journey(Format::Text).await;
    assert!(log.contains("TRACE") && log.contains("request{id="), "{log}");
}

#[tokio::test]
async fn nothing_that_is_logged_for_a_collector_gives_anything_away() {
    let log = a_whole_journey(Format::Json).await;
    let mut routes = BTreeSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["message"] == "answered" {
            assert!(Uuid::parse_str(line["span"]["id"].as_str().unwrap()).is_ok(), "{line}");
            assert!(line["status"].is_u64() && line["level"].is_string(), "{line}");
            routes.insert(line["span"]["route"].as_str().unwrap().to_owned());
        }
    }
    let expected = ["/mfa/call", "/mfa/sms", "/mfa/{id}/verify", "/receipts/redeem", "/tickets"];
    assert_eq!(routes, expected.map(str::to_owned).into());
}

/// What was logged. It fails if a secret was in it, or in the metrics.
async fn a_whole_journey(format: Format) -> String {
    let log = Log::default();
    // Of this thread, which is the whole of the runtime.
    let _guard = log::lines(format, EnvFilter::new("trace"), false, log.clone()).set_default();

    let sealing = SecretKey::generate();
    let mut secrets = vec![
        NATIONAL.to_owned(),
        PREMIUM.to_owned(),
        API_KEY.to_owned(),
        API_TOKEN.to_owned(),
        "PTwrong-token".to_owned(),
        sealing.to_base64(),
    ];

    let world = World::with(|settings| settings.keys.sealing = vec![sealing.clone()]).await;
    let visitor = world.visitor().await;
    let first = visitor.asks("sms").await.text("id");
    secrets.push(world.token());
    secrets.push(world.wrong_token());
    visitor.types(&first, "12345").await;
    visitor.types(&first, &world.wrong_token()).await;
    world.post(&format!("/{first}/verify"), None, &json!({ "token": [world.token()] })).await;
    world.post("/sms", None, &json!({ "ticket": 7, "to": NUMBER })).await;
    world.post("/sms", None, &json!({ "ticket": NUMBER })).await;
    world.passes(30);
    let second = visitor.asks_with("call", Some(&first), None).await.text("id");
    secrets.push(world.token());
    for outcome in [
        Outcome::Status { status: 429, retry_after: Some(3) },
        Outcome::Status { status: 401, retry_after: None },
        Outcome::Status { status: 500, retry_after: None },
        Outcome::DropAfter,
    ] {
        world.breaks(Route::Verify, outcome, 0);
        visitor.types_with(&second, &world.token(), Some(Uuid::new_v4())).await;
        // The upstream asked to be left alone for so long.
        world.passes(3);
    }
    world.passes(600);
    for outcome in [Outcome::DropAfter, Outcome::Status { status: 422, retry_after: None }] {
        world.breaks(Route::Sms, outcome, 0);
        visitor.asks("sms").await;
        world.passes(30);
    }
    let id = visitor.asks("sms").await.text("id");
    secrets.push(world.token());
    let receipt = visitor.types(&id, &world.token()).await.text("receipt");
    world.redeem(&receipt).await;
    world.redeem(&receipt).await;
    world.redeem(&format!("{receipt}x")).await;
    secrets.extend([receipt, visitor.ticket.clone()]);

    let slow = Visitor { world: &world, ticket: world.ticket("bob").await };
    world.breaks(Route::Sms, Outcome::Answer, 900);
    slow.asks("sms").await.is_problem(504, "upstream_timeout");
    secrets.push(slow.ticket);

    let typed = World::with(|settings| {
        settings.mode = Mode::Visitor;
        settings.country_prefixes = vec!["+1".into()];
        settings.upstream.api_token = ApiToken::new("PTwrong-token");
    })
    .await;
    typed.post("/sms", None, &json!({ "to": NUMBER })).await.is_problem(502, "upstream_failed");

    let american = World::with(|settings| {
        settings.mode = Mode::Visitor;
        settings.countries = vec!["US".parse().unwrap()];
    })
    .await;
    for number in [NUMBER.to_owned(), format!("+1{PREMIUM}")] {
        american
            .post("/sms", None, &json!({ "to": number }))
            .await
            .is_problem(422, "number_refused");
    }

    let log = log.text();
    // It did listen: to the proxy's own lines, and to the libraries' finest.
    assert!(log.contains("SIGNALWIRE REFUSES OUR CREDENTIALS"), "{log}");
    let refused = |cause: &str| {
        log.lines().any(|line| line.contains("a number was refused") && line.contains(cause))
    };
    assert!(refused("country") && refused("premium_rate"), "{log}");
    assert!(log.contains("TRACE") && log.contains("hyper_util"));
    let metrics = [&world, &typed].map(|world| world.proxy.metrics_text()).concat();
    assert!(metrics.contains("mfa_verifies_total{verdict=\"right\"} 1"), "{metrics}");
    for (text, kind) in [(&log, "logged"), (&metrics, "counted")] {
        for secret in &secrets {
            let at = text.find(secret);
            let line = at.map(|at| &text[text[..at].rfind('\n').unwrap_or(0)..at]);
            let size = secret.len();
            assert!(line.is_none(), "{kind}: a secret of {size} characters after: {line:?}");
        }
    }
    log
}
