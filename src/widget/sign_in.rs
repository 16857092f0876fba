//! Tells one sign-in from the next, with nothing stored that a number or a ticket could be found by.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use mfa_core::may_show;

use crate::attributes::text;
use crate::bindings::Host;

/// A ticket of fewer characters could be guessed, and compared with its digest.
const SHORTEST_SECRET: usize = 20;

/// What a sign-in is told by.
#[derive(Clone)]
pub(crate) struct SignIn {
    /// The ticket and the backend's interaction. Nobody can guess them.
    secret: String,
    /// The number, where the page names it. Numbers can all be tried, so nothing of it is stored.
    to: Option<String>,
}

impl SignIn {
    /// The element's; `None` where it has nothing that tells one sign-in from another.
    pub(crate) fn of(host: &Host) -> Option<Self> {
        let mut secret = text(host, "ticket").unwrap_or_default();
        if let Some(interaction) = text(host, "interaction") {
            secret.push(' ');
            secret.push_str(&interaction);
        }
        let to = text(host, "to");
        let is_known =
            if secret.is_empty() { to.is_some() } else { secret.len() >= SHORTEST_SECRET };
        is_known.then_some(Self { secret, to })
    }

    /// Is the same for no two salts. SipHash in whatever form the compiler's library has: what an
    /// earlier module has stored may not be known again, and need not be.
    pub(crate) fn digest(&self, salt: &str) -> String {
        let mut hasher = DefaultHasher::new();
        hasher.write(salt.as_bytes());
        hasher.write(self.secret.as_bytes());
        let mut digest = hasher.finish();
        let mut text = String::new();
        while digest > 0 {
            #[allow(clippy::cast_possible_truncation, reason = "four bits")]
            text.push(char::from(b'a' + (digest & 15) as u8));
            digest >>= 4;
        }
        text
    }

    /// Whether a code that went to this number, as the endpoint shows it, may be of this sign-in.
    pub(crate) fn may_be_to(&self, shown: Option<&str>) -> bool {
        self.to.as_deref().is_none_or(|to| shown.is_some_and(|shown| may_show(shown, to)))
    }
}
