//! Memory under a flood: what is kept has an end, and the newest is what is kept.

use mfa_emulator::Options;

use crate::server::{SMS, Server, TO};

#[tokio::test]
async fn a_flood_leaves_the_newest_interactions_and_deliveries() {
    let options = Options { most_interactions: 40, most_deliveries: 10, ..Options::default() };
    let server = Server::with(options).await;
    let first = server.started(SMS, TO).await;
    for sent in 1..1_000 {
        server.started(SMS, TO).await;
        assert!(server.emulator.interactions() <= 40, "after {sent}");
        assert!(server.emulator.outbox().len() <= 10, "after {sent}");
    }
    assert_eq!((server.emulator.interactions(), server.emulator.outbox().len()), (40, 10));
    assert_eq!(server.verify(&first.id.to_string(), first.token.as_str()).await.status, 404);
    let newest = server.newest();
    let answer = server.verify(&newest.id.to_string(), newest.token.as_str()).await;
    answer.is(200, r#"{"success":true}"#);
}

#[tokio::test]
async fn a_flood_of_faults_is_refused() {
    let server = Server::start().await;
    let fault = r#"{"route":"sms","status":500}"#;
    let mut last = 0;
    for _ in 0..101 {
        last = server.control("/_emulator/faults", fault).await.status;
    }
    assert_eq!(last, 409);
}
