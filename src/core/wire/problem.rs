//! Failures on the wire: `application/problem+json` (RFC 9457) with a stable `code`.

use alloc::string::String;

use serde::{Deserialize, Serialize};

/// The body of every answer that is not 200.
///
/// Every member is optional to the reader: an endpoint in front of the bare upstream answers
/// `{"error":"Not Found"}`, and that must be understood too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`, or an address that explains the code.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// One line for people, the same for every occurrence of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The HTTP status again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was wrong with this request, and what to do; names the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// One of [`ProblemCode`]'s words: what a program may act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why the interaction is closed, on a 404 to verify.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Seconds until another token may be asked for, if that is longer than was said before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_after: Option<i64>,
}

/// What a program acts on in a [`Problem`]; the rest of it is for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// See [`Problem::code`].
    #[serde(default)]
    pub code: Option<String>,
    /// See [`Problem::reason`].
    #[serde(default)]
    pub reason: Option<String>,
    /// See [`Problem::resend_after`].
    #[serde(default)]
    pub resend_after: Option<i64>,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $title:literal;)*) => {
        /// The stable codes of the contract. A code never changes its meaning; new ones may
        /// come, and a reader falls back to the status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemCode {
            $($(#[$doc])* $variant,)*
        }

        impl ProblemCode {
            /// All of them, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The title of the problem.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

problem_codes! {
    /// The channel is not offered by the policy, or the number cannot be reached on it.
    ChannelUnavailable = "channel_unavailable", 422, "This channel cannot be used";
    /// The same `Idempotency-Key` came with another body.
    IdempotencyMismatch = "idempotency_mismatch", 422, "This key was used for another request";
    /// The first request with this `Idempotency-Key` has not been answered yet.
    InProgress = "in_progress", 409, "The first request with this key is still in progress";
    /// No further attempt can succeed; `reason` says why.
    InteractionClosed = "interaction_closed", 404, "This interaction is closed";
    /// The proxy itself failed.
    InternalError = "internal_error", 500, "The proxy failed";
    /// A field is missing, malformed or of the wrong type; `detail` names it.
    InvalidRequest = "invalid_request", 400, "The request is not valid";
    /// The token is not of the interaction's length or alphabet. No attempt was spent.
    InvalidToken = "invalid_token", 422, "The token does not have the right form";
    /// The route does not know this method.
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here";
    /// No such route.
    NotFound = "not_found", 404, "There is nothing here";
    /// `to` is not an E.164 number, or may not be called.
    NumberRefused = "number_refused", 422, "This number cannot be used";
    /// The request comes from an origin that is not configured.
    OriginForbidden = "origin_forbidden", 403, "This origin is not allowed";
    /// The body is larger than any request of the contract.
    PayloadTooLarge = "payload_too_large", 413, "The body is too large";
    /// Too many tokens were asked for, or too many attempts failed; `Retry-After` says how long.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// The receipt is older than its life; nothing may be opened for it.
    ReceiptExpired = "receipt_expired", 410, "The receipt has expired";
    /// The text is no receipt of this proxy.
    ReceiptInvalid = "receipt_invalid", 422, "The receipt is not valid";
    /// The receipt was redeemed before.
    ReceiptUsed = "receipt_used", 409, "The receipt was redeemed before";
    /// The ticket is too old: the visitor has to sign in again.
    TicketExpired = "ticket_expired", 403, "The ticket has expired";
    /// The ticket is missing, or this proxy did not seal it.
    TicketInvalid = "ticket_invalid", 403, "The ticket is not valid";
    /// The API key of the private face is missing or wrong.
    Unauthorized = "unauthorized", 401, "The API key is missing or wrong";
    /// The proxy cannot serve now; nothing was sent and no attempt was spent.
    Unavailable = "unavailable", 503, "The service is not available";
    /// The body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not supported";
    /// The upstream refused or failed.
    UpstreamFailed = "upstream_failed", 502, "The upstream failed";
    /// The upstream did not answer in time; whether it acted is not known.
    UpstreamTimeout = "upstream_timeout", 504, "The upstream did not answer in time";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_never_the_same_word() {
        assert!(ProblemCode::ALL.is_sorted_by_key(|code| code.as_str()));
        assert!(ProblemCode::ALL.windows(2).all(|pair| pair[0].as_str() != pair[1].as_str()));
    }

    #[test]
    fn every_code_is_an_error_status() {
        assert!(ProblemCode::ALL.iter().all(|code| (400..=599).contains(&code.status())));
    }
}
