//! The upstream, carried out: the two calls of the decisions over HTTP, one try each.
//!
//! Never a second try, never a redirect followed: a repeated send is a second SMS. A failure is
//! a line in the log for the operator and plain data for the decisions; the line has no number,
//! no token and none of the upstream's own words.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Url, redirect, retry};
use serde::Serialize;

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
mod tls;

use gate::Gate;
use reply::Reply;

/// No answer of the upstream is longer; more than this is not read.
const MAX_BODY: usize = 64 * 1024;

/// A client of one SignalWire space.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// One for each thread that serves: a connection is used where it was made, so that a call
    /// wakes nobody else.
    clients: Vec<Client>,
    base: Url,
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
        let mut headers = HeaderMap::new();
        let basic = credentials::basic(&settings.project_id, &settings.api_token)?;
        headers.insert(AUTHORIZATION, basic);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let tls = tls::config(base.scheme() == "https")?;
        let client = || {
            let mut builder = Client::builder()
                .default_headers(headers.clone())
                .user_agent(concat!("mfa-proxy/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                // Shorter than any server keeps one: a send into a closing connection is lost.
                .pool_idle_timeout(Duration::from_secs(15))
                .connect_timeout(settings.connect_timeout.min(settings.timeout))
                .timeout(settings.timeout)
                .tls_backend_preconfigured(tls.clone());
            if loopback {
                builder = builder.no_proxy();
            }
            builder.build().map_err(|error| {
                SettingError::new("upstream.base_url", format!("no client for it: {error}"))
            })
        };
        let clients = (0..Workers::for_each_core()).map(|_| client()).collect::<Result<_, _>>()?;
        let gate = Gate::new(settings, clock.clone());
        Ok(Self { clients, base, gate, clock })
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
        match self.post(&[send.channel.as_str()], &body).await {
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
        match self.post(&[&ask.upstream_id, "verify"], &body).await {
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

    async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Reply, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "relay", "rest", "mfa"]).extend(path);
        }
        let body = serde_json::to_vec(body).map_err(|_| Failure::NotReached)?;
        let client = self.clients.get(workers::number() % self.clients.len().max(1));
        let sent = client.ok_or(Failure::NotReached)?.post(url).body(body).send().await;
        let mut response = sent.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let retry_after = retry_after::seconds(response.headers(), self.clock.now());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > MAX_BODY {
                tracing::error!(status, "the upstream's answer is too long");
                return Err(Failure::Broken);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, retry_after, body })
    }
}

/// What went wrong on the way. Only an error before the connection stood is sure to have sent
/// nothing.
fn failure(error: &reqwest::Error) -> Failure {
    // Not the error itself: it has the URL, and in the URL an id.
    if let Some(problem) = tls::problem(error).filter(|_| error.is_connect()) {
        tracing::error!(problem, "no TLS with the upstream; nothing was sent");
        Failure::NotReached
    } else if error.is_connect() {
        let (timeout, dns) = (error.is_timeout(), error.is_dns());
        tracing::error!(timeout, dns, "no connection to the upstream; nothing was sent");
        Failure::NotReached
    } else if error.is_timeout() {
        tracing::error!("the upstream did not answer in time");
        Failure::TimedOut
    } else {
        tracing::error!("the connection to the upstream was lost on the way");
        Failure::Broken
    }
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
