//! Values that must never be seen: each prints its name, never itself.
//!
//! There is no `Display` and no serialisation here. Whoever needs the value says
//! [`expose`](ApiToken::expose), which is easy to search for.

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
    /// The bearer key of the private face.
    ApiKey;
    /// The API token of the SignalWire project.
    ApiToken;
    /// A receipt as the page carries it to the site's backend.
    Receipt;
    /// A ticket as the site's backend puts it into the page.
    Ticket;
}

impl ApiKey {
    /// The least length of an API key: what 16 random bytes take in hexadecimal.
    pub const MIN_LENGTH: usize = 32;

    /// Whether this is the presented key, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(presented).into()
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

    pub(crate) const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
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
    fn only_the_very_key_matches() {
        let key = ApiKey::new("0123456789abcdef0123456789abcdef");
        assert!(key.matches(b"0123456789abcdef0123456789abcdef"));
        assert!(!key.matches(b"0123456789abcdef0123456789abcdeF"));
        assert!(!key.matches(b""));
    }
}
