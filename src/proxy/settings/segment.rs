//! How long a message may be, the token counted.
//!
//! An SMS must fit into one segment: 160 septets of GSM 03.38, or 70 units of UCS-2 when one
//! character is outside it. A call reads at most 500 characters. Both count the token, and one
//! more for a space that the upstream may put before it (its documents do not say).

use mfa_core::Channel;

const GSM_SEGMENT: usize = 160;
const UCS2_SEGMENT: usize = 70;
const CALL_CHARACTERS: usize = 500;

/// The basic table of GSM 03.38 without the ASCII letters and digits.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// The extension table: an escape and one more septet.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How much longer the message with its token is than the channel allows; 0 when it fits.
pub(crate) fn excess(message: &str, token_length: u8, channel: Channel) -> usize {
    let tail = 1 + usize::from(token_length);
    match channel {
        Channel::Call => (message.chars().count() + tail).saturating_sub(CALL_CHARACTERS),
        Channel::Sms => match septets(message) {
            Some(septets) => (septets + tail).saturating_sub(GSM_SEGMENT),
            None => (message.encode_utf16().count() + tail).saturating_sub(UCS2_SEGMENT),
        },
    }
}

/// How much that is, the token and a space counted, and of what.
pub(crate) fn most(message: &str, channel: Channel) -> (usize, &'static str) {
    match channel {
        Channel::Call => (CALL_CHARACTERS, "characters"),
        Channel::Sms if septets(message).is_some() => {
            (GSM_SEGMENT, "characters of GSM 03.38 (^{}\\[]~| and € are two)")
        }
        Channel::Sms => (UCS2_SEGMENT, "UTF-16 units, since a character is not in GSM 03.38"),
    }
}

/// The length in septets, or nothing when a character is outside GSM 03.38.
fn septets(message: &str) -> Option<usize> {
    message
        .chars()
        .map(|character| match character {
            _ if character.is_ascii_alphanumeric() || BASIC.contains(character) => Some(1),
            _ if EXTENSION.contains(character) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_and_a_space_are_counted() {
        assert_eq!(excess(&"a".repeat(153), 6, Channel::Sms), 0);
        assert_eq!(excess(&"a".repeat(154), 6, Channel::Sms), 1);
        assert_eq!(excess(&"a".repeat(493), 6, Channel::Call), 0);
        assert_eq!(excess(&"a".repeat(494), 6, Channel::Call), 1);
    }

    #[test]
    fn one_character_outside_gsm_makes_the_segment_short() {
        assert_eq!(excess(&"é".repeat(153), 6, Channel::Sms), 0);
        assert_eq!(excess(&"ê".repeat(63), 6, Channel::Sms), 0);
        assert_eq!(excess(&"ê".repeat(64), 6, Channel::Sms), 1);
    }

    #[test]
    fn the_limit_is_told_in_what_it_is_counted_in() {
        for (message, channel, most) in [
            ("a", Channel::Sms, "160 characters of GSM 03.38"),
            ("ê", Channel::Sms, "70 UTF-16 units"),
            ("ê", Channel::Call, "500 characters"),
        ] {
            let (limit, unit) = super::most(message, channel);
            assert!(format!("{limit} {unit}").starts_with(most), "{limit} {unit}");
        }
    }

    #[test]
    fn the_extension_table_costs_two_and_an_emoji_two_units() {
        assert_eq!(septets("€{}"), Some(6));
        assert_eq!(excess(&"😀".repeat(32), 6, Channel::Sms), 1);
    }
}
