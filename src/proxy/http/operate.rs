//! The routes for those who look after the proxy: is it up, may it be sent requests, what does it
//! count, what does it speak.
//!
//! They need no key, since a probe has none. Nothing that they answer is about a person or is a
//! secret, and they are on the private face only.

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::routing::get;
use axum::{Json, Router};
use mfa_core::wire::ProblemCode;
use serde_json::{Value, json};

use crate::decide::answer::Refusal;
use crate::metrics::Format;
use crate::proxy::Proxy;

pub(crate) const HEALTH: &str = "/healthz";
pub(crate) const READINESS: &str = "/readyz";
pub(crate) const METRICS: &str = "/metrics";
pub(crate) const CONTRACT: &str = "/contract.yaml";

const OPEN_METRICS: &str = "application/openmetrics-text";

pub(super) fn router() -> Router<Proxy> {
    Router::new()
        .route(HEALTH, get(async || Json(json!({ "status": "ok" }))))
        .route(READINESS, get(ready))
        .route(METRICS, get(metrics))
        .route(CONTRACT, get(contract))
}

/// Whether this is one of the routes that something asks for every few seconds.
pub(super) fn is_probe(route: &str) -> bool {
    [HEALTH, READINESS, METRICS].contains(&route)
}

async fn ready(State(proxy): State<Proxy>) -> Result<Json<Value>, Refusal> {
    match proxy.ready().await {
        Ok(()) => Ok(Json(json!({ "status": "ready" }))),
        Err(unready) => Err(Refusal::new(ProblemCode::Unavailable, format!("{unready}.")).after(5)),
    }
}

async fn metrics(
    State(proxy): State<Proxy>,
    headers: HeaderMap,
) -> ([(HeaderName, String); 1], String) {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let (format, of) = if accepted.is_some_and(|accepted| accepted.contains(OPEN_METRICS)) {
        (Format::OpenMetrics, format!("{OPEN_METRICS}; version=1.0.0; charset=utf-8"))
    } else {
        (Format::Prometheus, "text/plain; version=0.0.4; charset=utf-8".to_owned())
    };
    ([(CONTENT_TYPE, of)], proxy.metrics_in(format))
}

async fn contract() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/yaml")], include_str!("../../../docs/contract.yaml"))
}
