//! What a request is made of: the proxy in this process, without a network before it.
//!
//! Each part has all that the one before it has and something more, so that the difference says
//! what that costs. Behind it stands an upstream that says yes to everything at once.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use mfa_core::E164;
use mfa_proxy::{ApiKey, ApiToken, Keys, Limits, Proxy, Rate, Settings, TicketRequest, Upstream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::million::{post, wide};
use crate::process::cpu;
use crate::rounds::{median, number};
use crate::servers::API_KEY;

/// Of each part, interleaved.
const BATCHES: usize = 9;
const BATCH: usize = 1_000;

/// A part of a request, in microseconds.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) takes: f64,
}

/// What the processor does for a request that is let through, in microseconds, the upstream's own
/// part included.
pub(crate) struct Through {
    pub(crate) start: f64,
    pub(crate) start_without_limits: f64,
    pub(crate) verify: f64,
}

/// Settings with every default, for this upstream.
pub(crate) fn settings(upstream: SocketAddr) -> Settings {
    let upstream = format!("http://{upstream}");
    let upstream = Upstream::new(upstream, "project", ApiToken::new("PTsecret"));
    Settings::new(upstream, Keys::generate())
}

/// An upstream that sends nothing and takes every token, as fast as can be.
pub(crate) fn upstream(runtime: &Runtime) -> Result<SocketAddr> {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(says_yes));
            tokio::spawn(connection);
        }
    });
    Ok(address)
}

async fn says_yes(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // What is not read to its end closes the connection.
    let _ = request.into_body().collect().await;
    let body = json!({ "id": Uuid::new_v4(), "success": true }).to_string();
    Ok(Response::new(Full::from(body)))
}

/// Takes a request apart.
pub(crate) fn parts(upstream: SocketAddr) -> Result<Vec<Part>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut limits = wide(Limits::default());
    limits.sends_per_number.push(Rate::new(1, 86_400));
    let proxy = Proxy::new(Settings { limits, ..settings(upstream) })?;
    let (public, private) = (proxy.public_router(), proxy.private_router(ApiKey::new(API_KEY)));

    // Somebody who has been sent a token, somebody else with that phone, and one who is through.
    let (ticket, other) = (seal(&proxy, 0, 0)?, seal(&proxy, 1, 0)?);
    let started = runtime.block_on(ask(&public, start(&ticket)?, 200))?;
    let third = runtime.block_on(ask(&public, start(&seal(&proxy, 2, 2)?)?, 200))?;
    let verified = runtime.block_on(ask(&public, verify(&third, "123456")?, 200))?;
    let verified: Value = serde_json::from_slice(&verified)?;
    let receipt = json!({ "receipt": verified["receipt"] }).to_string();
    let strange = seal(&Proxy::new(settings(upstream))?, 0, 0)?;
    let redeem = || {
        let mut request = post("/receipts/redeem", receipt.clone())?;
        request.headers_mut().insert("authorization", format!("Bearer {API_KEY}").parse()?);
        anyhow::Ok(request)
    };
    runtime.block_on(ask(&private, redeem()?, 200))?;

    type Make<'a> = Box<dyn Fn() -> Result<Request<Body>> + 'a>;
    let asked: Vec<(&'static str, &Router, u16, Make<'_>)> = vec![
        ("no such route (404)", &public, 404, Box::new(|| post("/nowhere", "{}".into()))),
        ("no ticket (403): and the body read", &public, 403, Box::new(|| start("x"))),
        (
            "a ticket that another key sealed (403): and its seal looked at",
            &public,
            403,
            Box::new(|| start(&strange)),
        ),
        (
            "a cooldown (429): and the ticket opened, digests made, the subject looked up",
            &public,
            429,
            Box::new(|| start(&ticket)),
        ),
        (
            "a limit that is used up (429): and all counters read",
            &public,
            429,
            Box::new(|| start(&other)),
        ),
        (
            "a token of a wrong form (422): the id opened, the interaction looked up",
            &public,
            422,
            Box::new(|| verify(&started, "x")),
        ),
        ("a receipt redeemed again (409): its signature checked", &private, 409, Box::new(redeem)),
    ];
    let mut takes = vec![Vec::new(); asked.len() + 1];
    for _ in 0..BATCHES {
        for ((_, router, status, make), takes) in asked.iter().zip(&mut takes) {
            let requests: Vec<_> = (0..BATCH).map(|_| make()).collect::<Result<_>>()?;
            takes.push(runtime.block_on(timed(router, requests, *status))?);
        }
        let began = Instant::now();
        for _ in 0..BATCH {
            seal(&proxy, 0, 0)?;
        }
        takes[asked.len()].push(each(began.elapsed()));
    }
    let names = asked.iter().map(|(name, ..)| *name).chain(["a ticket sealed, without a request"]);
    Ok(names.zip(takes).map(|(name, takes)| Part { name, takes: median(takes) }).collect())
}

