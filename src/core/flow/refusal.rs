//! Why the endpoint did not do what it was asked to, as far as the person or the page can act
//! on it.

use super::clock::LONGEST_WAIT;
use crate::ConfigField;

/// A request that was answered, but not served. The interaction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The number cannot be reached on this channel: a landline and a text message, say.
    ChannelUnavailable,
    /// This field of the interaction's config is out of range.
    Config(ConfigField),
    /// The endpoint wants something else than what the page sends it: a fault of the site.
    Misconfigured,
    /// The answer is none that the contract knows.
    NotUnderstood,
    /// The number is malformed, or may not be called.
    NumberRefused,
    /// Too many tokens or attempts. The wait, in seconds, if the endpoint named one.
    RateLimited {
        /// `Retry-After`.
        retry_after: Option<u32>,
    },
    /// The statement of who is signing in is too old.
    SignInAgain,
    /// The token's form was refused, although the page's config allows it. No attempt was spent.
    TokenForm,
    /// The service, or the upstream behind it, failed or is overloaded.
    Unavailable {
        /// `Retry-After`.
        retry_after: Option<u32>,
    },
}

impl Refusal {
    /// Reads an answer that is not 2xx by its status and its problem `code`.
    ///
    /// The code goes first. Without one that is known, as from the bare upstream, from a
    /// balancer's HTML page or from an empty body, the status decides.
    #[must_use]
    pub fn read(status: u16, code: Option<&str>, retry_after: Option<u32>) -> Self {
        let retry_after = retry_after.map(|seconds| seconds.min(LONGEST_WAIT));
        match code {
            Some("channel_unavailable") => Self::ChannelUnavailable,
            Some("invalid_token") => Self::TokenForm,
            Some("number_refused") => Self::NumberRefused,
            Some("ticket_expired") => Self::SignInAgain,
            // The first request with this key is still under way: ask again shortly.
            Some("in_progress") => Self::Unavailable { retry_after },
            _ => match status {
                408 | 500..=599 => Self::Unavailable { retry_after },
                429 => Self::RateLimited { retry_after },
                _ => Self::Misconfigured,
            },
        }
    }

    /// The word for it in the page's `mfa-error` event.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::ChannelUnavailable => "channel_unavailable",
            Self::Config(_) => "config",
            Self::Misconfigured => "misconfigured",
            Self::NotUnderstood => "not_understood",
            Self::NumberRefused => "number_refused",
            Self::RateLimited { .. } => "rate_limited",
            Self::SignInAgain => "ticket_expired",
            Self::TokenForm => "invalid_token",
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// Whether the same request can succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. } | Self::NotUnderstood)
    }

    /// How many seconds the endpoint asked to wait.
    #[must_use]
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after } => retry_after,
            Self::ChannelUnavailable
            | Self::Config(_)
            | Self::Misconfigured
            | Self::NotUnderstood
            | Self::NumberRefused
            | Self::SignInAgain
            | Self::TokenForm => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_tells_more_than_the_status() {
        assert_eq!(Refusal::read(422, Some("number_refused"), None), Refusal::NumberRefused);
        assert_eq!(Refusal::read(403, Some("ticket_expired"), None), Refusal::SignInAgain);
        assert_eq!(Refusal::read(422, Some("invalid_token"), None), Refusal::TokenForm);
    }

    #[test]
    fn no_wait_is_longer_than_the_proxys_longest() {
        let refusal = Refusal::read(429, None, Some(u32::MAX));
        assert_eq!(refusal, Refusal::RateLimited { retry_after: Some(30 * 86_400) });
    }

    #[test]
    fn without_a_known_code_the_status_decides() {
        for code in [None, Some("something_new")] {
            let wait = Some(60);
            assert_eq!(Refusal::read(429, code, wait), Refusal::RateLimited { retry_after: wait });
            assert_eq!(Refusal::read(502, code, None), Refusal::Unavailable { retry_after: None });
            assert_eq!(Refusal::read(401, code, None), Refusal::Misconfigured);
            assert_eq!(Refusal::read(404, code, None), Refusal::Misconfigured);
        }
    }
}
