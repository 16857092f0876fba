//! The request for a token: every parameter with the default and range of the source document
//! (*Optional parameters*), and what is said about one that is out of it.

use std::time::Duration;

use serde::Serialize;

use super::{
    e164::E164,
    parameters::{Mistyped, Parameters},
    segment::fits_one_segment,
};

/// The text a token arrives with when the request has no `message` of its own.
pub const DEFAULT_MESSAGE: &str = "Your Personal Authorization Code is:";

/// "500 characters including the token if using voice".
const CALL_CHARACTERS: usize = 500;

/// How a token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Read out in a phone call.
    Call,
    /// A text message.
    Sms,
}

/// What is wrong with one parameter.
#[derive(Debug, PartialEq)]
pub(crate) struct Violation {
    pub(crate) attribute: &'static str,
    /// The name the vendor's list of error codes has for it.
    pub(crate) code: &'static str,
    /// What a person reads after the parameter's name. Never holds the refused value.
    pub(crate) message: String,
}

impl Violation {
    pub(crate) fn new(
        attribute: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { attribute, code, message: message.into() }
    }

    pub(crate) fn blank(attribute: &'static str) -> Self {
        Self::new(attribute, "missing_required_parameter", "can't be blank")
    }
}

/// A request for a token that can be carried out.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) channel: Channel,
    pub(crate) to: E164,
    pub(crate) from: Option<E164>,
    pub(crate) message: String,
    pub(crate) token_length: u8,
    pub(crate) max_attempts: u8,
    pub(crate) allow_alphas: bool,
    pub(crate) valid_for: Duration,
}

impl Start {
    /// Reads a request, or says everything that is wrong with it at once.
    pub(crate) fn parse(channel: Channel, given: &Parameters) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader { given, violations: Vec::new() };
        let to = reader.number("to");
        if to.is_none() && reader.violations.is_empty() {
            reader.violations.push(Violation::blank("to"));
        }
        let from = reader.number("from");
        let message = reader.text("message");
        let token_length = reader.integer("token_length", 4, 20, 6);
        let max_attempts = reader.integer("max_attempts", 1, 20, 3);
        let allow_alphas = reader.flag("allow_alphas");
        let valid_for = reader.integer("valid_for", 0, 604_800, 3600);

        let own_message = message.as_deref().is_some_and(|message| message != DEFAULT_MESSAGE);
        if channel == Channel::Sms && own_message && from.is_none() && !reader.refused("from") {
            // "SignalWire is only able to send the pre-approved text via its registered route."
            reader.violations.push(Violation::new(
                "from",
                "missing_required_parameter",
                "can't be blank when message is not the default one",
            ));
        }
        let message = message.unwrap_or_else(|| DEFAULT_MESSAGE.to_owned());
        if let Some(violation) = too_long(channel, &message, token_length) {
            reader.violations.push(violation);
        }
        match to {
            Some(to) if reader.violations.is_empty() => Ok(Self {
                channel,
                to,
                from,
                message,
                token_length,
                max_attempts,
                allow_alphas,
                valid_for: Duration::from_secs(valid_for),
            }),
            Some(_) | None => Err(reader.violations),
        }
    }
}

fn too_long(channel: Channel, message: &str, token_length: u8) -> Option<Violation> {
    let (fits, limit) = match channel {
        Channel::Call => (
            message.chars().count() + usize::from(token_length) <= CALL_CHARACTERS,
            "500 characters including the token",
        ),
        Channel::Sms => (
            fits_one_segment(message, token_length),
            "one segment of 160 characters including the token, 70 with non-GSM symbols",
        ),
    };
    (!fits).then(|| {
        let message = format!("is too long (maximum is {limit})");
        Violation::new("message", "message_length_exceeds_limit", message)
    })
}

/// Reads parameters one by one and keeps what was wrong with them.
struct Reader<'a> {
    given: &'a Parameters,
    violations: Vec<Violation>,
}

