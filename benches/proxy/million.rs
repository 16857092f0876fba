//! A million numbers: what the proxy has of the memory when ever new ones are named.
//!
//! The proxy is in this process, with the default capacity, and visitors name the numbers. When the
//! books are full it must refuse rather than grow or forget. After every hundred thousand numbers a
//! day passes, so that all is forgotten and there is room again; what was given back then must be
//! used again, too.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use mfa_proxy::{Clock, LimitName, Limits, Mode, Proxy, Rate, Settings};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::inside::settings;
use crate::load::CONNECTIONS;
use crate::process;
use crate::rounds::number;

const NUMBERS: usize = 1_000_000;
const A_DAY: usize = 100_000;

/// How it stood after so many numbers.
pub(crate) struct Stand {
    pub(crate) numbers: usize,
    /// Of these last ones.
    pub(crate) sent: usize,
    pub(crate) refused: usize,
    /// Kilobytes.
    pub(crate) memory: u64,
}

/// Names them all; the first of the answer is how it stood before.
pub(crate) fn name(runtime: &Runtime, upstream: SocketAddr) -> Result<Vec<Stand>> {
    let clock = Arc::new(AtomicU64::new(1_800_000_000));
    let time = Arc::clone(&clock);
    let clocked = Clock::from_fn(move || time.load(Ordering::Relaxed));
    let router = visited(upstream, clocked, wide(Limits::default()))?;
    let memory = process::memory("self")?;
    let mut stands = vec![Stand { numbers: 0, sent: 0, refused: 0, memory }];
    for from in (0..NUMBERS).step_by(A_DAY) {
        stands.push(go_on(runtime, &router, from, from + A_DAY)?);
        clock.fetch_add(86_401, Ordering::Relaxed);
    }
    Ok(stands)
}

/// With no limit on sends nothing but the capacity is in the way. So it takes the most memory.
pub(crate) fn without_limits(runtime: &Runtime, upstream: SocketAddr) -> Result<Stand> {
    let router = visited(upstream, Clock::system(), Limits::without_sends())?;
    go_on(runtime, &router, 0, A_DAY + A_DAY / 10)
}

/// A proxy that visitors name numbers to.
fn visited(upstream: SocketAddr, clock: Clock, limits: Limits) -> Result<Router> {
    let mode = Mode::Visitor;
    let country_prefixes = vec!["+44".into()];
    let settings = Settings { clock, mode, country_prefixes, limits, ..settings(upstream) };
    Ok(Proxy::new(settings)?.public_router())
}

/// Names these numbers.
fn go_on(runtime: &Runtime, router: &Router, from: usize, until: usize) -> Result<Stand> {
    let next = Arc::new(AtomicUsize::new(from));
    let (sent, refused) = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..CONNECTIONS {
            tasks.spawn(visitors(router.clone(), Arc::clone(&next), until));
        }
        let (mut sent, mut refused) = (0, 0);
        while let Some(done) = tasks.join_next().await {
            let (these, those) = done??;
            sent += these;
            refused += those;
        }
        anyhow::Ok((sent, refused))
    })?;
    Ok(Stand { numbers: until, sent, refused, memory: process::memory("self")? })
}

/// The windows of these limits with rates that nobody gets to.
pub(crate) fn wide(mut limits: Limits) -> Limits {
    for &limit in LimitName::ALL {
        for rate in limits.rates_mut(limit) {
            *rate = Rate::new(u32::MAX, rate.seconds);
        }
    }
    limits
}

/// Names one number after the other; how many were sent a token, and how many refused for want of
/// room.
async fn visitors(router: Router, next: Arc<AtomicUsize>, until: usize) -> Result<(usize, usize)> {
    let (mut sent, mut refused) = (0, 0);
    loop {
        let person = next.fetch_add(1, Ordering::Relaxed);
        if person >= until {
            return Ok((sent, refused));
        }
        let body = json!({ "to": number(person) }).to_string();
        let response = router.clone().oneshot(post("/sms", body)?).await?;
        match response.status().as_u16() {
            200 => sent += 1,
            503 => refused += 1,
            other => anyhow::bail!("a number was answered {other}"),
        }
    }
}

/// A request of a page, as the listener hands it on.
pub(crate) fn post(path: &str, body: String) -> Result<Request<Body>> {
    let mut request = Request::post(path)
        .header("host", "example.com")
        .header("origin", "https://example.com")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("idempotency-key", Uuid::new_v4().to_string())
        .body(Body::from(body))
        .context("no request")?;
    let peer = SocketAddr::from(([192, 0, 2, 1], 443));
    request.extensions_mut().insert(ConnectInfo(peer));
    Ok(request)
}
