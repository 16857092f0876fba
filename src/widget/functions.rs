//! `start` and `verify` for pages that draw their own entry.

use js_sys::{Error, Promise, Reflect};
use mfa_core::flow::{Event, Interaction, Refusal, RequestId, Settings, Trouble};
use mfa_core::wire::StartRequest;
use mfa_core::{Channel, Token, UncheckedConfig};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::endpoint::{Endpoint, fresh_key};
use crate::from_js::from_js;
use crate::shell::now;
use crate::tell::Detail;

/// There is one request a call, so its name does not matter.
const REQUEST: RequestId = RequestId(0);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartOptions {
    endpoint: String,
    channel: Option<String>,
    ticket: Option<String>,
    to: Option<String>,
    previous: Option<String>,
    token_length: Option<i64>,
    allow_alphas: Option<bool>,
    max_attempts: Option<i64>,
    valid_for: Option<i64>,
    idempotency_key: Option<String>,
}

/// What `start` resolves with and `verify` takes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    endpoint: String,
    id: String,
    channel: Channel,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    token_length: i64,
    allow_alphas: bool,
    max_attempts: i64,
    valid_for: i64,
    resend_after: i64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifyOptions {
    endpoint: Option<String>,
    idempotency_key: Option<String>,
}

/// Asks the endpoint for a token.
///
/// # Errors
///
/// Rejects with an `Error` whose `kind`, `retryable` and `retryAfter` say why no token was sent;
/// throws a `TypeError` for an option that is missing or out of range.
#[wasm_bindgen]
pub fn start(options: JsValue) -> Result<Promise, JsValue> {
    let headers = property(&options, "headers");
    let options: StartOptions =
        from_js(options).map_err(|_| mistake("start needs { endpoint: \"/mfa\", … }"))?;
    let channel = match options.channel.as_deref() {
        None => Channel::Sms,
        Some(name) => {
            Channel::parse(name).map_err(|_| mistake("channel must be \"sms\" or \"call\""))?
        }
    };
    let config = UncheckedConfig {
        token_length: options.token_length,
        allow_alphas: options.allow_alphas,
        max_attempts: options.max_attempts,
        valid_for: options.valid_for,
    };
    // A token that the page's own options forbid to type must not cost a message.
    config.check().map_err(|error| mistake(error.field.name()))?;
    let settings = Settings { config, ..Settings::default() };
    let body = StartRequest { ticket: options.ticket, to: options.to, previous: options.previous };
    let key = options.idempotency_key.unwrap_or_else(fresh_key);
    let base = options.endpoint.clone();
    let endpoint = Endpoint { base, headers, signal: None };
    Ok(promise(move |then| {
        endpoint.start(REQUEST, channel, key, &body, move |event| {
            then(started(event, options.endpoint, channel, settings));
        });
    }))
}

fn started(
    event: Event,
    endpoint: String,
    channel: Channel,
    settings: Settings,
) -> Result<JsValue, JsValue> {
    let Event::Sent { answer, .. } = event else { return Err(refused(&event)) };
    let interaction = Interaction::read(answer, channel, settings, now())
        .map_err(|refusal| failure(Trouble::Refused(refusal)))?;
    let config = interaction.config;
    let started = Started {
        endpoint,
        id: interaction.id.as_str().into(),
        channel: interaction.channel,
        to: interaction.to,
        token_length: i64::from(config.token_length()),
        allow_alphas: config.allow_alphas(),
        max_attempts: i64::from(config.max_attempts()),
        valid_for: i64::from(config.valid_for()),
        resend_after: i64::from(interaction.resend_after),
    };
    started.serialize(&Serializer::json_compatible()).map_err(Into::into)
}

/// Asks the endpoint whether the token is right. A wrong code is a result, not an error.
///
/// # Errors
///
/// Rejects with an `Error` whose `kind`, `retryable` and `retryAfter` say why there is no
/// verdict. A token that the interaction's config forbids never leaves the page.
#[wasm_bindgen]
pub fn verify(interaction: JsValue, token: &str, options: JsValue) -> Result<Promise, JsValue> {
    let headers = property(&options, "headers");
    let options: VerifyOptions = from_js(options).unwrap_or_default();
    let started: Started =
        from_js(interaction).map_err(|_| mistake("verify needs what start resolved with"))?;
    let config = UncheckedConfig {
        token_length: Some(started.token_length),
        allow_alphas: Some(started.allow_alphas),
        ..UncheckedConfig::default()
    };
    let format = config.check().map_err(|error| mistake(error.field.name()))?.format();
    let token =
        Token::parse(token, format).map_err(|_| failure(Trouble::Refused(Refusal::TokenForm)))?;
    let base = options.endpoint.unwrap_or(started.endpoint);
    let key = options.idempotency_key.unwrap_or_else(fresh_key);
    let endpoint = Endpoint { base, headers, signal: None };
    Ok(promise(move |then| {
        endpoint.verify(REQUEST, &started.id, key, &token, move |event| then(verdict(&event)));
    }))
}

fn verdict(event: &Event) -> Result<JsValue, JsValue> {
    let mut result = Detail::default();
    if let Event::Verified { receipt, .. } = event {
        result.status = Some("verified");
        result.receipt = receipt.as_ref().map(|receipt| receipt.as_str());
    } else if let Event::Rejected { attempts_left, .. } = event {
        result.status = Some("rejected");
        result.attempts_left = attempts_left.and_then(|left| u8::try_from(left).ok());
    } else if let Event::Closed { reason, .. } = event {
        result.status = Some("closed");
        result.reason = Some(reason.as_str());
    } else {
        return Err(refused(event));
    }
    Ok(result.to_js())
}

/// What ends a promise.
type Then = Box<dyn FnOnce(Result<JsValue, JsValue>)>;

fn promise(begin: impl FnOnce(Then)) -> Promise {
    let mut begin = Some(begin);
    Promise::new(&mut |resolve, reject| {
        let then: Then = Box::new(move |result| {
            let (settle, value) = match result {
                Ok(value) => (resolve, value),
                Err(error) => (reject, error),
            };
            // What settles a promise does not throw.
            let _ = settle.call1(&JsValue::UNDEFINED, &value);
        });
        if let Some(begin) = begin.take() {
            begin(then);
        }
    })
}

fn refused(event: &Event) -> JsValue {
    failure(if let Event::Refused { refusal, .. } = event {
        Trouble::Refused(*refusal)
    } else {
        Trouble::Network
    })
}

/// An `Error` that carries what `mfa-error` carries.
fn failure(trouble: Trouble) -> JsValue {
    let error = Error::new(trouble.kind());
    js_sys::Object::assign(&error, Detail::of_trouble(trouble).to_js().unchecked_ref());
    error.into()
}

/// The page's own mistake.
fn mistake(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
