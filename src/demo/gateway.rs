//! The gateway: what the site's backend asks of other servers, all of them on this machine.
//!
//! Tickets and receipts go through the proxy's private face, over HTTP as they would between two
//! machines. Nothing that is secret is in an address, an error or a log line of this module.

use std::{fmt, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, Request, Response, StatusCode, header},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use mfa_proxy::{ApiKey, Receipt, Ticket};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::accounts::Account;

/// Longer than any answer of the proxy on the same machine takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// No answer that is waited for is longer.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// How a code reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    /// It was read out.
    Call,
    /// It was written.
    Sms,
}

/// A ticket, and what the receipt that answers it will repeat.
#[derive(Clone, Debug)]
pub(crate) struct IssuedTicket {
    pub(crate) ticket: Ticket,
    pub(crate) nonce: String,
}

/// What the proxy says of a receipt that it took.
#[derive(Debug, Deserialize)]
pub(crate) struct Redeemed {
    /// Who verified.
    pub(crate) subject: String,
    /// Over which channel.
    pub(crate) channel: Channel,
    /// Of the ticket that the receipt answers.
    pub(crate) nonce: Option<String>,
    /// When, in seconds since 1970.
    pub(crate) verified_at: i64,
}

/// What the proxy says of a token.
#[derive(Deserialize)]
pub(crate) struct Verified {
    /// There when the token was right.
    pub(crate) receipt: Option<String>,
    /// How many more tokens it takes.
    pub(crate) attempts_left: Option<u32>,
}

/// Why there is no answer to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    /// A limit; it may say for how many seconds.
    #[error("it has had enough for now")]
    Busy(Option<u32>),
    /// Nobody answered, or not in time, or with what is no answer.
    #[error("{0}")]
    NoAnswer(String),
    /// The other side said no.
    #[error("it refused with {}", .0.as_u16())]
    Refused(StatusCode),
}

/// Where the others are.
#[derive(Clone)]
pub(crate) struct Gateway {
    client: Client<HttpConnector, Body>,
    /// The site itself, where the proxy has its public face and the emulator its routes.
    site: String,
    private: String,
    key: ApiKey,
}

#[derive(Serialize)]
struct TicketRequest<'a> {
    subject: &'a str,
    to: &'a str,
    policy: &'a str,
}

#[derive(Deserialize)]
struct TicketAnswer {
    ticket: String,
    nonce: String,
}

#[derive(Serialize)]
struct StartRequest<'a> {
    ticket: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<&'a str>,
}

#[derive(Deserialize)]
struct Started {
    id: String,
}

#[derive(Serialize)]
struct VerifyRequest<'a> {
    token: &'a str,
}

#[derive(Serialize)]
struct Redemption<'a> {
    receipt: &'a str,
}

impl Gateway {
    /// `private` is the base URL of the proxy's private face, and `key` what it asks for.
    pub(crate) fn new(site: String, private: String, key: ApiKey) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, site, private, key }
    }

    /// A ticket for this person's page.
    pub(crate) async fn ticket(&self, account: &Account) -> Result<IssuedTicket, GatewayError> {
        let request = TicketRequest {
            subject: account.username,
            to: account.number,
            policy: account.policy.name,
        };
        let issued: TicketAnswer = self.private("/tickets", &request).await?;
        Ok(IssuedTicket { ticket: Ticket::new(issued.ticket), nonce: issued.nonce })
    }

    /// Takes a receipt. A second time it is refused.
    pub(crate) async fn redeem(&self, receipt: &Receipt) -> Result<Redeemed, GatewayError> {
        self.private("/receipts/redeem", &Redemption { receipt: receipt.expose() }).await
    }

    /// Has a code sent, as the page would; `previous` is the interaction that a resend follows.
    /// The answer is the new interaction's id.
    pub(crate) async fn start(
        &self,
        ticket: &Ticket,
        channel: Channel,
        previous: Option<&str>,
    ) -> Result<String, GatewayError> {
        let route = match channel {
            Channel::Call => "/mfa/call",
            Channel::Sms => "/mfa/sms",
        };
        let request = StartRequest { ticket: ticket.expose(), previous };
        let request = post(&self.site, route, &request)?;
        self.answer(request).await.map(|Started { id }| id)
    }

    /// Has a token checked, as the page would.
    pub(crate) async fn verify(
        &self,
        interaction: &str,
        token: &str,
    ) -> Result<Verified, GatewayError> {
        let route = format!("/mfa/{interaction}/verify");
        self.answer(post(&self.site, &route, &VerifyRequest { token })?).await
    }

    /// The emulator's event stream of one number.
    pub(crate) async fn deliveries(
        &self,
        account: &Account,
        last: Option<HeaderValue>,
    ) -> Result<Body, GatewayError> {
        let number = account.number.trim_start_matches('+');
        let mut request = Request::get(format!("{}/_emulator/events?to=%2B{number}", self.site));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).map_err(no_answer)?;
        Ok(self.send(request).await?.into_body())
    }

    async fn private<A: DeserializeOwned>(
        &self,
        route: &str,
        body: &impl Serialize,
    ) -> Result<A, GatewayError> {
        let mut key =
            HeaderValue::try_from(format!("Bearer {}", self.key.expose())).map_err(no_answer)?;
        key.set_sensitive(true);
        let mut request = post(&self.private, route, body)?;
        request.headers_mut().insert(header::AUTHORIZATION, key);
        self.answer(request).await
    }

    async fn answer<A: DeserializeOwned>(&self, request: Request<Body>) -> Result<A, GatewayError> {
        let response = self.send(request).await?;
        let body = to_bytes(response.into_body(), MOST_ANSWER_BYTES);
        let body =
            tokio::time::timeout(PATIENCE, body).await.map_err(no_answer)?.map_err(no_answer)?;
        // Without the text of the problem: it may repeat what the answer holds.
        serde_json::from_slice(&body)
            .map_err(|_| GatewayError::NoAnswer("what it answered is no answer".into()))
    }

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, GatewayError> {
        let response = tokio::time::timeout(PATIENCE, self.client.request(request))
            .await
            .map_err(no_answer)?
            .map_err(no_answer)?;
        match response.status() {
            status if status.is_success() => Ok(response.map(Body::new)),
            status if status.is_server_error() => {
                Err(GatewayError::NoAnswer(format!("it failed with {}", status.as_u16())))
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let after = response.headers().get(header::RETRY_AFTER);
                let seconds = after.and_then(|after| after.to_str().ok()?.parse().ok());
                Err(GatewayError::Busy(seconds))
            }
            status => Err(GatewayError::Refused(status)),
        }
    }
}

fn post(base: &str, route: &str, body: &impl Serialize) -> Result<Request<Body>, GatewayError> {
    let body = serde_json::to_vec(body).map_err(no_answer)?;
    Request::post(format!("{base}{route}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .map_err(no_answer)
}

fn no_answer(problem: impl fmt::Display) -> GatewayError {
    GatewayError::NoAnswer(problem.to_string())
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("private", &self.private).finish_non_exhaustive()
    }
}
