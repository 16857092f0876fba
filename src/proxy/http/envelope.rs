//! What is around every answer: an id, a line in the log, and headers that keep it private.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::decide::answer::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn envelope(request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    // The route, never the path: the path has an interaction's id.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "none".into());
    let began = Instant::now();
    let span = tracing::info_span!("request", %id, %route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let ms = began.elapsed().as_millis();
    span.in_scope(|| tracing::info!(status, ms, "answered"));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A panic is an answer too. What it said is not repeated anywhere.
pub(super) fn panicked(_said: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request ended in a panic");
    Refusal::internal().into_response()
}
