//! A page with one element, for tests that speak as its visitor and its author.

use std::rc::Rc;

use js_sys::{Array, Function, JSON, Promise, Reflect};
use mfa_code::Widget;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/web/page.js")]
extern "C" {
    fn dress(host: &JsValue, css: &JsValue);
    fn build(attributes: &JsValue, value: &str, chrome: &Function) -> JsValue;
    fn on(host: &JsValue, name: &str, call: &Function);
    fn until(host: &JsValue, state: &str) -> Promise;
    fn enter(field: &JsValue, value: &str, caret: u32, input_type: Option<&str>);
    fn paste(field: &JsValue, start: u32, end: u32, text: &str);
    fn click(field: &JsValue, share: f64);
    fn fire(field: &JsValue, name: &str);
    fn set_attribute(host: &JsValue, name: &str, value: &str);
    fn painted(parts: &JsValue) -> String;
    fn slot_count(parts: &JsValue) -> u32;
    fn active_slot(parts: &JsValue) -> i32;
    fn posted(form: &JsValue) -> String;
    fn buttons(parts: &JsValue) -> Array;
    fn press(parts: &JsValue, text: &str);
    fn watch(parts: &JsValue);
    pub(crate) fn writes() -> u32;
    pub(crate) fn answers(list: &JsValue);
    pub(crate) fn request_count() -> u32;
    fn request(index: u32) -> JsValue;
    pub(crate) fn aborted(index: u32) -> bool;
    pub(crate) fn broken_body() -> JsValue;
    pub(crate) fn stop_clock();
    pub(crate) fn advance(milliseconds: f64);
    pub(crate) fn timer_count() -> u32;
    fn restore();
    pub(crate) fn listeners_left(round: &mut dyn FnMut()) -> u32;
}

#[wasm_bindgen(module = "/src/widget/js/sheet.js")]
extern "C" {
    fn chrome(host: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/src/widget/js/painted.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2)]
    static CHROME: JsValue;
}

// What is painted imports it, so it has to be there.
#[wasm_bindgen(module = "/src/widget/js/light-dom.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = LightDom)]
    static LIGHT_DOM: JsValue;
}

/// The value of a JavaScript expression.
pub(crate) fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).unwrap()
}

pub(crate) fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

/// A member of what was sent in the request of this number.
pub(crate) fn sent(index: u32, name: &str) -> String {
    let value = get(&request(index), name);
    value.as_string().unwrap_or_else(|| json(&value))
}

/// A header of the request of this number.
pub(crate) fn header(index: u32, name: &str) -> Option<String> {
    get(&get(&request(index), "headers"), name).as_string()
}

pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// The page; what it replaced in the browser is put back when it is dropped.
pub(crate) struct Page {
    pub(crate) parts: JsValue,
    pub(crate) host: JsValue,
    pub(crate) field: JsValue,
    form: JsValue,
    told: JsValue,
    pub(crate) widget: Option<Rc<Widget>>,
}

impl Page {
    /// Attributes are an object in JavaScript.
    pub(crate) fn with(attributes: &str) -> Self {
        Self::with_typed(attributes, "")
    }

    /// With something in the field before the module is there.
    pub(crate) fn with_typed(attributes: &str, typed: &str) -> Self {
        let mut page = Self::unmounted(attributes, typed);
        page.mount();
        page
    }

    pub(crate) fn unmounted(attributes: &str, typed: &str) -> Self {
        let chrome = Closure::<dyn Fn(JsValue) -> JsValue>::new(|host| chrome(&host));
        let built = build(&js(attributes), typed, chrome.as_ref().unchecked_ref());
        let parts = get(&built, "parts");
        LIGHT_DOM.with(|class| assert!(class.is_function()));
        CHROME.with(|css| dress(&get(&parts, "host"), css));
        Self {
            host: get(&parts, "host"),
            field: get(&parts, "field"),
            form: get(&built, "form"),
            told: get(&built, "told"),
            parts,
            widget: None,
        }
    }

    /// Brings the element to life, and lets it hear.
    pub(crate) fn mount(&mut self) {
        let widget = Rc::new(Widget::new(self.parts.unchecked_ref()));
        let heard = Rc::downgrade(&widget);
        let heard = Closure::<dyn Fn(u32, JsValue)>::new(move |kind, event: JsValue| {
            if let Some(widget) = heard.upgrade() {
                widget.handle(kind, event.unchecked_ref());
            }
        });
        Reflect::set(&self.host, &"heard".into(), &heard.into_js_value()).unwrap();
        self.widget = Some(Rc::clone(&widget));
        widget.begin();
    }

