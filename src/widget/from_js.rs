//! Reading what comes from JavaScript: a small serde deserializer over [`JsValue`].
//!
//! `serde_wasm_bindgen::from_value` reads the same and costs 18 kB more in the module, nearly
//! all of it for the text of errors that nobody sees: what is malformed here is one thing, "not
//! understood". The types are flat structs of strings, whole numbers, booleans and lists.
//!
//! A struct is read as the sequence of its fields and a variant by its index, so that serde's
//! matching of names is not linked; an object's other keys are never looked at, nor is what it
//! inherits: that is a page's scripts', not the endpoint's or the caller's.

use std::fmt;

use js_sys::Array;
use serde::de::value::U32Deserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use wasm_bindgen::prelude::*;

use crate::bindings::own;

/// Reads a value.
///
/// # Errors
///
/// [`Malformed`] when a field is missing or of another type.
pub(crate) fn from_js<T: Default + DeserializeOwned>(value: JsValue) -> Result<T, Malformed> {
    // In place: to give up in the middle of a struct would otherwise be another way for each field.
    let mut read = T::default();
    T::deserialize_in_place(Value(value), &mut read)?;
    Ok(read)
}

/// The value is not what was expected. It does not say where: see the module's words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed")
    }
}

impl std::error::Error for Malformed {}

impl de::Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
}

struct Value(JsValue);

impl Value {
    fn whole_number(&self) -> Result<i64, Malformed> {
        let number = self.0.as_f64().ok_or(Malformed)?;
        // A float holds every whole number up to 2^53 exactly, and saturates in the cast.
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let whole = number as i64;
        #[allow(clippy::cast_precision_loss, clippy::float_cmp)]
        if whole as f64 == number { Ok(whole) } else { Err(Malformed) }
    }
}

impl<'de> de::Deserializer<'de> for Value {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_bool(self.0.as_bool().ok_or(Malformed)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.whole_number()?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.whole_number()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_string(self.0.as_string().ok_or(Malformed)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.0.is_undefined() || self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    /// A list that is not there is an empty one.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        let list = if self.0.is_undefined() {
            Array::new()
        } else {
            self.0.dyn_into().map_err(|_| Malformed)?
        };
        visitor.visit_seq(Items { list, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        if !self.0.is_object() {
            return Err(Malformed);
        }
        visitor.visit_seq(Fields { object: self.0, fields: fields.iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        let text = self.0.as_string().ok_or(Malformed)?;
        let index = variants.iter().position(|&variant| variant == text).ok_or(Malformed)?;
        visitor.visit_enum(Variant(u32::try_from(index).map_err(|_| Malformed)?))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct map identifier ignored_any
    }
}

/// The struct's own fields in their order, asked for by name.
struct Fields {
    object: JsValue,
    fields: std::slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Malformed> {
        let Some(value) = self.next() else { return Err(Malformed) };
        seed.deserialize(value).map(Some)
    }
}

impl Fields {
    /// Of one kind for fields of all types. `None` for one whose getter throws, too.
    #[inline(never)]
    fn next(&mut self) -> Option<Value> {
        own(&self.object, self.fields.next()?).map(Value).ok()
    }
}

struct Items {
    list: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Malformed> {
        if self.next >= self.list.length() {
            return Ok(None);
        }
        let item = self.list.get(self.next);
        self.next += 1;
        seed.deserialize(Value(item)).map(Some)
    }
}

/// A variant without content, by its index.
struct Variant(u32);

impl<'de> EnumAccess<'de> for Variant {
    type Error = Malformed;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Malformed> {
        let index: U32Deserializer<Malformed> = self.0.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Malformed> {
        Err(Malformed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }
}
