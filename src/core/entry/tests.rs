use proptest::prelude::*;

use super::reading::{ZEROS, ZEROS_BEYOND};
use super::*;
use crate::{Alphabet, Token};

const SIX: TokenFormat = TokenFormat::checked(6, Alphabet::Digits);
const EIGHT: TokenFormat = TokenFormat::checked(8, Alphabet::Alphanumeric);

type Left = (String, Option<Dropped>);

fn kept(text: &str) -> Left {
    (text.into(), None)
}

fn dropped(text: &str, why: Dropped) -> Left {
    (text.into(), Some(why))
}

/// A fill of an empty field.
fn read(raw: &str, format: TokenFormat) -> Left {
    let entered = filled("", raw, 0, format);
    (entered.text, entered.dropped)
}

fn pastes(field: &str, selection: Range<usize>, text: &str, format: TokenFormat) -> Left {
    let entered = pasted(field, selection, text, format);
    (entered.text, entered.dropped)
}

/// The field with a bar where the caret is, and what was dropped.
fn seen(entered: Entered) -> Left {
    let caret = entered.caret.map(|caret| (caret, '|'));
    let mut text = entered.text;
    if let Some((caret, bar)) = caret {
        text.insert(caret, bar);
    }
    (text, entered.dropped)
}

/// A key at a caret or over a selection.
fn types(field: &str, selection: Range<usize>, data: &str) -> Left {
    seen(typed(field, selection, data, SIX))
}

#[test]
fn what_is_typed_stays_as_it_is() {
    for text in ["", "1", "123456"] {
        assert_eq!(read(text, SIX), kept(text));
    }
    assert_eq!(read("aB3dE6gH", EIGHT), kept("aB3dE6gH"));
}

#[test]
fn spaces_dashes_marks_and_a_leading_hash_are_not_missed() {
    for text in ["123 456", "123-456", "12–34—56", "#123456", " \u{200e}123\u{a0}456\u{feff}\n"]
    {
        assert_eq!(read(text, SIX), kept("123456"), "{text:?}");
    }
}

#[test]
fn the_digits_of_other_scripts_are_digits() {
    for text in ["١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "１２３４５６"] {
        assert_eq!(read(text, SIX), kept("123456"), "{text}");
    }
    assert_eq!(read("ＡＢ３ｄＥ６ｇＨ", EIGHT), kept("AB3dE6gH"));
}

#[test]
fn a_letter_among_digits_is_dropped_and_said() {
    assert_eq!(read("12a", SIX), dropped("12", Dropped::Characters));
    assert_eq!(read("é", SIX), dropped("", Dropped::Characters));
}

#[test]
fn a_seventh_digit_changes_nothing() {
    assert_eq!(read("1234567", SIX), dropped("123456", Dropped::Surplus));
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
        "Your code is 123\u{a0}456.",
        "Your code is 123–456.",
        "Your code:\n123\n456",
    ] {
        assert_eq!(pastes("", 0..0, message, SIX), kept("123456"), "{message}");
        assert_eq!(read(message, SIX), kept("123456"), "{message}");
    }
    for token in ["aB3dE6gH", "aBcDeFgH", "12345678"] {
        let message = std::format!("Your Personal Code is: {token}, OK");
        assert_eq!(pastes("", 0..0, &message, EIGHT), kept(token), "{token}");
    }
    let in_groups = "Your code is aB3d-E6gH.";
    assert_eq!(pastes("", 0..0, in_groups, EIGHT), kept("aB3dE6gH"));
    let words = "Your code, in 1 hour";
    assert_eq!(pastes("", 0..0, words, EIGHT), dropped("", Dropped::Nothing));
}

#[test]
fn a_message_with_two_tokens_gives_none() {
    let message = "Use 123456 or 654321";
    assert_eq!(pastes("9", 1..1, message, SIX), dropped("9", Dropped::Ambiguous));
}

#[test]
fn a_fill_that_has_nothing_of_a_code_leaves_the_field_as_it_was() {
    let fills = |text| seen(filled("12", text, 0, SIX));
    assert_eq!(fills("hello"), dropped("12", Dropped::Characters));
    assert_eq!(fills("123456 or 654321"), dropped("12", Dropped::Ambiguous));
    // To empty the field is no mistake.
    assert_eq!(fills(""), kept("|"));
}

