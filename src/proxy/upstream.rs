//! The upstream, carried out: the two calls of the decisions over HTTP, one try each.
//!
//! Never a second try of what was written to a connection, never a redirect followed: a repeated send is a second SMS. A failure is
//! a line in the log for the operator and plain data for the decisions; the line has no number,
//! no token and none of the upstream's own words.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use axum::http::uri::PathAndQuery;
use axum::http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Serialize;
use url::{Position, Url};

use crate::clock::{Clock, UnixTime};
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};
use crate::decide::start::Send;
use crate::decide::verify::Ask;
use crate::settings::{SettingError, Upstream as UpstreamSettings};
use crate::workers::{self, Workers};

mod breaker;
mod credentials;
mod gate;
mod reply;
mod retry_after;
mod road;
mod tls;

use gate::Gate;
use reply::Reply;
use road::Road;

/// No answer of the upstream is longer; more than this is not read.
const MAX_BODY: usize = 64 * 1024;

/// Who calls.
const AGENT: &str = concat!("mfa-proxy/", env!("CARGO_PKG_VERSION"));

/// A client of one SignalWire space.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// One for each thread that serves: a connection is used where it was made, so that a call
    /// wakes nobody else.
    clients: Vec<Client<Road, Full<Bytes>>>,
    /// The upstream itself, without a path.
    authority: Uri,
    /// Of the API there.
    path: String,
    /// Of every call.
    headers: HeaderMap,
    /// For how long a call may take, to the last byte of its answer.
    patience: Duration,
    gate: Gate,
    clock: Clock,
}

#[derive(Serialize)]
struct SendBody<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    token_length: u8,
    max_attempts: u8,
    allow_alphas: bool,
    valid_for: u32,
}

#[derive(Serialize)]
struct VerifyBody<'a> {
    token: &'a str,
}

