//! Sealing: what the browser carries and may not read or change.
//!
//! A sealed text is a PASETO v4.local token (XChaCha20, keyed BLAKE2b). Its purpose and the audience
//! are part of what is authenticated, so a ticket never opens as an interaction id, nor at another
//! site that has the same keys. The newest key seals and every listed key opens, so that keys can
//! be changed without closing anything. The nonce is the system's random numbers; nothing here reads a
//! clock: what has expired is for the caller to say.

use std::fmt;
use std::sync::Arc;

use rusty_paseto::core::{
    ImplicitAssertion, Key, Local, Paseto, PasetoNonce, PasetoSymmetricKey, Payload, V4,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::secret::SecretKey;

/// What a sealed text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An answer that is kept for a repeat of its request.
    Answer,
    /// The `id` of an interaction.
    Interaction,
    /// A ticket.
    Ticket,
}

impl Purpose {
    const fn assertion(self) -> &'static str {
        match self {
            Self::Answer => "mfa-proxy/answer/1",
            Self::Interaction => "mfa-proxy/interaction/1",
            Self::Ticket => "mfa-proxy/ticket/1",
        }
    }

    /// No sealed text of ours is longer, in bytes; longer ones are not looked at.
    const fn longest(self) -> usize {
        match self {
            // It repeats an id and what the ticket had to show.
            Self::Answer => 32 * 1024,
            // A subject and a summary at their longest, in characters of four bytes.
            Self::Interaction | Self::Ticket => 14 * 1024,
        }
    }
}

/// Seals and opens.
#[derive(Clone)]
pub(crate) struct Sealer {
    keys: Arc<[PasetoSymmetricKey<V4, Local>]>,
    audience: String,
}

/// The text is not ours, was changed, or is for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotOurs;

/// The random numbers of the system failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CannotSeal;

impl Sealer {
    /// A sealer for this audience with these keys, the newest first;
    /// [`Settings`](crate::Settings) sees to it that there is one.
    pub(crate) fn new(keys: &[SecretKey], audience: &str) -> Self {
        let keys = keys.iter().map(|key| Key::from(key.expose()).into()).collect();
        Self { keys, audience: audience.into() }
    }

