//! Load without a pause, and how the memory stands meanwhile.
//!
//! People who return sign in as fast as they are answered, each with a wrong code before the right
//! one, until the time is over. One proxy has every default, so that its limits turn most of them
//! away; another has the default capacity and rates that are not used up, so that its books fill,
//! turn people away, and empty again as what they hold expires.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Method;
use hyper::client::conn::http1::SendRequest;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::load::{self, CONNECTIONS, Call};
use crate::rounds::{self, number};
use crate::servers::{self, Kind, Rates, Server, Setup};

/// So many people come again and again.
pub(crate) const PEOPLE: usize = 5_000;

/// So often is looked how the memory stands.
const LOOKS: u32 = 10;

/// What came of it at one proxy.
pub(crate) struct Soak {
    pub(crate) name: &'static str,
    pub(crate) stands: Vec<Stand>,
}

/// How it stood after so long, since the last time.
pub(crate) struct Stand {
    pub(crate) seconds: u64,
    pub(crate) signed_in: usize,
    /// For a limit, and for want of room.
    pub(crate) refused: [usize; 2],
    /// Kilobytes.
    pub(crate) memory: u64,
}

#[derive(Default)]
struct Counts {
    next: AtomicUsize,
    signed_in: AtomicUsize,
    refused: [AtomicUsize; 2],
}

/// Has people sign in for so long.
pub(crate) fn run(folder: &Path, length: Duration) -> Result<Vec<Soak>> {
    let emulator = servers::emulator("5000")?;
    let program = servers::proxy_program();
    let defaults = Setup { rates: Rates::Default, roomy: false, redis: None, log: None, program };
    let wide = Setup { rates: Rates::Wide, ..defaults };
    let upstream = emulator.public;
    let servers = [
        servers::proxy("every default", upstream, folder, defaults)?,
        servers::proxy("rates that are not used up", upstream, folder, wide)?,
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(last(upstream, &servers, length))
}

async fn last(upstream: SocketAddr, servers: &[Server], length: Duration) -> Result<Vec<Soak>> {
    let began = Instant::now();
    let mut visitors = JoinSet::new();
    let mut soaks = Vec::new();
    for server in servers {
        let Kind::Proxy { private } = server.kind else { continue };
        let counts: &'static Counts = Box::leak(Box::default());
        for _ in 0..CONNECTIONS / servers.len() {
            let visitor = Visitor {
                public: (server.public, load::connect(server.public).await?),
                private: (private, load::connect(private).await?),
                phone: (upstream, load::connect(upstream).await?),
            };
            visitors.spawn(visitor.come_again(counts, began + length));
        }
        let stands = vec![Stand::of(server, counts, began)?];
        soaks.push((server, counts, Soak { name: server.name, stands }));
    }
    for look in 1..=LOOKS {
        let until = began + length / LOOKS * look;
        tokio::time::sleep_until(until.into()).await;
        crate::say(format_args!("{} s of {} s", began.elapsed().as_secs(), length.as_secs()));
        for (server, counts, soak) in &mut soaks {
            soak.stands.push(Stand::of(server, counts, began)?);
        }
    }
    while let Some(ended) = visitors.join_next().await {
        ended??;
    }
    Ok(soaks.into_iter().map(|(_, _, soak)| soak).collect())
}

impl Stand {
    fn of(server: &Server, counts: &Counts, began: Instant) -> Result<Self> {
        let taken = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        Ok(Self {
            seconds: began.elapsed().as_secs(),
            signed_in: taken(&counts.signed_in),
            refused: counts.refused.each_ref().map(taken),
            memory: server.process.memory()?,
        })
    }
}

type To = (SocketAddr, SendRequest<Full<Bytes>>);

struct Visitor {
    public: To,
    private: To,
    phone: To,
}

impl Visitor {
    async fn come_again(mut self, counts: &Counts, deadline: Instant) -> Result<()> {
        while Instant::now() < deadline {
            let person = counts.next.fetch_add(1, Ordering::Relaxed) % PEOPLE;
            match self.sign_in(person).await? {
                200 => counts.signed_in.fetch_add(1, Ordering::Relaxed),
                429 => counts.refused[0].fetch_add(1, Ordering::Relaxed),
                503 => counts.refused[1].fetch_add(1, Ordering::Relaxed),
                other => anyhow::bail!("somebody was answered {other}"),
            };
        }
        Ok(())
    }

    /// Signs somebody in, up to the first answer that is not a success.
    async fn sign_in(&mut self, person: usize) -> Result<u16> {
        let call = rounds::backend(self.private.0, "/tickets", &rounds::ticket(person))?;
        let (_, ticket) = ask(&mut self.private.1, call).await?;
        let start = page(self.public.0, "/sms", &json!({ "ticket": ticket["ticket"] }))?;
        let (status, started) = ask(&mut self.public.1, start).await?;
        if status != 200 {
            return Ok(status);
        }
        let to = number(person).replace('+', "%2B");
        let path = format!("/_emulator/outbox?to={to}");
        let call = load::call(Method::GET, self.phone.0, &path, &[], String::new())?;
        let (_, outbox) = ask(&mut self.phone.1, call).await?;
        let token = outbox[0]["token"].as_str().context("nothing was sent")?.to_owned();
        let wrong = if token == "000000" { "000001" } else { "000000" };
        let path = format!("/{}/verify", started["id"].as_str().context("no id")?);
        let mut receipt = Value::Null;
        for token in [wrong, &token] {
            let verify = page(self.public.0, &path, &json!({ "token": token }))?;
            let (status, verified) = ask(&mut self.public.1, verify).await?;
            if status != 200 {
                return Ok(status);
            }
            receipt = verified["receipt"].clone();
        }
        ensure!(receipt.is_string(), "a right token was not taken");
        let redeem =
            rounds::backend(self.private.0, "/receipts/redeem", &json!({ "receipt": receipt }))?;
        Ok(ask(&mut self.private.1, redeem).await?.0)
    }
}

fn page(to: SocketAddr, path: &str, body: &Value) -> Result<Call> {
    let (origin, key) = (format!("http://{to}"), Uuid::new_v4().to_string());
    let headers = [
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("idempotency-key", key.as_str()),
    ];
    load::call(Method::POST, to, path, &headers, body.to_string())
}

async fn ask(to: &mut SendRequest<Full<Bytes>>, call: Call) -> Result<(u16, Value)> {
    to.ready().await?;
    let answer = to.send_request(call).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&body)?))
}
