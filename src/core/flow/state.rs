//! Where a code entry stands.

use super::{Instant, Key, RequestId};
use crate::{Channel, ClosedReason, Sealed, Token};

/// What is, with what must be remembered there and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// No further attempt can succeed.
    Closed(ClosedReason),
    /// A token is on its way or has come; the visitor types.
    Entering {
        /// The attempt that was not made yet, or whose outcome is not known.
        held: Option<Attempt>,
    },
    /// Nothing has been asked for.
    #[default]
    Idle,
    /// A request went out and no answer came.
    Offline(Intent),
    /// The token was wrong; the field still holds it.
    Rejected {
        /// What was wrong, so that it is not sent a second time.
        token: Token,
    },
    /// The endpoint was asked for a token.
    Sending(Sending),
    /// The token was right.
    Verified {
        /// The endpoint's signed statement.
        receipt: Option<Sealed>,
    },
    /// The endpoint was asked whether the token is right.
    Verifying(Verifying),
}

/// A request for a token, in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    pub(super) request: RequestId,
    pub(super) give_up: Instant,
    pub(super) intent: SendIntent,
}

/// The wish for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendIntent {
    pub(super) key: Key,
    pub(super) channel: Channel,
    pub(super) before: Before,
    /// Whether the visitor has typed since: perhaps the message came though no answer did.
    pub(super) typed: bool,
}

impl Sending {
    /// What the request is for.
    #[must_use]
    pub const fn intent(&self) -> SendIntent {
        self.intent
    }
}

impl SendIntent {
    /// By which way.
    #[must_use]
    pub const fn channel(self) -> Channel {
        self.channel
    }

    /// Where a refusal leads back to.
    #[must_use]
    pub const fn before(self) -> Before {
        self.before
    }
}

/// Where a refused send leads back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// To a closed interaction.
    Closed(ClosedReason),
    /// To the earlier token, which is still good.
    Entering,
    /// To the beginning.
    Idle,
}

/// A verify request, in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verifying {
    pub(super) request: RequestId,
    pub(super) give_up: Instant,
    pub(super) attempt: Attempt,
}

/// One try with one token. Repeating it keeps its key, so that it is charged once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub(super) token: Token,
    pub(super) key: Key,
    /// Whether the field still holds the token.
    pub(super) in_field: bool,
}

impl Attempt {
    /// Whether the field still holds the token, so that it can be tried as it stands.
    #[must_use]
    pub const fn in_field(&self) -> bool {
        self.in_field
    }
}

/// What was wanted when the answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A token.
    Send(SendIntent),
    /// To know whether a token is right.
    Verify(Attempt),
}

/// The public name of a state: `:state()`, `data-state` and `mfa-statechange`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// See [`State::Closed`].
    Closed,
    /// See [`State::Entering`].
    Entering,
    /// See [`State::Idle`].
    Idle,
    /// See [`State::Offline`].
    Offline,
    /// See [`State::Rejected`].
    Rejected,
    /// See [`State::Sending`].
    Sending,
    /// See [`State::Verified`].
    Verified,
    /// See [`State::Verifying`].
    Verifying,
}

impl Phase {
    /// The word in the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Entering => "entering",
            Self::Idle => "idle",
            Self::Offline => "offline",
            Self::Rejected => "rejected",
            Self::Sending => "sending",
            Self::Verified => "verified",
            Self::Verifying => "verifying",
        }
    }
}

impl State {
    /// The public name.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Closed(_) => Phase::Closed,
            Self::Entering { .. } => Phase::Entering,
            Self::Idle => Phase::Idle,
            Self::Offline(_) => Phase::Offline,
            Self::Rejected { .. } => Phase::Rejected,
            Self::Sending(_) => Phase::Sending,
            Self::Verified { .. } => Phase::Verified,
            Self::Verifying(_) => Phase::Verifying,
        }
    }
}
