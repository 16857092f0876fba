//! `/_emulator`: the outbox as JSON, the clock, the faults and the reset, for tests in any
//! language. Bodies are JSON whatever their type says, so that a bare `curl -d` works.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tracing::info;

use super::{MOST_BODY_BYTES, connection::Connection, whole_body};
use crate::{
    emulator::Emulator,
    rules::{
        fault::{ControlError, Fault, Outcome, parse_advance},
        outbox::Delivery,
    },
};

/// What is wrong with a request, as a JSON body.
#[derive(Serialize)]
pub(super) struct Complaint {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Complaint {
    pub(super) fn new(error: impl Into<String>) -> Self {
        Self { error: error.into(), field: None }
    }
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

#[derive(Serialize)]
struct Advanced {
    /// Seconds ahead of real time, in all.
    advanced: u64,
}

/// Narrows the outbox to one phone.
#[derive(Deserialize)]
pub(crate) struct Filter {
    to: Option<String>,
}

impl Filter {
    pub(crate) fn lets(&self, delivery: &Delivery) -> bool {
        self.to.as_ref().is_none_or(|to| {
            // A `+` that was not encoded arrives as a space.
            to.trim_start_matches([' ', '+']) == delivery.to.as_str().trim_start_matches('+')
        })
    }
}

pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/_emulator", get(async || Redirect::permanent("/_emulator/")).delete(reset))
        .route("/_emulator/outbox", get(outbox))
        .route("/_emulator/clock", post(clock))
        .route("/_emulator/faults", post(faults))
}

async fn outbox(State(emulator): State<Emulator>, Query(filter): Query<Filter>) -> Response {
    let mut deliveries = emulator.outbox();
    deliveries.retain(|delivery| filter.lets(delivery));
    let deliveries: Vec<&Delivery> = deliveries.iter().map(Arc::as_ref).collect();
    Json(deliveries).into_response()
}

async fn clock(State(emulator): State<Emulator>, request: Request) -> Result<Response, Response> {
    let body = control_body(request).await?;
    let by = parse_advance(&body).map_err(IntoResponse::into_response)?;
    let advanced = emulator.advance(by).as_secs();
    info!(by = by.as_secs(), advanced, "clock");
    Ok(Json(Advanced { advanced }).into_response())
}

async fn faults(State(emulator): State<Emulator>, request: Request) -> Result<Response, Response> {
    let connection = Connection::of(&request);
    let body = control_body(request).await?;
    let fault = Fault::parse(&body).map_err(IntoResponse::into_response)?;
    let loses = matches!(fault.outcome, Outcome::DropAfter | Outcome::DropBefore);
    if loses && connection.is_none() {
        return Err(ControlError::UncuttableServer.into_response());
    }
    emulator.fault(fault).map_err(IntoResponse::into_response)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn control_body(request: Request) -> Result<Bytes, Response> {
    whole_body(request).await.map_err(|status| {
        let error = match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                format!("the body must not be larger than {MOST_BODY_BYTES} bytes")
            }
            StatusCode::REQUEST_TIMEOUT => "the body did not arrive in time".to_owned(),
            _ => "the body broke off".to_owned(),
        };
        (status, Complaint::new(error)).into_response()
    })
}

async fn reset(State(emulator): State<Emulator>) -> StatusCode {
    emulator.reset();
    info!("reset");
    StatusCode::NO_CONTENT
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Body { .. } => StatusCode::BAD_REQUEST,
            Self::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyFaults => StatusCode::CONFLICT,
            Self::UncuttableServer => StatusCode::NOT_IMPLEMENTED,
        };
        let error = self.to_string();
        let field = match self {
            Self::Field { field, .. } => Some(field),
            Self::Body { .. } | Self::TooManyFaults | Self::UncuttableServer => None,
        };
        (status, Json(Complaint { error, field })).into_response()
    }
}
