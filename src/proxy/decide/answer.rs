//! Answers to the page, before they are HTTP.

use std::borrow::Cow;
use std::fmt;

use mfa_core::ClosedReason;
use mfa_core::wire::{ProblemCode, StartAnswer, VerifyAnswer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decide::limit::UsedUp;
use crate::decide::limited::Limited;
use crate::decide::shelf::Full;

/// What the page is told.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    #[serde(serialize_with = "write_code", deserialize_with = "read_code")]
    pub(crate) code: ProblemCode,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) reason: Option<ClosedReason>,
    pub(crate) retry_after: Option<u64>,
    /// The limit that is in the way: for the operator, never for the page.
    #[serde(skip)]
    pub(crate) limit: Option<Limited>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn write_code<S: Serializer>(code: &ProblemCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

fn read_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProblemCode, D::Error> {
    let word = String::deserialize(deserializer)?;
    let known = ProblemCode::ALL.iter().find(|code| code.as_str() == word);
    known.copied().ok_or_else(|| serde::de::Error::custom("not a problem code"))
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

    pub(crate) fn used_up(UsedUp { limit, retry_after }: UsedUp) -> Self {
        let detail = "Too many codes were asked for. Try again later.";
        Self { limit: Some(Limited::Sends(limit)), ..Self::limited(detail, retry_after) }
    }

    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub(crate) fn by(self, limit: impl Into<Option<Limited>>) -> Self {
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
        Self::new(ProblemCode::Unavailable, "The proxy cannot work just now; try again later.")
            .after(30)
    }
}
