//! The routes for the page.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use axum::routing::{get, post};
use axum::{Json, Router};
use mfa_core::wire::{StartRequest, VerifyRequest};
use mfa_core::{Channel, ClosedReason};
use tower::ServiceBuilder;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::csrf::CsrfLayer;

use crate::decide::answer::{Answer, Refusal};
use crate::http::envelope::Envelope;
use crate::http::origin::Watch;
use crate::http::read::{IDEMPOTENCY_KEY, Received};
use crate::http::{Face, address, origin, problem};
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
        .with_rejection_response(origin::foreign);
    let cors = (!origins.is_empty()).then(|| {
        let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::POST])
            .allow_headers([CONTENT_TYPE, IDEMPOTENCY_KEY])
            .expose_headers([RETRY_AFTER])
    });
    // In one piece: each layer that is put on by itself is one more box to be cloned.
    let around = ServiceBuilder::new()
        .layer(Envelope { proxy: proxy.clone(), face: Face::Public })
        .option_layer(cors)
        .layer(Watch::new(proxy.settings().clock.clone()))
        .layer(same_origin);
    Router::new()
        .route(SMS, post(sms))
        .route(CALL, post(call))
        .route(VERIFY, post(verify))
        .route(KEY_SET, get(key_set))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(around)
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

/// The same on both faces.
pub(super) async fn key_set(State(proxy): State<Proxy>) -> Json<serde_json::Value> {
    Json(proxy.key_set())
}
