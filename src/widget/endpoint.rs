//! The site's own endpoint: one POST, one answer, or none.

use std::cell::Cell;
use std::rc::Rc;

use gloo_net::http::{Headers, Response};
use js_sys::Promise;
use mfa_core::flow::{Answer, Event, RequestId};
use mfa_core::wire::{StartAnswer, StartRequest, VerifyAnswer, url_below};
use mfa_core::{Channel, Token};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::bindings::{
    Chain, Dict, PageHeaders, Request, console_error, copy, fetch, number, parse_json, random,
    to_json,
};
use crate::from_js::from_js;
use crate::to_js::{is_plain, object};

/// Where requests go, and what they carry beside their body.
pub(crate) struct Endpoint {
    /// The endpoint's base URL, as the page writes it.
    pub(crate) base: String,
    /// The page's own headers, or nothing.
    pub(crate) headers: JsValue,
    /// Ends the request when it is given up.
    pub(crate) signal: Option<AbortSignal>,
}

/// What is made of the event and of the body that it was read from, and what the request's promise
/// settles with.
pub(crate) type Then = Box<dyn FnOnce(Event, JsValue) -> Result<JsValue, JsValue>>;

impl Endpoint {
    /// Asks for a token, and hands on what the answer means for the flow.
    pub(crate) fn start(
        &self,
        request: RequestId,
        channel: Channel,
        key: &str,
        body: &StartRequest,
        then: Then,
    ) -> Promise {
        let StartRequest { ticket, to, previous } = body;
        let body = object(&[
            ("ticket", ticket.as_deref().into()),
            ("to", to.as_deref().into()),
            ("previous", previous.as_deref().into()),
        ]);
        self.send(
            &[channel.as_str()],
            key,
            &body,
            Box::new(move |reply| {
                let body = reply.as_ref().map_or(JsValue::UNDEFINED, |reply| reply.body.clone());
                let event = reply.map_or(Event::Lost { request }, |reply| {
                    reply.read::<StartAnswer>().event(request)
                });
                then(event, body)
            }),
        )
    }

    /// Asks whether a token is right, and hands on what the answer means for the flow.
    pub(crate) fn verify(
        &self,
        request: RequestId,
        id: &str,
        key: &str,
        token: &Token,
        then: Then,
    ) -> Promise {
        // A `VerifyRequest` of the wire.
        let token = token.text();
        let body = object(&[("token", token.as_str().into())]);
        let id = String::from(js_sys::encode_uri_component(id));
        self.send(
            &[&id, "verify"],
            key,
            &body,
            Box::new(move |reply| {
                let body = reply.as_ref().map_or(JsValue::UNDEFINED, |reply| reply.body.clone());
                let event = reply.map_or(Event::Lost { request }, |reply| {
                    reply.read::<VerifyAnswer>().event(request)
                });
                then(event, body)
            }),
        )
    }

    /// Posts, and reads the reply; `None` where none came: no connection, or it was lost on the
    /// way. Whether the endpoint acted is then not known.
    ///
    /// A chain of promises, not an `async fn`: that would link an executor and a state machine.
    /// The closures belong to the collector, which takes those that are never called too.
    fn send(
        &self,
        path: &[&str],
        key: &str,
        body: &JsValue,
        then: Box<dyn FnOnce(Option<Reply>) -> Result<JsValue, JsValue>>,
    ) -> Promise {
        let Some(url) = self.url(path) else {
            console_error(
                "mfa-code:",
                "`endpoint` is no URL that a path can be joined to, e.g. endpoint=\"/mfa\"",
            );
            return match then(Some(Reply::default())) {
                Ok(result) => Promise::resolve(&result),
                Err(error) => Promise::reject(&error),
            };
        };
        let response = Rc::new(Cell::new(None));
        let answer = Rc::clone(&response);
        let come = callback(move |came| {
            let came: web_sys::Response = came.unchecked_into();
            let text = came.text();
            answer.set(Some(Response::from(came)));
            text.map(Into::into)
        });
        // The status is no answer yet: a connection can end in the middle of the body.
        let lost = callback(|_| Ok(JsValue::UNDEFINED));
        let mut then = Some(then);
        let read = callback(move |text| {
            let reply = response.take().filter(|_| text.is_string());
            let reply = reply.map(|response| Reply::new(&response, &text));
            then.take().map_or(Ok(JsValue::UNDEFINED), |then| then(reply))
        });
        let nothing = &JsValue::UNDEFINED;
        let sent = match fetch(&url, &self.init(key, body)) {
            Ok(sent) => Promise::resolve(&sent),
            Err(thrown) => Promise::reject(&thrown),
        };
        let chain: Chain = sent.unchecked_into();
        chain.next(&come, nothing).next(nothing, &lost).next(&read, nothing).unchecked_into()
    }

