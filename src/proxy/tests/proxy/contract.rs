//! `docs/contract.yaml` says what the code does: the same routes, the same problem codes, the
//! same fields.

use std::collections::{BTreeMap, BTreeSet};

use mfa_core::ClosedReason;
use mfa_core::wire::ProblemCode;
use mfa_proxy::{PRIVATE_ROUTES, PUBLIC_ROUTES, Route};
use serde_json::{Value, json};

use crate::world::{NUMBER, Visitor, World};

const CONTRACT: &str = include_str!("../../../../docs/contract.yaml");

fn contract() -> Value {
    serde_saphyr::from_str(CONTRACT).unwrap()
}

fn words(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// Fails unless the answer has the schema's fields: all that are required, none that is not there.
fn has_fields_of(answer: &Value, schema: &str) -> BTreeSet<String> {
    let schema = &contract()["components"]["schemas"][schema];
    let (told, known) = (keys(answer), keys(&schema["properties"]));
    assert!(told.is_subset(&known), "{told:?} beyond {known:?}");
    if schema["required"].is_array() {
        assert!(words(&schema["required"]).is_subset(&told), "{told:?}");
    }
    known.difference(&told).cloned().collect()
}

#[test]
fn the_routes_are_the_contracts() {
    let contract = contract();
    for (face, routes) in [("public", &PUBLIC_ROUTES[..]), ("private", &PRIVATE_ROUTES)] {
        let ours: BTreeSet<_> = routes
            .iter()
            .map(|Route { path, method }| ((*path).to_owned(), method.as_str().to_lowercase()))
            .collect();
        let mut theirs = BTreeSet::new();
        for (path, operations) in contract["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if words(&operation["tags"]).contains(face) {
                    theirs.insert((path.clone(), method.clone()));
                }
            }
        }
        assert_eq!(ours, theirs, "{face}");
    }
}

#[test]
fn the_problem_codes_are_the_contracts() {
    let schema = &contract()["components"]["schemas"];
    let ours: BTreeMap<_, _> =
        ProblemCode::ALL.iter().map(|code| (code.as_str().to_owned(), code.status())).collect();
    let theirs: BTreeMap<_, _> = schema["ProblemCode"]["x-status"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(code, status)| (code.clone(), u16::try_from(status.as_u64().unwrap()).unwrap()))
        .collect();
    assert_eq!(ours, theirs);
    let listed = words(&schema["ProblemCode"]["enum"]);
    assert_eq!(listed, ours.keys().cloned().collect());
    use ClosedReason::{Exhausted, Expired, Unknown, Used};
    let reasons = [Exhausted, Expired, Unknown, Used].map(|reason| reason.as_str().to_owned());
    assert_eq!(words(&schema["Problem"]["properties"]["reason"]["enum"]), reasons.into());
}

#[tokio::test]
async fn the_answers_have_the_contracts_fields() {
    let world = World::start().await;
    let summary = json!({ "title": "Pay", "lines": ["€120.00"], "digest": "sha-256:abc" });
    let ticket = json!({ "subject": "ada", "to": NUMBER, "policy": "default", "summary": summary });
    assert_eq!(has_fields_of(&ticket, "TicketRequest"), BTreeSet::new());
    let ticket = world.to_backend("/tickets", ticket).await;
    assert_eq!(has_fields_of(&ticket.body, "TicketAnswer"), BTreeSet::new());

    let visitor = Visitor { world: &world, ticket: ticket.text("ticket") };
    let sent = visitor.asks("sms").await;
    assert_eq!(has_fields_of(&sent.body, "StartAnswer"), BTreeSet::new());

    let wrong = visitor.types(&sent.text("id"), &world.wrong_token()).await;
    let missing = |fields: &[&str]| fields.iter().map(|&field| field.to_owned()).collect();
    let not_wrong: BTreeSet<String> = missing(&["receipt", "resend_after"]);
    assert_eq!(has_fields_of(&wrong.body, "VerifyAnswer"), not_wrong);
    let right = visitor.types(&sent.text("id"), &world.token()).await;
    let not_right: BTreeSet<String> = missing(&["attempts_left", "resend_after"]);
    assert_eq!(has_fields_of(&right.body, "VerifyAnswer"), not_right);

    let redeemed = world.redeem(&right.text("receipt")).await;
    assert_eq!(has_fields_of(&redeemed.body, "Redeemed"), BTreeSet::new());

    let used = visitor.types(&sent.text("id"), &world.token()).await;
    assert_eq!(has_fields_of(&used.body, "Problem"), missing(&["resend_after"]));
}
