//! One segment: what fits in a single SMS, 160 GSM-7 septets or 70 UCS-2 units.
//!
//! One character outside GSM-7 turns the whole message to UCS-2. The token and the space before
//! it count, since they arrive in the same segment.

/// The basic table of 3GPP TS 23.038 §6.2.1, without the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension table: each costs an escape too.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

const SEPTETS: usize = 160;
const UNITS: usize = 70;

/// Whether this message and a token of this length fit in one SMS segment.
pub(crate) fn fits_one_segment(message: &str, token_length: u8) -> bool {
    let with_token = 1 + usize::from(token_length);
    match septets(message) {
        Some(septets) => septets + with_token <= SEPTETS,
        None => message.encode_utf16().count() + with_token <= UNITS,
    }
}

/// The message's length in GSM-7; `None` when it can only be sent in UCS-2.
fn septets(message: &str) -> Option<usize> {
    message
        .chars()
        .map(|character| {
            if BASIC.contains(character) {
                Some(1)
            } else if EXTENSION.contains(character) {
                Some(2)
            } else {
                None
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basic_table_has_its_127_characters_and_the_extension_its_ten() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn a_gsm_message_leaves_room_for_the_space_and_the_token() {
        assert!(fits_one_segment(&"a".repeat(153), 6));
        assert!(!fits_one_segment(&"a".repeat(154), 6));
        assert!(fits_one_segment(&"a".repeat(139), 20));
        assert!(!fits_one_segment(&"a".repeat(140), 20));
        assert!(fits_one_segment(&"a".repeat(155), 4));
        assert!(!fits_one_segment(&"a".repeat(156), 4));
    }

    #[test]
    fn an_extension_character_costs_two_septets() {
        assert!(fits_one_segment(&format!("{}€", "a".repeat(151)), 6));
        assert!(!fits_one_segment(&format!("{}€", "a".repeat(152)), 6));
    }

    #[test]
    fn one_character_outside_gsm_leaves_seventy_units() {
        assert!(fits_one_segment(&format!("{}ç", "a".repeat(62)), 6));
        assert!(!fits_one_segment(&format!("{}ç", "a".repeat(63)), 6));
        assert!(fits_one_segment(&format!("{}ç", "a".repeat(48)), 20));
        assert!(!fits_one_segment(&format!("{}ç", "a".repeat(49)), 20));
    }

    #[test]
    fn an_emoji_costs_two_units() {
        assert!(fits_one_segment(&format!("{}🔑", "a".repeat(61)), 6));
        assert!(!fits_one_segment(&format!("{}🔑", "a".repeat(62)), 6));
    }

    #[test]
    fn a_tab_a_backtick_and_curly_quotes_are_not_gsm() {
        for character in ['\t', '`', '’', '—', 'á', 'ç'] {
            assert_eq!(septets(&character.to_string()), None, "{character:?}");
        }
        for character in ['Ç', 'é', 'à', '\n', 'Ω'] {
            assert_eq!(septets(&character.to_string()), Some(1), "{character:?}");
        }
    }
}
