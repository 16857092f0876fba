//! Reading a request: JSON only, small, and whole in good time.
//!
//! Read by hand, because a library's own words for what is wrong with a body repeat parts of it,
//! and a body holds tokens and numbers.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use mfa_core::wire::ProblemCode;
use serde_json::{Map, Value};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::decide::answer::Refusal;
use crate::http::json::{self, Unread};

/// No request of the contract is larger.
const MAX_BODY: usize = 16 * 1024;

/// The header by which a repeat is known.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request read to its end.
pub(super) struct Received {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    fields: Map<String, Value>,
}

impl Received {
    /// Reads it, unless its body takes longer to arrive than the patience lasts.
    pub(super) async fn read(request: Request, patience: Duration) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        if !is_json(&head.headers) {
            let detail = "Send the body as `Content-Type: application/json`.";
            return Err(Refusal::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let body = tokio::time::timeout(patience, to_bytes(body, MAX_BODY))
            .await
            .map_err(|_| Refusal::invalid("The body did not arrive in time."))?
            .map_err(|error| unread(&error))?;
        let fields = match json::read(&body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(Refusal::invalid("The body must be a JSON object.")),
            Err(Unread::NoJson { line, column }) => {
                let detail = format!("The body is not JSON: line {line}, column {column}.");
                return Err(Refusal::invalid(detail));
            }
            Err(Unread::Twice { line, column }) => {
                let detail = format!("A name stands twice: line {line}, column {column}.");
                return Err(Refusal::invalid(detail));
            }
        };
        Ok(Self { head, body, fields })
    }

    /// A text that may be left out, or be null.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::invalid(format!("`{name}` must be a string."))),
        }
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, name: &'static str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::invalid(format!("`{name}` is missing.")))
    }

    /// Something with a structure of its own that may be left out.
    pub(super) fn object(&mut self, name: &'static str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    /// The `Idempotency-Key`, in one way of writing it.
    pub(super) fn idempotency_key(&self) -> Result<Option<String>, Refusal> {
        let mut keys = self.head.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(key) = keys.next() else { return Ok(None) };
        key.to_str()
            .ok()
            .filter(|_| keys.next().is_none())
            .map(|key| key.trim().trim_matches('"'))
            // The library also reads it without hyphens, in braces and as a URN.
            .filter(|key| key.len() == Hyphenated::LENGTH)
            .and_then(|key| Uuid::parse_str(key).ok())
            .map(|key| Some(key.to_string()))
            .ok_or_else(|| Refusal::invalid("`Idempotency-Key` must be one UUID."))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let json = |value: &HeaderValue| {
        let essence = value.to_str().ok().and_then(|value| value.split(';').next());
        essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    };
    // More than one is ambiguous: each must be it.
    headers.contains_key(CONTENT_TYPE) && headers.get_all(CONTENT_TYPE).iter().all(json)
}

fn unread(error: &axum::Error) -> Refusal {
    let too_long = std::error::Error::source(error)
        .is_some_and(|source| source.to_string().contains("length limit"));
    if too_long {
        let detail = format!("The body must not be larger than {MAX_BODY} bytes.");
        Refusal::new(ProblemCode::PayloadTooLarge, detail)
    } else {
        Refusal::invalid("The body broke off.")
    }
}
