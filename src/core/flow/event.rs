//! What can happen to a code entry, and what must then be done.

use alloc::boxed::Box;

use super::{Interaction, Memory, Refusal};
use crate::entry::Dropped;
use crate::{Channel, ClosedReason, Sealed, Token, wire};

/// A point on the shell's clock, in milliseconds from a beginning of the shell's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

impl Instant {
    /// This many seconds later.
    #[must_use]
    pub const fn after_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds as u64 * 1000))
    }

    /// The seconds from `now` to this point, a begun second counted whole; 0 once it has come.
    #[must_use]
    pub fn seconds_from(self, now: Self) -> u32 {
        let seconds = self.0.saturating_sub(now.0).div_ceil(1000);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// Names one request of one flow. An answer that names another one is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub u32);

/// Names one intention. Repeating a request whose answer was lost keeps the key, so that the
/// endpoint can give the first answer again; the shell turns each into one `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u32);

impl Key {
    /// Of the first intention of a flow.
    pub const FIRST: Self = Self(1);
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The visitor, or the page for them, asked for a token: the first, another, or by the
    /// other channel.
    Asked {
        /// By which way.
        channel: Channel,
    },
    /// The endpoint says that no further attempt can succeed.
    Closed {
        /// Of which request this is the answer.
        request: RequestId,
        /// Why.
        reason: ClosedReason,
        /// Seconds until another token may be asked for, if the endpoint says so.
        resend_after: Option<i64>,
    },
    /// The field now holds a whole token, and the page has nothing against it.
    Completed {
        /// What the field holds.
        token: Token,
    },
    /// The field holds another whole token than before, but perhaps not yet the one that is
    /// meant: a character in its middle was replaced, or more was put in than it can hold. It is
    /// tried when the visitor says so.
    Corrected {
        /// What the field holds.
        token: Token,
    },
    /// The page switched the entry off.
    Disabled,
    /// A part of what was entered did not get into the field.
    Dropped {
        /// Why.
        why: Dropped,
    },
    /// The page switched the entry on again.
    Enabled,
    /// The field was filled in for the visitor: by the browser, a password manager, or out of
    /// the text message.
    Filled,
    /// The code was confirmed in another tab of the same sign-in.
    Followed,
    /// The site's backend started the interaction itself and gave it to the page.
    Given {
        /// What was started.
        interaction: Box<Interaction>,
    },
    /// No answer came: no connection, or the answer was lost on the way.
    Lost {
        /// Of which request.
        request: RequestId,
    },
    /// The browser says that there is a network again.
    Online,
    /// The visitor wants to hear what the field holds.
    ReadBack,
    /// The endpoint answered, but did not do what it was asked to.
    Refused {
        /// Of which request this is the answer.
        request: RequestId,
        /// Why.
        refusal: Refusal,
    },
    /// The token was wrong.
    Rejected {
        /// Of which request this is the answer.
        request: RequestId,
        /// The endpoint's count, if it keeps one.
        attempts_left: Option<i64>,
        /// Seconds until another token may be asked for, if the endpoint says so.
        resend_after: Option<i64>,
    },
    /// This is where an earlier page, or another tab, of the same sign-in stands.
    Remembered {
        /// What it left.
        memory: Memory,
    },
    /// The page or its form started over.
    Reset,
    /// The visitor wants the request repeated whose answer was lost.
    Retried,
    /// A token is on its way.
    Sent {
        /// Of which request this is the answer.
        request: RequestId,
        /// What the endpoint says of the new interaction.
        answer: wire::StartAnswer,
    },
    /// The visitor pressed Enter or the form's button, or the page called `verify()`.
    Submitted {
        /// What the field holds, if it is a whole token.
        token: Option<Token>,
    },
    /// The content of the field changed.
    Typed,
    /// The token was right.
    Verified {
        /// Of which request this is the answer.
        request: RequestId,
        /// The endpoint's signed statement, if it gives one.
        receipt: Option<Sealed>,
    },
    /// The page would not have this request made.
    Vetoed {
        /// Which one.
        request: RequestId,
    },
    /// The time asked for by [`Flow::wake_at`](super::Flow::wake_at) has come.
    Woke,
}

/// What the shell must do. Plain data, so a test compares it with `==`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Give this request up; its answer will not be listened to.
    Abort {
        /// Which one.
        request: RequestId,
    },
    /// Empty the field.
    ClearField,
    /// Move the focus to the field, if it is already in the element.
    FocusField,
    /// Look at the field as if it had just been typed into: it may hold a whole token already.
    ReadField,
    /// Select what the field holds, so that typing replaces it.
    SelectField,
    /// Select what was left in the field, so that typing replaces it. A visitor who is typing is
    /// not interrupted: what was typed since the field has the focus is selected only if it is
    /// a whole token.
    SelectLeftover,
    /// Ask the endpoint for a token.
    Send {
        /// To be named by the answer.
        request: RequestId,
        /// The intention behind it.
        key: Key,
        /// By which way.
        channel: Channel,
        /// The interaction that this one follows.
        previous: Option<Sealed>,
    },
    /// Tell the page, by an event of the element.
    Tell(Outcome),
    /// Ask the endpoint whether the token is right.
    Verify {
        /// To be named by the answer.
        request: RequestId,
        /// The intention behind it.
        key: Key,
        /// The interaction's id.
        id: Sealed,
        /// What was typed.
        token: Token,
    },
}

/// What the page is told. Never the token, the number or the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No further attempt can succeed.
    Closed {
        /// Why.
        reason: ClosedReason,
    },
    /// A request did not get through, or was refused.
    Error(Trouble),
    /// The token was wrong.
    Rejected {
        /// How many tries are left.
        attempts_left: u8,
    },
    /// A token is on its way.
    Sent {
        /// By which way.
        channel: Channel,
    },
    /// The token was right.
    Verified {
        /// The endpoint's signed statement.
        receipt: Option<Sealed>,
    },
}

/// What went wrong between the page and the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came. Whether the endpoint acted is not known.
    Network,
    /// The endpoint answered, but did not serve.
    Refused(Refusal),
}

impl Trouble {
    /// The word for it in the page's `mfa-error` event.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Refused(refusal) => refusal.kind(),
        }
    }

    /// Whether the same request can succeed later.
    #[must_use]
    pub const fn retryable(self) -> bool {
        match self {
            Self::Network => true,
            Self::Refused(refusal) => refusal.retryable(),
        }
    }

    /// How many seconds the endpoint asked to wait.
    #[must_use]
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Network => None,
            Self::Refused(refusal) => refusal.retry_after(),
        }
    }
}
