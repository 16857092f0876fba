//! The element's own events and its `state`: plain objects, never the token, the number or the
//! id.

use mfa_core::flow::{Flow, Instant, Outcome, State, Trouble};
use wasm_bindgen::prelude::*;

use crate::bindings::{CustomEvent, Dict, Host};
use crate::to_js::{Entry, Value, plain_object};

/// What went wrong, as `mfa-error` and rejected promises carry it.
pub(crate) fn trouble(trouble: Trouble) -> [Entry<'static>; 3] {
    [
        ("kind", trouble.kind().into()),
        ("retryable", trouble.retryable().into()),
        ("retryAfter", trouble.retry_after().into()),
    ]
}

/// The read-only `state` of the element.
pub(crate) fn state(flow: &Flow, now: Instant) -> JsValue {
    let mut entries = [
        ("phase", flow.phase().as_str().into()),
        ("resendIn", flow.cooldown(now).into()),
        ("reason", Value::Absent),
        ("channel", Value::Absent),
        ("attemptsLeft", Value::Absent),
        ("tokenLength", Value::Absent),
        ("allowAlphas", Value::Absent),
        ("expiresIn", Value::Absent),
    ];
    let [_, _, reason, channel, attempts, length, alphas, expires] = &mut entries;
    if let State::Closed(why) = flow.state() {
        reason.1 = why.as_str().into();
    }
    if let Some(it) = flow.interaction() {
        channel.1 = it.channel.as_str().into();
        attempts.1 = it.attempts_left.into();
        length.1 = it.config.token_length().into();
        alphas.1 = it.config.allow_alphas().into();
        expires.1 = it.expires.seconds_from(now).into();
    }
    plain_object(&entries)
}

/// Tells the page what came of it.
pub(crate) fn outcome(host: &Host, outcome: &Outcome) {
    let (name, entry): (_, Entry<'_>) = match outcome {
        Outcome::Closed { reason } => ("mfa-closed", ("reason", reason.as_str().into())),
        Outcome::Error(what) => {
            fire(host, "mfa-error", false, &trouble(*what));
            return;
        }
        Outcome::Rejected { attempts_left } => {
            ("mfa-rejected", ("attemptsLeft", (*attempts_left).into()))
        }
        Outcome::Sent { channel } => ("mfa-sent", ("channel", channel.as_str().into())),
        Outcome::Verified { receipt } => {
            ("mfa-verified", ("receipt", receipt.as_ref().map(|it| it.as_str()).into()))
        }
    };
    fire(host, name, false, &[entry]);
}

/// Dispatches an event from the element; whether the page let it pass.
pub(crate) fn fire(host: &Host, name: &str, cancelable: bool, detail: &[Entry<'_>]) -> bool {
    let init = Dict::new();
    init.set("bubbles", &JsValue::TRUE);
    init.set("composed", &JsValue::TRUE);
    init.set("cancelable", &JsValue::from(cancelable));
    init.set("detail", &plain_object(detail));
    host.fire(&CustomEvent::new(name, &init))
}
