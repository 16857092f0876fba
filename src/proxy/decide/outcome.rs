//! How a call to the upstream ended.

/// A call that did not do its work, or may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// An answer that is none (5xx, garbage), or a connection lost on the way: it may have acted.
    Broken,
    /// 429: it did nothing, and may say when to come back.
    Busy { retry_after: Option<u64> },
    /// 401 or 403: the operator's project ID or API token is wrong.
    Credentials,
    /// It was not called at all: it has not answered lately, or asked to be left alone. Nothing
    /// was sent.
    NotCalled { retry_after: u64 },
    /// No connection came about, or no place for the call became free: nothing was sent.
    NotReached,
    /// No answer in time: it may have acted.
    TimedOut,
}

/// How a send ended.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SendOutcome {
    /// The number cannot be reached on this channel.
    ChannelUnavailable,
    Failed(Failure),
    /// The upstream does not take this number.
    NumberRefused,
    /// The upstream refused for a reason that is not the visitor's.
    Refused,
    /// Queued for delivery.
    Sent {
        upstream_id: String,
    },
}

impl SendOutcome {
    /// The failure, if it is one.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(*failure),
            Self::ChannelUnavailable | Self::NumberRefused | Self::Refused | Self::Sent { .. } => {
                None
            }
        }
    }
}

/// How a verify ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerifyOutcome {
    Failed(Failure),
    /// 404, for one of four causes.
    Gone,
    Right,
    Wrong,
}

impl VerifyOutcome {
    /// The failure, if it is one.
    pub(crate) fn failure(self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Gone | Self::Right | Self::Wrong => None,
        }
    }
}
