//! Whose a ticket, an id, a code and a receipt is: of one person, and for one site.

use mfa_proxy::Keys;
use serde_json::json;

use crate::world::{NUMBER, Visitor, World};

const ANOTHER: &str = "+15557788111";

#[tokio::test]
async fn a_ticket_has_its_own_number_called_and_its_own_person_verified() {
    let world = World::start().await;
    let ticket = world.ticket("ada").await;
    // What else the page says changes nothing.
    let asked = json!({
        "ticket": ticket, "to": ANOTHER, "subject": "eve", "policy": "x", "token_length": 4,
    });
    let sent = world.post("/sms", None, &asked).await;
    assert_eq!(world.emulator.outbox()[0].to.as_str(), NUMBER);
    assert_eq!(
        (&sent.body["to"], &sent.body["token_length"]),
        (&json!("+1 ••• ••• 8999"), &json!(6))
    );
    let path = format!("/{}/verify", sent.text("id"));
    let typed = json!({ "token": world.token(), "subject": "eve" });
    let receipt = world.post(&path, None, &typed).await.text("receipt");
    assert_eq!(world.redeem(&receipt).await.body["subject"], "ada");
}

#[tokio::test]
async fn a_code_of_one_person_is_a_wrong_one_of_another_and_costs_only_theirs() {
    let world = World::start().await;
    let ada = world.visitor().await;
    let adas = ada.asks("sms").await.text("id");
    let token = world.token();
    let eve = Visitor { world: &world, ticket: world.ticket("eve").await };
    let eves = eve.asks("sms").await.text("id");
    for left in [2, 1, 0] {
        let tried = eve.types(&eves, &token).await;
        assert_eq!((tried.status, &tried.body["success"]), (200, &json!(false)), "{tried:?}");
        assert_eq!(tried.body["attempts_left"], left);
    }
    let receipt = ada.types(&adas, &token).await.text("receipt");
    assert_eq!(world.redeem(&receipt).await.body["subject"], "ada");
}

#[tokio::test]
async fn nothing_of_one_audience_is_good_for_another_that_has_the_same_keys() {
    let keys = Keys::generate();
    let shop = World::with(|settings| {
        settings.keys = keys.clone();
        settings.audience = "shop".into();
    })
    .await;
    let bank = World::with(|settings| {
        settings.keys = keys;
        settings.audience = "bank".into();
    })
    .await;
    let (at_shop, ticket) = (shop.visitor().await, shop.ticket("ada").await);
    let id = at_shop.asks("sms").await.text("id");
    let at_bank = Visitor { world: &bank, ticket };
    at_bank.asks("sms").await.is_problem(403, "ticket_invalid");
    at_bank.types(&id, &shop.token()).await.is_closed("unknown");
    assert_eq!(bank.emulator.outbox().len(), 0);
    let receipt = at_shop.types(&id, &shop.token()).await.text("receipt");
    bank.redeem(&receipt).await.is_problem(422, "receipt_invalid");
    assert_eq!(shop.redeem(&receipt).await.status, 200);
}

#[tokio::test]
async fn a_code_for_one_payment_confirms_no_other_of_the_same_person() {
    let world = World::start().await;
    let page = async |digest: &str| {
        let summary = json!({ "title": "Pay", "digest": digest });
        let body = json!({ "subject": "ada", "to": NUMBER, "summary": summary });
        let ticket = world.to_backend("/tickets", body).await.text("ticket");
        Visitor { world: &world, ticket }
    };
    let (small, large) = (page("sha-256:10").await, page("sha-256:1000").await);
    let first = small.asks("sms").await.text("id");
    let token = world.token();
    world.passes(30);
    // The page says that it is a resend.
    let second = large.asks_with("sms", Some(&first), None).await.text("id");
    assert_eq!(large.types(&second, &token).await.body["success"], false);
    let receipt = small.types(&first, &token).await.text("receipt");
    assert_eq!(world.redeem(&receipt).await.body["digest"], "sha-256:10");
}
