//! `start` and `verify` without the element: what they read, and what they resolve with.

use mfa_code::{start, verify};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{answers, get, js, json, request_count, sent, settled};

#[wasm_bindgen_test]
async fn every_option_of_start_reaches_the_endpoint() {
    answers(&js("[() => Response.json({ id: 'i', success: true })]"));
    let options = js("{ endpoint: '/mfa/', channel: 'call', ticket: 't', to: '+15557788999',
        previous: 'p', tokenLength: 8, allowAlphas: true, maxAttempts: 5, validFor: 60,
        unknown: { nested: [] } }");
    let started = settled(start(options)).await.unwrap();
    assert_eq!(sent(0, "url"), "/mfa/call");
    assert_eq!(sent(0, "method"), "POST");
    assert_eq!(sent(0, "body"), r#"{"ticket":"t","to":"+15557788999","previous":"p"}"#);
    // The endpoint named none of these, so the page's own options stand.
    assert_eq!(
        json(&started),
        r#"{"endpoint":"/mfa/","id":"i","channel":"call","tokenLength":8,"allowAlphas":true,"maxAttempts":5,"validFor":60,"resendAfter":30}"#
    );
}

#[wasm_bindgen_test]
async fn what_the_endpoint_says_goes_before_what_the_page_says() {
    answers(&js("[() => Response.json({ id: 'i', success: true, to: '+1 ••• ••• 8999',
        channel: 'sms', token_length: 4, allow_alphas: false, max_attempts: 2, valid_for: 0,
        resend_after: 7, channels: ['sms', 'call'], origin_bound: true,
        summary: { title: 'Pay' }, news: 1 })]"));
    let options = js("{ endpoint: '/mfa', tokenLength: 8, allowAlphas: true }");
    let started = settled(start(options)).await.unwrap();
    assert_eq!(
        json(&started),
        r#"{"endpoint":"/mfa","id":"i","channel":"sms","to":"+1 ••• ••• 8999","tokenLength":4,"allowAlphas":false,"maxAttempts":2,"validFor":0,"resendAfter":7}"#
    );
}

#[wasm_bindgen_test]
async fn null_and_undefined_count_as_absent() {
    answers(&js("[() => Response.json({ id: 'i', success: true, to: null, channel: null,
        token_length: null, channels: null, summary: null })]"));
    let options = js("{ endpoint: '/mfa', channel: null, tokenLength: undefined, to: null }");
    let started = settled(start(options)).await.unwrap();
    assert_eq!(sent(0, "url"), "/mfa/sms");
    assert_eq!(sent(0, "body"), "{}");
    assert_eq!(get(&started, "tokenLength").as_f64(), Some(6.0));
}

#[wasm_bindgen_test]
async fn an_option_of_another_type_or_range_is_the_pages_mistake_and_nothing_is_sent() {
    answers(&js("[]"));
    for options in [
        "undefined",
        "null",
        "'/mfa'",
        "[]",
        "{}",
        "{ endpoint: null }",
        "{ endpoint: 5 }",
        "{ endpoint: '/mfa', ticket: 5 }",
        "{ endpoint: '/mfa', tokenLength: '6' }",
        "{ endpoint: '/mfa', tokenLength: 6.5 }",
        "{ endpoint: '/mfa', tokenLength: NaN }",
        "{ endpoint: '/mfa', tokenLength: 21 }",
        "{ endpoint: '/mfa', validFor: -1 }",
        "{ endpoint: '/mfa', validFor: 1e300 }",
        "{ endpoint: '/mfa', allowAlphas: 1 }",
        "{ endpoint: '/mfa', channel: 'fax' }",
        "{ get endpoint() { throw new Error('hostile'); } }",
        "new Proxy({}, { get() { throw 'hostile'; } })",
    ] {
        let error = settled(start(js(options))).await.unwrap_err();
        assert!(error.is_instance_of::<js_sys::TypeError>(), "{options}");
    }
    assert_eq!(request_count(), 0);
}

