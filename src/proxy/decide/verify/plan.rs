//! What stands before and between the steps of a verify: the plan, the question, and what to come
//! back with. Nothing is decided here.

use mfa_core::{ClosedReason, Token, TokenFormat};

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::{Lost, Page};
use crate::decide::interaction::{Interaction, Leg};
use crate::decide::outcome::Failure;
use crate::decide::repeat::Repeat;
use crate::digest::Digest;

/// A call to make: ask whether the token is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) upstream_id: String,
    pub(crate) token: Token,
}

/// What the page wants verified. The books are asked next.
pub(crate) struct VerifyPlan {
    pub(super) interaction: Interaction,
    pub(super) subject: Digest,
    pub(super) format: TokenFormat,
    pub(super) token: String,
    pub(super) repeat: Option<Repeat>,
}

impl VerifyPlan {
    /// What is read and written of the books.
    pub(crate) fn pages(&self) -> Vec<Page> {
        pages(&self.interaction, &self.subject)
    }
}

fn pages(interaction: &Interaction, subject: &Digest) -> Vec<Page> {
    let legs = interaction.earlier.iter().chain([&interaction.leg]);
    let records = legs.map(|leg| Page::Interaction(leg.key.clone()));
    records.chain([Page::Subject(*subject)]).collect()
}

/// What to come back with when the upstream has answered.
#[derive(Clone, Debug)]
pub(crate) struct PendingVerify {
    pub(super) interaction: Interaction,
    pub(super) subject: Digest,
    pub(super) token: Token,
    pub(super) repeat: Option<Repeat>,
    /// Whether the interaction before the resend is being asked.
    pub(super) earlier: bool,
    /// Whether this asks again what may have been counted already.
    pub(super) again: bool,
    /// When the window began that the try was charged in.
    pub(super) window_began: UnixTime,
}

/// What the upstream said of a token.
pub(crate) enum Verdict {
    Failed(Failure),
    Gone,
    /// With what is answered then.
    Right(Answer),
    Wrong,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum VerifyStep {
    Answer(Concluded),
    Ask(Ask, Box<PendingVerify>),
}

impl Rules {
    /// Opens the id, which says all but what the books know.
    pub(crate) fn plan_verify(
        &self,
        id: &str,
        token: String,
        repeat: Option<Repeat>,
    ) -> Result<VerifyPlan, Refusal> {
        let unknown = || Refusal::closed(ClosedReason::Unknown);
        let interaction = self.open_interaction(id).map_err(|_| unknown())?;
        let format = interaction.config().ok_or_else(unknown)?.format();
        let subject = self.subject_digest(&interaction.subject);
        Ok(VerifyPlan { interaction, subject, format, token, repeat })
    }
}

impl PendingVerify {
    /// The interaction that is being asked.
    pub(super) fn leg(&self) -> &Leg {
        match &self.interaction.earlier {
            Some(earlier) if self.earlier => earlier,
            _ => &self.interaction.leg,
        }
    }

    /// What is read and written of the books.
    pub(crate) fn pages(&self) -> Vec<Page> {
        pages(&self.interaction, &self.subject)
    }

    /// What a repeat would ask again.
    pub(super) fn lost(&self) -> Option<Lost> {
        self.repeat.map(|repeat| Lost { repeat, earlier: self.earlier, again: self.again })
    }

    pub(super) fn ask(&self) -> Ask {
        Ask { upstream_id: self.leg().upstream_id.clone(), token: self.token }
    }
}