    pub(crate) fn widget(&self) -> Rc<Widget> {
        Rc::clone(self.widget.as_ref().unwrap())
    }

    /// What the page's author does when an event comes.
    pub(crate) fn on(&self, name: &str, call: impl Fn(&Widget, JsValue) + 'static) {
        let widget = Rc::downgrade(&self.widget());
        let call = Closure::<dyn Fn(JsValue)>::new(move |event| {
            if let Some(widget) = widget.upgrade() {
                call(&widget, event);
            }
        });
        on(&self.host, name, call.into_js_value().unchecked_ref());
    }

    pub(crate) fn set(&self, name: &str, value: &JsValue) {
        Reflect::set(&self.host, &name.into(), value).unwrap();
        if let Some(widget) = &self.widget {
            widget.configure();
        }
    }

    pub(crate) async fn until(&self, state: &str) {
        settled(until(&self.host, state)).await.unwrap();
    }

    pub(crate) fn types(&self, value: &str) {
        self.edits(value, u32::try_from(value.len()).unwrap());
    }

    /// The field's whole content after an edit, and where the caret is then.
    pub(crate) fn edits(&self, value: &str, caret: u32) {
        enter(&self.field, value, caret, Some("insertText"));
    }

    /// A password manager names no input type.
    pub(crate) fn fills(&self, value: &str) {
        enter(&self.field, value, 0, None);
    }

    pub(crate) fn pastes(&self, selection: std::ops::Range<u32>, text: &str) {
        paste(&self.field, selection.start, selection.end, text);
    }

    /// On the field, at this share of its width.
    pub(crate) fn clicks(&self, share: f64) {
        click(&self.field, share);
    }

    /// An event of the field without anything to it.
    pub(crate) fn fire(&self, name: &str) {
        fire(&self.field, name);
    }

    pub(crate) fn attribute(&self, name: &str, value: &str) {
        set_attribute(&self.host, name, value);
        self.widget().configure();
    }

    pub(crate) fn presses(&self, button: &str) {
        press(&self.parts, button);
    }

    pub(crate) fn focus(&self) {
        let focus: Function = get(&self.field, "focus").unchecked_into();
        focus.call0(&self.field).unwrap();
    }

    pub(crate) fn state(&self) -> String {
        get(&self.widget().state(), "phase").as_string().unwrap()
    }

    pub(crate) fn value(&self) -> String {
        get(&self.field, "value").as_string().unwrap()
    }

    pub(crate) fn selection(&self) -> (u32, u32) {
        let at = |name| get(&self.field, name).as_f64().unwrap() as u32;
        (at("selectionStart"), at("selectionEnd"))
    }

    pub(crate) fn slots(&self) -> String {
        painted(&self.parts)
    }

    pub(crate) fn slot_count(&self) -> u32 {
        slot_count(&self.parts)
    }

    pub(crate) fn active_slot(&self) -> i32 {
        active_slot(&self.parts)
    }

    /// `hint`, `error` or `status`.
    pub(crate) fn says(&self, line: &str) -> String {
        get(&get(&self.parts, line), "textContent").as_string().unwrap()
    }

    pub(crate) fn buttons(&self) -> Vec<String> {
        buttons(&self.parts).iter().map(|text| text.as_string().unwrap()).collect()
    }

    /// What the page was told so far.
    pub(crate) fn told(&self) -> Vec<String> {
        let told: Array = self.told.clone().unchecked_into();
        told.iter().map(|text| text.as_string().unwrap()).collect()
    }

    /// Whether the form may be submitted.
    pub(crate) fn is_valid(&self) -> bool {
        let internals = get(&self.host, "internals");
        get(&get(&internals, "validity"), "valid").as_bool().unwrap()
    }

    /// What the form would post, as JSON.
    pub(crate) fn posts(&self) -> String {
        posted(&self.form)
    }

    pub(crate) fn watch(&self) {
        watch(&self.parts);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // First the element, with its timer, then the clock that the timer is of.
        self.widget = None;
        restore();
    }
}
