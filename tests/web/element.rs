//! The element as its visitor and its page meet it.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Page, aborted, advance, answers, get, header, js, request_count, sent, settled, stop_clock,
    timer_count, writes,
};

const STARTED: &str = "() => Response.json({ id: 'i', success: true, to: '+1 ••• 99' })";

#[wasm_bindgen_test]
async fn a_visitor_asks_gets_it_wrong_and_then_right() {
    answers(&js(&format!(
        "[{STARTED}, () => Response.json({{ success: false, attempts_left: 2 }}),
          () => Response.json({{ success: true, receipt: 'r' }})]"
    )));
    let page = Page::with("{ endpoint: '/mfa', name: 'mfa', required: '', ticket: 't' }");
    assert!(!page.is_valid());
    assert_eq!(page.buttons(), ["Text me a code", "Call me with a code"]);
    page.presses("Text me");
    page.until("entering").await;
    assert_eq!(page.says("status"), "Code sent to +1 ••• 99. It can take a minute to arrive.");
    page.types("111111");
    page.until("rejected").await;
    assert_eq!(
        page.says("error"),
        "That code is not correct. Check the latest message and try again. 2 tries left."
    );
    assert_eq!(page.posts(), "[]");
    page.types("222222");
    page.until("verified").await;
    assert!(page.is_valid());
    assert_eq!(page.posts(), r#"[["mfa","r"]]"#);
    assert_eq!(sent(0, "body"), r#"{"ticket":"t"}"#);
    assert_eq!(sent(2, "body"), r#"{"token":"222222"}"#);
    assert_eq!(
        page.told(),
        [
            r#"statechange {"from":"idle","to":"sending"}"#,
            r#"statechange {"from":"sending","to":"entering"}"#,
            r#"sent {"channel":"sms"}"#,
            r#"complete {"source":"typing"}"#,
            r#"statechange {"from":"entering","to":"verifying"}"#,
            "verify {}",
            r#"statechange {"from":"verifying","to":"rejected"}"#,
            r#"rejected {"attemptsLeft":2}"#,
            r#"statechange {"from":"rejected","to":"entering"}"#,
            r#"complete {"source":"typing"}"#,
            r#"statechange {"from":"entering","to":"verifying"}"#,
            "verify {}",
            r#"statechange {"from":"verifying","to":"verified"}"#,
            r#"verified {"receipt":"r"}"#,
        ]
    );
}

#[wasm_bindgen_test]
async fn a_repeat_after_a_lost_answer_is_the_same_request() {
    answers(&js(&format!("[() => Promise.reject('offline'), {STARTED}]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    page.presses("Text me");
    page.until("offline").await;
    assert_eq!(page.buttons(), ["Try again"]);
    page.presses("Try again");
    page.until("entering").await;
    assert_eq!(header(0, "idempotency-key"), header(1, "idempotency-key"));
}

#[wasm_bindgen_test]
async fn the_cooldown_counts_on_the_button_and_then_ends() {
    stop_clock();
    answers(&js("[() => Response.json({ id: 'i', success: true, resend_after: 61 })]"));
    let page = Page::with("{ endpoint: '/mfa', channels: 'sms' }");
    page.presses("Text me");
    page.until("entering").await;
    assert_eq!(page.buttons(), ["Send a new code in 1:01"]);
    advance(2000.0);
    assert_eq!(page.buttons(), ["Send a new code in 0:59"]);
    page.presses("Send a new code");
    assert_eq!(request_count(), 1, "a button that waits does nothing");
    advance(59_000.0);
    assert_eq!(page.buttons(), ["Send a new code"]);
    assert_eq!(timer_count(), 2, "until the code expires, and for the caret");
    advance(3_600_000.0);
    assert_eq!(page.state(), "closed");
    assert_eq!(timer_count(), 1, "for the caret: the field has the focus");
}

#[wasm_bindgen_test]
async fn an_answer_that_never_comes_is_given_up() {
    stop_clock();
    answers(&js("[() => new Promise(() => {})]"));
    let page = Page::with("{ endpoint: '/mfa' }");
    page.presses("Text me");
    assert_eq!((page.state().as_str(), timer_count()), ("sending", 1));
    advance(20_000.0);
    assert_eq!((page.state().as_str(), timer_count()), ("offline", 0));
    assert!(aborted(0));
}

#[wasm_bindgen_test]
async fn nothing_is_written_twice_into_the_live_regions() {
    answers(&js(&format!("[{STARTED}]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    page.presses("Text me");
    page.until("entering").await;
    page.watch();
    for _ in 0..10 {
        page.widget().configure();
        page.fire("input");
    }
    assert_eq!(writes(), 0);
    page.watch();
    page.widget().disable(true);
    page.widget().disable(false);
    assert_eq!(writes(), 2, "only the caret, which goes and comes");
    page.watch();
    page.types("1");
    assert_eq!(writes(), 2, "the slot, and the caret in the next one");
}

#[wasm_bindgen_test]
async fn the_pages_own_words_are_used_and_filled_in() {
    answers(&js(&format!("[{STARTED}]")));
    let page = Page::with("{ endpoint: '/mfa', required: '' }");
    page.set(
        "strings",
        &js("{ hint_digits: '{n} Ziffern, {n}!', sent_sms: 'An {to} {unbekannt} {', send_sms: 5,
               required: '' }"),
    );
    assert_eq!(page.says("hint"), "6 Ziffern, 6!");
    assert_eq!(page.buttons()[0], "Text me a code", "what is no text is not used");
    assert!(!page.is_valid(), "an empty message holds the form back too");
    page.presses("Text me");
    page.until("entering").await;
    assert_eq!(page.says("status"), "An +1 ••• 99 {unbekannt} {");
    page.set("strings", &js("new Proxy({}, { get() { throw 'hostile'; } })"));
    assert!(page.says("hint").starts_with("The code has 6 numbers. Never share it with anyone."));
}

#[wasm_bindgen_test]
async fn an_unknown_channel_is_the_pages_mistake_and_the_element_goes_on() {
    answers(&js(&format!("[{STARTED}]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    let error = settled(page.widget().start("fax".into())).await.unwrap_err();
    assert!(error.is_instance_of::<js_sys::TypeError>());
    let state = settled(page.widget().start("call".into())).await.unwrap();
    assert_eq!(get(&state, "phase").as_string().unwrap(), "entering");
    assert_eq!(sent(0, "url"), "/mfa/call");
}

#[wasm_bindgen_test]
async fn a_page_that_names_no_endpoint_is_told() {
    answers(&js("[]"));
    let page = Page::with("{}");
    let state = settled(page.widget().start(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(get(&state, "phase").as_string().unwrap(), "idle");
    assert_eq!(page.told().last().unwrap(), r#"error {"kind":"misconfigured","retryable":false}"#);
    assert_eq!(request_count(), 0);
}

#[wasm_bindgen_test]
async fn settings_out_of_range_send_nothing_and_say_so() {
    for attributes in [
        "{ endpoint: '/mfa', 'token-length': '3' }",
        "{ endpoint: '/mfa', 'max-attempts': 'three' }",
        "{ endpoint: '/mfa', 'valid-for': '4.5' }",
    ] {
        answers(&js("[]"));
        let page = Page::with(attributes);
        page.presses("Text me");
        assert_eq!(request_count(), 0, "{attributes}");
        assert!(page.says("error").starts_with("This page is not set up correctly"));
    }
}

#[wasm_bindgen_test]
async fn a_page_can_veto_a_verify_and_the_completion_before_it() {
    answers(&js(&format!("[{STARTED}]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    page.presses("Text me");
    page.until("entering").await;
    let veto = |_: &mfa_code::Widget, event: JsValue| {
        event.unchecked_into::<web_sys::Event>().prevent_default();
    };
    page.on("mfa-verify", veto);
    let state = settled({
        page.types("123456");
        page.widget().verify()
    });
    assert_eq!(get(&state.await.unwrap(), "phase").as_string().unwrap(), "entering");
    page.on("mfa-complete", veto);
    page.types("654321");
    assert_eq!((page.state().as_str(), request_count()), ("entering", 1));
}

#[wasm_bindgen_test]
async fn an_interaction_of_the_sites_backend_is_taken_over() {
    answers(&js("[() => Response.json({ success: true })]"));
    let page = Page::with_typed("{ endpoint: '/mfa', interaction: 'given' }", "123456");
    page.until("verified").await;
    assert_eq!(sent(0, "url"), "/mfa/given/verify");
}

#[wasm_bindgen_test]
async fn where_the_backend_verifies_the_form_posts_the_interaction() {
    answers(&js("[]"));
    let page = Page::with(
        "{ endpoint: '/mfa', interaction: 'i', verify: 'form', name: 'mfa', required: '' }",
    );
    page.types("123456");
    assert!(page.is_valid());
    assert_eq!(page.posts(), r#"[["mfa","i"]]"#);
    assert_eq!(request_count(), 0);
}
