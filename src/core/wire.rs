//! What the page and the proxy say to each other: flat structs, plain enums.
//!
//! A superset of the upstream's bodies, so that a plain reverse proxy in front of the upstream
//! is a valid endpoint too: whatever only we add is optional, and unknown keys are ignored. The
//! types print no secret: those that hold one have no derived `Debug`.
//!
//! The contract in full is `docs/contract.yaml`.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Channel, ClosedReason, UncheckedConfig};

mod problem;
mod url;

pub use problem::{Failure, Problem, ProblemCode};
pub use url::url_below;

/// `POST {endpoint}/sms` and `POST {endpoint}/call`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartRequest {
    /// The sealed statement of who is signing in, from the site's backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The number, where the endpoint lets the visitor name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The id of the interaction that this one follows (a resend, or the other channel).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// The answer to a [`StartRequest`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartAnswer {
    /// What the verify request names.
    pub id: String,
    /// Whether the token was queued for delivery.
    pub success: bool,
    /// Where it was sent, masked unless the visitor typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// By which way it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// See [`InteractionConfig::token_length`](crate::InteractionConfig::token_length).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_length: Option<i64>,
    /// See [`InteractionConfig::allow_alphas`](crate::InteractionConfig::allow_alphas).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_alphas: Option<bool>,
    /// How many tries this interaction has; fewer than the policy's after a resend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<i64>,
    /// See [`InteractionConfig::valid_for`](crate::InteractionConfig::valid_for).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<i64>,
    /// Seconds until another token may be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_after: Option<i64>,
    /// The channels the endpoint offers, the preferred one first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
    /// Whether the message ends with the line that binds the token to the site's origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_bound: Option<bool>,
    /// What is being confirmed, where it is more than a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

impl StartAnswer {
    /// The interaction config as far as the endpoint states it.
    #[must_use]
    pub fn config(&self) -> UncheckedConfig {
        UncheckedConfig {
            token_length: self.token_length,
            allow_alphas: self.allow_alphas,
            max_attempts: self.max_attempts,
            valid_for: self.valid_for,
        }
    }
}

/// Says which way, never the id or the number.
impl fmt::Debug for StartAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StartAnswer({:?})", self.channel)
    }
}

/// What the person is asked to confirm, in the site's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// One line, e.g. `Pay €120.00 to ACME`.
    pub title: String,
    /// Further lines, plain text.
    #[serde(default)]
    pub lines: Vec<String>,
    /// `sha-256:…` over the site's own document, repeated in the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Summary {
    /// Whether a character may stand in a line of it: not one that breaks the line, or turns the
    /// order of the text round. What is confirmed has to read as it is.
    #[must_use]
    pub fn may_have(character: char) -> bool {
        !character.is_control()
            && !matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}')
    }

    /// The title, and what stands below it.
    #[must_use]
    pub fn into_lines(self) -> Vec<String> {
        let mut lines = self.lines;
        lines.insert(0, self.title);
        lines
    }
}

/// `POST {endpoint}/{id}/verify`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyRequest {
    /// What the person typed, already of the interaction's format.
    pub token: String,
}

/// The answer to a [`VerifyRequest`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyAnswer {
    /// Whether the token was right.
    pub success: bool,
    /// The signed statement for the site's backend, when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// How many tries are left, when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<i64>,
    /// Seconds until another token may be asked for, if that is longer than was said before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_after: Option<i64>,
}

impl Failure {
    /// Why the interaction is closed; [`ClosedReason::Unknown`] when the body does not say.
    #[must_use]
    pub fn closed_reason(&self) -> ClosedReason {
        self.reason.as_deref().map_or(ClosedReason::Unknown, ClosedReason::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_documents_answers_are_answers() {
        let sent: StartAnswer = serde_json::from_str(
            r#"{
"id":"8630cc54-f6b2-45dd-b73b-cce28eb668d8",
"success":true,
"to":"+15557788999",
"channel":"call"
}"#,
        )
        .unwrap();
        assert_eq!(sent.id, "8630cc54-f6b2-45dd-b73b-cce28eb668d8");
        assert_eq!(sent.channel, Some(Channel::Call));
        assert_eq!(sent.config(), UncheckedConfig::default());

        let verified: VerifyAnswer = serde_json::from_str("{\n\"success\": true\n}").unwrap();
        assert!(verified.success && verified.receipt.is_none());
    }

    #[test]
    fn what_is_left_out_does_not_appear_on_the_wire() {
        let request = StartRequest { ticket: Some("t".into()), ..StartRequest::default() };
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"ticket":"t"}"#);
    }

    #[test]
    fn a_problem_without_a_reason_is_closed_for_an_unknown_one() {
        let upstream: Failure = serde_json::from_str(r#"{"error":"Not Found"}"#).unwrap();
        assert_eq!(upstream.closed_reason(), ClosedReason::Unknown);
        let ours: Failure = serde_json::from_str(r#"{"reason":"used"}"#).unwrap();
        assert_eq!(ours.closed_reason(), ClosedReason::Used);
    }
}