impl Reader<'_> {
    fn number(&mut self, name: &'static str) -> Option<E164> {
        let text = self.text(name)?;
        let number = E164::parse(&text);
        if number.is_none() {
            let message = "must be in E.164 format: a plus sign and up to 15 digits";
            self.violations.push(Violation::new(name, "not_e164", message));
        }
        number
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        self.given.text(name).unwrap_or_else(|Mistyped| {
            self.violations.push(Violation::new(name, "invalid_parameter", "must be a string"));
            None
        })
    }

    fn integer<N: TryFrom<i64>>(
        &mut self,
        name: &'static str,
        least: i64,
        most: i64,
        default: N,
    ) -> N {
        let complaint = match self.given.integer(name) {
            Ok(None) => return default,
            Ok(Some(value)) if value < least => {
                format!("must be greater than or equal to {least}")
            }
            Ok(Some(value)) if value > most => format!("must be less than or equal to {most}"),
            Ok(Some(value)) => match N::try_from(value) {
                Ok(value) => return value,
                Err(_) => "is not a number".to_owned(),
            },
            Err(Mistyped) => "is not a number".to_owned(),
        };
        self.violations.push(Violation::new(name, "invalid_parameter", complaint));
        default
    }

    fn flag(&mut self, name: &'static str) -> bool {
        match self.given.flag(name) {
            Ok(flag) => flag.unwrap_or(false),
            Err(Mistyped) => {
                let message = "must be true or false";
                self.violations.push(Violation::new(name, "invalid_parameter", message));
                false
            }
        }
    }

    fn refused(&self, name: &str) -> bool {
        self.violations.iter().any(|violation| violation.attribute == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(channel: Channel, body: &str) -> Result<Start, Vec<Violation>> {
        Start::parse(channel, &Parameters::from_json(body.as_bytes()).unwrap())
    }

    fn complaints(channel: Channel, body: &str) -> Vec<(&'static str, &'static str, String)> {
        let violations = parse(channel, body).unwrap_err();
        violations.into_iter().map(|v| (v.attribute, v.code, v.message)).collect()
    }

    #[test]
    fn the_minimal_payload_has_the_documents_defaults() {
        let start = parse(Channel::Sms, r#"{"to":"+15557788999"}"#).unwrap();
        assert_eq!(start.message, "Your Personal Authorization Code is:");
        assert_eq!((start.token_length, start.max_attempts), (6, 3));
        assert_eq!(start.valid_for, Duration::from_secs(3600));
        assert!(!start.allow_alphas && start.from.is_none());
    }

    #[test]
    fn every_range_of_the_document_ends_where_it_says() {
        for (name, least, most) in
            [("token_length", 4, 20), ("max_attempts", 1, 20), ("valid_for", 0, 604_800)]
        {
            let with = |value: i64| format!(r#"{{"to":"+15557788999","{name}":{value}}}"#);
            assert!(parse(Channel::Sms, &with(least)).is_ok());
            assert!(parse(Channel::Sms, &with(most)).is_ok());
            assert_eq!(
                complaints(Channel::Sms, &with(least - 1)),
                [(name, "invalid_parameter", format!("must be greater than or equal to {least}"))]
            );
            assert_eq!(
                complaints(Channel::Sms, &with(most + 1)),
                [(name, "invalid_parameter", format!("must be less than or equal to {most}"))]
            );
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let body = r#"{"from":"5554433222","token_length":3,"max_attempts":"x","allow_alphas":2}"#;
        let said = complaints(Channel::Sms, body);
        let attributes: Vec<_> = said.iter().map(|(attribute, ..)| *attribute).collect();
        assert_eq!(attributes, ["to", "from", "token_length", "max_attempts", "allow_alphas"]);
    }

    #[test]
    fn a_message_of_ones_own_needs_a_number_of_ones_own_by_sms_alone() {
        let own = r#"{"to":"+15557788999","message":"Hi"}"#;
        assert_eq!(complaints(Channel::Sms, own)[0].0, "from");
        assert!(parse(Channel::Call, own).is_ok());
        let standard = format!(r#"{{"to":"+15557788999","message":"{DEFAULT_MESSAGE}"}}"#);
        assert!(parse(Channel::Sms, &standard).is_ok());
    }

    #[test]
    fn a_call_reads_five_hundred_characters_including_the_token() {
        let with = |length: usize, token_length: u8| {
            let message = "é€".repeat(length / 2) + &"ç".repeat(length % 2);
            format!(
                r#"{{"to":"+15557788999","message":"{message}","token_length":{token_length}}}"#
            )
        };
        assert!(parse(Channel::Call, &with(494, 6)).is_ok());
        assert!(parse(Channel::Call, &with(480, 20)).is_ok());
        for body in [with(495, 6), with(481, 20)] {
            assert_eq!(complaints(Channel::Call, &body)[0].1, "message_length_exceeds_limit");
        }
    }
}
