//! Refusals, in the vendor's own bodies. None repeats what was sent.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{emulator::ValidationErrors, rules::start::Violation};

/// A request that gets no 200.
#[derive(Debug)]
pub(crate) enum Refusal {
    Invalid(Vec<Violation>, ValidationErrors),
    NotFound,
    /// `{"error": …}` with the status's own name.
    Status(StatusCode),
    Unauthorized,
}

#[derive(Serialize)]
struct Plain {
    error: &'static str,
}

#[derive(Serialize)]
struct Errors<E> {
    errors: Vec<E>,
}

#[derive(Serialize)]
struct RelayError {
    detail: String,
    status: &'static str,
    title: &'static str,
    code: &'static str,
}

#[derive(Serialize)]
struct ApiError {
    r#type: &'static str,
    code: &'static str,
    message: String,
    attribute: &'static str,
    url: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(violations, ValidationErrors::Api) => {
                let errors = violations.into_iter().map(ApiError::from).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, Json(Errors { errors })).into_response()
            }
            Self::Invalid(violations, ValidationErrors::Relay) => {
                let errors = violations.into_iter().map(RelayError::from).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, Json(Errors { errors })).into_response()
            }
            Self::NotFound => Self::Status(StatusCode::NOT_FOUND).into_response(),
            Self::Status(status) => {
                let error = status.canonical_reason().unwrap_or("Error");
                (status, Json(Plain { error })).into_response()
            }
            Self::Unauthorized => {
                let challenge = [(header::WWW_AUTHENTICATE, r#"Basic realm="SignalWire""#)];
                let status = StatusCode::UNAUTHORIZED;
                (challenge, Self::Status(status)).into_response()
            }
        }
    }
}

impl From<Violation> for RelayError {
    fn from(violation: Violation) -> Self {
        let name = violation.attribute.replace('_', " ");
        let (first, rest) = name.split_at(1);
        Self {
            detail: format!("{}{rest} {}", first.to_uppercase(), violation.message),
            status: "422",
            title: "Invalid Attribute",
            code: "422",
        }
    }
}

impl From<Violation> for ApiError {
    fn from(violation: Violation) -> Self {
        let Violation { attribute, code, message } = violation;
        let url = format!("https://developer.signalwire.com/rest/overview/error-codes/#{code}");
        Self { r#type: "validation_error", code, message, attribute, url }
    }
}
