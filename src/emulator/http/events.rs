//! The outbox as an event stream.
//!
//! Every reader gets what the outbox holds, oldest first, and then what arrives. A reader that
//! comes back with `Last-Event-ID` goes on where it was. After a reset it is told by an event
//! named `reset`. No reader has a queue: one that does not read holds nothing up.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::{Query, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::stream;
use tokio::sync::watch;

use super::control::Filter;
use crate::{
    emulator::Emulator,
    rules::outbox::{Cursor, Delivery, Next},
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Reader {
    emulator: Emulator,
    filter: Filter,
    seen: Option<Cursor>,
    stopping: watch::Receiver<bool>,
}

pub(crate) fn routes() -> Router<Emulator> {
    Router::new().route("/_emulator/events", get(events))
}

async fn events(
    State(emulator): State<Emulator>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let reader = Reader {
        filter,
        seen: last.and_then(|id| id.parse().ok()),
        stopping: emulator.follow(),
        emulator,
    };
    let events = stream::unfold(reader, |mut reader| async {
        let event = reader.next().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

impl Reader {
    /// The next event; `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.stopping.borrow_and_update() {
                return None;
            }
            match self.emulator.after(self.seen) {
                Next::Delivery(cursor, delivery) => {
                    self.seen = Some(cursor);
                    if self.filter.lets(&delivery) {
                        return Some(event(cursor, &delivery));
                    }
                }
                Next::Nothing => self.stopping.changed().await.ok()?,
                Next::Reset(cursor) => {
                    self.seen = Some(cursor);
                    // Browsers drop an event without data.
                    return Some(Event::default().event("reset").id(cursor.to_string()).data("{}"));
                }
            }
        }
    }
}

fn event(cursor: Cursor, delivery: &Delivery) -> Event {
    let event = Event::default().id(cursor.to_string());
    // Strings and a UUID: there is nothing in a delivery that JSON cannot hold.
    event.json_data(delivery).unwrap_or_default()
}
