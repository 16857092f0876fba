//! Reading the upstream's answers: any 2xx, both shapes of 422, and whatever else comes.
//!
//! The documents name two shapes of a 422 and do not say which one this API sends; both are
//! read, and neither is needed: an unreadable 422 is a refusal too.

use mfa_core::Channel;
use serde::Deserialize;

use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};

/// An answer of the upstream, read to its end.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) retry_after: Option<u64>,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Sent {
    id: Option<String>,
    success: bool,
}

#[derive(Deserialize)]
struct Verified {
    success: bool,
}

#[derive(Default, Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<Error>,
}

/// `{detail, status, title, code}` or `{type, code, message, attribute, url}`.
#[derive(Deserialize)]
struct Error {
    code: Option<String>,
    attribute: Option<String>,
    detail: Option<String>,
}

/// What is wrong with the number, in the upstream's list of codes.
const NUMBER: &[&str] = &[
    "destination_number_not_supported",
    "invalid_destination_number",
    "invalid_number_format",
    "invalid_to_number",
    "not_e164",
    "not_routable",
    "not_routeable",
    "number_blacklisted",
    "sending_restricted_to_verified",
    "unsupported_region",
];

/// What is wrong with the channel.
const CHANNEL: &[&str] = &["missing_messaging_capability", "not_voice_capable"];

impl Reply {
    pub(super) fn of_send(&self, channel: Channel) -> SendOutcome {
        match self.status {
            200..=299 => match serde_json::from_slice::<Sent>(&self.body) {
                Ok(Sent { id: Some(id), success: true }) if is_id(&id) => {
                    SendOutcome::Sent { upstream_id: id }
                }
                Ok(Sent { success: false, .. }) => {
                    tracing::error!(channel = channel.as_str(), "the upstream did not queue it");
                    SendOutcome::Refused
                }
                Ok(Sent { .. }) | Err(_) => SendOutcome::Failed(self.garbage()),
            },
            422 => self.refused(channel),
            status => match self.failure() {
                Some(failure) => SendOutcome::Failed(failure),
                None => {
                    tracing::error!(status, "the upstream refused to send");
                    SendOutcome::Refused
                }
            },
        }
    }

    pub(super) fn of_verify(&self) -> VerifyOutcome {
        match self.status {
            200..=299 => match serde_json::from_slice::<Verified>(&self.body) {
                Ok(Verified { success: true }) => VerifyOutcome::Right,
                Ok(Verified { success: false }) => VerifyOutcome::Wrong,
                Err(_) => VerifyOutcome::Failed(self.garbage()),
            },
            404 => VerifyOutcome::Gone,
            status => VerifyOutcome::Failed(self.failure().unwrap_or_else(|| {
                tracing::error!(status, "the upstream refused to verify");
                Failure::Broken
            })),
        }
    }

    /// What this answer says of the upstream's health: a refusal that nobody expected fails the
    /// visitor's request, and is an answer of the API all the same.
    pub(super) fn ailment(&self, failure: Option<Failure>) -> Option<Failure> {
        failure.filter(|failure| *failure != Failure::Broken || !matches!(self.status, 400..=499))
    }

    /// For how many seconds nobody is to come, if the upstream said so with a status that means
    /// that.
    pub(super) fn asks_to_be_left_alone(&self) -> Option<u64> {
        self.retry_after.filter(|_| matches!(self.status, 429 | 503))
    }

    fn garbage(&self) -> Failure {
        let length = self.body.len();
        tracing::error!(
            status = self.status,
            length,
            "the upstream's answer is not one of the API"
        );
        Failure::Broken
    }

    fn failure(&self) -> Option<Failure> {
        match self.status {
            // Told to the operator once, by the gate.
            401 | 403 => Some(Failure::Credentials),
            429 => {
                tracing::warn!(retry_after = self.retry_after, "the upstream is busy");
                Some(Failure::Busy { retry_after: self.retry_after })
            }
            // A redirect is not followed; a 404 to a send is a wrong base URL.
            status @ (300..=399 | 500..=599) => {
                tracing::error!(status, "the upstream failed");
                Some(Failure::Broken)
            }
            _ => None,
        }
    }

