//! The browser, as far as `web-sys` lacks it or is dear, and what `element.js` hands over.

use js_sys::{Array, Function, JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{EventTarget, HtmlElement, HtmlInputElement, Request};

#[wasm_bindgen]
extern "C" {
    /// The parts of one `<mfa-code>`, made by `element.js`.
    pub type Parts;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn host(this: &Parts) -> Host;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn internals(this: &Parts) -> Internals;
    /// The one real input, a child of the host.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn field(this: &Parts) -> HtmlInputElement;
    /// The painted slots under it.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn slots(this: &Parts) -> HtmlElement;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn hint(this: &Parts) -> HtmlElement;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn error(this: &Parts) -> HtmlElement;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &Parts) -> HtmlElement;
    /// Three: one for trying again, two for asking.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn buttons(this: &Parts) -> Array;
    /// The names of the events that the host handles; their order is [`Kind`](crate::element)'s.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn events(this: &Parts) -> Array;

    /// The `<mfa-code>` itself, which also handles its own events.
    #[wasm_bindgen(extends = HtmlElement)]
    #[derive(Clone)]
    pub(crate) type Host;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn strings(this: &Host) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn headers(this: &Host) -> JsValue;

    /// `ElementInternals`.
    pub(crate) type Internals;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn form(this: &Internals) -> Option<web_sys::HtmlFormElement>;
    #[wasm_bindgen(method, js_name = setFormValue)]
    pub(crate) fn set_form_value(this: &Internals, value: &JsValue);
    #[wasm_bindgen(method, js_name = setValidity)]
    pub(crate) fn set_valid(this: &Internals, flags: &JsValue);
    #[wasm_bindgen(method, js_name = setValidity)]
    pub(crate) fn set_validity(
        this: &Internals,
        flags: &JsValue,
        message: &str,
        anchor: &HtmlElement,
    );
    /// A `CustomStateSet`; older browsers have none.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn states(this: &Internals) -> Option<States>;

    pub(crate) type States;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn add(this: &States, state: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn delete(this: &States, state: &str) -> bool;

    /// An object whose listeners are the host's own `handleEvent`.
    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(crate) fn listen(this: &Listenable, kind: &JsString, handler: &Host);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(crate) fn unlisten(this: &Listenable, kind: &JsString, handler: &Host);
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone)]
    pub(crate) type Listenable;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    pub(crate) static DOCUMENT: Page;
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    pub(crate) static GLOBAL: Listenable;

    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone)]
    pub(crate) type Page;
    #[wasm_bindgen(method, getter, js_name = activeElement)]
    pub(crate) fn active_element(this: &Page) -> Option<web_sys::Element>;
    #[wasm_bindgen(method, js_name = createElement)]
    pub(crate) fn create_element(this: &Page, tag: &str) -> HtmlElement;

    /// `ClipboardEvent` and `InputEvent`, of which one getter each is needed.
    #[wasm_bindgen(extends = web_sys::Event)]
    pub type EntryEvent;
    #[wasm_bindgen(method, getter, js_name = inputType)]
    pub(crate) fn input_type(this: &EntryEvent) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    pub(crate) fn clipboard_data(this: &EntryEvent) -> Option<Clipboard>;
    #[wasm_bindgen(method, getter, js_name = clientX)]
    pub(crate) fn client_x(this: &EntryEvent) -> Option<f64>;

    pub(crate) type Clipboard;
    #[wasm_bindgen(method, js_name = getData)]
    pub(crate) fn get_data(this: &Clipboard, kind: &str) -> String;

    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(id: &JsValue);

    #[wasm_bindgen(js_name = fetch)]
    pub(crate) fn fetch(request: &Request) -> Promise;

    /// `NaN` for what is not a number, `0` for a blank.
    #[wasm_bindgen(js_name = Number)]
    pub(crate) fn number(text: &str) -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    pub(crate) fn random(bytes: &js_sys::Uint8Array);

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn console_error(prefix: &str, message: &str);
}
