//! Keyed digests: what the proxy keeps instead of a number, a subject or a token.
//!
//! Keyed, because a six-digit token or a telephone number is found from a bare hash in no time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::secret::SecretKey;

/// A digest of something that must not be kept as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Digest(String);

impl Digest {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
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
        Digest(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
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
}