/// Has people sign in, with all limits on sends and with none.
pub(crate) fn through(runtime: &Runtime, upstream: SocketAddr) -> Result<Through> {
    let with = Proxy::new(Settings { limits: wide(Limits::default()), ..settings(upstream) })?;
    let without = Proxy::new(Settings { limits: Limits::without_sends(), ..settings(upstream) })?;
    // Added up: the kernel counts in hundredths of a second, which is much for one batch.
    let mut takes = [0.0; 3];
    for batch in 0..BATCHES {
        let people = batch * BATCH..(batch + 1) * BATCH;
        let starts = |proxy: &Proxy| -> Result<Vec<_>> {
            people.clone().map(|person| start(&seal(proxy, person, person)?)).collect()
        };
        let (started, start) = worked(runtime, &with, starts(&with)?)?;
        let (_, start_without) = worked(runtime, &without, starts(&without)?)?;
        let verifies = started.iter().map(|answer| verify(answer, "123456"));
        let (_, verify) = worked(runtime, &with, verifies.collect::<Result<_>>()?)?;
        for (takes, took) in takes.iter_mut().zip([start, start_without, verify]) {
            *takes += took;
        }
    }
    let batches = f64::from(u32::try_from(BATCHES).unwrap_or(u32::MAX));
    let [start, start_without_limits, verify] = takes.map(|took| took / batches);
    Ok(Through { start, start_without_limits, verify })
}

/// The answers, and what the processor did for each.
fn worked(
    runtime: &Runtime,
    proxy: &Proxy,
    requests: Vec<Request<Body>>,
) -> Result<(Vec<Bytes>, f64)> {
    let router = proxy.public_router();
    let before = cpu("self")?;
    let answers = runtime.block_on(async {
        let mut answers = Vec::new();
        for request in requests {
            answers.push(ask(&router, request, 200).await?);
        }
        anyhow::Ok(answers)
    })?;
    Ok((answers, each(cpu("self")?.saturating_sub(before))))
}

fn seal(proxy: &Proxy, person: usize, phone: usize) -> Result<String> {
    let (subject, to) = (format!("person {person}"), E164::parse(&number(phone))?);
    let request = TicketRequest { subject, to, policy: None, summary: None };
    Ok(proxy.issue_ticket(request)?.ticket.expose().to_owned())
}

fn start(ticket: &str) -> Result<Request<Body>> {
    post("/sms", json!({ "ticket": ticket }).to_string())
}

fn verify(started: &Bytes, token: &str) -> Result<Request<Body>> {
    let started: Value = serde_json::from_slice(started)?;
    let path = format!("/{}/verify", started["id"].as_str().unwrap_or_default());
    post(&path, json!({ "token": token }).to_string())
}

async fn ask(router: &Router, request: Request<Body>, status: u16) -> Result<Bytes> {
    let response = router.clone().oneshot(request).await?;
    let answered = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    ensure!(answered == status, "answered {answered}: {}", String::from_utf8_lossy(&body));
    Ok(body)
}

async fn timed(router: &Router, requests: Vec<Request<Body>>, status: u16) -> Result<f64> {
    let began = Instant::now();
    for request in requests {
        ask(router, request, status).await?;
    }
    Ok(each(began.elapsed()))
}

fn each(batch: Duration) -> f64 {
    batch.as_secs_f64() * 1e6 / f64::from(u32::try_from(BATCH).unwrap_or(u32::MAX))
}
