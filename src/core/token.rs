//! The token: the short secret that was sent and that the person types. The page calls it "code".

use alloc::string::String;
use core::fmt;

use crate::{ConfigField, InteractionConfig};

/// Which characters a token may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// ASCII letters in either case, and digits: `allow_alphas` is true.
    Alphanumeric,
    /// 0 to 9: `allow_alphas` is false.
    Digits,
}

impl Alphabet {
    /// Whether a token of this alphabet may have this character.
    #[must_use]
    pub const fn contains(self, character: char) -> bool {
        match self {
            Self::Alphanumeric => character.is_ascii_alphanumeric(),
            Self::Digits => character.is_ascii_digit(),
        }
    }
}

/// The shape of one interaction's token: how long, and of which characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFormat {
    length: u8,
    alphabet: Alphabet,
}

impl TokenFormat {
    /// Only [`InteractionConfig`] makes one, so its length is always in range.
    pub(crate) const fn checked(length: u8, alphabet: Alphabet) -> Self {
        Self { length, alphabet }
    }

    /// How many characters: 4 to 20.
    #[must_use]
    pub const fn length(self) -> usize {
        self.length as usize
    }

    /// Which characters.
    #[must_use]
    pub const fn alphabet(self) -> Alphabet {
        self.alphabet
    }
}

impl Default for TokenFormat {
    fn default() -> Self {
        InteractionConfig::default().format()
    }
}

/// The longest token that a config allows.
const LONGEST: usize = ConfigField::TokenLength.range().1 as usize;

/// A token of the right shape. Whether it is the *right* token only the upstream knows.
///
/// It prints its size, never itself, and its case is kept as it was typed. It is small
/// enough to be copied, and owns no memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token {
    length: u8,
    characters: [u8; LONGEST],
}

impl Token {
    /// Reads a token that is exactly of this shape; cleaning what was typed is
    /// [`entry`](crate::entry)'s work.
    ///
    /// # Errors
    ///
    /// [`TokenError`], which never repeats the text.
    pub fn parse(text: &str, format: TokenFormat) -> Result<Self, TokenError> {
        if !text.chars().all(|character| format.alphabet.contains(character)) {
            return Err(TokenError::Character);
        }
        if text.len() != format.length() {
            return Err(TokenError::Length);
        }
        let mut token = Self { length: format.length, characters: [0; LONGEST] };
        token.characters.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        Ok(token)
    }

    /// Whether it is of this shape too.
    #[must_use]
    pub fn fits(&self, format: TokenFormat) -> bool {
        self.length == format.length && self.characters().all(|it| format.alphabet.contains(it))
    }

    /// Whether it has characters that are easily taken for others; digits alone never are.
    #[must_use]
    pub fn has_lookalikes(&self, format: TokenFormat) -> bool {
        let is_one = |it| matches!(it, '0' | '1' | 'I' | 'O' | 'i' | 'l' | 'o');
        matches!(format.alphabet, Alphabet::Alphanumeric) && self.characters().any(is_one)
    }

    /// The token itself, for the verify request and for nothing else.
    #[must_use]
    pub fn text(&self) -> String {
        self.characters().collect()
    }

    fn characters(&self) -> impl Iterator<Item = char> {
        self.characters.iter().take(self.length.into()).map(|&byte| char::from(byte))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.length)
    }
}

/// Why a text is not a token of the interaction's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// A character that the format does not allow.
    Character,
    /// Too few or too many characters.
    Length,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character => "token has a character that allow_alphas does not permit",
            Self::Length => "token does not have token_length characters",
        })
    }
}

impl core::error::Error for TokenError {}

#[cfg(test)]
mod tests {
    use std::format;

    use proptest::prelude::*;

    use super::*;

    const SIX_DIGITS: TokenFormat = TokenFormat::checked(6, Alphabet::Digits);
    const EIGHT_ALPHAS: TokenFormat = TokenFormat::checked(8, Alphabet::Alphanumeric);

    #[test]
    fn a_token_has_exactly_the_configured_length() {
        assert!(Token::parse("123456", SIX_DIGITS).is_ok());
        for text in ["", "12345", "1234567"] {
            assert_eq!(Token::parse(text, SIX_DIGITS), Err(TokenError::Length));
        }
    }

    #[test]
    fn letters_need_allow_alphas() {
        assert_eq!(Token::parse("12345a", SIX_DIGITS), Err(TokenError::Character));
        assert!(Token::parse("aB3dE6gH", EIGHT_ALPHAS).is_ok());
    }

    #[test]
    fn only_ascii_is_a_token() {
        for text in ["١٢٣٤٥٦", "12345６", "12 456", "12-456", "12345é"] {
            assert_eq!(Token::parse(text, SIX_DIGITS), Err(TokenError::Character), "{text}");
        }
    }

    #[test]
    fn only_among_letters_is_a_zero_taken_for_another() {
        let is_misread = |text, format| Token::parse(text, format).unwrap().has_lookalikes(format);
        assert!(is_misread("aB3dE6g0", EIGHT_ALPHAS));
        assert!(!is_misread("aB3dE6gH", EIGHT_ALPHAS));
        assert!(!is_misread("100000", SIX_DIGITS));
    }

    #[test]
    fn a_token_fits_another_format_only_by_its_length_and_its_characters() {
        let fits = |text, read, format| Token::parse(text, read).unwrap().fits(format);
        let eight_digits = TokenFormat::checked(8, Alphabet::Digits);
        assert!(fits("12345678", EIGHT_ALPHAS, eight_digits));
        assert!(fits("12345678", eight_digits, EIGHT_ALPHAS));
        assert!(!fits("1234567a", EIGHT_ALPHAS, eight_digits));
        assert!(!fits("123456", SIX_DIGITS, eight_digits));
    }

    #[test]
    fn the_longest_token_is_kept_whole() {
        let text = "aB3dE6gH9jK2mN5pQ8sT";
        let longest = TokenFormat::checked(20, Alphabet::Alphanumeric);
        assert_eq!(Token::parse(text, longest).unwrap().text(), text);
    }

    #[test]
    fn a_token_prints_its_size_and_never_itself() {
        let token = Token::parse("aB3dE6gH", EIGHT_ALPHAS).unwrap();
        assert_eq!(format!("{token:?}"), "Token(8)");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_has_the_shape(text in "\\PC{0,24}") {
            if let Ok(token) = Token::parse(&text, EIGHT_ALPHAS) {
                prop_assert_eq!(&token.text(), &text);
                prop_assert!(text.len() == 8 && token.fits(EIGHT_ALPHAS));
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            }
        }
    }
}
