//! Handing values to JavaScript: plain objects for the page, by serde-wasm-bindgen, and objects that
//! inherit nothing for the browser, so that nothing of a page's `Object.prototype` gets into them.

use js_sys::Object;
use serde::{Serialize, Serializer as _};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::bindings::Dict;

#[wasm_bindgen]
extern "C" {
    /// Throws where a proxy of the page's does.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = getPrototypeOf)]
    fn prototype_of(object: &JsValue) -> Result<JsValue, JsValue>;
}

/// One value of an object.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(crate) enum Value<'a> {
    /// The object does not have it.
    Absent,
    Flag(bool),
    Number(u32),
    Text(&'a str),
}

/// An object's names and values. One type for all objects: each further one costs bytes.
pub(crate) type Entry<'a> = (&'static str, Value<'a>);

/// Writes these entries into an object of ours.
pub(crate) fn write(dict: &Dict, entries: &[Entry<'_>]) {
    for (name, value) in entries {
        dict.set(
            name,
            &match *value {
                Value::Absent => continue,
                Value::Flag(flag) => flag.into(),
                Value::Number(number) => number.into(),
                Value::Text(text) => text.into(),
            },
        );
    }
}

/// The object of these entries, which has nothing else: for the browser, and to be sent.
pub(crate) fn object(entries: &[Entry<'_>]) -> Dict {
    let dict = Dict::new();
    write(&dict, entries);
    dict
}

/// The same as a plain object: for the page.
pub(crate) fn plain_object(entries: &[Entry<'_>]) -> JsValue {
    let there = entries.iter().filter(|(_, value)| !matches!(value, Value::Absent));
    // Not `derive(Serialize)` on a struct of its own: for those the serializer links a hash map,
    // in which it keeps the names of fields. By way of a `Map`, because what is assigned to an
    // object can be swallowed by a setter on the page's `Object.prototype`.
    Serializer::new()
        .collect_map(there.map(|(name, value)| (name, value)))
        .ok()
        .and_then(|map| Object::from_entries(&map).ok())
        .map_or(JsValue::UNDEFINED, Into::into)
}

/// Whether an object is a plain one, not of a class of its own.
pub(crate) fn is_plain(object: &JsValue) -> bool {
    prototype_of(object).is_ok_and(|its| its.loose_eq(&plain()))
}

/// What a plain object inherits from.
fn plain() -> JsValue {
    prototype_of(&Object::new()).unwrap_or_default()
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u8> for Value<'_> {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}
