//! The element's own events and its `state`: plain objects, never the token, the number or the
//! id.

use mfa_core::flow::{Flow, Instant, Outcome, State, Trouble};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit};

use crate::bindings::Host;

/// The `detail` of every event. One struct for all: each further type costs bytes.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempts_left: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retryable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_length: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_alphas: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resend_in: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_in: Option<u32>,
}

impl<'a> Detail<'a> {
    pub(crate) fn of_trouble(trouble: Trouble) -> Self {
        Self {
            kind: Some(trouble.kind()),
            retryable: Some(trouble.retryable()),
            retry_after: trouble.retry_after(),
            ..Self::default()
        }
    }

    /// The read-only `state` of the element.
    pub(crate) fn of_state(flow: &'a Flow, now: Instant) -> Self {
        let interaction = flow.interaction();
        let closed = if let State::Closed(reason) = flow.state() { Some(reason) } else { None };
        Self {
            phase: Some(flow.phase().as_str()),
            reason: closed.map(|reason| reason.as_str()),
            channel: interaction.map(|it| it.channel.as_str()),
            attempts_left: interaction.map(|it| it.attempts_left),
            token_length: interaction.map(|it| it.config.token_length()),
            allow_alphas: interaction.map(|it| it.config.allow_alphas()),
            expires_in: interaction.map(|it| it.expires.seconds_from(now)),
            resend_in: Some(flow.cooldown(now)),
            ..Self::default()
        }
    }

    pub(crate) fn to_js(&self) -> JsValue {
        self.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
    }
}

/// Tells the page what came of it.
pub(crate) fn outcome(host: &Host, outcome: &Outcome) {
    let (name, detail) = match outcome {
        Outcome::Closed { reason } => {
            ("mfa-closed", Detail { reason: Some(reason.as_str()), ..Detail::default() })
        }
        Outcome::Error(trouble) => ("mfa-error", Detail::of_trouble(*trouble)),
        Outcome::Rejected { attempts_left } => {
            ("mfa-rejected", Detail { attempts_left: Some(*attempts_left), ..Detail::default() })
        }
        Outcome::Sent { channel } => {
            ("mfa-sent", Detail { channel: Some(channel.as_str()), ..Detail::default() })
        }
        Outcome::Verified { receipt } => (
            "mfa-verified",
            Detail { receipt: receipt.as_ref().map(|it| it.as_str()), ..Detail::default() },
        ),
    };
    fire(host, name, false, &detail);
}

/// Dispatches an event from the element; whether the page let it pass.
pub(crate) fn fire(host: &Host, name: &str, cancelable: bool, detail: &Detail<'_>) -> bool {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(cancelable);
    init.set_detail(&detail.to_js());
    CustomEvent::new_with_event_init_dict(name, &init)
        .and_then(|event| host.dispatch_event(&event))
        .unwrap_or(true)
}
