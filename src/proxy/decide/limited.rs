//! What a 429 of the proxy's own is for, as the log and the metrics have it. The page is not told.

use crate::settings::LimitName;

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limited {
    /// The wait before a resend.
    Cooldown,
    /// Too many wrong codes of one subject.
    FailedVerifies,
    /// Too many wrong codes of one subject in a row: only the site's backend lets it go on.
    Locked,
    /// A limit on sends.
    Sends(LimitName),
}

impl Limited {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let sends = LimitName::ALL.iter().copied().map(Self::Sends);
        [Self::Cooldown, Self::FailedVerifies, Self::Locked].into_iter().chain(sends)
    }

    /// The word; of a setting it is the setting's.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::FailedVerifies => "failed_verifies",
            Self::Locked => "locked",
            Self::Sends(limit) => limit.as_str(),
        }
    }
}
