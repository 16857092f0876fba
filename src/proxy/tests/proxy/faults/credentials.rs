//! Wrong credentials: the operator's trouble, told to the operator once.

use mfa_emulator::{Outcome, Route};
use mfa_proxy::ApiToken;
use uuid::Uuid;

use crate::log::Log;
use crate::world::World;

const LOUD: &str = "SIGNALWIRE REFUSES OUR CREDENTIALS";
const MENDED: &str = "SIGNALWIRE ACCEPTS OUR CREDENTIALS AGAIN";

#[tokio::test]
async fn wrong_credentials_are_the_operators_trouble_and_not_told_to_the_visitor() {
    let (log, _listening) = Log::of_this_thread();
    let world = World::with(|settings| {
        settings.upstream.api_token = ApiToken::new("PTwrong");
    })
    .await;
    let visitor = world.visitor().await;
    let key = Some(Uuid::new_v4());
    // Nothing was sent, so nobody waits, and a dead upstream it is not: each is asked for.
    for _ in 0..9 {
        let refused = visitor.asks_with("sms", None, key).await;
        assert_eq!(refused.is_problem(502, "upstream_failed").retry_after, None);
        assert!(!refused.body.to_string().to_lowercase().contains("credential"));
    }
    assert_eq!(world.emulator.outbox().len(), 0);
    assert_eq!((log.lines(LOUD), log.lines("ERROR")), (1, 1), "{}", log.text());
}

#[tokio::test]
async fn wrong_credentials_are_told_once_until_they_are_mended_and_then_anew() {
    let (log, _listening) = Log::of_this_thread();
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let refuses = |status, times| {
        for _ in 0..times {
            world.breaks(Route::Verify, Outcome::Status { status, retry_after: None }, 0);
        }
    };
    // No word of it while all is well.
    assert_eq!((log.lines(LOUD), log.lines(MENDED)), (0, 0));
    refuses(401, 2);
    refuses(403, 1);
    // That it fails otherwise says nothing of the credentials.
    refuses(500, 1);
    refuses(401, 1);
    let key = Some(Uuid::new_v4());
    for _ in 0..5 {
        visitor.types_with(&id, "000000", key).await.is_problem(502, "upstream_failed");
    }
    assert_eq!((log.lines(LOUD), log.lines(MENDED)), (1, 0), "{}", log.text());
    let wrong = world.wrong_token();
    assert_eq!(visitor.types(&id, &wrong).await.body["success"], false);
    assert_eq!((log.lines(LOUD), log.lines(MENDED)), (1, 1), "{}", log.text());
    refuses(403, 1);
    visitor.types(&id, &wrong).await.is_problem(502, "upstream_failed");
    assert_eq!((log.lines(LOUD), log.lines(MENDED)), (2, 1), "{}", log.text());
}
