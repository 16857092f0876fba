//! What the proxy decides, without doing any of it.
//!
//! A request comes in as plain data, with the time and the random numbers it needs; out comes
//! an answer, or a call to make and a note to come back with. Nothing here has a socket, a
//! clock or a runtime, so every rule is tested by state. `axum`, `reqwest` and the limits' store
//! are shells around it (see [`Proxy`](crate::Proxy)).
//!
//! - [`ticket`]: what the site's backend states about a visitor, sealed.
//! - [`admit`](mod@admit): who may be called.
//! - [`start`], [`verify`]: one interaction.
//! - [`receipt`]: what the site's backend learns, signed, and takes once.
//! - [`repeat`]: the same request again.
//! - [`live`]: how many interactions of one person are good at once.
//! - [`books`]: what must be remembered between requests.

use mfa_core::Channel;

use crate::digest::{Digest, Digester};
use crate::seal::Sealer;
use crate::settings::Settings;

pub(crate) mod admit;
pub(crate) mod answer;
pub(crate) mod books;
pub(crate) mod interaction;
pub(crate) mod limit_name;
mod live;
pub(crate) mod outcome;
pub(crate) mod receipt;
pub(crate) mod repeat;
mod shelf;
pub(crate) mod start;
#[cfg(test)]
mod tests;
pub(crate) mod ticket;
pub(crate) mod verify;

use receipt::Signer;

/// How many random bytes make a name that nobody guesses.
pub(crate) type Entropy = [u8; 16];

/// Everything that the decisions need and that never changes while the proxy runs.
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    sealer: Sealer,
    digester: Digester,
    signer: Signer,
}

impl Rules {
    /// The rules of these settings, which have been checked.
    pub(crate) fn new(settings: Settings) -> Self {
        let newest = settings.keys.sealing.first().expect("checked settings have a sealing key");
        Self {
            sealer: Sealer::new(&settings.keys.sealing),
            digester: Digester::new(newest),
            signer: Signer::new(&settings),
            settings,
        }
    }

    pub(crate) fn subject_digest(&self, subject: &str) -> Digest {
        self.digester.digest("subject", &[subject.as_bytes()])
    }

    fn number_digest(&self, number: &mfa_core::E164) -> Digest {
        self.digester.digest("number", &[number.as_str().as_bytes()])
    }

    /// What a repeat of a start is known by.
    pub(crate) fn start_repeat(
        &self,
        channel: Channel,
        caller: &admit::Caller,
        key: &str,
        body: &[u8],
    ) -> repeat::Repeat {
        let scope: &[&[u8]] = &[channel.as_str().as_bytes(), caller.scope(), key.as_bytes()];
        repeat::Repeat {
            key: self.digester.digest("start", scope),
            body: self.digester.digest("body", &[body]),
        }
    }

    /// What a repeat of a verify is known by.
    pub(crate) fn verify_repeat(&self, id: &str, key: &str, body: &[u8]) -> repeat::Repeat {
        repeat::Repeat {
            key: self.digester.digest("verify", &[id.as_bytes(), key.as_bytes()]),
            body: self.digester.digest("body", &[body]),
        }
    }
}
