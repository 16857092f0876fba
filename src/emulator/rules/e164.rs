//! E.164: a number as the API takes it, `+` and up to fifteen digits.
//!
//! The full number is for the outbox and the answer; `Debug` and `Display` show its last four
//! digits at most, so that a log line cannot hold it.

use std::fmt;

use serde::Serialize;

/// Stands for the vendor's registered number, which sends what names no `from`. Reserved for
/// fiction: no phone has it.
pub const SHARED_NUMBER: &str = "+12065550100";

/// A telephone number: `+`, a country code that does not begin with 0, 15 digits at most.
///
/// No least length is standardised: the source document's own `+5554433222` is one.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct E164(String);

impl E164 {
    /// Reads a number; `None` when it is not E.164.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let shaped = (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        shaped.then(|| Self(text.to_owned()))
    }

    /// The number of a delivery whose request named none.
    pub(crate) fn shared() -> Self {
        Self(SHARED_NUMBER.to_owned())
    }

    /// The whole number. Never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `…8999`, what a log may say.
impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A short number would be whole in its last four digits.
        let shown = if self.0.len() > 8 { &self.0[self.0.len() - 4..] } else { "" };
        write!(f, "…{shown}")
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E164({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_documents_numbers_are_e164() {
        assert!(E164::parse("+15557788999").is_some());
        assert!(E164::parse("+5554433222").is_some());
    }

    #[test]
    fn the_shared_number_is_e164() {
        assert_eq!(E164::parse(SHARED_NUMBER), Some(E164::shared()));
    }

    #[test]
    fn what_is_not_e164_is_refused() {
        for text in [
            "",
            "+",
            "+1",
            "15557788999",
            " 15557788999",
            "+05557788999",
            "+1 555 778 8999",
            "+1234567890123456",
            "+1555778899x",
            "+１５５５７７８８９９９",
        ] {
            assert!(E164::parse(text).is_none(), "{text:?}");
        }
        assert!(E164::parse("+123456789012345").is_some());
        assert!(E164::parse("+12").is_some());
    }

    #[test]
    fn a_number_prints_its_last_four_digits_at_most() {
        let number = E164::parse("+15557788999").unwrap();
        assert_eq!(format!("{number} {number:?}"), "…8999 E164(…8999)");
        assert_eq!(E164::parse("+1234").unwrap().to_string(), "…");
    }
}
