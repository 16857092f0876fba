//! The site of the fuzz targets: a proxy with both faces, and an upstream that says yes.
//!
//! It goes through the crates' public API alone. Whatever gets past the proxy's checks is answered
//! with "sent" or "right", so a forgery that opens is a success, and a failure of the target. It
//! never judges by anything but the answers, and whether the upstream was asked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, request};
use mfa_core::E164;
use mfa_proxy::settings::UncheckedPolicy;
use mfa_proxy::{
    ApiKey, ApiToken, Clock, Keys, Limits, Policies, Proxy, SecretKey, Settings, TicketRequest,
    Upstream,
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

/// The number of whoever signs in.
pub const NUMBER: &str = "+15557788999";

const API_KEY: &str = "K0123456789abcdef0123456789abcdef";

/// What the upstream says to everything: it is on its way, and it was right.
const YES: &str = r#"{"id":"8630cc54-f6b2-45dd-b73b-cce28eb668d8","success":true}"#;

const DAY: u64 = 86_400;

/// Which side of the proxy is asked.
#[derive(Clone, Copy, Debug)]
pub enum Face {
    /// For the page.
    Public,
    /// For the site's backend, with its key.
    Private,
}

/// What one person carries, really sealed and signed by the proxy.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// From the backend.
    pub ticket: String,
    /// Of an interaction that is still open.
    pub id: String,
    /// For the backend, not yet redeemed.
    pub receipt: String,
}

/// A site, its proxy and its upstream on one thread.
pub struct Site {
    proxy: Proxy,
    public: Router,
    private: Router,
    runtime: Runtime,
    clock: Arc<AtomicU64>,
    asked: Arc<AtomicUsize>,
}

impl Site {
    /// A site with keys of its own.
    pub fn open(key: u8) -> Self {
        Self::with(key, |_| {})
    }

    /// A site with settings of its own.
    pub fn with(key: u8, change: impl FnOnce(&mut Settings)) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let asked = Arc::new(AtomicUsize::new(0));
        let base_url = runtime.block_on(upstream(Arc::clone(&asked)));
        // The same in each run, so that what is found can be repeated.
        let keys = Keys {
            sealing: vec![SecretKey::from_bytes(bytes(key)), SecretKey::from_bytes(bytes(key + 1))],
            receipt: vec![SecretKey::from_bytes(bytes(key + 2))],
            digest: None,
        };
        let upstream = Upstream::new(base_url, "project", ApiToken::new("PT0"));
        let mut settings = Settings::new(upstream, keys);
        let clock = Arc::new(AtomicU64::new(1_700_000_000));
        let time = Arc::clone(&clock);
        settings.clock = Clock::from_fn(move || time.load(Ordering::SeqCst));
        settings.limits = Limits {
            sends_per_number: vec![],
            sends_per_subject: vec![],
            sends_per_address: vec![],
            sends_in_all: vec![],
            ..Limits::default()
        };
        let at_once = UncheckedPolicy { resend_after: Some(0), ..UncheckedPolicy::default() };
        settings.policies =
            Policies::check([("default".to_owned(), at_once)].into()).expect("a policy");
        change(&mut settings);
        let proxy = Proxy::new(settings).expect("a proxy");
        let (public, private) = (proxy.public_router(), proxy.private_router(ApiKey::new(API_KEY)));
        Self { proxy, public, private, runtime, clock, asked }
    }

    /// A day passes: nothing of what was counted before counts any more.
    pub fn passes_a_day(&self) {
        self.clock.fetch_add(DAY + 1, Ordering::SeqCst);
    }

    /// How often the upstream was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What this person carries after a sign-in, and with another interaction open.
    ///
    /// That it comes about shows that the site works, and that a refusal has a reason.
    pub fn signs_in(&self, subject: &str) -> Sealed {
        let request = TicketRequest {
            subject: subject.into(),
            to: E164::parse(NUMBER).expect("a number"),
            policy: None,
            summary: None,
        };
        let ticket = self.proxy.issue_ticket(request).expect("a ticket").ticket.expose().to_owned();
        let start = json!({ "ticket": ticket }).to_string();
        let first = self.post(Face::Public, "/sms", start.clone());
        let first = first.text("id").expect("an id");
        let right = json!({ "token": "123456" }).to_string();
        let right = self.post(Face::Public, &format!("/{first}/verify"), right);
        let receipt = right.text("receipt").expect("a receipt");
        let id = self.post(Face::Public, "/sms", start).text("id").expect("another id");
        Sealed { ticket, id, receipt }
    }

    /// Whether this is a receipt that can be redeemed.
    pub fn redeems(&self, receipt: &str) -> bool {
        self.runtime.block_on(self.proxy.redeem(receipt)).is_ok()
    }

    /// Sends a body to a route. The path is one that a request line can have.
    pub fn post(&self, face: Face, path: &str, body: impl Into<Body>) -> Answer {
        self.send(face, Request::post(path), body.into())
    }

    /// The same to the public face, as the request that this key names.
    pub fn post_as(&self, key: &HeaderValue, path: &str, body: impl Into<Body>) -> Answer {
        self.send(Face::Public, Request::post(path).header("idempotency-key", key), body.into())
    }

    fn send(&self, face: Face, head: request::Builder, body: Body) -> Answer {
        let request = head
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {API_KEY}"))
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 9))))
            .body(body)
            .expect("a path");
        let router = match face {
            Face::Public => self.public.clone(),
            Face::Private => self.private.clone(),
        };
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.expect("an answer");
            let status = response.status().as_u16();
            let kind = response.headers().get(CONTENT_TYPE);
            let problem = kind.is_some_and(|kind| kind == "application/problem+json");
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("a whole answer");
            Answer { status, problem, body }
        })
    }
}

/// An upstream on a free port of this machine.
async fn upstream(asked: Arc<AtomicUsize>) -> String {
    let yes = move || {
        asked.fetch_add(1, Ordering::SeqCst);
        async { ([(CONTENT_TYPE, "application/json")], YES) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(yes)).await });
    url
}

/// 32 different bytes.
fn bytes(first: u8) -> [u8; 32] {
    std::array::from_fn(|at| first.wrapping_add((at as u8).wrapping_mul(at as u8)))
}

/// An answer of the proxy.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    problem: bool,
    body: Bytes,
}

impl Answer {
    /// A field of it.
    pub fn text(&self, field: &str) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body[field].as_str().map(str::to_owned)
    }

    /// Fails unless this is a success, or a problem that says what the sender did wrong.
    #[track_caller]
    pub fn is_in_order(&self) -> &Self {
        assert!(matches!(self.status, 200 | 400..=499), "{self:?}");
        if self.status != 200 {
            assert!(self.problem && self.text("code").is_some(), "{self:?}");
            assert!(self.text("detail").is_some_and(|detail| detail.len() < 300), "{self:?}");
        }
        self
    }

    /// Fails unless it was refused, with one of these codes.
    #[track_caller]
    pub fn is_refused(&self, codes: &[&str]) -> &Self {
        self.is_in_order();
        let code = self.text("code").unwrap_or_default();
        assert!(codes.contains(&code.as_str()), "{self:?}");
        self
    }

    /// Fails if the answer has this text in it.
    #[track_caller]
    pub fn does_not_repeat(&self, text: &str) -> &Self {
        let body = String::from_utf8_lossy(&self.body);
        assert!(!body.contains(text), "{self:?} repeats what was sent");
        self
    }
}
