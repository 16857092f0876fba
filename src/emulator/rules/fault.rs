//! Faults: what a test asks to go wrong, on which route, and how many times.
//!
//! Each route's faults are used up in the order they were asked for. A fault decides what the
//! shell does; it never changes the rules themselves.

use std::{collections::VecDeque, time::Duration};

use serde_json::{Map, Value};
use thiserror::Error;

/// One of the three routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `POST /api/relay/rest/mfa/call`
    Call,
    /// `POST /api/relay/rest/mfa/sms`
    Sms,
    /// `POST /api/relay/rest/mfa/{id}/verify`
    Verify,
}

/// What happens to a request instead of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: the route does its work and answers.
    Answer,
    /// The work is done, then the connection is lost with no answer.
    DropAfter,
    /// The connection is lost and no work is done.
    DropBefore,
    /// No work is done, and this status is the answer.
    Status {
        /// 400 to 599.
        status: u16,
        /// Seconds in a `Retry-After` header.
        retry_after: Option<u32>,
    },
}

/// A disturbance of the next requests to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it happens.
    pub route: Route,
    /// What happens.
    pub outcome: Outcome,
    /// How long everything waits before it happens.
    pub delay: Duration,
    /// To how many requests.
    pub times: u32,
}

/// Why a control request was refused, for the person who wrote it.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ControlError {
    /// The body is no JSON object.
    #[error("the body must be a JSON object such as {example}")]
    Body {
        /// One that would do.
        example: &'static str,
    },
    /// One field is wrong.
    #[error("{field}: {message}")]
    Field {
        /// Which.
        field: String,
        /// What it must be.
        message: String,
    },
    /// There is no room for another fault.
    #[error("{MOST_FAULTS} faults are already waiting; DELETE /_emulator removes them")]
    TooManyFaults,
    /// The server around the router does not hand its connections to it.
    #[error(
        "drop: this server cannot lose a connection on purpose; serve the router with \
         mfa_emulator::serve"
    )]
    UncuttableServer,
}

impl ControlError {
    fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }
}

const MOST_FAULTS: usize = 100;
const FAULT_EXAMPLE: &str = r#"{"route":"verify","status":500,"times":1}"#;
const ADVANCE_EXAMPLE: &str = r#"{"advance":60}"#;
const MOST_ADVANCE: u64 = 31_536_000;
const MOST_DELAY: u64 = 600_000;
const MOST_TIMES: u64 = 1_000_000;

impl Fault {
    /// Reads the body of `POST /_emulator/faults`. `times` is 1 when it is not given.
    pub fn parse(body: &[u8]) -> Result<Self, ControlError> {
        let known = ["route", "status", "retry_after", "delay_ms", "drop", "times"];
        let fields = object(body, FAULT_EXAMPLE, &known)?;
        let route = match fields.get("route").and_then(Value::as_str) {
            Some("call") => Route::Call,
            Some("sms") => Route::Sms,
            Some("verify") => Route::Verify,
            Some(_) | None => {
                return Err(ControlError::field("route", r#"must be "sms", "call" or "verify""#));
            }
        };
        let status = whole(&fields, "status", 400, 599)?;
        let retry_after = whole(&fields, "retry_after", 0, 86_400)?;
        let delay = whole(&fields, "delay_ms", 0, MOST_DELAY)?;
        let drop = match fields.get("drop") {
            None | Some(Value::Null) => None,
            Some(Value::String(when)) if when == "before" => Some(Outcome::DropBefore),
            Some(Value::String(when)) if when == "after" => Some(Outcome::DropAfter),
            Some(_) => return Err(ControlError::field("drop", r#"must be "before" or "after""#)),
        };
        if retry_after.is_some() && !matches!(status, Some(429 | 503)) {
            return Err(ControlError::field("retry_after", "goes with status 429 or 503"));
        }
        let outcome = match (status, drop) {
            (Some(_), Some(_)) => {
                return Err(ControlError::field("drop", "a lost answer has no status: give one"));
            }
            (Some(status), None) => Outcome::Status {
                status,
                // "every SignalWire 429 seen so far sends seconds"
                retry_after: retry_after.or((status == 429).then_some(1)),
            },
            (None, Some(drop)) => drop,
            (None, None) if delay.is_none() => {
                return Err(ControlError::field("status", "give status, delay_ms or drop"));
            }
            (None, None) => Outcome::Answer,
        };
        Ok(Self {
            route,
            outcome,
            delay: Duration::from_millis(delay.unwrap_or(0)),
            times: whole(&fields, "times", 1, MOST_TIMES)?.unwrap_or(1),
        })
    }
}

/// Reads the body of `POST /_emulator/clock`.
pub(crate) fn parse_advance(body: &[u8]) -> Result<Duration, ControlError> {
    let fields = object(body, ADVANCE_EXAMPLE, &["advance"])?;
    whole(&fields, "advance", 0, MOST_ADVANCE)?
        .map(Duration::from_secs)
        .ok_or_else(|| ControlError::field("advance", "must be given, in seconds"))
}

fn object(
    body: &[u8],
    example: &'static str,
    known: &[&str],
) -> Result<Map<String, Value>, ControlError> {
    let fields: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| ControlError::Body { example })?;
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(ControlError::field(
            unknown.chars().take(40).collect::<String>(),
            format!("is not known here; the fields are {}", known.join(", ")),
        )),
        None => Ok(fields),
    }
}

fn whole<N: TryFrom<u64>>(
    fields: &Map<String, Value>,
    name: &str,
    least: u64,
    most: u64,
) -> Result<Option<N>, ControlError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .filter(|value| (least..=most).contains(value))
            .and_then(|value| N::try_from(value).ok())
            .map(Some)
            .ok_or_else(|| {
                let message = format!("must be a whole number from {least} to {most}");
                ControlError::field(name, message)
            }),
    }
}

