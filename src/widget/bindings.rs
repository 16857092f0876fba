//! The browser, as far as `web-sys` lacks it or is dear, and what `element.js` hands over.
//!
//! A method without `catch` cannot throw as it is called here; each `catch` is a wrapper in the
//! glue and a branch at every call.

use js_sys::{Array, Function, JsString, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The parts of one `<mfa-code>`, made by `element.js`.
    #[derive(Clone)]
    pub type Parts;
    /// The words of the language and of the page, by their names.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn words(this: &Parts) -> JsValue;
    /// The language that `words` are in, as a BCP 47 tag; blank is English.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn language(this: &Parts) -> JsString;
    /// The label; one that stands nowhere where the page has its own.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn label(this: &Parts) -> Element;
    /// What is being confirmed.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn summary(this: &Parts) -> Element;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn host(this: &Parts) -> Host;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn internals(this: &Parts) -> Internals;
    /// The one real input, a child of the host.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn field(this: &Parts) -> Field;
    /// The painted slots under it.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn slots(this: &Parts) -> Element;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn hint(this: &Parts) -> Element;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn error(this: &Parts) -> Element;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &Parts) -> Element;
    /// Four: one for trying again, two for asking, one for reading out.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn buttons(this: &Parts) -> Array;
    /// The names of the events that the host handles; their order is [`kind`](crate::element)'s.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn events(this: &Parts) -> Array;

    /// What fires events. The listener is always the host, by its own `handleEvent`.
    #[derive(Clone)]
    pub(crate) type Target;
    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(crate) fn listen(this: &Target, kind: &JsString, handler: &Host, capture: bool);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(crate) fn unlisten(this: &Target, kind: &JsString, handler: &Host, capture: bool);

    #[wasm_bindgen(extends = Target)]
    pub(crate) type Page;
    #[wasm_bindgen(method, js_name = createElement)]
    pub(crate) fn create_element(this: &Page, tag: &str) -> Element;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn hidden(this: &Page) -> bool;
    /// `execCommand`, which alone does what the visitor can undo. Throws in a page of XML.
    #[wasm_bindgen(method, catch, js_name = execCommand)]
    pub(crate) fn edit(this: &Page, command: &str, ui: bool, text: &str) -> Result<bool, JsValue>;
    /// The window, whose `online` is heard.
    #[wasm_bindgen(method, getter, js_name = defaultView)]
    pub(crate) fn window(this: &Page) -> Option<Target>;

    /// An element, as far as it is written to here.
    #[wasm_bindgen(extends = Target)]
    #[derive(Clone)]
    pub(crate) type Element;
    #[wasm_bindgen(method, getter, js_name = ownerDocument)]
    pub(crate) fn page(this: &Element) -> Page;
    #[wasm_bindgen(method, getter, js_name = firstElementChild)]
    pub(crate) fn first_child(this: &Element) -> Element;
    #[wasm_bindgen(method, getter, js_name = lastElementChild)]
    pub(crate) fn last_child(this: &Element) -> Element;
    /// The button or field that an element is a part of.
    #[wasm_bindgen(method)]
    pub(crate) fn closest(this: &Element, selector: &str) -> Option<Control>;
    #[wasm_bindgen(method)]
    pub(crate) fn append(this: &Element, child: &Element);
    #[wasm_bindgen(method)]
    pub(crate) fn prepend(this: &Element, child: &Element);
    #[wasm_bindgen(method)]
    pub(crate) fn remove(this: &Element);
    #[wasm_bindgen(method)]
    pub(crate) fn matches(this: &Element, selector: &str) -> bool;
    #[wasm_bindgen(method, js_name = getAttribute)]
    pub(crate) fn attribute(this: &Element, name: &str) -> Option<String>;
    #[wasm_bindgen(method, js_name = hasAttribute)]
    pub(crate) fn has_attribute(this: &Element, name: &str) -> bool;
    #[wasm_bindgen(method, js_name = setAttribute)]
    pub(crate) fn set_attribute(this: &Element, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = removeAttribute)]
    pub(crate) fn remove_attribute(this: &Element, name: &str);
    #[wasm_bindgen(method, setter, js_name = hidden)]
    pub(crate) fn set_hidden(this: &Element, hidden: bool);
    /// Never `innerHTML`: what is written is text.
    #[wasm_bindgen(method, setter, js_name = textContent)]
    pub(crate) fn set_text(this: &Element, text: &str);
    #[wasm_bindgen(method, getter, js_name = textContent)]
    pub(crate) fn text(this: &Element) -> Option<String>;
    #[wasm_bindgen(method, js_name = getBoundingClientRect)]
    pub(crate) fn area(this: &Element) -> Area;
    #[wasm_bindgen(method, js_name = querySelectorAll)]
    pub(crate) fn all(this: &Element, selector: &str) -> Elements;
    #[wasm_bindgen(method, js_name = dispatchEvent)]
    pub(crate) fn fire(this: &Element, event: &CustomEvent) -> bool;

    /// A `<button>` or an `<input>`, of our form or another.
    #[wasm_bindgen(extends = Element)]
    pub(crate) type Control;
    #[wasm_bindgen(method, getter, js_name = type)]
    pub(crate) fn kind(this: &Control) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn form(this: &Control) -> JsValue;

    #[wasm_bindgen(extends = Element)]
    pub(crate) type Form;
    /// As methods of a form, a control named so would stand before them. Throws for a button that is
    /// not the form's.
    #[wasm_bindgen(catch, js_namespace = ["HTMLFormElement", "prototype", "requestSubmit"], js_name = call)]
    pub(crate) fn request_submit(form: &Form, by: Option<&Control>) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = ["Element", "prototype", "matches"], js_name = call)]
    pub(crate) fn form_matches(form: &Form, selector: &str) -> bool;

    /// The `<mfa-code>` itself, which also handles its own events.
    #[wasm_bindgen(extends = Element, extends = Target)]
    #[derive(Clone)]
    pub(crate) type Host;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn headers(this: &Host) -> JsValue;
    /// The document, or the shadow root that the host stands in.
    #[wasm_bindgen(method, js_name = getRootNode)]
    pub(crate) fn root(this: &Host) -> Target;
    #[wasm_bindgen(method, getter, js_name = shadowRoot)]
    pub(crate) fn shadow_root(this: &Host) -> Element;

    /// The `<input>`.
    #[wasm_bindgen(extends = Element, extends = Target)]
    #[derive(Clone)]
    pub(crate) type Field;
    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Field);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn value(this: &Field) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_value(this: &Field, value: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn disabled(this: &Field) -> bool;
    #[wasm_bindgen(method, getter, js_name = readOnly)]
    pub(crate) fn read_only(this: &Field) -> bool;
    #[wasm_bindgen(method, setter, js_name = readOnly)]
    pub(crate) fn set_read_only(this: &Field, read_only: bool);
    #[wasm_bindgen(method, getter, js_name = selectionStart)]
    pub(crate) fn selection_start(this: &Field) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = selectionEnd)]
    pub(crate) fn selection_end(this: &Field) -> Option<u32>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn validity(this: &Field) -> Validity;
    /// Throws for a field that is no text field, such as `type=number`.
    #[wasm_bindgen(method, catch, js_name = setSelectionRange)]
    pub(crate) fn set_selection(this: &Field, start: usize, end: usize) -> Result<(), JsValue>;

    /// A `ValidityState`.
    pub(crate) type Validity;
    #[wasm_bindgen(method, getter, js_name = tooShort)]
    pub(crate) fn too_short(this: &Validity) -> bool;

    /// A `DOMRect`.
    pub(crate) type Area;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn width(this: &Area) -> f64;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn right(this: &Area) -> f64;

    /// A `NodeList`.
    pub(crate) type Elements;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn length(this: &Elements) -> usize;
    #[wasm_bindgen(method, indexing_getter)]
    pub(crate) fn get(this: &Elements, index: usize) -> Element;

    /// `ElementInternals`.
    pub(crate) type Internals;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn form(this: &Internals) -> Option<Form>;
    #[wasm_bindgen(method, getter, js_name = willValidate)]
    pub(crate) fn will_validate(this: &Internals) -> bool;
    #[wasm_bindgen(method, js_name = setFormValue)]
    pub(crate) fn set_form_value(this: &Internals, value: Option<&str>);
    /// Throws for an anchor that does not stand in the element.
    #[wasm_bindgen(method, catch, js_name = setValidity)]
    pub(crate) fn set_validity(
        this: &Internals,
        flags: &Dict,
        message: &str,
        anchor: Option<&Field>,
    ) -> Result<(), JsValue>;
    /// A `CustomStateSet`; older browsers have none.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn states(this: &Internals) -> Option<States>;

    pub(crate) type States;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn add(this: &States, state: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn delete(this: &States, state: &str) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn clear(this: &States);

    /// What the host hears. Clipboard, pointer and input events, one getter of each.
    #[wasm_bindgen(extends = web_sys::Event)]
    #[derive(Clone)]
    pub type EntryEvent;
    #[wasm_bindgen(method, getter, js_name = inputType)]
    pub(crate) fn input_type(this: &EntryEvent) -> Option<String>;
    /// What is put in; of a composition, all of it so far.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn data(this: &EntryEvent) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isComposing)]
    pub(crate) fn is_composing(this: &EntryEvent) -> Option<bool>;
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    pub(crate) fn clipboard_data(this: &EntryEvent) -> Option<Clipboard>;
    #[wasm_bindgen(method, getter, js_name = clientX)]
    pub(crate) fn client_x(this: &EntryEvent) -> Option<f64>;
    /// Of a click: which one it is of several in a row.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn detail(this: &EntryEvent) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = shiftKey)]
    pub(crate) fn shift(this: &EntryEvent) -> Option<bool>;
    /// Of a key that goes down: whether it is held.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn repeat(this: &EntryEvent) -> Option<bool>;
    /// Of a focus that goes: where to, if not nowhere.
    #[wasm_bindgen(method, getter, js_name = relatedTarget)]
    pub(crate) fn related_target(this: &EntryEvent) -> Option<Target>;
    /// Of a `submit` event: the button, if there is one.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn submitter(this: &EntryEvent) -> Option<Control>;
    /// Of a `storage` event: where something changed.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn key(this: &EntryEvent) -> JsValue;
    /// Of a `storage` event: what stands there since.
    #[wasm_bindgen(method, getter, js_name = newValue)]
    pub(crate) fn new_value(this: &EntryEvent) -> JsValue;
    /// Of a `pageshow` event: whether the page comes out of the browser's memory.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn persisted(this: &EntryEvent) -> Option<bool>;

    pub(crate) type Clipboard;
    #[wasm_bindgen(method, js_name = getData)]
    pub(crate) fn get_data(this: &Clipboard, kind: &str) -> String;

    pub(crate) type CustomEvent;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(name: &str, init: &Dict) -> CustomEvent;

    /// An object that is written key by key, and has nothing else: no prototype, which a page's
    /// scripts may have put something on.
    #[wasm_bindgen(extends = js_sys::Object)]
    pub(crate) type Dict;
    #[wasm_bindgen(static_method_of = Dict, js_class = "Object")]
    fn create(prototype: &JsValue) -> Dict;
    #[wasm_bindgen(method, indexing_setter)]
    pub(crate) fn set(this: &Dict, key: &str, value: &JsValue);

    /// Of an object of the browser's. Throws for what is no object, and where a getter of the page
    /// does.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    pub(crate) fn get(object: &JsValue, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsValue, key: &str) -> Result<bool, JsValue>;

    #[wasm_bindgen(js_name = setInterval)]
    pub(crate) fn set_interval(callback: &Function, milliseconds: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearInterval)]
    pub(crate) fn clear_interval(id: &JsValue);

    /// Throws for what no header may be.
    #[wasm_bindgen(js_name = Headers)]
    pub(crate) type PageHeaders;
    #[wasm_bindgen(constructor, catch, js_class = "Headers")]
    pub(crate) fn new(init: &JsValue) -> Result<PageHeaders, JsValue>;

    /// Throws for what `fetch` makes no request of: what is no URL, or has a password in it.
    pub(crate) type Request;
    #[wasm_bindgen(constructor, catch)]
    pub(crate) fn new(url: &str) -> Result<Request, JsValue>;

    /// Throws where a getter of the page does.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = assign)]
    pub(crate) fn copy(to: &Dict, from: &JsValue) -> Result<JsValue, JsValue>;

    /// A page's own `fetch` may throw, and return what it likes.
    #[wasm_bindgen(catch, js_name = fetch)]
    pub(crate) fn fetch(url: &str, init: &Dict) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(extends = Promise)]
    pub(crate) type Chain;
    #[wasm_bindgen(method, js_name = then)]
    pub(crate) fn next(this: &Chain, came: &JsValue, failed: &JsValue) -> Chain;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub(crate) fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify)]
    pub(crate) fn to_json(value: &JsValue) -> JsValue;

    /// `NaN` for what is not a number, `0` for a blank.
    #[wasm_bindgen(js_name = Number)]
    pub(crate) fn number(text: &str) -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    pub(crate) fn random(bytes: &mut [u8]);

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn console_error(prefix: &str, message: &str);
}

impl Dict {
    pub(crate) fn new() -> Self {
        Self::create(&JsValue::NULL)
    }
}

/// What an object of data has under this name itself; `undefined` for what it only inherits.
///
/// # Errors
///
/// As [`get`].
pub(crate) fn own(object: &JsValue, key: &str) -> Result<JsValue, JsValue> {
    if has_own(object, key)? { get(object, key) } else { Ok(JsValue::UNDEFINED) }
}
