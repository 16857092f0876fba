//! JSON in which every name stands once.
//!
//! Of a name that stands twice one reader takes the first value and another the last: whatever
//! looked at the request before the proxy may have seen another number than the proxy calls.
//! Nothing here says what was in it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why bytes are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// They are no JSON from here on.
    NoJson { line: usize, column: usize },
    /// A name stands a second time here.
    Twice { line: usize, column: usize },
}

/// Reads the whole of it.
pub(super) fn read(bytes: &[u8]) -> Result<Value, Unread> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Once.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // The library's own errors are all of another kind.
        if error.is_data() {
            Unread::Twice { line, column }
        } else {
            Unread::NoJson { line, column }
        }
    })
}

/// Makes a value, at any depth, unless a name stands twice in it.
#[derive(Clone, Copy)]
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a name stands twice"));
            }
            object.insert(name, entries.next_value_seed(self)?);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_found_at_any_depth() {
        for text in [
            r#"{"to":1,"to":1}"#,
            r#"{"to":1,"a":{},"to":2}"#,
            r#"{"a":{"b":[{"c":1,"c":2}]}}"#,
            r#"{"to":1,"\u0074o":2}"#,
        ] {
            assert!(matches!(read(text.as_bytes()), Err(Unread::Twice { line: 1, .. })), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_not_read() {
        let deep = "[".repeat(100_000);
        for text in
            ["", "{", "{}x", "\u{feff}{}", "[NaN]", "1e999", "{'a':1}", r#""\ud800""#, &deep]
        {
            assert!(matches!(read(text.as_bytes()), Err(Unread::NoJson { .. })), "{}", text.len());
        }
    }

    proptest! {
        #[test]
        fn anything_else_is_read_as_the_library_reads_it(text in "[\\[\\]{}:,\" a0-9.e-]{0,30}") {
            let theirs = serde_json::from_str::<Value>(&text).ok();
            match read(text.as_bytes()) {
                Err(Unread::Twice { .. }) => prop_assert!(theirs.is_some()),
                ours => prop_assert_eq!(ours.ok(), theirs),
            }
        }
    }
}
