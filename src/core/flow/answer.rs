//! What an HTTP answer of the endpoint means for the flow.
//!
//! The shell reads the bytes; whether they are an answer at all, and which event they are, is
//! decided here: by the status, then by the body as far as it is understood.

use super::{Event, Refusal, RequestId};
use crate::wire::{Failure, ProblemCode, StartAnswer, VerifyAnswer};

/// An HTTP answer, its body already read as what it should be.
#[derive(Clone, Debug)]
pub struct Answer<Body> {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// The body of a success; `None` if it is something else.
    pub body: Option<Body>,
    /// The body of a failure; empty if it is something else.
    pub failure: Failure,
}

impl<Body> Answer<Body> {
    /// Any 2xx is a success: the upstream's clients have seen 200 and 201.
    const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    fn refusal(&self) -> Refusal {
        if self.is_success() {
            return Refusal::NotUnderstood;
        }
        Refusal::read(self.status, self.failure.code.as_deref(), self.retry_after)
    }
}

impl Answer<StartAnswer> {
    /// What the answer to a start means.
    #[must_use]
    pub fn event(mut self, request: RequestId) -> Event {
        if self.is_success()
            && let Some(answer) = self.body.take()
        {
            return Event::Sent { request, answer };
        }
        Event::Refused { request, refusal: self.refusal() }
    }
}

impl Answer<VerifyAnswer> {
    /// What the answer to a verify means. A 404 is a closed interaction, unless the proxy says
    /// that the route itself does not exist.
    #[must_use]
    pub fn event(mut self, request: RequestId) -> Event {
        if self.is_success()
            && let Some(answer) = self.body.take()
        {
            return if answer.success {
                let receipt = answer.receipt.filter(|receipt| !receipt.is_empty());
                Event::Verified { request, receipt: receipt.map(Into::into) }
            } else {
                let VerifyAnswer { attempts_left, resend_after, .. } = answer;
                Event::Rejected { request, attempts_left, resend_after }
            };
        }
        if self.status == 404
            && self.failure.code.as_deref() != Some(ProblemCode::NotFound.as_str())
        {
            let (reason, resend_after) = (self.failure.closed_reason(), self.failure.resend_after);
            return Event::Closed { request, reason, resend_after };
        }
        Event::Refused { request, refusal: self.refusal() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClosedReason;

    const REQUEST: RequestId = RequestId(1);

    fn verify(status: u16, body: &str) -> Event {
        Answer::<VerifyAnswer> {
            status,
            retry_after: None,
            body: serde_json::from_str(body).ok(),
            failure: serde_json::from_str(body).unwrap_or_default(),
        }
        .event(REQUEST)
    }

    fn start(status: u16, body: &str) -> Event {
        Answer::<StartAnswer> {
            status,
            retry_after: None,
            body: serde_json::from_str(body).ok(),
            failure: serde_json::from_str(body).unwrap_or_default(),
        }
        .event(REQUEST)
    }

    fn refused(refusal: Refusal) -> Event {
        Event::Refused { request: REQUEST, refusal }
    }

    #[test]
    fn the_upstreams_own_bodies_are_understood() {
        let verified = Event::Verified { request: REQUEST, receipt: None };
        assert_eq!(verify(200, "{\n\"success\": true\n}"), verified);
        assert_eq!(
            verify(200, r#"{"success":false}"#),
            Event::Rejected { request: REQUEST, attempts_left: None, resend_after: None }
        );
        assert_eq!(
            verify(404, r#"{"error":"Not Found"}"#),
            Event::Closed { request: REQUEST, reason: ClosedReason::Unknown, resend_after: None }
        );
    }

    #[test]
    fn the_proxys_answers_say_more() {
        assert_eq!(
            verify(200, r#"{"success":false,"attempts_left":0,"resend_after":600}"#),
            Event::Rejected { request: REQUEST, attempts_left: Some(0), resend_after: Some(600) }
        );
        assert_eq!(
            verify(404, r#"{"code":"interaction_closed","reason":"exhausted","resend_after":60}"#),
            Event::Closed {
                request: REQUEST,
                reason: ClosedReason::Exhausted,
                resend_after: Some(60)
            }
        );
        assert_eq!(verify(404, r#"{"code":"not_found"}"#), refused(Refusal::Misconfigured));
    }

    #[test]
    fn an_empty_receipt_is_none() {
        let verified = Event::Verified { request: REQUEST, receipt: None };
        assert_eq!(verify(200, r#"{"success":true,"receipt":""}"#), verified);
    }

    #[test]
    fn any_2xx_is_a_success() {
        assert!(matches!(start(201, r#"{"id":"1","success":true}"#), Event::Sent { .. }));
        assert!(matches!(verify(201, r#"{"success":true}"#), Event::Verified { .. }));
    }

    #[test]
    fn a_page_of_html_or_nothing_at_all_is_no_answer() {
        for body in ["<html>login</html>", ""] {
            assert_eq!(start(200, body), refused(Refusal::NotUnderstood));
            assert_eq!(verify(200, body), refused(Refusal::NotUnderstood));
            let unavailable = refused(Refusal::Unavailable { retry_after: None });
            assert_eq!(start(502, body), unavailable);
            assert_eq!(verify(502, body), unavailable);
        }
    }
}
