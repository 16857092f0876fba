//! What is around every answer: an id, a line in the log, a place in the metrics, and headers
//! that keep it private.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::decide::answer::Refusal;
use crate::http::problem::Cause;
use crate::http::{Face, operate};
use crate::proxy::Proxy;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(super) async fn envelope(
    State((proxy, face)): State<(Proxy, Face)>,
    request: Request,
    next: Next,
) -> Response {
    let id = Uuid::new_v4();
    // The route, never the path: the path has an interaction's id.
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let began = Instant::now();
    let span = tracing::info_span!("request", %id, %route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    let cause = response.extensions_mut().remove::<Cause>();
    // Of 64 bits: 128 would be a text in JSON.
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let code = cause.map(|cause| cause.code.as_str());
    span.in_scope(|| {
        if operate::is_probe(route) {
            tracing::debug!(status, ms, code, "answered");
        } else {
            tracing::info!(status, ms, code, "answered");
        }
    });
    let metrics = proxy.metrics();
    metrics.answered(face, matched.as_ref().map(MatchedPath::as_str), status, took);
    if let Some(Cause { code, limit }) = cause {
        metrics.refused(code, limit);
    }
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
