//! `start` and `verify` for pages that draw their own entry.

use js_sys::{Error, Object, Promise, TypeError};
use mfa_core::flow::{Event, Interaction, Refusal, RequestId, Settings, Trouble, leads_elsewhere};
use mfa_core::wire::StartRequest;
use mfa_core::{Channel, ConfigError, Token, UncheckedConfig};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::bindings::own;
use crate::clock::now;
use crate::element::wrong_channel;
use crate::endpoint::{Endpoint, fresh_key};
use crate::from_js::from_js;
use crate::strings::digits;
use crate::tell;
use crate::to_js::{Entry, object, plain_object};

/// There is one request a call, so its name does not matter.
const REQUEST: RequestId = RequestId(0);

#[derive(Default, Deserialize)]
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

/// What `start` resolves with and `verify` takes; the rest of it is for the page.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    endpoint: String,
    id: String,
    token_length: i64,
    allow_alphas: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifyOptions {
    endpoint: Option<String>,
    idempotency_key: Option<String>,
}

/// Asks the endpoint for a token.
///
/// Rejects with an `Error` whose `kind`, `retryable` and `retryAfter` say why no token was sent,
/// and with a `TypeError` for an option that is missing or out of range.
#[wasm_bindgen]
pub fn start(options: JsValue) -> Promise {
    begin_start(options).unwrap_or_else(|error| Promise::reject(&error))
}

/// Asks the endpoint whether the token is right. A wrong code is a result, not an error.
///
/// Rejects with an `Error` whose `kind`, `retryable` and `retryAfter` say why there is no
/// verdict. A token that the interaction's config forbids never leaves the page.
#[wasm_bindgen]
pub fn verify(interaction: JsValue, token: JsValue, options: JsValue) -> Promise {
    begin_verify(interaction, &token, options).unwrap_or_else(|error| Promise::reject(&error))
}

fn begin_start(options: JsValue) -> Result<Promise, JsValue> {
    let headers = headers(&options);
    let options: StartOptions =
        from_js(options).map_err(|_| mistake("start needs { endpoint: \"/mfa\", … }"))?;
    let channel = options.channel.as_deref().map_or(Ok(Channel::Sms), Channel::parse);
    let channel = channel.map_err(|_| wrong_channel())?;
    let config = UncheckedConfig {
        token_length: options.token_length,
        allow_alphas: options.allow_alphas,
        max_attempts: options.max_attempts,
        valid_for: options.valid_for,
    };
    // A token that the page's own options forbid to type must not cost a message.
    config.check().map_err(out_of_range)?;
    let settings = Settings { config, ..Settings::default() };
    let body = StartRequest { ticket: options.ticket, to: options.to, previous: options.previous };
    let key = options.idempotency_key.unwrap_or_else(fresh_key);
    let endpoint = Endpoint { base: options.endpoint.clone(), headers, signal: None };
    let then = move |event, _| started(event, &options.endpoint, channel, settings);
    Ok(endpoint.start(REQUEST, channel, &key, &body, Box::new(then)))
}

fn started(
    event: Event,
    endpoint: &str,
    channel: Channel,
    settings: Settings,
) -> Result<JsValue, JsValue> {
    let Event::Sent { answer, .. } = event else { return Err(refused(&event)) };
    let interaction = Interaction::read(answer, channel, settings, now())
        .map_err(|refusal| failure(Trouble::Refused(refusal)))?;
    let config = interaction.config;
    Ok(plain_object(&[
        ("endpoint", endpoint.into()),
        ("id", interaction.id.as_str().into()),
        ("channel", interaction.channel.as_str().into()),
        ("to", interaction.to.as_deref().into()),
        ("tokenLength", config.token_length().into()),
        ("allowAlphas", config.allow_alphas().into()),
        ("maxAttempts", config.max_attempts().into()),
        ("validFor", config.valid_for().into()),
        ("resendAfter", interaction.resend_after.into()),
    ]))
}

fn begin_verify(
    interaction: JsValue,
    token: &JsValue,
    options: JsValue,
) -> Result<Promise, JsValue> {
    let headers = headers(&options);
    let options: VerifyOptions = from_js(options).unwrap_or_default();
    let started: Started =
        from_js(interaction).map_err(|_| mistake("verify needs what start resolved with"))?;
    if leads_elsewhere(&started.id) {
        return Err(mistake("verify needs an id that start resolved with"));
    }
    let config = UncheckedConfig {
        token_length: Some(started.token_length),
        allow_alphas: Some(started.allow_alphas),
        ..UncheckedConfig::default()
    };
    let format = config.check().map_err(out_of_range)?.format();
    let token = token.as_string().ok_or_else(|| mistake("the token must be a string"))?;
    let token =
        Token::parse(&token, format).map_err(|_| failure(Trouble::Refused(Refusal::TokenForm)))?;
    let base = options.endpoint.unwrap_or(started.endpoint);
    let key = options.idempotency_key.unwrap_or_else(fresh_key);
    let endpoint = Endpoint { base, headers, signal: None };
    Ok(endpoint.verify(REQUEST, &started.id, &key, &token, Box::new(|event, _| verdict(&event))))
}

fn verdict(event: &Event) -> Result<JsValue, JsValue> {
    let (status, more): (&str, Entry<'_>) = if let Event::Verified { receipt, .. } = event {
        ("verified", ("receipt", receipt.as_ref().map(|receipt| receipt.as_str()).into()))
    } else if let Event::Rejected { attempts_left, .. } = event {
        let left = attempts_left.and_then(|left| u8::try_from(left).ok());
        ("rejected", ("attemptsLeft", left.into()))
    } else if let Event::Closed { reason, .. } = event {
        ("closed", ("reason", reason.as_str().into()))
    } else {
        return Err(refused(event));
    };
    Ok(plain_object(&[("status", status.into()), more]))
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
    Object::assign(&error, &object(&tell::trouble(trouble)));
    error.into()
}

/// The page's own mistake.
fn mistake(message: &str) -> JsValue {
    TypeError::new(message).into()
}

/// As [`mistake`], of what the guide calls by this name.
fn out_of_range(error: ConfigError) -> JsValue {
    let (least, most) = error.field.range();
    let mut text = String::from(error.field.name());
    text.push_str(" must be a whole number from ");
    text.push_str(&digits(least));
    text.push_str(" to ");
    text.push_str(&digits(most));
    mistake(&text)
}

fn headers(options: &JsValue) -> JsValue {
    own(options, "headers").unwrap_or(JsValue::UNDEFINED)
}
