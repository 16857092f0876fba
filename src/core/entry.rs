//! Entry: how what was typed, pasted or filled in becomes the text of a token.
//!
//! People type spaces where the message showed a gap, paste whole messages, and have keyboards
//! that write other digits than 0-9. All of that is meant as a token, so it is read as one.
//! Nothing here knows a page: texts and positions in, text out.

use alloc::string::String;

use crate::{Alphabet, TokenFormat};

/// What is left of a text, and what was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// At most the token's length of characters, all of its alphabet.
    pub text: String,
    /// Why less was kept than was given, if the person should know.
    pub dropped: Option<Dropped>,
}

/// Why a part of what was entered did not get into the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The pasted text has several tokens of the right shape: which one was meant?
    Ambiguous,
    /// Characters the token's alphabet does not have.
    Characters,
    /// The pasted text has no token in it; the field was left as it was.
    Nothing,
    /// More characters than the token has.
    Surplus,
}

/// Reads the whole content of the field after a keystroke or a fill.
///
/// A character that cannot belong to the token is dropped, what is too much is cut at the end.
#[must_use]
pub fn typed(raw: &str, format: TokenFormat) -> Entered {
    if let Some(text) = compact(raw, format) {
        return cut(text, format);
    }
    if let Ok(token) = token_within(raw, format) {
        return Entered { text: token, dropped: None };
    }
    let kept = raw.chars().map(plain).filter(|&c| format.alphabet().contains(c)).collect();
    Entered { dropped: Some(Dropped::Characters), ..cut(kept, format) }
}

/// Reads a paste or a drop, and puts it in place of the field's characters `start..end`.
///
/// What is left of the selection stays; a whole token replaces everything. A text that is not a
/// token and has not exactly one in it leaves the field as it was, and says why.
#[must_use]
pub fn pasted(
    field: &str,
    start: usize,
    end: usize,
    clipboard: &str,
    format: TokenFormat,
) -> Entered {
    let unchanged = |why| Entered { text: field.into(), dropped: Some(why) };
    let inserted = match compact(clipboard, format) {
        Some(text) => text,
        None => match token_within(clipboard, format) {
            Ok(token) => token,
            Err(why) => return unchanged(why),
        },
    };
    if inserted.is_empty() {
        return unchanged(Dropped::Nothing);
    }
    if inserted.len() >= format.length() {
        return cut(inserted, format);
    }
    let mut text: String = field.chars().take(start).collect();
    text.push_str(&inserted);
    text.extend(field.chars().skip(end.max(start)));
    cut(text, format)
}

/// The text without separators and marks, if nothing but the token's alphabet remains.
fn compact(raw: &str, format: TokenFormat) -> Option<String> {
    let mut text = String::new();
    for character in raw.chars().map(plain) {
        if format.alphabet().contains(character) {
            text.push(character);
        } else if !(is_separator(character) || character == '#' && text.is_empty()) {
            return None;
        }
    }
    Some(text)
}

/// The one token of the right shape in a longer text, such as the message it came in.
///
/// # Errors
///
/// [`Dropped::Nothing`] when there is none, [`Dropped::Ambiguous`] when there are several.
fn token_within(raw: &str, format: TokenFormat) -> Result<String, Dropped> {
    match only_token(raw, format, false) {
        // `123 456` in a sentence: groups count only where no unbroken token stands.
        Err(Dropped::Nothing) => only_token(raw, format, true),
        found => found,
    }
}

fn only_token(raw: &str, format: TokenFormat, grouped: bool) -> Result<String, Dropped> {
    let mut found: Option<String> = None;
    let mut run = String::new();
    // The end of the text ends a run too.
    for character in raw.chars().map(plain).chain(['\n']) {
        let is_gap = grouped && matches!(character, ' ' | '-');
        if format.alphabet().contains(character) {
            run.push(character);
        } else if !is_gap {
            if is_token(&run, format) && found.as_ref() != Some(&run) {
                if found.is_some() {
                    return Err(Dropped::Ambiguous);
                }
                found = Some(core::mem::take(&mut run));
            }
            run.clear();
        }
    }
    found.ok_or(Dropped::Nothing)
}

fn is_token(run: &str, format: TokenFormat) -> bool {
    run.len() == format.length()
        && match format.alphabet() {
            Alphabet::Digits => true,
            Alphabet::Alphanumeric => !is_word(run),
        }
}

/// Letters alone, in the case that words are written in: a part of the message, not its token.
fn is_word(run: &str) -> bool {
    let letters = |kind: fn(&u8) -> bool, from| run.bytes().skip(from).all(|byte| kind(&byte));
    run.starts_with(|first: char| first.is_ascii_alphabetic())
        && (letters(u8::is_ascii_lowercase, 1) || letters(u8::is_ascii_uppercase, 0))
}

fn cut(text: String, format: TokenFormat) -> Entered {
    if text.len() <= format.length() {
        return Entered { text, dropped: None };
    }
    let text = text.chars().take(format.length()).collect();
    Entered { text, dropped: Some(Dropped::Surplus) }
}

/// Spaces, hyphens and dashes of every kind, and the invisible marks that come with a copy.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2010}'..='\u{2015}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{2212}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{feff}'
                | '\u{ff0d}'
        )
}

