//! Answers to the page, before they are HTTP.

use std::borrow::Cow;
use std::fmt;

use mfa_core::ClosedReason;
use mfa_core::wire::{ProblemCode, StartAnswer, VerifyAnswer};

use crate::decide::limit_name::LimitName;
use crate::decide::shelf::Full;

/// What the page is told.
#[derive(Clone, PartialEq)]
pub(crate) enum Answer {
    Refused(Refusal),
    Started(Box<StartAnswer>),
    Verified(VerifyAnswer),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Started(_) => f.write_str("Started"),
            Self::Verified(answer) => write!(f, "Verified({})", answer.success),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An answer, and whether a repeat of the request gets it again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Concluded {
    pub(crate) answer: Answer,
    /// False when nothing came of the request, so that its repeat is a new try.
    pub(crate) keep: bool,
}

/// A failure, as the page is told. `detail` never repeats what the request said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ProblemCode,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) reason: Option<ClosedReason>,
    pub(crate) retry_after: Option<u64>,
    /// Which limit it was. The page is not told.
    pub(crate) limit: Option<LimitName>,
}

impl Refusal {
    pub(crate) fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), reason: None, retry_after: None, limit: None }
    }

    pub(crate) fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemCode::InvalidRequest, detail)
    }

    pub(crate) fn internal() -> Self {
        let detail = "The proxy failed; its log has a line with this answer's X-Request-Id.";
        Self::new(ProblemCode::InternalError, detail)
    }

    pub(crate) fn limited(detail: &'static str, retry_after: u64) -> Self {
        Self::new(ProblemCode::RateLimited, detail).after(retry_after)
    }

    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub(crate) fn by(self, limit: impl Into<Option<LimitName>>) -> Self {
        Self { limit: limit.into(), ..self }
    }

    pub(crate) fn closed(reason: ClosedReason) -> Self {
        let detail = match reason {
            ClosedReason::Exhausted => "All attempts are used up. Ask for a new code.",
            ClosedReason::Expired => "The code has expired. Ask for a new code.",
            ClosedReason::Unknown => "The code can no longer be used. Ask for a new code.",
            ClosedReason::Used => "The code has been used already.",
        };
        Self { reason: Some(reason), ..Self::new(ProblemCode::InteractionClosed, detail) }
    }
}

impl From<Full> for Refusal {
    fn from(_: Full) -> Self {
        Self::new(ProblemCode::Unavailable, "The proxy's memory is used up; try again later.")
            .after(30)
    }
}