    fn refused(&self, channel: Channel) -> SendOutcome {
        let errors: Errors = serde_json::from_slice(&self.body).unwrap_or_default();
        for error in &errors.errors {
            // Its words are the upstream's and may repeat the number: only known codes are logged.
            let code = error.code.as_deref().unwrap_or_default();
            let known = NUMBER.iter().chain(CHANNEL).find(|known| **known == code);
            tracing::warn!(
                channel = channel.as_str(),
                code = known.copied().unwrap_or("other"),
                "the upstream refused to send"
            );
        }
        if errors.errors.iter().any(Error::is_about_channel) {
            SendOutcome::ChannelUnavailable
        } else if errors.errors.iter().any(Error::is_about_number) {
            SendOutcome::NumberRefused
        } else {
            tracing::error!("the upstream refused to send, and not because of the number");
            SendOutcome::Refused
        }
    }
}

impl Error {
    fn has(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    fn is_about_channel(&self) -> bool {
        self.has(CHANNEL)
    }

    /// In the one shape `attribute` says so, in the other `detail` begins with the field's name.
    fn is_about_number(&self) -> bool {
        let detail = self.detail.as_deref().unwrap_or_default();
        self.has(NUMBER)
            || self.attribute.as_deref() == Some("to")
            || detail.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("to "))
    }
}

/// An upstream id goes into a path, so only what a UUID is made of is believed.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, retry_after: None, body: body.into() }
    }

    fn send(status: u16, body: &str) -> SendOutcome {
        reply(status, body).of_send(Channel::Sms)
    }

    const ID: &str = "8630cc54-f6b2-45dd-b73b-cce28eb668d8";

    #[test]
    fn any_2xx_is_success() {
        let body = format!(r#"{{"id":"{ID}","success":true,"to":"+15557788999","channel":"sms"}}"#);
        for status in [200, 201, 202] {
            assert!(
                matches!(send(status, &body), SendOutcome::Sent { upstream_id } if upstream_id == ID)
            );
            assert_eq!(reply(status, r#"{"success":true}"#).of_verify(), VerifyOutcome::Right);
        }
    }

    #[test]
    fn a_send_that_was_not_queued_is_refused() {
        let body = format!(r#"{{"id":"{ID}","success":false}}"#);
        assert!(matches!(send(200, &body), SendOutcome::Refused));
    }

    #[test]
    fn both_shapes_of_a_422_are_read() {
        let documented = r#"{"errors":[{"detail":"To is invalid","status":"422",
            "title":"Invalid Attribute","code":"422"}]}"#;
        let seen = r#"{"errors":[{"type":"validation_error","code":"not_routable",
            "message":"The call is not routable","attribute":"to","url":"x"}]}"#;
        let channel = r#"{"errors":[{"code":"not_voice_capable","attribute":"to"}]}"#;
        let funds = r#"{"errors":[{"code":"insufficient_balance","attribute":null}]}"#;
        assert!(matches!(send(422, documented), SendOutcome::NumberRefused));
        assert!(matches!(send(422, seen), SendOutcome::NumberRefused));
        assert!(matches!(send(422, channel), SendOutcome::ChannelUnavailable));
        assert!(matches!(send(422, funds), SendOutcome::Refused));
        assert!(matches!(send(422, "<html>"), SendOutcome::Refused));
        assert!(matches!(send(422, ""), SendOutcome::Refused));
    }

    #[test]
    fn a_failure_is_told_from_a_refusal() {
        for (status, failure) in [
            (401, Failure::Credentials),
            (403, Failure::Credentials),
            (429, Failure::Busy { retry_after: None }),
            (302, Failure::Broken),
            (500, Failure::Broken),
            (503, Failure::Broken),
        ] {
            assert!(matches!(send(status, "{}"), SendOutcome::Failed(was) if was == failure));
            assert_eq!(reply(status, "{}").of_verify(), VerifyOutcome::Failed(failure));
        }
        assert!(matches!(send(404, "{}"), SendOutcome::Refused));
        assert_eq!(reply(404, "").of_verify(), VerifyOutcome::Gone);
    }

    #[test]
    fn garbage_is_never_success() {
        for body in ["", "{}", "<html>", "null", "[]", r#"{"success":"true"}"#, r#"{"success":1}"#]
        {
            assert!(matches!(send(200, body), SendOutcome::Failed(Failure::Broken)), "{body}");
            let verified = reply(200, body).of_verify();
            assert_eq!(verified, VerifyOutcome::Failed(Failure::Broken), "{body}");
        }
        for id in ["", "../../x", "a/b", "a?b"] {
            let body = format!(r#"{{"id":"{id}","success":true}}"#);
            assert!(matches!(send(200, &body), SendOutcome::Failed(Failure::Broken)), "{id}");
        }
    }
}
