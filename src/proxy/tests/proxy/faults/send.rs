//! Asking for a code when the telephone service fails.

use mfa_emulator::{Outcome, Route};
use serde_json::json;
use uuid::Uuid;

use super::road::{Happens, Road};

/// What goes wrong.
enum Fault {
    AtTheEmulator(Outcome),
    OnTheRoad(Happens),
}

/// What the page gets, with when it may come back.
type Answer = (u16, &'static str, Option<u64>);

/// Whether the page may ask the very same again and is then sent for.
#[derive(PartialEq)]
enum Repeat {
    /// The same answer: the first may have been sent.
    IsToldTheSame,
    /// Nothing was sent, so it is sent now; or after so many seconds, as it was told.
    IsSent { after: u64 },
}

const FAILED: Answer = (502, "upstream_failed", Some(30));
const REFUSED: Answer = (502, "upstream_failed", None);
const HTML: &str = "<html><h1>502 Bad Gateway</h1></html>";

fn status(status: u16, retry_after: Option<u32>) -> Fault {
    Fault::AtTheEmulator(Outcome::Status { status, retry_after })
}

fn says(works: bool, status: u16, body: &'static str) -> Fault {
    Fault::OnTheRoad(Happens::Says { works, status, retry_after: None, body })
}

/// Fails unless the visitor gets this answer, so many messages go out, a repeat sends none that
/// may be the second, and all three attempts are there in the end.
async fn holds(what: &str, fault: Fault, answer: Answer, delivered: usize, repeat: Repeat) {
    let (world, road) = Road::world(|_| {}).await;
    let visitor = world.visitor().await;
    match fault {
        Fault::AtTheEmulator(outcome) => world.breaks(Route::Sms, outcome, 0),
        Fault::OnTheRoad(happens) => road.next(happens),
    }
    let (status, code, retry_after) = answer;
    let key = Some(Uuid::new_v4());
    let first = visitor.asks_with("sms", None, key).await;
    assert_eq!(first.is_problem(status, code).retry_after, retry_after, "{what}");
    assert_eq!(world.emulator.outbox().len(), delivered, "{what}");

    let sent = match repeat {
        Repeat::IsToldTheSame => {
            assert_eq!(visitor.asks_with("sms", None, key).await, first, "{what}");
            // Nor by a new wish at once: the phone may ring any moment.
            let early = visitor.asks("sms").await;
            assert!(matches!(early.status, 429 | 503), "{what}: {early:?}");
            assert_eq!((road.came(), world.emulator.outbox().len()), (1, delivered), "{what}");
            world.passes(30);
            visitor.asks("sms").await
        }
        Repeat::IsSent { after } => {
            if after > 0 {
                let early = visitor.asks_with("sms", None, key).await;
                assert_eq!(early.is_problem(503, "unavailable").retry_after, Some(after), "{what}");
                assert_eq!(road.came(), 1, "{what}");
                world.passes(after);
            }
            visitor.asks_with("sms", None, key).await
        }
    };
    assert_eq!(sent.status, 200, "{what}: {sent:?}");
    let told = if repeat == Repeat::IsToldTheSame { first } else { sent.clone() };
    assert_eq!(visitor.asks_with("sms", None, key).await, told, "{what}");
    assert_eq!(world.emulator.outbox().len(), delivered + 1, "{what}");
    let tried = visitor.types(&sent.text("id"), &world.wrong_token()).await;
    assert_eq!(tried.body, json!({ "success": false, "attempts_left": 2 }), "{what}");
}

#[tokio::test]
async fn a_send_that_may_have_been_made_is_never_made_again() {
    use Outcome::{DropAfter, DropBefore};
    const SLOW: Answer = (504, "upstream_timeout", Some(30));
    let hangs = |works| Fault::OnTheRoad(Happens::Hangs { works });
    let busy = Happens::Says { works: false, status: 503, retry_after: Some("7"), body: HTML };
    for (what, fault, answer, delivered) in [
        ("slow before it acts", hangs(false), SLOW, 0),
        ("slow after it acted", hangs(true), SLOW, 1),
        ("500", status(500, None), FAILED, 0),
        ("503", status(503, None), FAILED, 0),
        ("503 with Retry-After", Fault::OnTheRoad(busy), FAILED, 0),
        ("garbage", says(false, 200, "{\"id\""), FAILED, 0),
        ("garbage after it acted", says(true, 200, "{}"), FAILED, 1),
        ("an HTML page", says(false, 200, HTML), FAILED, 0),
        ("an HTML page after it acted", says(true, 502, HTML), FAILED, 1),
        ("dropped before it acts", Fault::AtTheEmulator(DropBefore), FAILED, 0),
        ("dropped after it acted", Fault::AtTheEmulator(DropAfter), FAILED, 1),
    ] {
        holds(what, fault, answer, delivered, Repeat::IsToldTheSame).await;
    }
}

#[tokio::test]
async fn a_send_that_was_certainly_not_made_is_made_when_the_page_asks_the_same_again() {
    const BUSY: fn(u64) -> Answer = |wait| (503, "unavailable", Some(wait));
    for (what, fault, answer, after) in [
        ("429 with Retry-After", status(429, Some(7)), BUSY(7), 7),
        ("429 without", status(429, None), BUSY(5), 0),
        ("401", status(401, None), REFUSED, 0),
        ("403", status(403, None), REFUSED, 0),
    ] {
        holds(what, fault, answer, 0, Repeat::IsSent { after }).await;
    }
}

#[tokio::test]
async fn an_upstream_that_refuses_to_send_is_told_of_once_and_costs_no_cooldown() {
    let (world, road) = Road::world(|_| {}).await;
    let visitor = world.visitor().await;
    world.breaks(Route::Sms, Outcome::Status { status: 400, retry_after: None }, 0);
    let key = Some(Uuid::new_v4());
    let first = visitor.asks_with("sms", None, key).await;
    assert_eq!(first.is_problem(502, "upstream_failed").retry_after, None);
    assert_eq!(visitor.asks_with("sms", None, key).await, first);
    assert_eq!((road.came(), world.emulator.outbox().len()), (1, 0));
    assert_eq!(visitor.asks("sms").await.status, 200);
}
