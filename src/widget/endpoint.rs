//! The site's own endpoint: one POST, one answer, or none.

use gloo_net::http::{Request, Response};
use js_sys::{Array, JSON, Object, Uint8Array};
use mfa_core::flow::{Answer, Event, RequestId};
use mfa_core::wire::{Problem, StartAnswer, StartRequest, VerifyAnswer, VerifyRequest};
use mfa_core::{Channel, Token};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Headers};

use crate::bindings::{fetch, random};
use crate::from_js::from_js;

/// No answer came: no connection, or it was lost on the way. Whether the endpoint acted is not
/// known.
struct Lost;

/// Where requests go, and what they carry beside their body.
pub(crate) struct Endpoint {
    /// The endpoint's base URL, as the page writes it.
    pub(crate) base: String,
    /// The page's own headers: an object of names and values, or nothing.
    pub(crate) headers: JsValue,
    /// Ends the request when it is given up.
    pub(crate) signal: Option<AbortSignal>,
}

impl Endpoint {
    /// Asks for a token, and hands on what the answer means for the flow.
    pub(crate) fn start(
        self,
        request: RequestId,
        channel: Channel,
        key: String,
        body: &StartRequest,
        then: impl FnOnce(Event) + 'static,
    ) {
        self.send(&[channel.as_str()], key, json(body), move |reply| {
            then(reply.map_or(Event::Lost { request }, |reply| {
                reply.read::<StartAnswer>().event(request)
            }));
        });
    }

    /// Asks whether a token is right, and hands on what the answer means for the flow.
    pub(crate) fn verify(
        self,
        request: RequestId,
        id: &str,
        key: String,
        token: &Token,
        then: impl FnOnce(Event) + 'static,
    ) {
        let body = VerifyRequest { token: token.as_str().into() };
        let id = String::from(js_sys::encode_uri_component(id));
        self.send(&[&id, "verify"], key, json(&body), move |reply| {
            then(reply.map_or(Event::Lost { request }, |reply| {
                reply.read::<VerifyAnswer>().event(request)
            }));
        });
    }

    /// One future for every request: an `async fn` a caller is the same machine again.
    fn send(
        self,
        path: &[&str],
        key: String,
        body: JsValue,
        then: impl FnOnce(Result<Reply, Lost>) + 'static,
    ) {
        let mut url = String::from(self.base.trim_end_matches('/'));
        for part in path {
            url.push('/');
            url.push_str(part);
        }
        let then: Box<dyn FnOnce(Result<Reply, Lost>)> = Box::new(then);
        spawn_local(async move { then(self.post(url, key, body).await) });
    }

    async fn post(&self, url: String, key: String, body: JsValue) -> Result<Reply, Lost> {
        let headers = Headers::new().map_err(|_| Lost)?;
        if self.headers.is_object() {
            for entry in Object::entries(self.headers.unchecked_ref()) {
                let entry: Array = entry.unchecked_into();
                let (name, value) = (entry.get(0).as_string(), entry.get(1).as_string());
                // A header that fetch does not allow is the page's mistake; fetch says so.
                let _ = headers.set(&name.unwrap_or_default(), &value.unwrap_or_default());
            }
        }
        let _ = headers.set("content-type", "application/json");
        let _ = headers.set("accept", "application/json");
        let _ = headers.set("idempotency-key", &key);
        let request = Request::post(&url)
            .headers(gloo_net::http::Headers::from_raw(headers))
            .abort_signal(self.signal.as_ref())
            .body(body)
            .map_err(|_| Lost)?;
        // Not gloo's `send`: it panics where a page's patched `fetch` rejects with no `Error`.
        let response = JsFuture::from(fetch(&request.into())).await.map_err(|_| Lost)?;
        let response: web_sys::Response = response.unchecked_into();
        let text = response.text().map_err(|_| Lost)?;
        let response = Response::from(response);
        // The status is no answer yet: a connection can end in the middle of the body.
        let text = JsFuture::from(text).await.map_err(|_| Lost)?;
        let body = JSON::parse(&text.as_string().unwrap_or_default());
        Ok(Reply {
            status: response.status(),
            retry_after: response.headers().get("retry-after").and_then(|wait| seconds(&wait)),
            // A page of HTML, or nothing.
            body: body.unwrap_or(JsValue::UNDEFINED),
        })
    }
}

struct Reply {
    status: u16,
    retry_after: Option<u32>,
    body: JsValue,
}

impl Reply {
    fn read<Body: DeserializeOwned>(self) -> Answer<Body> {
        Answer {
            status: self.status,
            retry_after: self.retry_after,
            body: from_js(self.body.clone()).ok(),
            problem: from_js::<Problem>(self.body).unwrap_or_default(),
        }
    }
}

/// `Retry-After` in its first form; a date is not worth a date parser here.
fn seconds(header: &str) -> Option<u32> {
    let digits = header.trim().as_bytes();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |sum, digit| {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit < 10)?;
        sum.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

fn json(request: &impl Serialize) -> JsValue {
    request
        .serialize(&Serializer::json_compatible())
        .ok()
        .and_then(|object| JSON::stringify(&object).ok())
        .map_or(JsValue::UNDEFINED, Into::into)
}

/// A fresh `Idempotency-Key`: a version 4 UUID. Not `crypto.randomUUID`, which only pages on
/// HTTPS have.
pub(crate) fn fresh_key() -> String {
    let array = Uint8Array::new_with_length(16);
    random(&array);
    let mut bytes = [0_u8; 16];
    array.copy_to(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut key = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            key.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            key.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble }));
        }
    }
    key
}
