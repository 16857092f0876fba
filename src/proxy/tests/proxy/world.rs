//! The world of a test: an emulator, a proxy with both faces, a clock, and a visitor.
//!
//! `tests/redaction.rs` has it too, and uses another part of it.
#![allow(dead_code)]

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mfa_emulator::{Credentials, Emulator, Fault, Options, Outcome, Route};
use mfa_proxy::{ApiKey, ApiToken, Bounds, Clock, Keys, Limits, Proxy, Settings, Upstream};
use reqwest::{Client, Response};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub(crate) const NUMBER: &str = "+15557788999";
pub(crate) const API_KEY: &str = "K0123456789abcdef0123456789abcdef";
pub(crate) const API_TOKEN: &str = "PTsecret-of-the-project";

/// A problem or an answer, as the page got it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert!(header("x-request-id").is_some());
        let status = response.status().as_u16();
        let content_type = header("content-type").unwrap_or_default();
        let retry_after = header("retry-after").map(|seconds| seconds.parse().unwrap());
        let body = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Self { status, content_type, retry_after, body }
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_else(|| panic!("no {field} in {self:?}")).to_owned()
    }

    /// Fails unless this is a well-formed problem of that code.
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.content_type, "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(self.body["title"].is_string() && self.body["detail"].is_string(), "{self:?}");
        if matches!(status, 429 | 503) {
            assert!(self.retry_after.is_some(), "{self:?} does not say when to come back");
        }
        self
    }

    pub(crate) fn is_closed(&self, reason: &str) {
        self.is_problem(404, "interaction_closed");
        assert_eq!(self.body["reason"], reason, "{self:?}");
    }
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) proxy: Proxy,
    pub(crate) public: String,
    pub(crate) private: String,
    pub(crate) client: Client,
    pub(crate) upstream: String,
    clock: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let credentials = Credentials { project_id: "project".into(), api_token: API_TOKEN.into() };
        let emulator = Emulator::new(Options { credentials, ..Options::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let app = mfa_emulator::router(emulator.clone());
        let mut tasks = vec![tokio::spawn(async move {
            mfa_emulator::serve(listener, app, pending()).await.unwrap();
        })];

        let clock = Arc::new(AtomicU64::new(1_700_000_000));
        let time = Arc::clone(&clock);
        let mut settings = Settings::new(
            Upstream::new(&base_url, "project", ApiToken::new(API_TOKEN)),
            Keys::generate(),
        );
        settings.upstream.timeout = Duration::from_millis(400);
        settings.clock = Clock::from_fn(move || time.load(Ordering::SeqCst));
        // The limits have tests of their own; here a story may need many sends.
        settings.limits = Limits {
            sends_per_number: vec![],
            sends_per_subject: vec![],
            sends_per_address: vec![],
            sends_in_all: vec![],
            ..Limits::default()
        };
        change(&mut settings);
        let proxy = Proxy::new(settings).unwrap();
        let mut serve = async |router: axum::Router| {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let served = mfa_proxy::serve(listener, router, Bounds::default(), pending());
            tasks.push(tokio::spawn(served));
            url
        };
        // As an embedding site mounts it.
        let public = serve(axum::Router::new().nest("/mfa", proxy.public_router())).await + "/mfa";
        let private = serve(proxy.private_router(ApiKey::new(API_KEY))).await;
        Self {
            emulator,
            proxy,
            public,
            private,
            client: client(),
            upstream: base_url,
            clock,
            tasks,
        }
    }

    /// Time passes, here and at the upstream.
    pub(crate) fn passes(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        self.emulator.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn breaks(&self, route: Route, outcome: Outcome, delay_ms: u64) {
        let delay = Duration::from_millis(delay_ms);
        self.emulator.fault(Fault { route, outcome, delay, times: 1 }).unwrap();
    }

    /// The latest token on the visitor's phone.
    pub(crate) fn token(&self) -> String {
        self.emulator.outbox()[0].token.as_str().to_owned()
    }

    /// A token that is certainly not the latest.
    pub(crate) fn wrong_token(&self) -> String {
        let digits = self.token().into_bytes();
        digits.into_iter().map(|digit| char::from((digit - b'0' + 1) % 10 + b'0')).collect()
    }

    pub(crate) async fn to_backend(&self, path: &str, body: Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.private));
        let request = request.header("authorization", format!("Bearer {API_KEY}"));
        Answer::of(json_body(request, &body).send().await.unwrap()).await
    }

    pub(crate) async fn ticket(&self, subject: &str) -> String {
        let body = json!({ "subject": subject, "to": NUMBER });
        self.to_backend("/tickets", body).await.text("ticket")
    }

    pub(crate) async fn redeem(&self, receipt: &str) -> Answer {
        self.to_backend("/receipts/redeem", json!({ "receipt": receipt })).await
    }

    /// A visitor who has shown a password.
    pub(crate) async fn visitor(&self) -> Visitor<'_> {
        Visitor { world: self, ticket: self.ticket("ada").await }
    }

    pub(crate) async fn post(&self, path: &str, key: Option<Uuid>, body: &Value) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.public));
        if let Some(key) = key {
            request = request.header("idempotency-key", key.to_string());
        }
        Answer::of(json_body(request, body).send().await.unwrap()).await
    }
}

/// The page of a visitor.
pub(crate) struct Visitor<'a> {
    pub(crate) world: &'a World,
    pub(crate) ticket: String,
}

impl Visitor<'_> {
    pub(crate) async fn asks(&self, channel: &str) -> Answer {
        self.asks_with(channel, None, Some(Uuid::new_v4())).await
    }

    pub(crate) async fn asks_with(
        &self,
        channel: &str,
        previous: Option<&str>,
        key: Option<Uuid>,
    ) -> Answer {
        let body = json!({ "ticket": self.ticket, "previous": previous });
        self.world.post(&format!("/{channel}"), key, &body).await
    }

    pub(crate) async fn types(&self, id: &str, token: &str) -> Answer {
        self.types_with(id, token, Some(Uuid::new_v4())).await
    }

    pub(crate) async fn types_with(&self, id: &str, token: &str, key: Option<Uuid>) -> Answer {
        self.world.post(&format!("/{id}/verify"), key, &json!({ "token": token })).await
    }
}

pub(crate) fn json_body(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

/// A client that needs no certificates: everything is on this machine.
pub(crate) fn client() -> Client {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}
