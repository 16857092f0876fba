//! Entry: how what was typed, pasted or filled in becomes the text of a token.
//!
//! People type spaces where the message showed a gap, paste whole messages, and have keyboards
//! that write other digits than 0-9. All of that is meant as a token, so it is read as one.
//! Nothing here knows a page: texts and positions in, text out. A position counts as the page
//! counts, in UTF-16 code units.

mod reading;

use alloc::string::String;
use core::ops::Range;

pub(crate) use reading::plain;
use reading::{compact, token_within};

use crate::TokenFormat;

/// What is left of a text, and what was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// At most the token's length of characters, all of its alphabet.
    pub text: String,
    /// Where the caret goes. Nowhere when nothing of what came got in: what was selected stays so.
    pub caret: Option<usize>,
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

/// Puts what a key, a keyboard's suggestion or a voice gave in place of what is selected.
///
/// A caret stands *on* a slot: what comes in replaces as many characters as it has, and typing
/// the same character again only goes on to the next. What does not fit changes nothing that was
/// there.
#[must_use]
pub fn typed(field: &str, selection: Range<usize>, data: &str, format: TokenFormat) -> Entered {
    let (inserted, dropped) = meant(data, format);
    if inserted.is_empty() {
        return unchanged(field, dropped);
    }
    let end = selection.end.max(selection.start + inserted.len());
    let entered = put(field, selection.start..end, &inserted, format);
    Entered { dropped: dropped.or(entered.dropped), ..entered }
}

/// Reads a paste or a drop, and puts it in place of what is selected.
///
/// What is left of the selection stays; a whole token replaces everything. A text that is not a
/// token and has not exactly one in it leaves the field as it was, and says why.
#[must_use]
pub fn pasted(field: &str, selection: Range<usize>, text: &str, format: TokenFormat) -> Entered {
    let inserted = match compact(text, format) {
        Some(text) => text,
        None => match token_within(text, format) {
            Ok(token) => token,
            Err(why) => return unchanged(field, Some(why)),
        },
    };
    if inserted.is_empty() {
        return unchanged(field, Some(Dropped::Nothing));
    }
    put(field, selection, &inserted, format)
}

/// Reads the whole content of the field after it was filled, deleted from or restored.
///
/// A character that cannot belong to the token is dropped, what is too much is cut at the end. A
/// text that has nothing of a token leaves the field as it was.
#[must_use]
pub fn filled(field: &str, raw: &str, caret: usize, format: TokenFormat) -> Entered {
    let (text, dropped) = meant(raw, format);
    if text.is_empty() && dropped.is_some() {
        return unchanged(field, dropped);
    }
    let entered = cut(text, format);
    let (before, _) = split(raw, caret);
    // Behind what is left of the text before the caret.
    let caret = meant(&before, format).0.len().min(entered.text.len());
    Entered { caret: Some(caret), dropped: dropped.or(entered.dropped), ..entered }
}

/// Reads the whole content of the field after something was put in at the caret, whatever it was:
/// a composition, or the key of a browser that did not ask before.
///
/// What the field held before tells what was put in, and it is [`typed`] after the fact.
#[must_use]
pub fn inserted(field: &str, raw: &str, caret: usize, format: TokenFormat) -> Entered {
    let (before, after) = split(raw, caret);
    let Some(rest) = field.strip_suffix(after.as_str()) else {
        return filled(field, raw, caret, format);
    };
    let same = |(was, is): &(char, char)| was == is;
    let start = rest.chars().zip(before.chars()).take_while(same).count();
    let data: String = before.chars().skip(start).collect();
    if data.is_empty() {
        return filled(field, raw, caret, format);
    }
    typed(field, start..rest.len(), &data, format)
}

/// The characters that a text stands for, and whether some of it stands for none.
fn meant(raw: &str, format: TokenFormat) -> (String, Option<Dropped>) {
    if let Some(text) = compact(raw, format) {
        return (text, None);
    }
    match token_within(raw, format) {
        Ok(token) => (token, None),
        Err(Dropped::Ambiguous) => (String::new(), Some(Dropped::Ambiguous)),
        Err(_) => {
            let kept = raw.chars().map(plain).filter(|&c| format.alphabet().contains(c)).collect();
            (kept, Some(Dropped::Characters))
        }
    }
}

fn unchanged(field: &str, dropped: Option<Dropped>) -> Entered {
    Entered { text: field.into(), caret: None, dropped }
}

fn put(field: &str, selection: Range<usize>, inserted: &str, format: TokenFormat) -> Entered {
    let mut text = String::new();
    if inserted.len() < format.length() {
        text.extend(field.chars().take(selection.start));
    }
    text.push_str(inserted);
    let caret = text.len().min(format.length());
    if inserted.len() < format.length() {
        text.extend(field.chars().skip(selection.end.max(selection.start)));
    }
    Entered { caret: Some(caret), ..cut(text, format) }
}

fn cut(text: String, format: TokenFormat) -> Entered {
    let dropped = (text.len() > format.length()).then_some(Dropped::Surplus);
    let text = text.chars().take(format.length()).collect();
    Entered { text, caret: None, dropped }
}

/// What stands before a position, and what behind.
fn split(text: &str, at: usize) -> (String, String) {
    let mut units = 0;
    text.chars().partition(|character| {
        units += character.len_utf16();
        units <= at
    })
}

#[cfg(test)]
mod tests;