#[test]
fn a_paste_without_a_token_leaves_the_field_as_it_was() {
    for text in ["", "   ", "hello", "call 555"] {
        assert_eq!(pastes("12", 2..2, text, SIX), dropped("12", Dropped::Nothing), "{text}");
    }
}

#[test]
fn a_word_as_long_as_the_token_is_not_one() {
    assert_eq!(
        pastes("", 0..0, "Personal, personal, PERSONAL?", EIGHT),
        dropped("", Dropped::Nothing)
    );
}

#[test]
fn a_paste_in_the_middle_keeps_the_left_part() {
    assert_eq!(pastes("1256", 2..2, "34", SIX), kept("123456"));
    assert_eq!(pastes("129956", 2..4, "34", SIX), kept("123456"));
    assert_eq!(pastes("1299", 2..4, "3456", SIX), kept("123456"));
}

#[test]
fn a_whole_token_replaces_everything() {
    assert_eq!(pastes("99", 1..1, "123-456", SIX), kept("123456"));
}

#[test]
fn digits_of_every_script_that_unicode_knows_are_digits() {
    let zeros = ZEROS.map(u32::from).into_iter();
    for zero in zeros.chain(ZEROS_BEYOND.map(|low| 0x10000 + u32::from(low))) {
        let text: String = (0..6).filter_map(|value| char::from_u32(zero + value)).collect();
        assert_eq!(read(&text, SIX), kept("012345"), "{text}");
        let nine = char::from_u32(zero + 9).filter(|nine| nine.is_numeric());
        assert_eq!(nine.map(plain), Some('9'), "U+{zero:04X}");
    }
}

#[test]
fn dashes_of_every_kind_are_no_characters_of_a_code() {
    for dash in "-\u{58a}\u{5be}\u{1806}‐‑‒–—―−⸺⸻〜゠ー︱﹘﹣－".chars() {
        let text: String = ['1', '2', '3', dash, '4', '5', '6'].into_iter().collect();
        assert_eq!(read(&text, SIX), kept("123456"), "U+{:04X}", u32::from(dash));
    }
}

#[test]
fn typing_goes_on_at_the_end() {
    assert_eq!(types("", 0..0, "1"), kept("1|"));
    assert_eq!(types("12345", 5..5, "6"), kept("123456|"));
}

#[test]
fn typing_over_a_filled_slot_replaces_it() {
    assert_eq!(types("123456", 2..2, "9"), kept("129|456"));
    assert_eq!(types("1234", 0..0, "9"), kept("9|234"));
    assert_eq!(types("123456", 5..5, "9"), kept("123459|"));
    assert_eq!(types("123456", 2..2, "98"), kept("1298|56"));
    // The slot that a click selects is one too.
    assert_eq!(types("123456", 2..3, "9"), kept("129|456"));
}

#[test]
fn typing_the_same_character_again_goes_on_to_the_next() {
    assert_eq!(types("123456", 2..2, "3"), kept("123|456"));
    assert_eq!(types("111111", 2..2, "1"), kept("111|111"));
}

#[test]
fn typing_over_a_range_replaces_the_range_and_closes_the_gap() {
    assert_eq!(types("123456", 1..4, "9"), kept("19|56"));
    assert_eq!(types("123456", 0..6, "9"), kept("9|"));
}

#[test]
fn at_the_end_of_a_whole_code_a_further_character_changes_nothing() {
    assert_eq!(types("123456", 6..6, "7"), dropped("123456|", Dropped::Surplus));
    assert_eq!(types("123456", 5..5, "98"), dropped("123459|", Dropped::Surplus));
}

#[test]
fn a_key_that_no_code_has_changes_nothing_not_even_the_selection() {
    assert_eq!(types("1234", 1..3, "x"), dropped("1234", Dropped::Characters));
    assert_eq!(types("1234", 2..2, "é"), dropped("1234", Dropped::Characters));
    // Where the message showed a gap people type one.
    assert_eq!(types("1234", 3..3, " "), kept("1234"));
    assert_eq!(types("1234", 1..2, "-"), kept("1234"));
}

