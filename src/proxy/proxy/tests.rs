//! What no test from outside can bring about: counters that fail.

use std::future::pending;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, StatusCode};
use mfa_core::E164;
use mfa_emulator::{Credentials, Emulator, Options};
use serde_json::json;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use super::*;
use crate::secret::ApiToken;
use crate::settings::Keys;

async fn asks(proxy: &Proxy, subject: &str) -> (StatusCode, bool) {
    let to = E164::parse("+15557788999").unwrap();
    let asked = TicketRequest { subject: subject.into(), to, policy: None, summary: None };
    let ticket = proxy.issue_ticket(asked).unwrap().ticket;
    let request = Request::post("/sms")
        .header(CONTENT_TYPE, "application/json")
        .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1))))
        .body(Body::from(json!({ "ticket": ticket.expose() }).to_string()))
        .unwrap();
    let response = proxy.public_router().oneshot(request).await.unwrap();
    (response.status(), response.headers().contains_key(RETRY_AFTER))
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_sent() {
    let credentials = Credentials { project_id: "project".into(), api_token: "PT0".into() };
    let emulator = Emulator::new(Options { credentials, ..Options::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(mfa_emulator::serve(
        listener,
        mfa_emulator::router(emulator.clone()),
        pending::<()>(),
    ));
    let upstream = crate::settings::Upstream::new(base_url, "project", ApiToken::new("PT0"));
    let proxy = Proxy::new(Settings::new(upstream, Keys::generate())).unwrap();

    assert_eq!(asks(&proxy, "ada").await, (StatusCode::OK, false));
    proxy.0.limiter.fails();
    // A second time too: nothing was sent, so there is no cooldown.
    for _ in 0..2 {
        assert_eq!(asks(&proxy, "grace").await, (StatusCode::SERVICE_UNAVAILABLE, true));
    }
    assert_eq!(emulator.outbox().len(), 1);
    assert!(proxy.metrics_text().contains("\nmfa_store_failures_total 2\n"));
}
