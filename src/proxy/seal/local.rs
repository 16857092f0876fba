//! PASETO v4.local: XChaCha20 under, and keyed BLAKE2b over, keys that are split off for each token.
//!
//! <https://github.com/paseto-standard/paseto-spec/blob/master/docs/01-Protocol-Versions/Version4.md>.
//! Put together here of the two functions, in their fast forms: the tests compare it with a library
//! that is made for nothing else, in both directions. There is no footer, and one way only to write
//! a token.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2b_simd::{Params, State};
use chacha20::XChaCha20;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use subtle::ConstantTimeEq as _;

use crate::secret::SecretKey;

const HEADER: &str = "v4.local.";
const NONCE: usize = 32;
const TAG: usize = 32;

/// A random number that no other token of this key has.
pub(super) type Nonce = [u8; NONCE];

/// A key, ready to be split.
#[derive(Clone)]
pub(super) struct Key {
    encryption: State,
    authentication: State,
}

impl Key {
    pub(super) fn new(key: &SecretKey) -> Self {
        let split = |length: usize, domain: &[u8]| {
            let mut state = Params::new().hash_length(length).key(key.expose()).to_state();
            state.update(domain);
            state
        };
        Self {
            encryption: split(56, b"paseto-encryption-key"),
            authentication: split(32, b"paseto-auth-key-for-aead"),
        }
    }

    /// The token of this message; the assertion is authenticated with it and not in it.
    pub(super) fn encrypt(&self, message: &[u8], assertion: &[u8], nonce: &Nonce) -> String {
        let mut body = Vec::with_capacity(NONCE + message.len() + TAG);
        body.extend_from_slice(nonce);
        body.extend_from_slice(message);
        self.cipher(nonce).apply_keystream(&mut body[NONCE..]);
        let tag = self.tag(nonce, &body[NONCE..], assertion);
        body.extend_from_slice(&tag);
        let mut token = String::with_capacity(HEADER.len() + body.len().div_ceil(3) * 4);
        token.push_str(HEADER);
        URL_SAFE_NO_PAD.encode_string(&body, &mut token);
        token
    }

    /// The message of a token, if it was made with this key and this assertion.
    pub(super) fn decrypt(&self, token: &Token, assertion: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = token.0.split_first_chunk::<NONCE>()?;
        let (sealed, tag) = rest.split_last_chunk::<TAG>()?;
        if !bool::from(self.tag(nonce, sealed, assertion).ct_eq(tag)) {
            return None;
        }
        let mut message = sealed.to_vec();
        self.cipher(nonce).apply_keystream(&mut message);
        Some(message)
    }

    fn cipher(&self, nonce: &Nonce) -> XChaCha20 {
        let split = self.encryption.clone().update(nonce).finalize();
        let (mut key, mut counter) = ([0; 32], [0; 24]);
        let (of_key, of_counter) = split.as_bytes().split_at(key.len());
        key.copy_from_slice(of_key);
        counter.copy_from_slice(of_counter);
        XChaCha20::new(&key.into(), &counter.into())
    }

    fn tag(&self, nonce: &Nonce, sealed: &[u8], assertion: &[u8]) -> [u8; TAG] {
        let key = self.authentication.clone().update(nonce).finalize();
        let mut state = Params::new().hash_length(TAG).key(key.as_bytes()).to_state();
        // The pieces as PASETO tells them apart: how many there are, and how long each is.
        let pieces: [&[u8]; 5] = [HEADER.as_bytes(), nonce, sealed, b"", assertion];
        state.update(&(pieces.len() as u64).to_le_bytes());
        for piece in pieces {
            state.update(&(piece.len() as u64).to_le_bytes()).update(piece);
        }
        let mut tag = [0; TAG];
        tag.copy_from_slice(state.finalize().as_bytes());
        tag
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The bytes of a text that has the form of a token.
pub(super) struct Token(Vec<u8>);

impl Token {
    /// Reads it. What is padded, has bits to spare or a footer is none: what a sealed text is known
    /// by (a repeat's key) must not have a second way of writing it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(HEADER)?).ok()?;
        (bytes.len() > NONCE + TAG).then_some(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use pasetors::Local;
    use pasetors::keys::SymmetricKey;
    use pasetors::token::UntrustedToken;
    use pasetors::version4::{LocalToken, V4};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_library_that_is_made_for_it_opens_what_is_sealed_here(
            key: [u8; 32], nonce: [u8; 32], message in ".{1,300}", assertion in ".{0,40}"
        ) {
            let ours = Key::new(&SecretKey::from_bytes(key));
            let sealed = ours.encrypt(message.as_bytes(), assertion.as_bytes(), &nonce);
            let token = UntrustedToken::<Local, V4>::try_from(sealed.as_str()).unwrap();
            let theirs = SymmetricKey::<V4>::from(&key).unwrap();
            let opened =
                LocalToken::decrypt(&theirs, &token, None, Some(assertion.as_bytes())).unwrap();
            prop_assert_eq!(opened.payload(), message);
        }

        #[test]
        fn what_such_a_library_sealed_opens_here(
            key: [u8; 32], message in ".{1,300}", assertion in ".{0,40}"
        ) {
            let theirs = SymmetricKey::<V4>::from(&key).unwrap();
            let sealed =
                LocalToken::encrypt(&theirs, message.as_bytes(), None, Some(assertion.as_bytes()));
            let token = Token::read(&sealed.unwrap()).unwrap();
            let ours = Key::new(&SecretKey::from_bytes(key));
            prop_assert_eq!(ours.decrypt(&token, assertion.as_bytes()).unwrap(), message.as_bytes());
            prop_assert_eq!(ours.decrypt(&token, b"something else"), None);
        }
    }

    /// The vector 4-E-1 of the specification.
    #[test]
    fn it_is_what_the_specification_shows() {
        const KEY: &str = "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f";
        let key = Key::new(&SecretKey::parse(KEY).unwrap());
        let message = r#"{"data":"this is a secret message","exp":"2022-01-01T00:00:00+00:00"}"#;
        let token = [
            "v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAr68PS4AXe7If_ZgesdkUMvSwscFlAl1pk",
            "5HC0e8kApeaqMfGo_7OpBnwJOAbY9V7WU6abu74MmcUE8YWAiaArVI8XJ5hOb_4v9RmDkneN0S92dx0OW4pgy7om",
            "xgf3S8c3LlQg",
        ]
        .concat();
        assert_eq!(key.encrypt(message.as_bytes(), b"", &[0; 32]), token);
        let opened = key.decrypt(&Token::read(&token).unwrap(), b"").unwrap();
        assert_eq!(opened, message.as_bytes());
    }
}
