//! HTTP over the rules: axum routes, and nothing that decides.

mod api;
pub(crate) mod connection;
mod control;
mod events;
pub(crate) mod host;
mod page;
mod refusal;
pub(crate) mod serve;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request},
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::csrf::CsrfLayer;

use crate::emulator::Emulator;
use control::Complaint;
use refusal::Refusal;
use serve::Patience;

/// No request of the API comes near this.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// The API and `/_emulator/`, to be merged into a server of your own.
///
/// It claims no other path. Unless [`Options::allow_remote`](crate::Options::allow_remote) says so it
/// answers no request that [names another machine](crate::names_this_machine). Served by anything
/// but [`serve`](crate::serve), it refuses the faults that lose a connection.
pub fn router(emulator: Emulator) -> Router {
    at_its_own_host(routes(), emulator)
}

fn routes() -> Router<Emulator> {
    // A page of another site must not move the clock or empty the outbox.
    let control = control::routes()
        .merge(events::routes())
        .merge(page::routes())
        .layer(CsrfLayer::new())
        .layer(middleware::map_response(in_our_words))
        .layer(middleware::map_response(private));
    api::routes().merge(control).layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
}

/// The API too: no client of the vendor's needs another name to reach the loopback.
fn at_its_own_host(routes: Router<Emulator>, emulator: Emulator) -> Router {
    routes.layer(middleware::from_fn_with_state(emulator.clone(), host::check)).with_state(emulator)
}

/// The emulator as a whole server: `/` leads to its page, and anything else is the vendor's 404.
pub fn standalone(emulator: Emulator) -> Router {
    let routes = routes()
        .route("/", get(async || Redirect::temporary("/_emulator/")))
        .fallback(async || Refusal::NotFound);
    at_its_own_host(routes, emulator)
}

/// The body of a request, or the status that says why it did not come.
async fn whole_body(request: Request) -> Result<Bytes, StatusCode> {
    let patience = Patience::of(&request).body;
    tokio::time::timeout(patience, Bytes::from_request(request, &()))
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|rejection| rejection.status())
}

/// A refusal by the framework is a JSON body, as every other of a control route.
async fn in_our_words(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let said = response.headers().get(header::CONTENT_TYPE);
    if !is_error || said.is_some_and(|said| said == "application/json") {
        return response;
    }
    let error = status.canonical_reason().unwrap_or("Error");
    let mut ours = (status, Complaint::new(error)).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        ours.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    ours
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
