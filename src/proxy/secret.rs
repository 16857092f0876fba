//! Values that must never be seen: each prints its name, never itself.
//!
//! There is no `Display` and no serialisation here. Whoever needs the value says
//! [`expose`](ApiToken::expose), which is easy to search for.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;

macro_rules! secret_text {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Takes the value in.
            #[must_use]
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The value itself, for the one place that must send it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

secret_text! {
    /// The bearer key of the private face, or several between spaces, commas or line ends.
    ApiKey;
    /// The API token of the SignalWire project.
    ApiToken;
    /// Where the store is: the URL of a Redis, which may hold its password.
    StoreUrl;
    /// A receipt as the page carries it to the site's backend.
    Receipt;
    /// A ticket as the site's backend puts it into the page.
    Ticket;
}

impl ApiKey {
    /// The least length of an API key: what 16 random bytes take in hexadecimal.
    pub const MIN_LENGTH: usize = 32;

    /// Several, one after the other: while they are changed any of them opens.
    pub(crate) fn each(&self) -> impl Iterator<Item = &str> {
        self.0
            .split(|character: char| character.is_whitespace() || character == ',')
            .filter(|key| !key.is_empty())
    }

    /// Whether one is too short, or a few characters again and again, or there is none.
    pub(crate) fn is_weak(&self) -> bool {
        const LEAST_DIFFERENT: usize = 6;
        let weak =
            |key: &str| key.len() < Self::MIN_LENGTH || different(key.as_bytes()) < LEAST_DIFFERENT;
        self.each().next().is_none() || self.each().any(weak)
    }

    /// Whether a client can send each of them as it is: quotes were meant for a shell.
    pub(crate) fn can_be_sent(&self) -> bool {
        let quotes = ['"', '\'', '`'];
        self.each().all(|key| key.chars().all(|it| it.is_ascii_graphic() && !quotes.contains(&it)))
    }

    /// Whether this is one of the keys, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.each().fold(false, |any, key| any | bool::from(key.as_bytes().ct_eq(presented)))
    }
}

/// A 32-byte key: it seals tickets and ids, or signs receipts.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A new key from the operating system's random numbers.
    #[must_use]
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// The key of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a key of 32 bytes written in hexadecimal or in base64 (either alphabet).
    ///
    /// # Errors
    ///
    /// [`KeyError`], which never repeats the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            hexadecimal(text)
        } else {
            [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
                .into_iter()
                .find_map(|engine| engine.decode(text).ok())
        };
        let bytes = bytes.ok_or(KeyError::Encoding)?;
        <[u8; 32]>::try_from(bytes).map(Self).map_err(|_| KeyError::Length)
    }

    /// The key in base64, for the operator who asked for a new one.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Whether no random number generator made it: random keys have about thirty different
    /// bytes, and never so few or such even ones.
    pub(crate) fn is_weak(&self) -> bool {
        const LEAST_DIFFERENT: usize = 16;
        let mut steps = self.0.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
        let first = steps.next();
        different(&self.0) < LEAST_DIFFERENT || steps.all(|step| Some(step) == first)
    }

    pub(crate) const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

fn different(bytes: &[u8]) -> usize {
    bytes.iter().collect::<BTreeSet<_>>().len()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let nibble =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes().chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither hexadecimal nor base64.
    #[error("a key is 32 bytes in hexadecimal or base64; `mfa-proxy generate-key` prints one")]
    Encoding,
    /// Not 32 bytes.
    #[error("a key has exactly 32 bytes; `mfa-proxy generate-key` prints one")]
    Length,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_its_name_and_never_itself() {
        assert_eq!(format!("{:?}", ApiToken::new("PT-secret")), "ApiToken(…)");
        assert_eq!(format!("{:?}", SecretKey::from_bytes([7; 32])), "SecretKey(…)");
    }

    #[test]
    fn a_key_reads_from_hexadecimal_and_from_base64() {
        let key = SecretKey::from_bytes([0xA5; 32]);
        assert_eq!(SecretKey::parse(&"a5".repeat(32)), Ok(key.clone()));
        assert_eq!(SecretKey::parse(&key.to_base64()), Ok(key.clone()));
        assert_eq!(SecretKey::parse(&URL_SAFE_NO_PAD.encode([0xA5; 32])), Ok(key));
    }

    #[test]
    fn what_is_not_32_bytes_is_no_key() {
        assert!(SecretKey::parse(&"a5".repeat(31)).is_err());
        assert_eq!(SecretKey::parse("c2hvcnQ="), Err(KeyError::Length));
        assert_eq!(SecretKey::parse("not a key!"), Err(KeyError::Encoding));
        assert_eq!(SecretKey::parse(""), Err(KeyError::Length));
    }

    #[test]
    fn two_new_keys_are_not_the_same() {
        assert_ne!(SecretKey::generate(), SecretKey::generate());
    }

    #[test]
    fn a_key_that_somebody_typed_is_weak_and_a_generated_one_is_not() {
        for byte in [0, 0x41, 0xFF] {
            assert!(SecretKey::from_bytes([byte; 32]).is_weak());
        }
        assert!(SecretKey::from_bytes(*b"correct correct correct correct ").is_weak());
        assert!(SecretKey::from_bytes(std::array::from_fn(|at| at as u8)).is_weak());
        assert!(ApiKey::new("a".repeat(64)).is_weak());
        assert!(ApiKey::new("0123456789abcdef").is_weak());
        for _ in 0..1_000 {
            let key = SecretKey::generate();
            assert!(!key.is_weak() && !ApiKey::new(key.to_base64()).is_weak());
        }
    }

    #[test]
    fn only_the_very_key_matches() {
        let key = ApiKey::new("0123456789abcdef0123456789abcdef");
        assert!(key.matches(b"0123456789abcdef0123456789abcdef"));
        assert!(!key.matches(b"0123456789abcdef0123456789abcdeF"));
        assert!(!key.matches(b""));
    }

    #[test]
    fn while_they_are_changed_each_of_several_keys_matches_and_no_part_or_sum_of_them() {
        let (old, new) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
        for list in [format!("{old}\n{new}\n"), format!("{old},{new}"), format!(" {new}  {old}")] {
            let keys = ApiKey::new(&list);
            assert!(!keys.is_weak() && keys.can_be_sent());
            assert!(keys.matches(old.as_bytes()) && keys.matches(new.as_bytes()));
            assert!(!keys.matches(list.as_bytes()) && !keys.matches(b"") && !keys.matches(b","));
        }
        assert!(ApiKey::new(format!("{old} short")).is_weak());
        assert!(!ApiKey::new(" , ").matches(b"") && ApiKey::new(" , ").is_weak());
        assert!(!ApiKey::new(format!("\"{old}\"")).can_be_sent());
        assert!(!ApiKey::new(format!("{old}é")).can_be_sent());
    }
}