    /// Where this path is, if a request can be made there.
    fn url(&self, path: &[&str]) -> Option<String> {
        url_below(&self.base, path).filter(|url| Request::new(url).is_ok())
    }

    /// The page's own headers, in any form that `fetch` takes.
    fn headers(&self) -> Headers {
        if !self.headers.is_object() {
            return Headers::new();
        }
        // Of a plain object what it has itself: one that inherits an iterator is read as a list.
        let headers = if is_plain(&self.headers) {
            copy(&Dict::new(), &self.headers)
        } else {
            Ok(self.headers.clone())
        };
        headers.and_then(|headers| PageHeaders::new(&headers)).map_or_else(
            |_| {
                console_error(
                    "mfa-code:",
                    "`headers` has a name or a value that no header may have",
                );
                Headers::new()
            },
            |headers| Headers::from_raw(headers.unchecked_into()),
        )
    }

    /// Not gloo's request builder: it takes the URL apart and together again, and its `send`
    /// panics where a page's patched `fetch` rejects with no `Error`.
    fn init(&self, key: &str, body: &JsValue) -> Dict {
        let headers = self.headers().into_raw();
        for (name, value) in [
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("idempotency-key", key),
        ] {
            let _ = headers.set(name, value);
        }
        let init = Dict::new();
        init.set("method", &"POST".into());
        init.set("headers", &headers);
        init.set("body", &to_json(body));
        // Ticket and token are for this endpoint, not for wherever it points to. What comes back
        // then has the status 0, which no endpoint of the contract answers.
        init.set("redirect", &"manual".into());
        if let Some(signal) = &self.signal {
            init.set("signal", signal);
        }
        init
    }
}

/// A function for a promise. It belongs to the collector, which takes it also if it is never called.
pub(crate) fn callback(call: impl FnMut(JsValue) -> Result<JsValue, JsValue> + 'static) -> JsValue {
    let call: Box<dyn FnMut(JsValue) -> Result<JsValue, JsValue>> = Box::new(call);
    Closure::wrap(call).into_js_value()
}

/// By default what no endpoint answers: see [`Refusal::read`](mfa_core::flow::Refusal::read).
#[derive(Default)]
struct Reply {
    status: u16,
    retry_after: Option<u32>,
    body: JsValue,
}

impl Reply {
    fn new(response: &Response, text: &JsValue) -> Self {
        Self {
            status: response.status(),
            retry_after: response.headers().get("retry-after").and_then(|wait| seconds(&wait)),
            // A page of HTML, or nothing.
            body: parse_json(text).unwrap_or(JsValue::UNDEFINED),
        }
    }

    fn read<Body: Default + DeserializeOwned>(self) -> Answer<Body> {
        let body = from_js(self.body.clone()).ok();
        let failure = from_js(self.body).unwrap_or_default();
        Answer { status: self.status, retry_after: self.retry_after, body, failure }
    }
}

/// `Retry-After` in its first form; a date is not worth a date parser here.
fn seconds(header: &str) -> Option<u32> {
    let wait = number(header);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    (wait >= 1.0).then_some(wait as u32)
}

/// A fresh `Idempotency-Key`: a version 4 UUID. Not `crypto.randomUUID`, which only pages on
/// HTTPS have.
pub(crate) fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut key = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            key.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            key.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
    key
}
