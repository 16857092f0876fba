//! What a language does with numbers and times, as the browser knows it.

use js_sys::JsString;
use mfa_core::flow::Instant;
use wasm_bindgen::prelude::*;

use crate::bindings::Dict;

#[wasm_bindgen]
extern "C" {
    type PluralRules;
    /// Throws for what is no language tag.
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(language: &JsValue) -> Result<PluralRules, JsValue>;
    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, number: u32) -> String;

    type Date;
    #[wasm_bindgen(constructor)]
    fn new(milliseconds: f64) -> Date;
    #[wasm_bindgen(method, catch, js_name = toLocaleString)]
    fn to_text(this: &Date, language: &JsValue, options: &Dict) -> Result<String, JsValue>;
}

/// The plural category of a number in a language.
pub(crate) fn plural(language: &JsString, number: u32) -> String {
    let rules = PluralRules::new(&asked(language, "en".into()));
    rules.map_or_else(|_| "other".into(), |rules| rules.select(number))
}

/// The time of day on the visitor's own clock, with the weekday where it is far away.
pub(crate) fn time_of_day(at: Instant, is_far: bool, language: &JsString) -> String {
    let options = Dict::new();
    options.set("hour", &"numeric".into());
    options.set("minute", &"2-digit".into());
    if is_far {
        options.set("weekday", &"long".into());
    }
    // Exact below 2^53, which is far in the future.
    #[allow(clippy::cast_precision_loss)]
    let date = Date::new(at.0 as f64);
    // The visitor's own way to write it, if the page asks for none or for what is no language.
    let text = date.to_text(&asked(language, JsValue::UNDEFINED), &options);
    text.or_else(|_| date.to_text(&JsValue::UNDEFINED, &options)).unwrap_or_default()
}

/// The language, if the page asks for one.
fn asked(language: &JsString, otherwise: JsValue) -> JsValue {
    if language.length() == 0 { otherwise } else { language.into() }
}