/// The zeros of Unicode's decimal digits (general category Nd) in the basic plane, without
/// ASCII's: nine more follow each.
const ZEROS: [u16; 36] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// The ASCII character that is meant: other scripts' decimal digits and full-width letters.
fn plain(character: char) -> char {
    let code = u32::from(character);
    if code < 0x80 {
        return character;
    }
    // The full-width forms stand in ASCII's order.
    if matches!(character, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＃') {
        return char::from_u32(code - 0xFEE0).unwrap_or(character);
    }
    for zero in ZEROS.map(u32::from) {
        if (zero..zero + 10).contains(&code) {
            return char::from_digit(code - zero, 10).unwrap_or(character);
        }
    }
    character
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Token;

    const SIX: TokenFormat = TokenFormat::checked(6, Alphabet::Digits);
    const EIGHT: TokenFormat = TokenFormat::checked(8, Alphabet::Alphanumeric);

    fn kept(text: &str) -> Entered {
        Entered { text: text.into(), dropped: None }
    }

    fn dropped(text: &str, why: Dropped) -> Entered {
        Entered { text: text.into(), dropped: Some(why) }
    }

    #[test]
    fn what_is_typed_stays_as_it_is() {
        for text in ["", "1", "123456"] {
            assert_eq!(typed(text, SIX), kept(text));
        }
        assert_eq!(typed("aB3dE6gH", EIGHT), kept("aB3dE6gH"));
    }

    #[test]
    fn spaces_dashes_marks_and_a_leading_hash_are_not_missed() {
        for text in ["123 456", "123-456", "12–34—56", "#123456", " \u{200e}123\u{a0}456\u{feff}\n"]
        {
            assert_eq!(typed(text, SIX), kept("123456"), "{text:?}");
        }
    }

    #[test]
    fn the_digits_of_other_scripts_are_digits() {
        for text in ["١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "１２３４５６"] {
            assert_eq!(typed(text, SIX), kept("123456"), "{text}");
        }
        assert_eq!(typed("ＡＢ３ｄＥ６ｇＨ", EIGHT), kept("AB3dE6gH"));
    }

    #[test]
    fn a_letter_among_digits_is_dropped_and_said() {
        assert_eq!(typed("12a", SIX), dropped("12", Dropped::Characters));
        assert_eq!(typed("é", SIX), dropped("", Dropped::Characters));
    }

    #[test]
    fn a_seventh_digit_changes_nothing() {
        assert_eq!(typed("1234567", SIX), dropped("123456", Dropped::Surplus));
    }

    #[test]
    fn a_pasted_message_gives_its_token() {
        for message in [
            "Your Personal Authorization Code is: 123456",
            "Your code is 123456. It expires in 10 minutes.",
            "Code: 123 456",
            "Ihr Code: 123-456, gültig 10 min",
            "Your code\n\n@example.com #123456",
            "123456 or again 123456",
        ] {
            assert_eq!(pasted("", 0, 0, message, SIX), kept("123456"), "{message}");
            assert_eq!(typed(message, SIX), kept("123456"), "{message}");
        }
        for token in ["aB3dE6gH", "aBcDeFgH", "12345678"] {
            let message = std::format!("Your Personal Code is: {token}, OK");
            assert_eq!(pasted("", 0, 0, &message, EIGHT), kept(token), "{token}");
        }
    }

    #[test]
    fn a_message_with_two_tokens_gives_none() {
        let message = "Use 123456 or 654321";
        assert_eq!(pasted("9", 1, 1, message, SIX), dropped("9", Dropped::Ambiguous));
    }

    #[test]
    fn a_paste_without_a_token_leaves_the_field_as_it_was() {
        for text in ["", "   ", "hello", "call 555"] {
            assert_eq!(pasted("12", 2, 2, text, SIX), dropped("12", Dropped::Nothing), "{text}");
        }
    }

    #[test]
    fn a_word_as_long_as_the_token_is_not_one() {
        assert_eq!(
            pasted("", 0, 0, "Personal, personal, PERSONAL?", EIGHT),
            dropped("", Dropped::Nothing)
        );
    }

    #[test]
    fn a_paste_in_the_middle_keeps_the_left_part() {
        assert_eq!(pasted("1256", 2, 2, "34", SIX), kept("123456"));
        assert_eq!(pasted("129956", 2, 4, "34", SIX), kept("123456"));
        assert_eq!(pasted("1299", 2, 4, "3456", SIX), kept("123456"));
    }

    #[test]
    fn a_whole_token_replaces_everything() {
        assert_eq!(pasted("99", 1, 1, "123-456", SIX), kept("123456"));
    }

    proptest! {
        #[test]
        fn whatever_comes_in_what_stays_fits(
            field in "[0-9]{0,6}", start in 0usize..9, end in 0usize..9, text in "\\PC{0,40}"
        ) {
            for entered in [typed(&text, SIX), pasted(&field, start, end, &text, SIX)] {
                prop_assert!(entered.text.len() <= 6);
                prop_assert!(entered.text.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(typed(&entered.text, SIX), kept(&entered.text));
                prop_assert_eq!(Token::parse(&entered.text, SIX).is_ok(), entered.text.len() == 6);
            }
        }
    }
}
