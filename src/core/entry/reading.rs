//! What a text is read as: the characters of a token that are meant by it, and the token in prose.

use alloc::string::String;

use crate::{Alphabet, TokenFormat};

use super::Dropped;

/// The text without separators and marks, if nothing but the token's alphabet remains.
pub(super) fn compact(raw: &str, format: TokenFormat) -> Option<String> {
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
pub(super) fn token_within(raw: &str, format: TokenFormat) -> Result<String, Dropped> {
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
    for character in raw.chars().map(plain).chain(['.']) {
        // Between letters a space is the end of a word.
        let is_gap = grouped
            && is_separator(character)
            && (format.alphabet() == Alphabet::Digits || !character.is_whitespace());
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

/// Spaces, hyphens and dashes of every kind, and the invisible marks that come with a copy.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{ad}'
                | '\u{58a}'
                | '\u{5be}'
                | '\u{61c}'
                | '\u{1400}'
                | '\u{1806}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2010}'..='\u{2015}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{2212}'
                | '\u{2e17}'
                | '\u{2e1a}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{2e40}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30a0}'
                // What a Japanese keyboard gives for a hyphen.
                | '\u{30fc}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{feff}'
                | '\u{ff0d}'
                | '\u{ff70}'
        )
}

/// The zeros of Unicode's decimal digits (general category Nd), without ASCII's: nine more follow
/// each. First those of the basic plane.
pub(super) const ZEROS: [u16; 36] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// Those of the plane after it, from its beginning.
pub(super) const ZEROS_BEYOND: [u16; 39] = [
    0x04A0, 0x0D30, 0x0D40, 0x1066, 0x10F0, 0x1136, 0x11D0, 0x12F0, 0x1450, 0x14D0, 0x1650, 0x16C0,
    0x16D0, 0x16DA, 0x1730, 0x18E0, 0x1950, 0x1BF0, 0x1C50, 0x1D50, 0x1DA0, 0x1F50, 0x6130, 0x6A60,
    0x6AC0, 0x6B50, 0x6D70, 0xCCF0, 0xD7CE, 0xD7D8, 0xD7E2, 0xD7EC, 0xD7F6, 0xE140, 0xE2F0, 0xE4F0,
    0xE5F1, 0xE950, 0xFBF0,
];

/// The ASCII character that is meant: other scripts' decimal digits and full-width letters.
pub(crate) fn plain(character: char) -> char {
    let code = u32::from(character);
    if code < 0x80 {
        return character;
    }
    // The full-width forms stand in ASCII's order.
    if matches!(character, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＃') {
        return char::from_u32(code - 0xFEE0).unwrap_or(character);
    }
    let zeros: &[u16] = match code >> 16 {
        0 => &ZEROS,
        1 => &ZEROS_BEYOND,
        _ => return character,
    };
    for &zero in zeros {
        let value = (code & 0xffff).wrapping_sub(u32::from(zero));
        if value < 10 {
            return char::from_digit(value, 10).unwrap_or(character);
        }
    }
    character
}
