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
    /// No connection came about: nothing was sent.
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

/// How a verify ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerifyOutcome {
    Failed(Failure),
    /// 404, for one of four causes.
    Gone,
    Right,
    Wrong,
}