    /// What is authenticated beside the text. No purpose has a zero in it, so that purpose and
    /// audience are told apart.
    fn assertion(&self, purpose: Purpose) -> String {
        [purpose.assertion(), "\0", &self.audience].concat()
    }

    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        value: &impl Serialize,
    ) -> Result<String, CannotSeal> {
        let message = serde_json::to_string(value).map_err(|_| CannotSeal)?;
        let newest = self.keys.first().ok_or(CannotSeal)?;
        let nonce = Key::<32>::try_new_random().map_err(|_| CannotSeal)?;
        Paseto::<V4, Local>::builder()
            .set_payload(Payload::from(message.as_str()))
            .set_implicit_assertion(ImplicitAssertion::from(self.assertion(purpose).as_str()))
            .try_encrypt(newest, &PasetoNonce::from(&nonce))
            .map_err(|_| CannotSeal)
    }

    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<T, NotOurs> {
        if text.len() > purpose.longest() {
            return Err(NotOurs);
        }
        // One text for each: the library also reads an empty footer, and what a sealed text is known
        // by (a repeat's key) must not have a second way of writing it.
        if text.split('.').count() != 3 {
            return Err(NotOurs);
        }
        let assertion = self.assertion(purpose);
        let assertion = ImplicitAssertion::from(assertion.as_str());
        let open = |key| Paseto::<V4, Local>::try_decrypt(text, key, None, assertion).ok();
        let opened = self.keys.iter().find_map(open).ok_or(NotOurs)?;
        serde_json::from_str(&opened).map_err(|_| NotOurs)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer(bytes: &[u8]) -> Sealer {
        let keys: Vec<_> = bytes.iter().map(|&byte| SecretKey::from_bytes([byte; 32])).collect();
        Sealer::new(&keys, "site")
    }

    #[test]
    fn what_was_sealed_opens_again_and_cannot_be_read() {
        let sealed = sealer(&[1]).seal(Purpose::Ticket, &"+15557788999").unwrap();
        assert!(!sealed.contains("5557788999"));
        assert_eq!(sealer(&[1]).open::<String>(Purpose::Ticket, &sealed).unwrap(), "+15557788999");
    }

    #[test]
    fn a_ticket_is_never_an_id() {
        let sealed = sealer(&[1]).seal(Purpose::Ticket, &"x").unwrap();
        assert_eq!(sealer(&[1]).open::<String>(Purpose::Interaction, &sealed), Err(NotOurs));
    }

    #[test]
    fn what_was_sealed_for_one_site_never_opens_at_another() {
        let keys = [SecretKey::from_bytes([1; 32])];
        let sealed = Sealer::new(&keys, "shop").seal(Purpose::Ticket, &"x").unwrap();
        assert!(Sealer::new(&keys, "shop").open::<String>(Purpose::Ticket, &sealed).is_ok());
        for other in ["bank", "", "shop ", "sho"] {
            let opened = Sealer::new(&keys, other).open::<String>(Purpose::Ticket, &sealed);
            assert_eq!(opened, Err(NotOurs), "{other}");
        }
    }

    #[test]
    fn the_newest_key_seals_and_all_open() {
        let old = sealer(&[1]).seal(Purpose::Interaction, &"x").unwrap();
        let both = sealer(&[2, 1]);
        assert!(both.open::<String>(Purpose::Interaction, &old).is_ok());
        let new = both.seal(Purpose::Interaction, &"x").unwrap();
        assert!(sealer(&[2]).open::<String>(Purpose::Interaction, &new).is_ok());
        assert!(sealer(&[1]).open::<String>(Purpose::Interaction, &new).is_err());
    }

    #[test]
    fn a_footer_that_somebody_added_does_not_open() {
        let sealed = sealer(&[1]).seal(Purpose::Ticket, &"x").unwrap();
        assert!(sealer(&[1]).open::<String>(Purpose::Ticket, &format!("{sealed}.eA")).is_err());
    }

    #[test]
    fn there_is_one_way_only_to_write_a_sealed_text() {
        let sealer = sealer(&[1]);
        // Of every length, so that the last character has bits to spare in some.
        for value in ["x", "xy", "xyz"] {
            let sealed = sealer.seal(Purpose::Interaction, &value).unwrap();
            let shorter = &sealed[..sealed.len() - 1];
            let alphabet = (b'!'..=b'~').map(char::from);
            let others = alphabet.map(|last| format!("{shorter}{last}"));
            let padded =
                [".", "..", "=", "==", " ", "\n", ".=", "A"].map(|end| format!("{sealed}{end}"));
            for other in others.chain(padded).filter(|other| *other != sealed) {
                let opened = sealer.open::<String>(Purpose::Interaction, &other);
                assert_eq!(opened, Err(NotOurs), "{}", other.len());
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_opens_by_chance_and_none_makes_it_panic(text in "(v4\\.local\\.)?\\PC{0,200}") {
            prop_assert!(sealer(&[1]).open::<String>(Purpose::Ticket, &text).is_err());
        }

        #[test]
        fn a_changed_text_never_opens(at in 0_usize..500, to in "[A-Za-z0-9_-]") {
            let sealed = sealer(&[1]).seal(Purpose::Ticket, &"a subject and a number").unwrap();
            let at = at % sealed.len();
            let mut changed = sealed.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != sealed);
            prop_assert!(sealer(&[1]).open::<String>(Purpose::Ticket, &changed).is_err());
        }

        #[test]
        fn a_truncated_text_never_opens(keep in 0_usize..100) {
            let sealed = sealer(&[1]).seal(Purpose::Ticket, &"a subject and a number").unwrap();
            let keep = keep.min(sealed.len() - 1);
            prop_assert!(sealer(&[1]).open::<String>(Purpose::Ticket, &sealed[..keep]).is_err());
        }

        #[test]
        fn a_text_of_another_key_never_opens(ours: u8, theirs: u8) {
            prop_assume!(ours != theirs);
            let sealed = sealer(&[theirs]).seal(Purpose::Ticket, &"x").unwrap();
            prop_assert!(sealer(&[ours]).open::<String>(Purpose::Ticket, &sealed).is_err());
        }
    }
}
