//! A telephone number in E.164 form: `+`, country code, subscriber number.

use alloc::string::String;
use core::fmt;

/// ITU-T E.164: at most fifteen digits after the `+`.
const MAX_DIGITS: usize = 15;

/// A number that has the shape of E.164: `+`, then 2 to 15 digits, the first not 0.
///
/// The shape says nothing of whether the number exists or may be called. It prints masked, in
/// `Debug` too: only [`as_str`](Self::as_str) gives it whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct E164(String);

impl E164 {
    /// Reads a number that is already in E.164 form; nothing is stripped or guessed.
    ///
    /// # Errors
    ///
    /// [`E164Error`], which never repeats the number.
    pub fn parse(number: &str) -> Result<Self, E164Error> {
        let digits = number.strip_prefix('+').ok_or(E164Error::NoPlus)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(E164Error::NotADigit);
        }
        if digits.starts_with('0') {
            return Err(E164Error::LeadingZero);
        }
        if digits.len() < 2 || digits.len() > MAX_DIGITS {
            return Err(E164Error::Length);
        }
        Ok(Self(number.into()))
    }

    /// The whole number, for the upstream and for nobody else.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as a browser may see it: `+1 ••• ••• 8999`.
    ///
    /// The dots are the same for every number, so they tell no length; of a short number fewer
    /// digits are shown, so that at least half of it stays hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let digits = self.0.as_bytes().get(1..).unwrap_or_default();
        let country = country_code_length(digits).min(digits.len());
        let national = digits.len() - country;
        let shown = match national {
            0..=4 => 0,
            5..=7 => 2,
            _ => 4,
        };
        let mut masked = String::from("+");
        masked.extend(digits.iter().take(country).map(|&digit| char::from(digit)));
        masked.push_str(" ••• •••");
        if shown > 0 {
            masked.push(' ');
            masked.extend(digits.iter().skip(digits.len() - shown).map(|&d| char::from(d)));
        }
        masked
    }
}

/// How many digits the country code has. The ITU's plan: zones 1 and 7 are one country code,
/// the listed two-digit codes are whole, all others have three digits.
fn country_code_length(digits: &[u8]) -> usize {
    match digits {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.masked();
        let tail = hidden.rsplit(' ').next().unwrap_or_default();
        write!(f, "E164(…{tail})")
    }
}

/// Why a text is not an E.164 number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum E164Error {
    /// Country codes do not start with 0.
    LeadingZero,
    /// Fewer than 2 or more than 15 digits.
    Length,
    /// It does not start with `+`.
    NoPlus,
    /// Something other than 0–9 after the `+`.
    NotADigit,
}

impl fmt::Display for E164Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LeadingZero => "the country code after `+` must not start with 0",
            Self::Length => "the number must have 2 to 15 digits after `+`",
            Self::NoPlus => "the number must start with `+` and the country code",
            Self::NotADigit => "only the digits 0-9 may follow the `+`, without spaces",
        })
    }
}

impl core::error::Error for E164Error {}

#[cfg(test)]
mod tests {
    use std::format;

    use proptest::prelude::*;

    use super::*;

    fn masked(number: &str) -> String {
        E164::parse(number).unwrap().masked()
    }

    #[test]
    fn the_numbers_of_the_source_document_are_e164() {
        for number in ["+15557788999", "+5554433222"] {
            assert_eq!(E164::parse(number).unwrap().as_str(), number);
        }
    }

    #[test]
    fn what_is_not_e164_is_refused_with_its_cause() {
        for (number, cause) in [
            ("", E164Error::NoPlus),
            ("15557788999", E164Error::NoPlus),
            ("+", E164Error::Length),
            ("+1", E164Error::Length),
            ("+1234567890123456", E164Error::Length),
            ("+05557788999", E164Error::LeadingZero),
            ("+1 555 778 8999", E164Error::NotADigit),
            ("+1555778899٩", E164Error::NotADigit),
            ("+1555\u{0}", E164Error::NotADigit),
        ] {
            assert_eq!(E164::parse(number), Err(cause), "{number:?}");
        }
    }

    #[test]
    fn a_masked_number_shows_the_country_and_the_end() {
        assert_eq!(masked("+15557788999"), "+1 ••• ••• 8999");
        assert_eq!(masked("+442079460000"), "+44 ••• ••• 0000");
        assert_eq!(masked("+353861234567"), "+353 ••• ••• 4567");
    }

    #[test]
    fn of_a_short_number_less_is_shown() {
        assert_eq!(masked("+29012345"), "+290 ••• ••• 45");
        assert_eq!(masked("+2901234"), "+290 ••• •••");
        assert_eq!(masked("+12"), "+1 ••• •••");
    }

    #[test]
    fn debug_shows_the_tail_only() {
        assert_eq!(format!("{:?}", E164::parse("+15557788999").unwrap()), "E164(…8999)");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_half_of_the_number_stays_hidden(text in "\\+?[0-9٠ ]{0,18}") {
            if let Ok(number) = E164::parse(&text) {
                let all = text.len() - 1;
                let country = country_code_length(&text.as_bytes()[1..]).min(all);
                let shown = number.masked().bytes().filter(u8::is_ascii_digit).count() - country;
                prop_assert!(shown * 2 <= all - country);
            }
        }
    }
}
