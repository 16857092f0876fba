//! A number as an endpoint shows it: its ends at most.

use alloc::string::String;

use crate::entry::plain;

/// What shows as many digits hides too little.
const TOO_MANY_SHOWN: usize = 8;

/// As many digits at its end tell two numbers apart.
const FEWEST_AT_END: usize = 2;

/// Whether a text hides enough of the number that it stands for.
#[must_use]
pub fn is_masked(shown: &str) -> bool {
    Ends::of(shown).is_masked()
}

/// Whether this can be how `number` is shown: masked, and with the same digits at both ends. What
/// shows no end can be anybody's number, so it is nobody's.
#[must_use]
pub fn may_show(shown: &str, number: &str) -> bool {
    let ends = Ends::of(shown);
    // Nothing of it is hidden, so all of it stands at its end.
    let number = Ends::of(number).last;
    ends.is_masked()
        && ends.last.len() >= FEWEST_AT_END
        && number.starts_with(&ends.first)
        && number.ends_with(&ends.last)
}

/// The digits of a text, of whatever script.
#[derive(Default)]
struct Ends {
    /// Before anything is hidden.
    first: String,
    /// After everything that is hidden.
    last: String,
    count: usize,
    hides: bool,
}

impl Ends {
    fn of(text: &str) -> Self {
        let mut ends = Self::default();
        for character in text.chars().map(plain) {
            if character.is_ascii_digit() {
                ends.count += 1;
                ends.last.push(character);
                if !ends.hides {
                    ends.first.push(character);
                }
            } else if !is_between_digits(character) {
                ends.hides = true;
                ends.last.clear();
            }
        }
        ends
    }

    const fn is_masked(&self) -> bool {
        self.hides && self.count < TOO_MANY_SHOWN
    }
}

/// Whether a number is written with it; what else is no digit stands in the place of some.
const fn is_between_digits(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{202f}' | '+' | '-' | '\u{2010}'..='\u{2013}' | '(' | ')' | '.' | '/'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::E164;

    const NUMBER: &str = "+15557788999";

    #[test]
    fn a_whole_number_is_not_masked_however_it_is_written() {
        for whole in [
            NUMBER,
            "+1 555 778-8999",
            "(555) 7788",
            "+2901234",
            "+٢٩٠١٢٣٤",
            "5557788999 (mobile)",
            "",
        ] {
            assert!(!is_masked(whole), "{whole}");
        }
        for masked in ["+1 ••• ••• 8999", "***99", "xxx-xxx-8999", "ends in 43", "•••"]
        {
            assert!(is_masked(masked), "{masked}");
        }
    }

    #[test]
    fn a_masked_number_is_told_by_both_of_its_ends() {
        for shown in ["+1 ••• ••• 8999", "+15 ***-**99", "(•••) •••-8999", "…99", "ends in ٩٩"]
        {
            assert!(may_show(shown, NUMBER), "{shown}");
        }
        for other in ["+1 ••• ••• 8998", "+44 ••• ••• 8999", "+1 ••• •••", "••• 9", NUMBER, ""]
        {
            assert!(!may_show(other, NUMBER), "{other}");
        }
        assert!(!may_show("+1 ••• ••• 8999", ""));
        for number in ["+15557788999", "+442079460000", "+29012345"] {
            assert!(may_show(&E164::parse(number).unwrap().masked(), number), "{number}");
        }
    }
}