#[test]
fn a_code_that_is_spoken_or_suggested_comes_at_once() {
    for text in ["123456", "123 456", "１２３４５６", "Your code is 123456."] {
        assert_eq!(types("99", 1..1, text), kept("123456|"), "{text}");
    }
}

#[test]
fn what_was_put_in_is_recognised_by_what_was_there_before() {
    let composed = |field, raw, caret| seen(inserted(field, raw, caret, SIX));
    assert_eq!(composed("", "1", 1), kept("1|"));
    assert_eq!(composed("123456", "1293456", 3), kept("129|456"));
    assert_eq!(composed("1234", "12934", 3), kept("129|4"));
    // The same character: only the caret tells that there is one more.
    assert_eq!(composed("111111", "1111111", 3), kept("111|111"));
    assert_eq!(composed("123456", "12あ3456", 3), dropped("123456", Dropped::Characters));
    assert_eq!(composed("12", "12３４", 4), kept("1234|"));
    assert_eq!(composed("12", "12𝟛𝟜", 6), kept("1234|"));
    // Over a range, the browser has already closed the gap.
    assert_eq!(composed("123456", "1956", 2), kept("19|56"));
    // Nothing was put in.
    assert_eq!(composed("123456", "12456", 2), kept("12|456"));
    assert_eq!(composed("123456", "65", 2), kept("65|"));
}

#[test]
fn the_caret_stays_behind_what_it_was_behind() {
    let caret = |raw, at| filled("", raw, at, SIX).caret;
    assert_eq!(caret("12x34", 3), Some(2));
    assert_eq!(caret("1 2 3 4", 4), Some(2));
    assert_eq!(caret("𝟙𝟚𝟛", 4), Some(2));
    assert_eq!(caret("12345678", 8), Some(6));
    assert_eq!(pasted("1256", 2..2, "3 4", SIX).caret, Some(4));
    assert_eq!(pasted("99", 1..1, "123 456", SIX).caret, Some(6));
    assert_eq!(pasted("99", 1..1, "noon", SIX).caret, None);
}

proptest! {
    #[test]
    fn whatever_comes_in_what_stays_fits(
        field in "[0-9]{0,6}", start in 0usize..9, end in 0usize..9, text in "\\PC{0,40}"
    ) {
        for entered in [
            typed(&field, start..end, &text, SIX),
            pasted(&field, start..end, &text, SIX),
            filled(&field, &text, start, SIX),
            inserted(&field, &text, start, SIX),
        ] {
            prop_assert!(entered.text.len() <= 6);
            prop_assert!(entered.text.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!(entered.caret.is_none_or(|caret| caret <= entered.text.len()));
            prop_assert_eq!(read(&entered.text, SIX), kept(&entered.text));
            prop_assert_eq!(Token::parse(&entered.text, SIX).is_ok(), entered.text.len() == 6);
        }
    }

    /// What a browser does that asks before a key, and one that does not.
    #[test]
    fn a_key_comes_to_the_same_before_and_after_the_fact(
        field in "[0-9]{0,6}", start in 0usize..7, key in "[0-9]"
    ) {
        let start = start.min(field.len());
        let mut raw = field.clone();
        raw.insert_str(start, &key);
        let after = inserted(&field, &raw, start + 1, SIX);
        prop_assert_eq!(after, typed(&field, start..start, &key, SIX));
    }

    #[test]
    fn a_key_at_a_caret_never_shortens_and_never_moves_the_rest(
        field in "[0-9]{0,6}", start in 0usize..7, key in "[0-9]"
    ) {
        let start = start.min(field.len());
        let entered = typed(&field, start..start, &key, SIX);
        for (index, character) in field.chars().enumerate().filter(|&(index, _)| index != start) {
            prop_assert_eq!(entered.text.chars().nth(index), Some(character));
        }
        prop_assert!(start == 6 || entered.text.chars().nth(start) == key.chars().next());
    }
}
