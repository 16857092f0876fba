//! The phone that the page draws: what the emulator delivered to one person, as it comes in.
//!
//! The emulator's event stream holds everybody's messages and full numbers. This one holds the
//! messages of whoever has given the password in this browser, and no number of theirs. The
//! tokens in it are the point of it, and the reason why no real site has such a route.

use std::convert::Infallible;

use axum::{
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use sse_stream::SseStream;

use crate::{accounts::Account, gateway::Gateway};

/// What the emulator says of a delivery, and the page may know.
#[derive(Deserialize, Serialize)]
struct Delivery {
    id: String,
    channel: String,
    from: String,
    text: String,
    token: String,
    at: String,
}

/// The stream of one person's deliveries, the kept ones first.
pub(crate) async fn events(
    gateway: &Gateway,
    account: &'static Account,
    headers: &HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").cloned();
    match gateway.deliveries(account, last).await {
        Ok(body) => {
            Sse::new(passed_on(SseStream::new(body))).keep_alive(KeepAlive::new()).into_response()
        }
        Err(problem) => {
            tracing::warn!("the phone has no line to the emulator: {problem}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// Ends where the emulator's stream ends; the browser comes back by itself.
fn passed_on<S, E>(events: S) -> impl Stream<Item = Result<Event, Infallible>>
where
    S: Stream<Item = Result<sse_stream::Sse, E>>,
{
    events
        .take_while(|event| std::future::ready(event.is_ok()))
        .flat_map(|event| stream::iter(event.ok().and_then(shown)))
        .map(Ok)
}

/// The event without the number it went to.
fn shown(received: sse_stream::Sse) -> Option<Event> {
    let mut event = Event::default();
    if let Some(id) = received.id {
        event = event.id(id);
    }
    if let Some(name) = received.event {
        // A browser passes over an event without data.
        return Some(event.event(name).data("{}"));
    }
    let delivery: Delivery = serde_json::from_str(&received.data?).ok()?;
    event.json_data(delivery).ok()
}
