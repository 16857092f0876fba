//! What goes over the wire, and what is made of answers that are none.

use mfa_code::start;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{answers, broken_body, get, header, js, settled};

/// What `start` says when the endpoint does this.
async fn kind_of(answer: &str) -> String {
    answers(&js(&format!("[{answer}]")));
    let error = settled(start(js("{ endpoint: '/mfa' }"))).await.unwrap_err();
    get(&error, "kind").as_string().unwrap()
}

#[wasm_bindgen_test]
async fn what_is_no_answer_of_the_contract_is_not_understood() {
    for answer in [
        "() => new Response('<!doctype html><title>Log in</title>')",
        "() => new Response('')",
        "() => new Response(null, { status: 204 })",
        "() => Response.json(null)",
        "() => Response.json('sent')",
        "() => Response.json([])",
        "() => Response.json({ success: true })",
        "() => Response.json({ id: '', success: true })",
        "() => Response.json({ id: 1, success: true })",
        "() => Response.json({ id: 'i' })",
        "() => Response.json({ id: 'i', success: 'true' })",
        "() => Response.json({ id: 'i', success: true, channel: 'fax' })",
        "() => Response.json({ id: 'i', success: true, channels: 'sms' })",
        "() => Response.json({ id: 'i', success: true, token_length: 6.5 })",
        "() => Response.json({ id: 'i', success: true, summary: { lines: [] } })",
    ] {
        assert_eq!(kind_of(answer).await, "not_understood", "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_refusal_is_understood_by_its_code_then_by_its_status() {
    for (answer, kind) in [
        ("{ code: 'number_refused' }, { status: 422 }", "number_refused"),
        ("{ code: 'ticket_expired', status: 'x' }, { status: 403 }", "ticket_expired"),
        ("{ code: 5 }, { status: 429 }", "rate_limited"),
        ("null, { status: 500 }", "unavailable"),
        ("'nope', { status: 401 }", "misconfigured"),
        ("{ id: 'i', success: false }", "unavailable"),
        ("{ id: 'i', success: true, token_length: 99 }", "config"),
    ] {
        assert_eq!(kind_of(&format!("() => Response.json({answer})")).await, kind, "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_fails_in_whatever_way_is_a_lost_connection() {
    for answer in [
        "() => Promise.reject(new TypeError('Failed to fetch'))",
        "() => Promise.reject('a string')",
        "() => Promise.reject()",
        "() => { throw new Error('patched'); }",
        "() => { throw 'a string'; }",
        "() => undefined",
        "() => ({ text: () => { throw 'patched'; } })",
    ] {
        assert_eq!(kind_of(answer).await, "network", "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_connection_that_ends_in_the_middle_of_the_body_is_lost() {
    let broken = Closure::<dyn Fn() -> JsValue>::new(broken_body);
    answers(&js_sys::Array::of1(broken.as_ref()));
    let error = settled(start(js("{ endpoint: '/mfa' }"))).await.unwrap_err();
    assert_eq!(get(&error, "kind").as_string().unwrap(), "network");
    assert_eq!(get(&error, "retryable").as_bool(), Some(true));
    assert!(error.is_instance_of::<js_sys::Error>());
}

#[wasm_bindgen_test]
async fn the_wait_is_read_from_retry_after_unless_it_is_a_date() {
    for (header, wait) in [
        ("'120'", Some(120.0)),
        ("' 7 '", Some(7.0)),
        ("'Wed, 21 Oct 2026 07:28:00 GMT'", None),
        ("'soon'", None),
        ("'-5'", None),
    ] {
        answers(&js(&format!(
            "[() => new Response('', {{ status: 429, headers: {{ 'Retry-After': {header} }} }})]"
        )));
        let error = settled(start(js("{ endpoint: '/mfa' }"))).await.unwrap_err();
        assert_eq!(get(&error, "retryAfter").as_f64(), wait, "{header}");
    }
}

#[wasm_bindgen_test]
async fn every_request_has_an_idempotency_key_of_its_own_unless_the_page_gives_one() {
    let ok = "() => Response.json({ id: 'i', success: true })";
    answers(&js(&format!("[{ok}, {ok}, {ok}]")));
    settled(start(js("{ endpoint: '/mfa' }"))).await.unwrap();
    settled(start(js("{ endpoint: '/mfa' }"))).await.unwrap();
    settled(start(js("{ endpoint: '/mfa', idempotencyKey: 'mine' }"))).await.unwrap();
    let key = |index| header(index, "idempotency-key").unwrap();
    let uuid = js_sys::RegExp::new(
        "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        "",
    );
    assert!(uuid.test(&key(0)) && uuid.test(&key(1)), "{} {}", key(0), key(1));
    assert_ne!(key(0), key(1));
    assert_eq!(key(2), "mine");
}

#[wasm_bindgen_test]
async fn the_pages_headers_go_along_and_never_replace_ours() {
    let ours = "{ 'X-CSRF': 't', 'Content-Type': 'text/plain', 'X-Number': 5 }";
    let forms =
        [ours.to_owned(), format!("new Headers({ours})"), format!("Object.entries({ours})")];
    for form in forms {
        answers(&js("[() => Response.json({ id: 'i', success: true })]"));
        let options = js(&format!("{{ endpoint: '/mfa', headers: {form} }}"));
        settled(start(options)).await.unwrap();
        assert_eq!(header(0, "x-csrf").as_deref(), Some("t"), "{form}");
        assert_eq!(header(0, "x-number").as_deref(), Some("5"), "{form}");
        assert_eq!(header(0, "content-type").as_deref(), Some("application/json"), "{form}");
        assert_eq!(header(0, "accept").as_deref(), Some("application/json"), "{form}");
    }
}

#[wasm_bindgen_test]
async fn headers_that_cannot_be_are_the_pages_mistake_and_the_request_goes_without() {
    answers(&js("[() => Response.json({ id: 'i', success: true })]"));
    let options = js("{ endpoint: '/mfa', headers: { 'X-CSRF': 't', 'not a name': 'x' } }");
    settled(start(options)).await.unwrap();
    assert_eq!(header(0, "x-csrf"), None);
    assert_eq!(header(0, "content-type").as_deref(), Some("application/json"));
}
