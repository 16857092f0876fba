//! The routes for the page.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use mfa_core::wire::{ProblemCode, StartRequest, VerifyRequest};
use mfa_core::{Channel, ClosedReason};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::decide::answer::{Answer, Refusal};
use crate::http::read::{IDEMPOTENCY_KEY, Received};
use crate::http::{Face, address, envelope, problem};
use crate::proxy::Proxy;

pub(crate) const SMS: &str = "/sms";
pub(crate) const CALL: &str = "/call";
pub(crate) const VERIFY: &str = "/{id}/verify";
pub(crate) const KEY_SET: &str = "/.well-known/jwks.json";

pub(crate) fn router(proxy: Proxy) -> Router {
    let origins = &proxy.settings().allowed_origins;
    let same_origin = origins
        .iter()
        .fold(CsrfLayer::new(), |layer, origin| {
            // The settings' check and this one differ at most in what neither can send.
            layer.clone().add_trusted_origin(origin).unwrap_or(layer)
        })
        .with_rejection_response(foreign_origin);
    let mut router = Router::new()
        .route(SMS, post(sms))
        .route(CALL, post(call))
        .route(VERIFY, post(verify))
        .route(KEY_SET, get(key_set))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(same_origin)
        .layer(middleware::from_fn(without_default_port));
    if !origins.is_empty() {
        let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        router = router.layer(
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(origins))
                .allow_methods([Method::POST])
                .allow_headers([CONTENT_TYPE, IDEMPOTENCY_KEY])
                .expose_headers([RETRY_AFTER]),
        );
    }
    router
        .layer(CatchPanicLayer::custom(envelope::panicked))
        .layer(middleware::from_fn_with_state((proxy.clone(), Face::Public), envelope::envelope))
        .with_state(proxy)
}

async fn sms(State(proxy): State<Proxy>, request: Request) -> Result<Answer, Refusal> {
    start(&proxy, Channel::Sms, request).await
}

async fn call(State(proxy): State<Proxy>, request: Request) -> Result<Answer, Refusal> {
    start(&proxy, Channel::Call, request).await
}

async fn start(proxy: &Proxy, channel: Channel, request: Request) -> Result<Answer, Refusal> {
    let mut received = Received::read(request, proxy.settings().body_timeout).await?;
    let request = StartRequest {
        ticket: received.text("ticket")?,
        to: received.text("to")?,
        previous: received.text("previous")?,
    };
    let key = received.idempotency_key()?;
    let address = address::of(&received.head, proxy.settings())?;
    Ok(proxy.start(channel, request, &received.head, address, key, &received.body).await)
}

async fn verify(
    State(proxy): State<Proxy>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Answer, Refusal> {
    let Ok(Path(id)) = id else { return Err(Refusal::closed(ClosedReason::Unknown)) };
    let mut received = Received::read(request, proxy.settings().body_timeout).await?;
    let request = VerifyRequest { token: received.required("token")? };
    let key = received.idempotency_key()?;
    Ok(proxy.verify(id, request, key, &received.body).await)
}

async fn key_set(State(proxy): State<Proxy>) -> Json<serde_json::Value> {
    Json(proxy.key_set())
}

/// Takes the default port of the page's scheme off `Host`: a browser leaves it out of `Origin`,
/// and a reverse proxy may write it out.
async fn without_default_port(mut request: Request, next: Next) -> Response {
    if let Some(host) = portless(request.headers()) {
        request.headers_mut().insert(HOST, host);
    }
    next.run(request).await
}

fn portless(headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    let port = match origin.split_once("://")?.0 {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = headers.get(HOST)?.to_str().ok()?.strip_suffix(port)?;
    HeaderValue::from_str(host).ok()
}

fn foreign_origin(_: ProtectionError) -> Response {
    let detail = "Pages of this origin may not call the proxy; see allowed_origins.";
    Refusal::new(ProblemCode::OriginForbidden, detail).into_response()
}
