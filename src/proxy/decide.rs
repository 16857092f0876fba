//! What the proxy decides, without doing any of it.
//!
//! A request comes in as plain data, with the time and the random numbers it needs; out comes
//! an answer, or a call to make and a note to come back with. Nothing here has a socket, a
//! clock or a runtime, so every rule is tested by state. `axum`, `hyper` and the limits' store
//! are shells around it (see [`Proxy`](crate::Proxy)).
//!
//! - [`ticket`]: what the site's backend states about a visitor, sealed.
//! - [`admit`](mod@admit): who may be called.
//! - [`callable`]: which numbers are called at all.
//! - [`start`], [`verify`]: one interaction.
//! - [`receipt`]: what the site's backend learns, signed, and takes once.
//! - [`repeat`]: the same request again.
//! - [`limit`]: how often may be sent.
//! - [`conduct`]: what one subject has done lately.
//! - [`live`]: how many interactions of one person are good at once.
//! - [`books`]: what must be remembered between requests.

use mfa_core::Channel;

use crate::clock::UnixTime;
use crate::digest::{Digest, Digester};
use crate::seal::Sealer;
use crate::settings::{Keys, Settings};

pub(crate) mod admit;
pub(crate) mod answer;
pub(crate) mod books;
mod callable;
mod conduct;
pub(crate) mod interaction;
pub(crate) mod limit;
pub(crate) mod limited;
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

use limit::Tally;
use receipt::Signer;

/// How many random bytes make a name that nobody guesses.
pub(crate) type Entropy = [u8; 16];

/// Everything that the decisions need and that never changes while the proxy runs.
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    sealer: Sealer,
    digester: Digester,
    signer: Signer,
    tallies: Vec<Tally>,
}

impl Rules {
    /// The rules of these settings, which have been checked.
    pub(crate) fn new(settings: Settings) -> Self {
        let Keys { digest, sealing, .. } = &settings.keys;
        let last = digest.as_ref().or(sealing.last()).expect("checked settings have a sealing key");
        Self {
            sealer: Sealer::new(&settings.keys.sealing, &settings.audience),
            digester: Digester::new(last, &settings.audience),
            signer: Signer::new(&settings),
            tallies: Tally::all(&settings.limits),
            settings,
        }
    }

    /// For how long a request is worked on at the most, in seconds: two questions to the upstream,
    /// and to the store what lies around them.
    pub(crate) fn longest_work(&self) -> u64 {
        let Settings { upstream, store_timeout, .. } = &self.settings;
        // A question may wait for its turn, and each of four steps of the store is a read and a
        // write, and may wait a quarter of their time for its turn.
        let question = upstream.timeout + upstream.connect_timeout;
        (question * 2 + *store_timeout * 9).as_secs() + 1
    }

    /// What seals and opens as the rules do, for the store.
    pub(crate) fn sealer(&self) -> Sealer {
        self.sealer.clone()
    }

    /// Lets a subject go on who had too many wrong codes.
    pub(crate) fn unlock(&self, books: &mut books::Books, subject: &Digest, now: UnixTime) {
        // If the books are full there is nothing of the subject in them.
        if let Ok(conduct) = books.conduct(subject, now) {
            conduct.unlock();
            if conduct.is_blank() {
                books.subjects.remove(subject);
            }
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
            resumes: false,
        }
    }

    /// What a repeat of a verify is known by.
    pub(crate) fn verify_repeat(&self, id: &str, key: &str, body: &[u8]) -> repeat::Repeat {
        repeat::Repeat {
            key: self.digester.digest("verify", &[id.as_bytes(), key.as_bytes()]),
            body: self.digester.digest("body", &[body]),
            resumes: true,
        }
    }
}
