//! The three routes of the API: authentication, bodies, answers, and the faults in their way.

use std::fmt;

use axum::{
    Json, Router,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Serialize;
use tracing::{info, warn};
use uuid::Uuid;

use super::{connection::Connection, refusal::Refusal, whole_body};
use crate::{
    emulator::Emulator,
    rules::{
        fault::{Fault, Outcome, Route},
        interaction::Verdict,
        parameters::Parameters,
        start::{Channel, Start, Violation},
        world::Verified,
    },
};

/// The answer to a request for a token, keys in the document's order.
#[derive(Serialize)]
struct Started<'a> {
    id: Uuid,
    success: bool,
    to: &'a str,
    channel: Channel,
}

#[derive(Serialize)]
struct Success {
    success: bool,
}

/// What a request asks for, by its address.
enum Call {
    Start(Channel),
    Verify(String),
}

pub(crate) fn routes() -> Router<Emulator> {
    let sms = async |State(emulator), request| {
        disturbed(emulator, Call::Start(Channel::Sms), request).await
    };
    let call = async |State(emulator), request| {
        disturbed(emulator, Call::Start(Channel::Call), request).await
    };
    let verify = async |State(emulator), id: Result<Path<String>, PathRejection>, request| {
        // What cannot even be decoded is an id that nobody has.
        let id = id.map(|Path(id)| id).unwrap_or_default();
        disturbed(emulator, Call::Verify(id), request).await
    };
    let other_method = async || Refusal::Status(StatusCode::METHOD_NOT_ALLOWED);
    Router::new()
        .route("/api/relay/rest/mfa/sms", post(sms).fallback(other_method))
        .route("/api/relay/rest/mfa/call", post(call).fallback(other_method))
        .route("/api/relay/rest/mfa/{id}/verify", post(verify).fallback(other_method))
}

/// Carries a request out, unless a fault says otherwise.
async fn disturbed(emulator: Emulator, call: Call, request: Request) -> Response {
    let Some(fault) = emulator.take_fault(call.route()) else {
        return carried_out(&emulator, call, request).await;
    };
    let Fault { route, outcome, delay, times } = fault;
    info!(?route, ?outcome, ?delay, times_left = times, "fault");
    tokio::time::sleep(delay).await;
    let connection = Connection::of(&request);
    match outcome {
        Outcome::Answer => carried_out(&emulator, call, request).await,
        Outcome::DropAfter => {
            // The answer is what gets lost.
            drop(carried_out(&emulator, call, request).await);
            lose(connection)
        }
        Outcome::DropBefore => lose(connection),
        Outcome::Status { status, retry_after } => refused_by_fault(&emulator, status, retry_after),
    }
}

async fn carried_out(emulator: &Emulator, call: Call, request: Request) -> Response {
    answer(emulator, call, request).await.unwrap_or_else(|refusal| {
        log_refusal(&refusal);
        refusal.into_response()
    })
}

async fn answer(emulator: &Emulator, call: Call, request: Request) -> Result<Response, Refusal> {
    let authorization = request.headers().get(header::AUTHORIZATION);
    let admitted =
        authorization.is_some_and(|header| emulator.options().credentials.admit(header.as_bytes()));
    if !admitted {
        return Err(Refusal::Unauthorized);
    }
    let given = parameters(request).await?;
    let shape = emulator.options().validation_errors;
    match call {
        Call::Start(channel) => {
            let start = Start::parse(channel, &given)
                .map_err(|violations| Refusal::Invalid(violations, shape))?;
            let delivery = emulator.start(start);
            info!(id = %delivery.id, ?channel, to = %delivery.to, "delivered");
            let (id, to) = (delivery.id, delivery.to.as_str());
            Ok(Json(Started { id, success: true, to, channel }).into_response())
        }
        Call::Verify(id) => {
            let verified = emulator.verify(&id, &given);
            info!(id = %LoggedId(&id), ?verified, "verify");
            match verified {
                Verified::Answer(Verdict::Closed(_)) => Err(Refusal::NotFound),
                Verified::Answer(Verdict::Right) => {
                    Ok(Json(Success { success: true }).into_response())
                }
                Verified::Answer(Verdict::Wrong) => {
                    Ok(Json(Success { success: false }).into_response())
                }
                Verified::Invalid(violation) => Err(Refusal::Invalid(vec![violation], shape)),
            }
        }
    }
}

/// The parameters of a JSON or a form body. A body without a type is read as JSON.
async fn parameters(request: Request) -> Result<Parameters, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let body = whole_body(request).await.map_err(Refusal::Status)?;
    let content_type = content_type.as_ref().map_or(b"".as_slice(), HeaderValue::as_bytes);
    let essence = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    match essence.trim_ascii().to_ascii_lowercase().as_slice() {
        b"" | b"application/json" => {
            Parameters::from_json(&body).map_err(|_| Refusal::Status(StatusCode::BAD_REQUEST))
        }
        b"application/x-www-form-urlencoded" => Ok(Parameters::from_form(&body)),
        _ => Err(Refusal::Status(StatusCode::BAD_REQUEST)),
    }
}

fn lose(connection: Option<Connection>) -> Response {
    match connection {
        Some(connection) => {
            connection.cut();
            // Never written: the connection takes no more bytes.
            StatusCode::NO_CONTENT.into_response()
        }
        None => {
            warn!(
                "this server cannot lose a connection: serve the router with mfa_emulator::serve"
            );
            Refusal::Status(StatusCode::NOT_IMPLEMENTED).into_response()
        }
    }
}

fn refused_by_fault(emulator: &Emulator, status: u16, retry_after: Option<u32>) -> Response {
    let refusal = match StatusCode::from_u16(status) {
        Ok(StatusCode::UNAUTHORIZED) => Refusal::Unauthorized,
        Ok(StatusCode::UNPROCESSABLE_ENTITY) => {
            let violation = Violation::new("to", "not_routable", "is not routable");
            Refusal::Invalid(vec![violation], emulator.options().validation_errors)
        }
        Ok(status) => Refusal::Status(status),
        Err(_) => Refusal::Status(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let mut response = refusal.into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn log_refusal(refusal: &Refusal) {
    match refusal {
        Refusal::Invalid(violations, _) => {
            for Violation { attribute, code, .. } in violations {
                info!(attribute, code, "refused with 422");
            }
        }
        Refusal::NotFound => info!("refused with 404"),
        Refusal::Status(status) => info!("refused with {}", status.as_u16()),
        Refusal::Unauthorized => warn!("refused with 401: wrong project id or API token"),
    }
}

impl Call {
    fn route(&self) -> Route {
        match self {
            Self::Start(Channel::Call) => Route::Call,
            Self::Start(Channel::Sms) => Route::Sms,
            Self::Verify(_) => Route::Verify,
        }
    }
}

/// An id from an address: anything can stand there, a token or a number too, so that only what
/// is a UUID is logged.
struct LoggedId<'a>(&'a str);

impl fmt::Display for LoggedId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Uuid::try_parse(self.0) {
            Ok(id) => id.fmt(f),
            Err(_) => f.write_str("(no UUID)"),
        }
    }
}
