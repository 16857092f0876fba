//! Answers of the decisions as HTTP answers: JSON, and problem+json for every failure.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use mfa_core::wire::{Problem, ProblemCode};

use crate::decide::answer::{Answer, Refusal};
use crate::decide::limited::Limited;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What an answer was a problem for: goes with it as far as the envelope, where it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    pub(super) code: ProblemCode,
    pub(super) limit: Option<Limited>,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Started(answer) => Json(answer).into_response(),
            Self::Verified(answer) => Json(answer).into_response(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let cause = Cause { code: self.code, limit: self.limit };
        let status = self.code.status();
        let problem = Problem {
            kind: Some("about:blank".into()),
            title: Some(self.code.title().into()),
            status: Some(status),
            detail: Some(self.detail.into_owned()),
            code: Some(self.code.as_str().into()),
            reason: self.reason.map(|reason| reason.as_str().into()),
            // Of a closed interaction it is the next start that has to wait.
            resend_after: self.reason.and(self.retry_after).and_then(|wait| wait.try_into().ok()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        response.extensions_mut().insert(cause);
        response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

pub(super) async fn not_found() -> Refusal {
    Refusal::new(ProblemCode::NotFound, "There is no such route.")
}

pub(super) async fn method_not_allowed() -> Refusal {
    Refusal::new(ProblemCode::MethodNotAllowed, "The route does not know this method.")
}
