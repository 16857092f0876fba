//! The parameters of a request, from a JSON or a form body.
//!
//! A form has only strings, and clients send strings in JSON too, so `"6"` is 6 and `"true"` is
//! true. A blank string and `null` are parameters that were not given. Unknown keys are ignored,
//! among them the `allow_alpha` of the source document's own example.

use serde_json::{Map, Value};

/// A body that cannot be read at all.
#[derive(Debug, PartialEq)]
pub(crate) struct Malformed;

/// A parameter that was given, but not as what it must be.
#[derive(Debug, PartialEq)]
pub(crate) struct Mistyped;

/// What a request's body says, by name.
#[derive(Default)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads a JSON object. An empty body is an empty object.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, Malformed> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map(Self).map_err(|_| Malformed)
    }

    /// Reads `application/x-www-form-urlencoded`. The last of a repeated key counts.
    pub(crate) fn from_form(body: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(body);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into())).collect())
    }

    /// A parameter as text; a number is its digits.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Mistyped> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(Mistyped),
        }
    }

    /// A parameter as a whole number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Mistyped> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| Mistyped)
    }

    /// A parameter as true or false.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Mistyped> {
        if let Some(Value::Bool(flag)) = self.0.get(name) {
            return Ok(Some(*flag));
        }
        match self.text(name)?.as_deref().map(str::trim) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Mistyped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str) -> Parameters {
        Parameters::from_json(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_form_and_a_json_of_strings_say_the_same_as_typed_json() {
        let form = Parameters::from_form(b"to=%2B15557788999&token_length=6&allow_alphas=true");
        let strings = json(r#"{"to":"+15557788999","token_length":"6","allow_alphas":"true"}"#);
        let typed = json(r#"{"to":"+15557788999","token_length":6,"allow_alphas":true}"#);
        for parameters in [form, strings, typed] {
            assert_eq!(parameters.text("to"), Ok(Some("+15557788999".to_owned())));
            assert_eq!(parameters.integer("token_length"), Ok(Some(6)));
            assert_eq!(parameters.flag("allow_alphas"), Ok(Some(true)));
        }
    }

    #[test]
    fn null_and_blank_are_not_given() {
        let parameters = json(r#"{"from":null,"message":"","token_length":" "}"#);
        assert_eq!(parameters.text("from"), Ok(None));
        assert_eq!(parameters.text("message"), Ok(None));
        assert_eq!(parameters.integer("token_length"), Ok(None));
        assert_eq!(parameters.flag("allow_alphas"), Ok(None));
    }

    #[test]
    fn the_wrong_type_is_not_taken_for_a_default() {
        let parameters = json(r#"{"to":["+1"],"token_length":6.5,"allow_alphas":"yes"}"#);
        assert_eq!(parameters.text("to"), Err(Mistyped));
        assert_eq!(parameters.integer("token_length"), Err(Mistyped));
        assert_eq!(parameters.flag("allow_alphas"), Err(Mistyped));
        assert_eq!(json(r#"{"n":99999999999999999999}"#).integer("n"), Err(Mistyped));
    }

    #[test]
    fn a_body_that_is_no_object_is_malformed() {
        for body in ["{", "[]", "\"to\"", "null", "{}{}"] {
            assert!(Parameters::from_json(body.as_bytes()).is_err(), "{body}");
        }
        assert!(Parameters::from_json(b"{\"to\":\"\xff\"}").is_err());
        assert!(Parameters::from_json(b"").is_ok());
    }
}
