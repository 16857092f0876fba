//! Why an interaction is closed: no further attempt on it can succeed.

use serde::{Deserialize, Serialize};

/// The four causes behind the upstream's one 404.
///
/// The upstream answers `404 Not Found` for each of them and does not say which (source
/// document, *Possible return values*); an endpoint that keeps its own books can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClosedReason {
    /// "The maximum number of attempts has been reached."
    Exhausted,
    /// "The `valid_for` time has been exceeded and the token has expired."
    Expired,
    /// "The interaction ID is incorrect", or the endpoint does not say which cause it was.
    Unknown,
    /// "The token has already been verified successfully once."
    Used,
}

impl ClosedReason {
    /// The word on the wire and in the page's events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
            Self::Used => "used",
        }
    }

    /// The reason of that name; whatever an endpoint says beyond our four words is
    /// [`Unknown`](Self::Unknown).
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "exhausted" => Self::Exhausted,
            "expired" => Self::Expired,
            "used" => Self::Used,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_back_as_it_is_written() {
        use ClosedReason::{Exhausted, Expired, Unknown, Used};
        for reason in [Exhausted, Expired, Unknown, Used] {
            assert_eq!(ClosedReason::parse(reason.as_str()), reason);
        }
    }

    #[test]
    fn a_reason_we_do_not_know_is_unknown() {
        assert_eq!(ClosedReason::parse("revoked"), ClosedReason::Unknown);
    }
}
