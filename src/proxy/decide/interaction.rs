//! The interaction as the browser carries it: the record sealed into its `id`.

use std::fmt;

use mfa_core::{Channel, InteractionConfig, UncheckedConfig};
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::digest::Digest;
use crate::seal::{CannotSeal, NotOurs, Purpose};

/// One more try than the person has is asked of the upstream, so that a verify whose answer was
/// lost can be asked again without costing the person a try. The proxy's own count decides.
const LOST_ANSWER_ALLOWANCE: u8 = 1;

/// The source document's greatest `max_attempts`.
const MOST_ATTEMPTS: u8 = 20;

/// The record. It prints nothing of what it holds.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) leg: Leg,
    pub(crate) subject: String,
    pub(crate) number: Digest,
    pub(crate) token_length: u8,
    pub(crate) allow_alphas: bool,
    pub(crate) valid_for: u32,
    /// The policy's attempts: the subject's budget in one window.
    pub(crate) budget: u8,
    /// Of the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// Of the summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
    /// The interaction before the resend: its SMS may come late, and is still good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<Leg>,
}

/// One token on its way: an interaction as the upstream knows it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Leg {
    /// Its name in the books.
    pub(crate) key: String,
    pub(crate) upstream_id: String,
    pub(crate) channel: Channel,
    pub(crate) attempts: u8,
    pub(crate) started_at: UnixTime,
}

impl Interaction {
    /// The config of this interaction, or nothing if it was sealed by other rules.
    pub(crate) fn config(&self) -> Option<InteractionConfig> {
        let unchecked = UncheckedConfig {
            token_length: Some(self.token_length.into()),
            allow_alphas: Some(self.allow_alphas),
            max_attempts: Some(self.leg.attempts.into()),
            valid_for: Some(self.valid_for.into()),
        };
        unchecked.check().ok()
    }

    /// When a token of this interaction is no longer accepted.
    pub(crate) fn expires_at(&self, leg: &Leg) -> UnixTime {
        leg.started_at + u64::from(self.valid_for)
    }

    /// Whether both are of one request of the site: one ticket, and the same to be confirmed. A
    /// token that was sent for another is none for this (OWASP ASVS 6.6.2).
    pub(crate) fn same_request(&self, other: &Self) -> bool {
        (&self.nonce, &self.digest) == (&other.nonce, &other.digest)
    }

    /// Whether a token of the other could be one of this interaction.
    pub(crate) fn same_format(&self, other: &Self) -> bool {
        (self.token_length, self.allow_alphas, self.valid_for)
            == (other.token_length, other.allow_alphas, other.valid_for)
    }
}

impl Leg {
    /// How many tries the upstream allows.
    pub(crate) fn upstream_attempts(&self) -> u8 {
        upstream_attempts(self.attempts)
    }
}

/// How many tries are asked of the upstream for so many of the person's.
pub(crate) fn upstream_attempts(attempts: u8) -> u8 {
    attempts.saturating_add(LOST_ANSWER_ALLOWANCE).min(MOST_ATTEMPTS)
}

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interaction({})", self.leg.channel.as_str())
    }
}

impl Rules {
    pub(crate) fn seal_interaction(&self, value: &Interaction) -> Result<String, CannotSeal> {
        self.sealer.seal(Purpose::Interaction, value)
    }

    pub(crate) fn open_interaction(&self, id: &str) -> Result<Interaction, NotOurs> {
        let interaction: Interaction = self.sealer.open(Purpose::Interaction, id)?;
        if interaction.config().is_none() {
            return Err(NotOurs);
        }
        Ok(interaction)
    }
}