/// The faults that are still to happen.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: VecDeque<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), ControlError> {
        if self.waiting.len() >= MOST_FAULTS {
            return Err(ControlError::TooManyFaults);
        }
        if fault.times > 0 {
            self.waiting.push_back(fault);
        }
        Ok(())
    }

    /// Uses up one occurrence of the first fault on this route.
    pub(crate) fn take(&mut self, route: Route) -> Option<Fault> {
        let position = self.waiting.iter().position(|fault| fault.route == route)?;
        let fault = self.waiting.get_mut(position)?;
        fault.times -= 1;
        let taken = *fault;
        if taken.times == 0 {
            self.waiting.remove(position);
        }
        Some(taken)
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Fault, ControlError> {
        Fault::parse(body.as_bytes())
    }

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        assert_eq!(
            parse(r#"{"route":"verify","status":429,"delay_ms":20,"times":3}"#),
            Ok(Fault {
                route: Route::Verify,
                outcome: Outcome::Status { status: 429, retry_after: Some(1) },
                delay: Duration::from_millis(20),
                times: 3,
            })
        );
        let after = parse(r#"{"route":"sms","drop":"after"}"#).unwrap();
        assert_eq!((after.outcome, after.times), (Outcome::DropAfter, 1));
        let slow = parse(r#"{"route":"call","delay_ms":5,"times":1}"#).unwrap();
        assert_eq!(slow.outcome, Outcome::Answer);
    }

    #[test]
    fn a_bad_control_body_is_told_which_field_is_wrong() {
        for (body, field) in [
            (r#"{"times":1}"#, "route"),
            (r#"{"route":"mms","times":1}"#, "route"),
            (r#"{"route":"sms","times":1}"#, "status"),
            (r#"{"route":"sms","status":200,"times":1}"#, "status"),
            (r#"{"route":"sms","status":"500","times":1}"#, "status"),
            (r#"{"route":"sms","status":500,"times":0}"#, "times"),
            (r#"{"route":"sms","delay_ms":-1,"times":1}"#, "delay_ms"),
            (r#"{"route":"sms","drop":"later","times":1}"#, "drop"),
            (r#"{"route":"sms","drop":"after","status":500,"times":1}"#, "drop"),
            (r#"{"route":"sms","status":500,"retry_after":1}"#, "retry_after"),
            (r#"{"route":"sms","delay":5,"times":1}"#, "delay"),
        ] {
            match parse(body) {
                Err(ControlError::Field { field: named, .. }) => assert_eq!(named, field, "{body}"),
                other => panic!("{body}: {other:?}"),
            }
        }
        assert!(matches!(parse("[]"), Err(ControlError::Body { .. })));
        assert!(matches!(parse(""), Err(ControlError::Body { .. })));
    }

    #[test]
    fn an_advance_is_whole_seconds_ahead() {
        assert_eq!(parse_advance(br#"{"advance":60}"#), Ok(Duration::from_secs(60)));
        for body in [r#"{"advance":-1}"#, r#"{"advance":"60"}"#, r#"{"advance":1.5}"#, "{}"] {
            let said = parse_advance(body.as_bytes()).unwrap_err().to_string();
            assert!(said.starts_with("advance: must be"), "{body}: {said}");
        }
    }

    #[test]
    fn faults_are_used_up_in_order_and_route_by_route() {
        let mut faults = Faults::default();
        let first = parse(r#"{"route":"sms","status":500,"times":2}"#).unwrap();
        let second = parse(r#"{"route":"sms","drop":"before","times":1}"#).unwrap();
        faults.add(first).unwrap();
        faults.add(second).unwrap();
        assert_eq!(faults.take(Route::Verify), None);
        let outcomes: Vec<_> =
            std::iter::from_fn(|| faults.take(Route::Sms)).map(|fault| fault.outcome).collect();
        assert_eq!(outcomes, [first.outcome, first.outcome, second.outcome]);
    }

    #[test]
    fn there_is_an_end_to_the_faults_that_can_wait() {
        let mut faults = Faults::default();
        let fault = parse(r#"{"route":"sms","status":500}"#).unwrap();
        (0..MOST_FAULTS).for_each(|_| faults.add(fault).unwrap());
        assert_eq!(faults.add(fault), Err(ControlError::TooManyFaults));
    }
}
