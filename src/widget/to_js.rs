//! Handing results to JavaScript: plain objects, made by serde-wasm-bindgen.

use serde::{Serialize, Serializer as _};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

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

/// The object of these entries.
pub(crate) fn object(entries: &[Entry<'_>]) -> JsValue {
    let there = entries.iter().filter(|(_, value)| !matches!(value, Value::Absent));
    // Not `derive(Serialize)` on a struct of its own: for those the serializer links a hash map,
    // in which it keeps the names of fields.
    Serializer::json_compatible()
        .collect_map(there.map(|(name, value)| (name, value)))
        .unwrap_or(JsValue::UNDEFINED)
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
