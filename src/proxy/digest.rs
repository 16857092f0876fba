//! Keyed digests: what the proxy keeps instead of a number, a subject or a token.
//!
//! Keyed, because a six-digit token or a telephone number is found from a bare hash in no time.

use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

use crate::secret::SecretKey;

/// A digest of something that must not be kept as it is. It is written in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Hash for Digest {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        // A part is enough for finding it: who has not the key chooses none of its bytes.
        hasher.write(&self.0[..16]);
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Base64Display::new(&self.0, &URL_SAFE_NO_PAD).fmt(f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| D::Error::custom("not a digest"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// Makes the digests of one site: every instance with the same key and audience makes the same.
#[derive(Clone)]
pub(crate) struct Digester(Hmac<Sha256>);

impl Digester {
    pub(crate) fn new(key: &SecretKey, audience: &str) -> Self {
        // HMAC's own rule for a key shorter than its block: filled up with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(key.expose());
        let mut mac = Hmac::new(&block.into());
        mac.update(b"mfa-proxy/digest/1/");
        mac.update(&(audience.len() as u64).to_le_bytes());
        mac.update(audience.as_bytes());
        Self(mac)
    }

    /// The digest of these parts for one use. Parts are told apart: ("ab", "c") is not ("a", "bc").
    pub(crate) fn digest(&self, what: &str, parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        for part in [what.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        Digest(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Digester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digester")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_by_key_use_and_part() {
        let one = Digester::new(&SecretKey::from_bytes([1; 32]), "site");
        let two = Digester::new(&SecretKey::from_bytes([2; 32]), "site");
        let other = Digester::new(&SecretKey::from_bytes([1; 32]), "other site");
        let number = one.digest("number", &[b"+15557788999"]);
        assert_eq!(number, one.digest("number", &[b"+15557788999"]));
        assert_ne!(number, two.digest("number", &[b"+15557788999"]));
        assert_ne!(number, one.digest("subject", &[b"+15557788999"]));
        assert_ne!(number, other.digest("number", &[b"+15557788999"]));
        assert_ne!(one.digest("x", &[b"ab", b"c"]), one.digest("x", &[b"a", b"bc"]));
    }

    #[test]
    fn a_digest_is_written_in_43_characters_and_read_again() {
        let digest = Digester::new(&SecretKey::from_bytes([1; 32]), "site").digest("number", &[]);
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{digest}\""));
        assert_eq!((json.len(), serde_json::from_str::<Digest>(&json).unwrap()), (45, digest));
        for text in ["\"\"", "\"AAAA\"", &json.replace('"', "\"A"), "7"] {
            assert!(serde_json::from_str::<Digest>(text).is_err(), "{text}");
        }
    }
}