impl Upstream {
    /// A client of this upstream. Nothing is called yet.
    pub(crate) fn new(settings: &UpstreamSettings, clock: Clock) -> Result<Self, SettingError> {
        let (base, loopback) = base_url(&settings.base_url)?;
        let refuse = |problem| SettingError::new("upstream.base_url", problem);
        let authority = base[..Position::AfterPort].parse::<Uri>();
        let authority = authority.map_err(|error| refuse(format!("cannot be called: {error}")))?;
        let path = base.path().strip_suffix('/').unwrap_or(base.path());
        let basic = credentials::basic(&settings.project_id, &settings.api_token)?;
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("*/*")),
            (AUTHORIZATION, basic),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(AGENT)),
        ]);
        let patience = settings.connect_timeout.min(settings.timeout);
        let tls = tls::config(base.scheme() == "https")?;
        let road = Road::new(&authority, loopback, tls, patience);
        let client = |_| {
            Client::builder(TokioExecutor::new())
                .timer(TokioTimer::new())
                .pool_timer(TokioTimer::new())
                // Shorter than any server keeps one: a send into a closing connection is lost.
                .pool_idle_timeout(Duration::from_secs(15))
                .build(road.clone())
        };
        Ok(Self {
            clients: (0..Workers::for_each_core()).map(client).collect(),
            authority,
            path: format!("{path}/api/relay/rest/mfa"),
            headers,
            patience: settings.timeout,
            gate: Gate::new(settings, clock.clone()),
            clock,
        })
    }

    /// Whether a call may be made now. To be asked before anything is charged for one; each call
    /// asks again by itself.
    pub(crate) fn admits(&self, now: UnixTime) -> Result<(), Failure> {
        self.gate.admits(now)
    }

    /// Has a token sent.
    pub(crate) async fn send(&self, send: &Send) -> SendOutcome {
        let body = SendBody {
            to: send.to.as_str(),
            from: send.from.as_ref().map(mfa_core::E164::as_str),
            message: send.message.as_deref(),
            token_length: send.token_length,
            max_attempts: send.max_attempts,
            allow_alphas: send.allow_alphas,
            valid_for: send.valid_for,
        };
        let call = match self.gate.enter().await {
            Ok(call) => call,
            Err(failure) => return SendOutcome::Failed(failure),
        };
        let to = self.route(format_args!("{}", send.channel.as_str()));
        match self.post(to, &body).await {
            Ok(reply) => {
                let outcome = reply.of_send(send.channel);
                call.ends(reply.ailment(outcome.failure()), reply.asks_to_be_left_alone());
                outcome
            }
            Err(failure) => {
                call.ends(Some(failure), None);
                SendOutcome::Failed(failure)
            }
        }
    }

    /// Asks whether a token is right.
    pub(crate) async fn verify(&self, ask: &Ask) -> VerifyOutcome {
        let body = VerifyBody { token: &ask.token.text() };
        let call = match self.gate.enter().await {
            Ok(call) => call,
            Err(failure) => return VerifyOutcome::Failed(failure),
        };
        let to = self.route(format_args!("{}/verify", ask.upstream_id));
        match self.post(to, &body).await {
            Ok(reply) => {
                let outcome = reply.of_verify();
                call.ends(reply.ailment(outcome.failure()), reply.asks_to_be_left_alone());
                outcome
            }
            Err(failure) => {
                call.ends(Some(failure), None);
                VerifyOutcome::Failed(failure)
            }
        }
    }

    /// Asks once, and reads the answer to its end.
    async fn post(&self, to: Option<Uri>, body: &impl Serialize) -> Result<Reply, Failure> {
        let body = serde_json::to_vec(body).map_err(|_| Failure::NotReached)?;
        let mut request = Request::new(Full::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to.ok_or(Failure::NotReached)?;
        *request.headers_mut() = self.headers.clone();
        let client = self.clients.get(workers::number() % self.clients.len().max(1));
        let exchange = self.exchange(client.ok_or(Failure::NotReached)?, request);
        tokio::time::timeout(self.patience, exchange).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// The address of a route of the API.
    fn route(&self, route: fmt::Arguments<'_>) -> Option<Uri> {
        let path = Bytes::from(format!("{}/{route}", self.path));
        let mut address = self.authority.clone().into_parts();
        address.path_and_query = Some(PathAndQuery::from_maybe_shared(path).ok()?);
        Uri::from_parts(address).ok()
    }

    async fn exchange(
        &self,
        client: &Client<Road, Full<Bytes>>,
        request: Request<Full<Bytes>>,
    ) -> Result<Reply, Failure> {
        let sent = client.request(request).await;
        let response = sent.map_err(|error| failure(&error, error.is_connect()))?;
        let status = response.status().as_u16();
        let retry_after = retry_after::seconds(response.headers(), self.clock.now());
        let (mut coming, mut body) = (response.into_body(), Vec::new());
        while let Some(frame) = coming.frame().await {
            let frame = frame.map_err(|error| failure(&error, false))?;
            let Some(chunk) = frame.data_ref() else { continue };
            if body.len() + chunk.len() > MAX_BODY {
                tracing::error!(status, "the upstream's answer is too long");
                return Err(Failure::Broken);
            }
            body.extend_from_slice(chunk);
        }
        Ok(Reply { status, retry_after, body })
    }
}

/// What went wrong on the way. Only an error before the connection stood is sure to have sent
/// nothing.
fn failure(error: &(dyn Error + 'static), connecting: bool) -> Failure {
    // Not the error itself: it may have an address.
    if let Some(problem) = tls::problem(error).filter(|_| connecting) {
        tracing::error!(problem, "no TLS with the upstream; nothing was sent");
        Failure::NotReached
    } else if connecting {
        let (timeout, dns) = (road::is_timeout(error), road::is_dns(error));
        tracing::error!(timeout, dns, "no connection to the upstream; nothing was sent");
        Failure::NotReached
    } else if road::is_timeout(error) {
        timed_out()
    } else {
        tracing::error!("the connection to the upstream was lost on the way");
        Failure::Broken
    }
}

fn timed_out() -> Failure {
    tracing::error!("the upstream did not answer in time");
    Failure::TimedOut
}

/// The base URL, and whether it is this machine.
fn base_url(text: &str) -> Result<(Url, bool), SettingError> {
    let refuse = |problem: &str| Err(SettingError::new("upstream.base_url", problem));
    let Ok(url) = Url::parse(text) else {
        return refuse("is not a URL; it looks like https://your-space.signalwire.com");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold the credentials; use upstream.project_id and MFA_API_TOKEN");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not have a query or a fragment");
    }
    if url.path().starts_with("/api/relay") {
        return refuse("must not have the path of the API: /api/relay/rest/mfa is added to it");
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if host == "your-space.signalwire.com" {
        return refuse("is that of the sample; your-space stands for the name of your space");
    }
    let loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return refuse(
                "must be https: it carries the API token; http only to 127.0.0.1 or ::1",
            );
        }
        _ => return refuse("must be https"),
    }
    Ok((url, loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost/x"] {
            assert!(base_url(url).unwrap().1, "{url}");
        }
        assert!(!base_url("https://example.signalwire.com").unwrap().1);
        for url in
            ["http://example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "nonsense"]
        {
            assert_eq!(base_url(url).unwrap_err().setting(), "upstream.base_url", "{url}");
        }
    }

    #[test]
    fn what_was_copied_and_not_filled_in_is_refused() {
        for url in [
            "https://your-space.signalwire.com",
            "https://Your-Space.signalwire.com/",
            "https://example.signalwire.com/api/relay/rest/mfa",
            "http://127.0.0.1:8790/api/relay/rest",
        ] {
            assert_eq!(base_url(url).unwrap_err().setting(), "upstream.base_url", "{url}");
        }
        assert!(base_url("https://gateway.example/signalwire").is_ok());
    }

    #[test]
    fn credentials_in_the_url_are_refused_and_not_repeated() {
        let error = base_url("https://project:PTsecret@example.com").unwrap_err().to_string();
        assert!(!error.contains("PTsecret"), "{error}");
    }
}
