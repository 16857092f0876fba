//! The routes for the site's backend, behind an API key; and those of [`operate`], which need
//! none.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use mfa_core::E164;
use mfa_core::wire::{ProblemCode, Summary};
use serde_json::json;

use crate::decide::answer::Refusal;
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::decide::ticket::{TicketError, TicketRequest, is_subject};
use crate::http::envelope::Envelope;
use crate::http::public::{KEY_SET, key_set};
use crate::http::read::Received;
use crate::http::{Face, operate, problem};
use crate::proxy::{Proxy, StoreDown};
use crate::secret::ApiKey;
use crate::store::Down;

pub(crate) const TICKETS: &str = "/tickets";
pub(crate) const REDEEM: &str = "/receipts/redeem";
pub(crate) const UNLOCK: &str = "/subjects/unlock";

pub(crate) fn router(proxy: Proxy, key: ApiKey) -> Router {
    Router::new()
        .route(TICKETS, post(issue_ticket))
        .route(REDEEM, post(redeem))
        .route(UNLOCK, post(unlock))
        .route_layer(middleware::from_fn_with_state(key, authorised))
        .route(KEY_SET, get(key_set))
        .merge(operate::router())
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(Envelope { proxy: proxy.clone(), face: Face::Private })
        .with_state(proxy)
}

async fn authorised(State(key): State<ApiKey>, request: Request, next: Next) -> Response {
    let presented = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.as_bytes().split_at_checked(7))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
        .map(|(_, presented)| presented);
    if presented.is_some_and(|presented| key.matches(presented)) {
        return next.run(request).await;
    }
    tracing::warn!("the private face was called without its API key");
    let detail = "Send the API key as `Authorization: Bearer …`.";
    let refusal = Refusal::new(ProblemCode::Unauthorized, detail);
    ([(WWW_AUTHENTICATE, "Bearer")], refusal).into_response()
}

async fn issue_ticket(
    State(proxy): State<Proxy>,
    request: Request,
) -> Result<(StatusCode, Json<serde_json::Value>), Refusal> {
    let mut received = Received::read(request, proxy.settings().body_timeout).await?;
    let to = E164::parse(&received.required("to")?)
        .map_err(|error| Refusal::invalid(format!("`to` is not a number: {error}.")))?;
    let summary = received.object("summary").map(serde_json::from_value::<Summary>).transpose();
    let request = TicketRequest {
        subject: received.required("subject")?,
        to,
        policy: received.text("policy")?,
        summary: summary.map_err(|_| {
            Refusal::invalid("`summary` must be {\"title\", \"lines\"?, \"digest\"?}.")
        })?,
    };
    let issued = proxy.issue_ticket(request).map_err(|error| match error {
        TicketError::NumberRefused => Refusal::new(ProblemCode::NumberRefused, format!("{error}.")),
        TicketError::Seal => Refusal::internal(),
        TicketError::Subject | TicketError::Summary | TicketError::UnknownPolicy => {
            Refusal::invalid(format!("{error}."))
        }
    })?;
    Ok((
        StatusCode::OK,
        Json(json!({
            "ticket": issued.ticket.expose(),
            "nonce": issued.nonce,
            "expires_in": issued.expires_in,
        })),
    ))
}

async fn redeem(State(proxy): State<Proxy>, request: Request) -> Result<Json<Redeemed>, Refusal> {
    let mut received = Received::read(request, proxy.settings().body_timeout).await?;
    let receipt = received.required("receipt")?;
    proxy.redeem(&receipt).await.map(Json).map_err(|error| {
        let (code, detail) = match error {
            RedeemError::Expired => (ProblemCode::ReceiptExpired, "Verify again."),
            RedeemError::Invalid => (ProblemCode::ReceiptInvalid, "Open no session for it."),
            RedeemError::Unavailable => (ProblemCode::Unavailable, "Try again."),
            RedeemError::Used => (ProblemCode::ReceiptUsed, "Open no session for it."),
        };
        let refusal = Refusal::new(code, detail);
        if error == RedeemError::Unavailable { refusal.after(5) } else { refusal }
    })
}

async fn unlock(
    State(proxy): State<Proxy>,
    request: Request,
) -> Result<Json<serde_json::Value>, Refusal> {
    let mut received = Received::read(request, proxy.settings().body_timeout).await?;
    let subject = received.required("subject")?;
    if !is_subject(&subject) {
        return Err(Refusal::invalid(format!("{}.", TicketError::Subject)));
    }
    proxy.unlock(&subject).await.map_err(|StoreDown| Down)?;
    Ok(Json(json!({ "subject": subject })))
}
