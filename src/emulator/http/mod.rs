//! HTTP over the rules: axum routes, and nothing that decides.

mod api;
pub(crate) mod connection;
mod control;
mod events;
mod page;
mod refusal;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::HeaderValue,
    middleware,
    response::{Redirect, Response},
    routing::get,
};
use tower_http::csrf::CsrfLayer;

use crate::emulator::Emulator;
use refusal::Refusal;

/// No request of the API comes near this.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// The API and `/_emulator/`, to be merged into a server of your own.
///
/// It claims no other path. Served by anything but [`serve`](crate::serve), it refuses the faults
/// that lose a connection.
pub fn router(emulator: Emulator) -> Router {
    // A page of another site must not move the clock or empty the outbox.
    let control = control::routes()
        .merge(events::routes())
        .merge(page::routes())
        .layer(CsrfLayer::new())
        .layer(middleware::map_response(private));
    api::routes().merge(control).layer(DefaultBodyLimit::max(MOST_BODY_BYTES)).with_state(emulator)
}

/// The emulator as a whole server: `/` leads to its page, and anything else is the vendor's 404.
pub fn standalone(emulator: Emulator) -> Router {
    router(emulator)
        .route("/", get(async || Redirect::temporary("/_emulator/")))
        .fallback(async || Refusal::NotFound)
}

async fn private(mut response: Response) -> Response {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", page::CONTENT_SECURITY_POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
