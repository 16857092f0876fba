//! A ticket: what the site's backend states about a visitor, sealed.
//!
//! It binds subject, number, policy and summary together for a short time, and a nonce by which
//! the backend knows the receipt as the answer to this very ticket. It starts interactions; it
//! proves nothing about the person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mfa_core::E164;
use mfa_core::wire::{ProblemCode, Summary};
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::admit::Caller;
use crate::decide::answer::Refusal;
use crate::decide::{Entropy, Rules};
use crate::seal::Purpose;
use crate::secret::Ticket;
use crate::settings::DEFAULT_POLICY;

const MAX_SUBJECT: usize = 255;
const MAX_LINE: usize = 200;
const MAX_LINES: usize = 10;

/// What a ticket is to say.
#[derive(Clone, Debug)]
pub struct TicketRequest {
    /// The partly signed-in person, as the site names them: 1 to 255 bytes, no control characters.
    pub subject: String,
    /// Their number.
    pub to: E164,
    /// The policy by name; the default one when there is none.
    pub policy: Option<String>,
    /// What they are asked to confirm.
    pub summary: Option<Summary>,
}

/// A ticket for the page.
#[derive(Clone, Debug)]
pub struct IssuedTicket {
    /// The sealed text.
    pub ticket: Ticket,
    /// By this nonce the receipt is known as the answer to this ticket.
    pub nonce: String,
    /// Seconds for which it may be used.
    pub expires_in: u32,
}

/// Why there is no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// The number is in none of the configured lists, or costs more than a call.
    #[error("`to` may not be called; the log says why")]
    NumberRefused,
    /// The system has no random numbers.
    #[error("the ticket cannot be sealed")]
    Seal,
    /// The subject is empty, too long, or has control characters.
    #[error("`subject` must have 1 to 255 bytes and no control characters")]
    Subject,
    /// The summary is too long, or has control characters.
    #[error(
        "`summary` may have a title and up to 10 lines of 200 characters each and a digest of \
         128, without control characters, the digest in visible ASCII"
    )]
    Summary,
    /// There is no policy of that name.
    #[error("`policy` must be the name of a configured policy")]
    UnknownPolicy,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    subject: String,
    to: String,
    policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    nonce: String,
    expires_at: UnixTime,
}

impl Rules {
    /// Seals a ticket.
    pub(crate) fn issue_ticket(
        &self,
        request: TicketRequest,
        entropy: Entropy,
        now: UnixTime,
    ) -> Result<IssuedTicket, TicketError> {
        if !is_subject(&request.subject) {
            return Err(TicketError::Subject);
        }
        if self.may_call(&request.to).is_err() {
            return Err(TicketError::NumberRefused);
        }
        if !request.summary.as_ref().is_none_or(is_presentable) {
            return Err(TicketError::Summary);
        }
        let policy = request.policy.unwrap_or_else(|| DEFAULT_POLICY.into());
        if self.settings.policies.get(&policy).is_none() {
            return Err(TicketError::UnknownPolicy);
        }
        let nonce = URL_SAFE_NO_PAD.encode(entropy);
        let expires_in = self.settings.ticket_valid_for;
        let sealed = Sealed {
            subject: request.subject,
            to: request.to.as_str().into(),
            policy,
            summary: request.summary,
            nonce: nonce.clone(),
            expires_at: now + u64::from(expires_in),
        };
        let ticket = self.sealer.seal(Purpose::Ticket, &sealed).map_err(|_| TicketError::Seal)?;
        Ok(IssuedTicket { ticket: Ticket::new(ticket), nonce, expires_in })
    }

    /// Opens a ticket that the page presents.
    pub(crate) fn open_ticket(&self, ticket: &str, now: UnixTime) -> Result<Caller, Refusal> {
        let invalid = || {
            let detail = "This proxy did not issue the ticket. Sign in again.";
            Refusal::new(ProblemCode::TicketInvalid, detail)
        };
        let sealed: Sealed = self.sealer.open(Purpose::Ticket, ticket).map_err(|_| invalid())?;
        if now >= sealed.expires_at {
            let detail = "The ticket has expired. Sign in again.";
            return Err(Refusal::new(ProblemCode::TicketExpired, detail));
        }
        let to = E164::parse(&sealed.to).map_err(|_| invalid())?;
        Ok(Caller {
            subject: sealed.subject,
            to,
            policy: sealed.policy,
            summary: sealed.summary,
            nonce: Some(sealed.nonce),
            typed: false,
        })
    }
}

pub(crate) fn is_subject(subject: &str) -> bool {
    (1..=MAX_SUBJECT).contains(&subject.len()) && !subject.contains(char::is_control)
}

pub(crate) fn is_presentable(summary: &Summary) -> bool {
    let line =
        |line: &String| line.chars().count() <= MAX_LINE && line.chars().all(Summary::may_have);
    let digest =
        |digest: &String| digest.len() <= 128 && digest.bytes().all(|byte| byte.is_ascii_graphic());
    line(&summary.title)
        && summary.lines.len() <= MAX_LINES
        && summary.lines.iter().all(line)
        && summary.digest.as_ref().is_none_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::tests::{NOW, rules, ticket_for};

    #[test]
    fn a_ticket_says_again_what_it_was_told_and_hides_the_number() {
        let rules = rules();
        let issued = rules.issue_ticket(ticket_for("ada"), [7; 16], NOW).unwrap();
        assert!(!issued.ticket.expose().contains("5557788999"));
        let caller = rules.open_ticket(issued.ticket.expose(), NOW).unwrap();
        assert_eq!(caller.subject, "ada");
        assert_eq!(caller.to.as_str(), "+15557788999");
        assert_eq!(caller.nonce, Some(issued.nonce));
    }

    #[test]
    fn a_ticket_expires() {
        let rules = rules();
        let issued = rules.issue_ticket(ticket_for("ada"), [7; 16], NOW).unwrap();
        let last = NOW + u64::from(issued.expires_in) - 1;
        assert!(rules.open_ticket(issued.ticket.expose(), last).is_ok());
        let refusal = rules.open_ticket(issued.ticket.expose(), last + 1).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::TicketExpired);
    }

    #[test]
    fn a_ticket_of_another_proxy_is_not_valid() {
        let issued = rules().issue_ticket(ticket_for("ada"), [7; 16], NOW).unwrap();
        let other = crate::decide::tests::rules_with(|settings| {
            settings.keys = crate::settings::Keys::generate();
        });
        let refusal = other.open_ticket(issued.ticket.expose(), NOW).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::TicketInvalid);
    }

    #[test]
    fn a_ticket_that_cannot_be_meant_is_refused_with_its_field() {
        let refused = |change: fn(&mut TicketRequest)| {
            let mut request = ticket_for("ada");
            change(&mut request);
            rules().issue_ticket(request, [7; 16], NOW).unwrap_err()
        };
        assert_eq!(refused(|t| t.subject.clear()), TicketError::Subject);
        assert_eq!(refused(|t| t.subject = "a\nb".into()), TicketError::Subject);
        assert_eq!(refused(|t| t.policy = Some("x".into())), TicketError::UnknownPolicy);
        for turned in ["Pay \u{202e}00.1", "Pay 1\u{2028}00", "Pay 1\n"] {
            let summary = Summary { title: turned.into(), ..Summary::default() };
            assert!(!is_presentable(&summary), "{turned:?}");
        }
        assert_eq!(
            refused(|t| {
                t.summary = Some(Summary { title: "x".repeat(201), ..Summary::default() });
            }),
            TicketError::Summary
        );
    }
}
