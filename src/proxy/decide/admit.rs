//! Who may be called: the mode's own way from a request to a subject and a number.

use std::fmt;

use mfa_core::E164;
use mfa_core::wire::{ProblemCode, StartRequest, Summary};

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::Refusal;
use crate::decide::callable::NOT_REACHED;
use crate::decide::ticket;
use crate::identify::Identity;
use crate::numbers;
use crate::settings::{DEFAULT_POLICY, Mode};

/// The person to be called.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) subject: String,
    pub(crate) to: E164,
    pub(crate) policy: String,
    pub(crate) summary: Option<Summary>,
    /// Of the ticket.
    pub(crate) nonce: Option<String>,
    /// Whether the visitor typed the number, and may therefore see it.
    pub(crate) typed: bool,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the subject: in visitor mode it is the number.
        write!(f, "Caller({:?})", self.to)
    }
}

impl Caller {
    /// Within what an `Idempotency-Key` is unique: the ticket, or the person. A visitor who types
    /// a number has neither; there the key alone must do, and the number is part of the body.
    pub(crate) fn scope(&self) -> &[u8] {
        match &self.nonce {
            Some(nonce) => nonce.as_bytes(),
            None if self.typed => b"",
            None => self.subject.as_bytes(),
        }
    }
}

impl Rules {
    /// The person a start request is about. `identity` is what the site's own function said, in
    /// library mode.
    pub(crate) fn admit(
        &self,
        request: &StartRequest,
        identity: Option<Identity>,
        now: UnixTime,
    ) -> Result<Caller, Refusal> {
        match self.settings.mode {
            Mode::Ticket => {
                let ticket = request.ticket.as_deref().ok_or_else(|| {
                    let detail = "`ticket` is missing: the site's backend gets one for the page.";
                    Refusal::new(ProblemCode::TicketInvalid, detail)
                })?;
                self.open_ticket(ticket, now)
            }
            Mode::Visitor => self.visitor(request.to.as_deref()),
            Mode::Library(_) => self.identified(identity),
        }
    }

    fn visitor(&self, to: Option<&str>) -> Result<Caller, Refusal> {
        let to = to.ok_or_else(|| Refusal::invalid("`to` is missing: the number to be called."))?;
        let to = E164::parse(to).map_err(|error| {
            Refusal::new(ProblemCode::NumberRefused, format!("`to` is not a number: {error}."))
        })?;
        // Each spelling would have tries and a cooldown of its own.
        if numbers::is_another_spelling(&to) {
            tracing::warn!("a number was refused: it is another spelling of one");
            return Err(Refusal::new(ProblemCode::NumberRefused, NOT_REACHED));
        }
        Ok(Caller {
            // There is nobody else to name: the number is who was verified.
            subject: to.as_str().into(),
            to,
            policy: DEFAULT_POLICY.into(),
            summary: None,
            nonce: None,
            typed: true,
        })
    }

    fn identified(&self, identity: Option<Identity>) -> Result<Caller, Refusal> {
        let identity = identity.ok_or_else(|| {
            Refusal::new(ProblemCode::TicketInvalid, "The site does not know you. Sign in again.")
        })?;
        let presentable = identity.summary.as_ref().is_none_or(ticket::is_presentable);
        if !ticket::is_subject(&identity.subject) || !presentable {
            tracing::error!("the site's own function named a subject or summary of no valid form");
            return Err(Refusal::internal());
        }
        Ok(Caller {
            subject: identity.subject,
            to: identity.to,
            policy: identity.policy.unwrap_or_else(|| DEFAULT_POLICY.into()),
            summary: identity.summary,
            nonce: None,
            typed: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::tests::{NOW, rules, rules_with};

    fn visitor_rules() -> Rules {
        rules_with(|settings| {
            settings.mode = Mode::Visitor;
            settings.country_prefixes = vec!["+1".into()];
        })
    }

    fn to(number: &str) -> StartRequest {
        StartRequest { to: Some(number.into()), ..StartRequest::default() }
    }

    #[test]
    fn without_a_ticket_nobody_is_called_in_ticket_mode() {
        for request in [StartRequest::default(), to("+15557788999")] {
            let refusal = rules().admit(&request, None, NOW).unwrap_err();
            assert_eq!(refusal.code, ProblemCode::TicketInvalid);
        }
    }

    #[test]
    fn a_visitor_names_a_number_and_the_number_is_who_was_verified() {
        let caller = visitor_rules().admit(&to("+15557788999"), None, NOW).unwrap();
        assert_eq!(caller.subject, "+15557788999");
        assert!(caller.typed);
    }

    #[test]
    fn one_telephone_has_one_spelling() {
        let rules = rules_with(|settings| {
            settings.mode = Mode::Visitor;
            settings.country_prefixes = ["+1", "+44", "+49", "+33"].map(Into::into).into();
        });
        for number in ["+4915123456789", "+33612345678", "+447400123456", "+12025550143"] {
            assert!(rules.admit(&to(number), None, NOW).is_ok(), "{number}");
        }
        for number in ["+49015123456789", "+330612345678", "+336123456789", "+4407400123456"] {
            let refusal = rules.admit(&to(number), None, NOW).unwrap_err();
            assert_eq!(refusal.code, ProblemCode::NumberRefused, "{number}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_without_repeating_it() {
        let refusal = visitor_rules().admit(&to("+1 555 778"), None, NOW).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::NumberRefused);
        assert!(!refusal.detail.contains("555"));
    }

    #[test]
    fn in_library_mode_the_site_says_who_it_is() {
        let rules = rules_with(|settings| {
            settings.mode = Mode::Library(std::sync::Arc::new(
                |_: &axum::http::request::Parts| -> Option<Identity> { None },
            ));
        });
        let identity = Identity {
            subject: "ada".into(),
            to: E164::parse("+15557788999").unwrap(),
            policy: None,
            summary: None,
        };
        let caller = rules.admit(&StartRequest::default(), Some(identity), NOW).unwrap();
        assert_eq!((caller.subject.as_str(), caller.typed), ("ada", false));
        assert!(rules.admit(&StartRequest::default(), None, NOW).is_err());
    }
}
