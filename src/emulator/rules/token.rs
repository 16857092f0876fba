//! The token: the short secret that is delivered, and later compared.
//!
//! It is drawn from a cryptographic generator, compared in constant time, and shown in full by
//! the outbox alone.

use std::fmt;

use rand::{CryptoRng, RngExt};
use serde::Serialize;
use subtle::ConstantTimeEq;

const DIGITS: &[u8] = b"0123456789";
/// Both cases, because the document says "letters" without a case: a page that changes the case
/// of what was typed should fail here and not on a phone.
const ALPHANUMERICS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A delivered secret. `Debug` shows its length.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Draws a token of this many characters, each as likely as any other.
    pub(crate) fn draw(length: u8, allow_alphas: bool, rng: &mut impl CryptoRng) -> Self {
        let alphabet = if allow_alphas { ALPHANUMERICS } else { DIGITS };
        let characters =
            (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]));
        Self(characters.collect())
    }

    /// Whether this is the token, in a time that does not tell how much of it was right.
    pub(crate) fn matches(&self, answer: &str) -> bool {
        self.0.as_bytes().ct_eq(answer.as_bytes()).into()
    }

    /// The whole token. Never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn rng() -> StdRng {
        StdRng::seed_from_u64(7)
    }

    #[test]
    fn a_token_without_alphas_is_digits_of_the_asked_length() {
        for length in 4..=20 {
            let token = Token::draw(length, false, &mut rng());
            assert_eq!(token.as_str().len(), usize::from(length));
            assert!(token.as_str().bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn a_token_with_alphas_uses_every_letter_and_digit() {
        let mut rng = rng();
        let seen: std::collections::BTreeSet<u8> = (0..200)
            .flat_map(|_| Token::draw(20, true, &mut rng).as_str().as_bytes().to_vec())
            .collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ALPHANUMERICS);
    }

    #[test]
    fn only_the_whole_token_matches() {
        let token = Token("Ab3456".to_owned());
        assert!(token.matches("Ab3456"));
        for answer in ["", "ab3456", "Ab345", "Ab34567", " Ab3456"] {
            assert!(!token.matches(answer), "{answer:?}");
        }
    }

    #[test]
    fn a_token_prints_its_length() {
        assert_eq!(format!("{:?}", Token("123456".to_owned())), "Token(6)");
    }
}