#[wasm_bindgen_test]
async fn an_error_of_the_config_names_the_field() {
    let error = settled(start(js("{ endpoint: '/mfa', maxAttempts: 0 }"))).await.unwrap_err();
    let message = get(&error, "message").as_string().unwrap();
    assert_eq!(message, "max_attempts must be a whole number from 1 to 20");
}

#[wasm_bindgen_test]
async fn a_verdict_is_a_result_whatever_it_is() {
    for (answer, result) in [
        ("{ success: true, receipt: 'r' }", r#"{"status":"verified","receipt":"r"}"#),
        ("{ success: true }", r#"{"status":"verified"}"#),
        ("{ success: false, attempts_left: 2 }", r#"{"status":"rejected","attemptsLeft":2}"#),
        ("{ success: false }", r#"{"status":"rejected"}"#),
        ("{ reason: 'expired' }, { status: 404 }", r#"{"status":"closed","reason":"expired"}"#),
        ("{ error: 'Not Found' }, { status: 404 }", r#"{"status":"closed","reason":"unknown"}"#),
    ] {
        answers(&js(&format!("[() => Response.json({answer})]")));
        let interaction =
            js("{ endpoint: '/mfa', id: 'a/b c', tokenLength: 6, allowAlphas: false }");
        let verdict = settled(verify(interaction, "012345".into(), js("undefined"))).await.unwrap();
        assert_eq!(json(&verdict), result);
        assert_eq!(sent(0, "url"), "/mfa/a%2Fb%20c/verify");
        assert_eq!(sent(0, "body"), r#"{"token":"012345"}"#);
    }
}

#[wasm_bindgen_test]
async fn a_token_that_the_config_forbids_never_leaves_the_page() {
    answers(&js("[]"));
    let interaction = "{ endpoint: '/mfa', id: 'i', tokenLength: 6, allowAlphas: false }";
    for token in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let error = settled(verify(js(interaction), token.into(), js("null"))).await.unwrap_err();
        assert_eq!(get(&error, "kind").as_string().unwrap(), "invalid_token", "{token}");
        assert_eq!(get(&error, "retryable").as_bool(), Some(false));
    }
    for mistake in
        ["null", "{ id: 'i' }", "{ endpoint: '/mfa', id: 'i', tokenLength: 3, allowAlphas: false }"]
    {
        let error = settled(verify(js(mistake), "123456".into(), js("null"))).await.unwrap_err();
        assert!(error.is_instance_of::<js_sys::TypeError>(), "{mistake}");
    }
    assert_eq!(request_count(), 0);
}

#[wasm_bindgen_test]
async fn what_options_leave_out_or_are_not_asked_for_is_as_the_interaction_says() {
    answers(&js(
        "[() => Response.json({ success: true }), () => Response.json({ success: true })]",
    ));
    let given = [
        "{ endpoint: undefined, idempotencyKey: null }",
        "{ endpoint: null, id: 'other', tokenLength: 8, allowAlphas: null, validFor: 'x' }",
    ];
    for (at, options) in (0..).zip(given) {
        let interaction = js("{ endpoint: '/mfa', id: 'i', tokenLength: 4, allowAlphas: true, \
                              maxAttempts: 'x', idempotencyKey: 5 }");
        settled(verify(interaction, "a1B2".into(), js(options))).await.unwrap();
        assert_eq!(sent(at, "url"), "/mfa/i/verify");
    }
}

#[wasm_bindgen_test]
async fn verify_can_be_sent_to_another_endpoint() {
    answers(&js("[() => Response.json({ success: true })]"));
    let interaction = js("{ endpoint: '/mfa', id: 'i', tokenLength: 4, allowAlphas: true }");
    settled(verify(interaction, "a1B2".into(), js("{ endpoint: '/other' }"))).await.unwrap();
    assert_eq!(sent(0, "url"), "/other/i/verify");
}
