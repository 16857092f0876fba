//! What comes back to an element that is at work, or that is gone.

use std::cell::Cell;
use std::rc::Rc;

use mfa_code::Widget;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Page, aborted, advance, answers, js, listeners_left, request_count, settled, stop_clock,
    timer_count,
};

const STARTED: &str = "() => Response.json({ id: 'i', success: true })";
const VERIFIED: &str = "() => Response.json({ success: true, receipt: 'r' })";

#[wasm_bindgen_test]
fn a_thousand_elements_that_came_and_went_leave_no_listener_and_no_timer() {
    stop_clock();
    let page = Page::unmounted("{ endpoint: '/mfa', interaction: 'i' }", "12");
    let left = listeners_left(&mut || {
        for _ in 0..1000 {
            let widget = Widget::new(page.parts.unchecked_ref());
            widget.begin();
            assert_eq!(timer_count(), 1, "for the expiry");
            drop(widget);
        }
    });
    assert_eq!((left, timer_count()), (0, 0));
}

#[wasm_bindgen_test]
async fn an_element_that_is_gone_has_ended_its_request_and_hears_no_answer() {
    stop_clock();
    let answer = "(init) => new Promise((resolve, reject) => {
        init.signal.onabort = () => reject(init.signal.reason); })";
    answers(&js(&format!("[{answer}]")));
    let mut page = Page::with("{ endpoint: '/mfa' }");
    page.presses("Text me");
    let told = page.told();
    page.widget = None;
    assert!(aborted(0));
    assert_eq!(timer_count(), 0);
    settled(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    page.fire("input");
    advance(60_000.0);
    assert_eq!(page.told(), told);
}

#[wasm_bindgen_test]
async fn an_answer_that_comes_after_a_reset_changes_nothing() {
    let answered = Rc::new(Cell::new(None));
    let promise = js_sys::Promise::new(&mut |resolve, _| answered.set(Some(resolve)));
    let answer = Closure::<dyn Fn() -> JsValue>::new(move || promise.clone().into());
    answers(&js_sys::Array::of1(answer.as_ref()));
    let page = Page::with("{ endpoint: '/mfa' }");
    let state = page.widget().start(JsValue::UNDEFINED);
    page.widget().reset();
    assert!(aborted(0));
    // It settles, though its answer is of no interest any more.
    settled(state).await.unwrap();
    answered.take().unwrap().call1(&JsValue::NULL, &js(&format!("({STARTED})()"))).unwrap();
    settled(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    assert_eq!(page.state(), "idle");
}

#[wasm_bindgen_test]
async fn a_page_may_call_back_from_every_event() {
    for name in
        ["statechange", "sent", "complete", "verify", "verified", "rejected", "closed", "error"]
    {
        answers(&js(&format!("[{STARTED}, {VERIFIED}, {VERIFIED}, {VERIFIED}]")));
        let page = Page::with("{ endpoint: '/mfa' }");
        page.on(&format!("mfa-{name}"), |widget, _| {
            let _ = widget.verify();
            let _ = widget.start(JsValue::UNDEFINED);
            widget.configure();
            widget.disable(false);
            let _ = widget.state();
        });
        page.presses("Text me");
        page.until("entering").await;
        page.types("123456");
        page.until("verified").await;
        assert_eq!(request_count(), 2, "{name}: one start, one verify");
    }
}

#[wasm_bindgen_test]
async fn a_reset_inside_an_event_is_carried_out_after_it() {
    for name in ["complete", "verify", "verified"] {
        answers(&js(&format!("[{STARTED}, {VERIFIED}]")));
        let page = Page::with("{ endpoint: '/mfa' }");
        page.on(&format!("mfa-{name}"), |widget, _| widget.reset());
        page.presses("Text me");
        page.until("entering").await;
        page.types("123456");
        page.until("idle").await;
        assert_eq!((page.value().as_str(), page.slots().as_str()), ("", ""), "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_reset_while_a_request_begins_still_ends_that_request() {
    answers(&js(&format!("[{STARTED}, () => new Promise(() => {{}})]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    page.on("mfa-statechange", |widget, event| {
        let to = crate::page::get(&crate::page::get(&event, "detail"), "to");
        if to == "verifying" {
            widget.reset();
        }
    });
    page.presses("Text me");
    page.until("entering").await;
    page.types("123456");
    assert_eq!(page.state(), "idle");
    assert_eq!(request_count(), 2);
    assert!(aborted(1), "what was begun before the reset is given up by it");
}

#[wasm_bindgen_test]
async fn an_element_that_is_removed_inside_an_event_ends_in_peace() {
    answers(&js(&format!("[{STARTED}, {VERIFIED}]")));
    let page = Page::with("{ endpoint: '/mfa' }");
    let host = page.host.clone();
    page.on("mfa-sent", move |_, _| {
        let remove: js_sys::Function = crate::page::get(&host, "remove").unchecked_into();
        remove.call0(&host).unwrap();
    });
    let state = settled(page.widget().start(JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(crate::page::get(&state, "phase").as_string().unwrap(), "entering");
    page.types("123456");
    page.until("verified").await;
}

#[wasm_bindgen_test]
async fn words_that_call_back_while_they_are_read_are_put_up_with() {
    let page = Page::with("{ endpoint: '/mfa' }");
    let widget = Rc::downgrade(&page.widget());
    let calls = Rc::new(Cell::new(0));
    let seen = Rc::clone(&calls);
    let read = Closure::<dyn Fn() -> JsValue>::new(move || {
        if let Some(widget) = widget.upgrade()
            && seen.replace(seen.get() + 1) == 0
        {
            widget.reset();
            let _ = widget.verify();
        }
        "Words".into()
    });
    let strings = js_sys::Object::new();
    let getter = js_sys::Object::new();
    js_sys::Reflect::set(&getter, &"get".into(), read.as_ref()).unwrap();
    js_sys::Object::define_property(&strings, &"hint_digits".into(), &getter);
    page.set("strings", &strings);
    assert_eq!(page.says("hint"), "Words");
    assert!(calls.get() > 1);
    assert_eq!(page.state(), "idle");
}
