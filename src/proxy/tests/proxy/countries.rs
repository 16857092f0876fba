//! A number that is not to be called: in no mode is it called, by no channel.

use std::sync::Arc;

use axum::http::request::Parts;
use mfa_core::E164;
use mfa_proxy::{Identity, Keys, Mode, Settings};
use serde_json::json;

use crate::world::{Answer, NUMBER, World};

const ABROAD: &str = "+447700900123";
const AMERICAN: &str = "+12125550143";
const JAMAICAN: &str = "+18765551234";
const BAHAMIAN: &str = "+12423221234";
const BRITISH: &str = "+442079460000";
const JERSEYAN: &str = "+441534456789";
const GUERNSEYAN: &str = "+441481256789";
/// Premium-rate and shared-cost numbers of four countries.
const DEAR: [&str; 6] = [
    "+19005551234",
    "+449098790123",
    "+448431234567",
    "+499001123456",
    "+491801234567",
    "+33891234567",
];

fn only_british(settings: &mut Settings) {
    settings.country_prefixes = vec!["+44".into()];
}

fn only(countries: &[&str]) -> impl FnOnce(&mut Settings) {
    let countries = countries.iter().map(|code| code.parse().unwrap()).collect();
    |settings| settings.countries = countries
}

fn visitors_of(countries: &[&str]) -> impl FnOnce(&mut Settings) {
    let only = only(countries);
    |settings| {
        settings.mode = Mode::Visitor;
        only(settings);
    }
}

fn everybody_is(number: &'static str) -> Mode {
    Mode::Library(Arc::new(move |_: &Parts| {
        let to = E164::parse(number).unwrap();
        Some(Identity { subject: "ada".into(), to, policy: None, summary: None })
    }))
}

async fn ticket(world: &World, to: &str) -> Answer {
    world.to_backend("/tickets", json!({ "subject": "ada", "to": to })).await
}

/// Asks by both ways, and nobody is called.
async fn refuses(world: &World, request: serde_json::Value) {
    for path in ["/sms", "/call"] {
        let answer = world.post(path, None, &request).await;
        answer.is_problem(422, "number_refused");
        assert_eq!(answer.text("detail"), "This number cannot be reached.");
    }
    assert_eq!(world.emulator.outbox().len(), 0);
}

#[tokio::test]
async fn a_number_outside_the_country_list_gets_no_ticket() {
    let world = World::with(only_british).await;
    ticket(&world, NUMBER).await.is_problem(422, "number_refused");
    assert_eq!(ticket(&world, ABROAD).await.status, 200);
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
        settings.mode = everybody_is(NUMBER);
        only_british(settings);
    })
    .await;
    refuses(&world, json!({})).await;
}

#[tokio::test]
async fn a_list_of_countries_is_not_a_list_of_calling_codes() {
    for (country, called, refused) in [
        ("US", AMERICAN, [JAMAICAN, BAHAMIAN]),
        ("GB", BRITISH, [JERSEYAN, GUERNSEYAN]),
        ("GG", GUERNSEYAN, [BRITISH, JERSEYAN]),
    ] {
        let world = World::with(visitors_of(&[country])).await;
        for number in refused {
            refuses(&world, json!({ "to": number })).await;
        }
        assert_eq!(world.post("/sms", None, &json!({ "to": called })).await.status, 200);
        assert_eq!(world.emulator.outbox()[0].to.as_str(), called);
    }
}

#[tokio::test]
async fn a_number_of_no_known_country_is_refused_where_countries_are_listed() {
    let world = World::with(visitors_of(&["US"])).await;
    refuses(&world, json!({ "to": NUMBER })).await;
    let world = World::with(only(&["US"])).await;
    ticket(&world, NUMBER).await.is_problem(422, "number_refused");
    assert_eq!(ticket(&world, AMERICAN).await.status, 200);
}

#[tokio::test]
async fn a_number_has_to_pass_each_list_that_is_set() {
    let world = World::with(|settings| {
        visitors_of(&["US", "GB"])(settings);
        settings.country_prefixes = vec!["+1212".into(), "+44".into()];
    })
    .await;
    for number in ["+12025550143", JERSEYAN] {
        refuses(&world, json!({ "to": number })).await;
    }
    for number in [AMERICAN, BRITISH] {
        assert_eq!(world.post("/sms", None, &json!({ "to": number })).await.status, 200);
    }
}

#[tokio::test]
async fn with_the_default_settings_a_ticket_is_for_any_number_that_costs_no_more_than_a_call() {
    let world = World::start().await;
    for number in [NUMBER, "+12025550143", "+12025550178", JAMAICAN, ABROAD] {
        let ticket = ticket(&world, number).await.text("ticket");
        let answer = world.post("/sms", None, &json!({ "ticket": ticket })).await;
        assert_eq!(answer.status, 200, "{number}");
        world.passes(30);
    }
}

#[tokio::test]
async fn a_number_that_costs_more_than_a_call_gets_no_ticket() {
    let world = World::start().await;
    for number in DEAR {
        let answer = ticket(&world, number).await;
        answer.is_problem(422, "number_refused");
        assert_eq!(answer.text("detail"), "`to` may not be called; the log says why.");
    }
}

#[tokio::test]
async fn a_visitor_cannot_have_a_number_called_that_costs_more_than_a_call() {
    let world = World::with(|settings| {
        visitors_of(&["US", "GB", "DE", "FR"])(settings);
        settings.country_prefixes = DEAR.map(|number| number[..6].into()).into();
    })
    .await;
    for number in DEAR {
        refuses(&world, json!({ "to": number })).await;
    }
}

#[tokio::test]
async fn the_sites_own_function_cannot_have_a_number_called_that_costs_more_than_a_call() {
    for number in DEAR {
        let world = World::with(|settings| settings.mode = everybody_is(number)).await;
        refuses(&world, json!({})).await;
    }
}

#[tokio::test]
async fn a_ticket_from_before_countries_were_listed_has_nobody_called() {
    let keys = Keys::generate();
    let before = World::with(|settings| settings.keys = keys.clone()).await;
    let after = World::with(|settings| {
        settings.keys = keys;
        only(&["US"])(settings);
    })
    .await;
    let old = ticket(&before, JAMAICAN).await.text("ticket");
    refuses(&after, json!({ "ticket": old })).await;
}

/// Nothing to learn: neither which list it was, nor the kind of number, nor that it was the
/// proxy and not the telephone service.
#[tokio::test]
async fn a_refusal_reads_the_same_whatever_its_cause() {
    let world = World::with(|settings| {
        visitors_of(&["US"])(settings);
        settings.country_prefixes = vec!["+1212".into(), "+1900".into(), "+1876".into()];
    })
    .await;
    let unreachable = mfa_emulator::Outcome::Status { status: 422, retry_after: None };
    world.breaks(mfa_emulator::Route::Sms, unreachable, 0);
    let mut answers = vec![world.post("/sms", None, &json!({ "to": AMERICAN })).await];
    for number in ["+12025550143", JAMAICAN, NUMBER, "+19005551234"] {
        answers.push(world.post("/sms", None, &json!({ "to": number })).await);
    }
    answers[0].is_problem(422, "number_refused");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}
