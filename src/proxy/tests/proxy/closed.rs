//! Failing closed: what cannot be counted is not done, and nobody is told why.

use mfa_proxy::{Keys, StoreChoice};
use serde_json::json;
use tokio::net::TcpListener;

use crate::world::{NUMBER, World};

#[tokio::test]
async fn without_the_store_nothing_is_sent_verified_redeemed_or_unlocked() {
    let keys = Keys::generate();
    let before = World::with(|settings| settings.keys = keys.clone()).await;
    let visitor = before.visitor().await;
    let receipt = visitor.types(&visitor.asks("sms").await.text("id"), &before.token()).await;
    let id = visitor.asks("sms").await.text("id");

    // An address at which nobody listens any more.
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let store = StoreChoice::parse(&format!("redis://:a-password@{nowhere}/0"));
    let world = World::with(|settings| {
        settings.keys = keys;
        settings.store = store;
    })
    .await;
    let ticket = json!({ "ticket": world.ticket("ada").await });
    for refused in [
        world.post("/sms", None, &ticket).await,
        world.post("/call", None, &ticket).await,
        world.post(&format!("/{id}/verify"), None, &json!({ "token": before.token() })).await,
        world.redeem(&receipt.text("receipt")).await,
        world.to_backend("/subjects/unlock", json!({ "subject": "ada" })).await,
    ] {
        refused.is_problem(503, "unavailable");
        let text = refused.body.to_string().to_lowercase();
        let port = nowhere.port().to_string();
        for inner in ["redis", "store", "password", port.as_str(), &NUMBER[2..]] {
            assert!(!text.contains(inner), "{text} says {inner}");
        }
    }
    assert_eq!(world.emulator.outbox().len(), 0);
}
