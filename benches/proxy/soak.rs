//! Load at an even pace, and how the memory stands meanwhile.
//!
//! People who return sign in, now and then with a wrong code before the right one, until the time
//! is over, at three proxies at once. One is the program itself, with rates that are not used up:
//! its books are full before long, and then it turns everybody away until what they hold ends, the
//! first of it after a quarter of an hour. The others have a clock that hurries, so that they
//! forget while they go on: one with every default, whose limits turn most away, and one with rates
//! that are not used up, which lets everybody in.
//!
//! What is remembered grows with how many come. So as many come in each second, far fewer than
//! could be served: else the memory would say how fast the machine was just then.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Method;
use hyper::client::conn::http1::SendRequest;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use crate::load::{self, CONNECTIONS, Call};
use crate::rounds::{self, number};
use crate::servers::{self, Kind, Rates, Server, Setup};

/// So many visits begin in a second at each.
///
/// In a minute of the hurried clock the defaults let 50 sends through. At this pace these are other
/// people's in each minute, until all have come.
pub(crate) const PACE: u32 = 320;

/// Each of them has somebody come so often.
const BEAT: Duration = Duration::from_nanos(1_000_000_000 * CONNECTIONS as u64 / PACE as u64);

/// So many people come again and again to each.
pub(crate) const PEOPLE: usize = 1_000;

/// So far apart are their numbers, so that few are of one range.
const APART: usize = 60;

/// One in so many visits begins with a wrong code: nobody may have many of them in a day.
pub(crate) const MISTYPED: usize = 32;

/// So often is told how the memory stands.
const LOOK: Duration = Duration::from_secs(60);

/// It is looked at so often, for the most of it.
const GLANCE: Duration = Duration::from_secs(1);

/// After so long as much is forgotten as is remembered. Before that memory has to grow, so the
/// halves begin then.
///
/// What each visit leaves behind is kept for an hour at the most (what was sent with its ticket; an
/// answer, in case it is asked for again, for a quarter of one). That is a minute of the hurried
/// clock. What is kept for longer, for a day or for thirty, is one of each person: all are known
/// when everybody has come once, which takes three hours where the defaults let 800 sends through
/// in each. The books of the program have room for two answers of each of 50,000 sign-ins, which
/// come within 157 s. So this is four hours, in which a third of the visits may be missed.
pub(crate) const STEADY_AFTER: Duration = Duration::from_secs(240);

/// Each half has one look at least.
const SHORTEST: Duration = Duration::from_secs(STEADY_AFTER.as_secs() + 2 * LOOK.as_secs());

/// Memory is flat if the most of it in the second half of the time is no more than this, to the
/// most in the first.
pub(crate) const FLAT: f64 = 1.05;

const FULL: &str = "full books";
const DEFAULTS: &str = "hurried clock, every default";
const WIDE: &str = "hurried clock, rates that are not used up";

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
    /// Visits that were not made: there was no time for them.
    pub(crate) missed: usize,
    /// Kilobytes, the most that was seen.
    pub(crate) memory: u64,
}

impl Soak {
    /// The most memory in the second half of the time, to the most in the first.
    pub(crate) fn growth(&self) -> f64 {
        let (_, steady) = self.parts();
        let (first, second) = steady.split_at(steady.len() / 2);
        let most = |half: &[Stand]| half.iter().map(|stand| stand.memory).max();
        most(second)
            .zip(most(first))
            .map_or(f64::NAN, |(second, first)| second as f64 / first as f64)
    }

    /// Before memory is not to grow any more, and after that.
    fn parts(&self) -> (&[Stand], &[Stand]) {
        let steady = |stand: &Stand| stand.seconds > STEADY_AFTER.as_secs();
        self.stands.split_at(self.stands.partition_point(|stand| !steady(stand)))
    }

    /// Whether memory is flat. Who forgets as much as comes has room for it, too.
    pub(crate) fn is_flat(&self) -> bool {
        self.growth() <= FLAT && (self.name == FULL || !was_full(&self.stands))
    }
}

/// Whether somebody was refused for want of room.
fn was_full(stands: &[Stand]) -> bool {
    stands.iter().any(|stand| stand.refused[1] > 0)
}

#[derive(Default)]
struct Counts {
    next: AtomicUsize,
    signed_in: AtomicUsize,
    refused: [AtomicUsize; 2],
    missed: AtomicUsize,
}

/// So many seconds, if they are enough to tell whether memory is flat.
pub(crate) fn length(seconds: &str) -> Result<Duration> {
    let length = Duration::from_secs(seconds.parse()?);
    ensure!(
        length >= SHORTEST,
        "memory may grow for {} s, until as much is forgotten as is remembered; whether it is flat \
         after that takes {} s in all to tell",
        STEADY_AFTER.as_secs(),
        SHORTEST.as_secs()
    );
    Ok(length)
}

/// Has people sign in for so long.
pub(crate) fn run(folder: &Path, length: Duration) -> Result<Vec<Soak>> {
    let emulator = servers::emulator("5000")?;
    let program = servers::proxy_program();
    let wide = Setup { rates: Rates::Wide, roomy: false, redis: None, log: None, program };
    let upstream = emulator.public;
    let servers = [
        servers::proxy(FULL, upstream, folder, wide)?,
        servers::hurried(DEFAULTS, upstream, Rates::Default)?,
        servers::hurried(WIDE, upstream, Rates::Wide)?,
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let soaks = runtime.block_on(last(upstream, &servers, length))?;
    for full in soaks.iter().filter(|soak| soak.name == FULL) {
        ensure!(
            was_full(full.parts().0),
            "after {} s there was room in the books yet: this machine is too slow for {PACE} \
             visits a second",
            STEADY_AFTER.as_secs()
        );
    }
    Ok(soaks)
}

async fn last(upstream: SocketAddr, servers: &[Server], length: Duration) -> Result<Vec<Soak>> {
    // By then all are connected.
    let began = Instant::now() + GLANCE;
    let mut visitors = JoinSet::new();
    let mut soaks = Vec::new();
    for (at, server) in servers.iter().enumerate() {
        let Kind::Proxy { private } = server.kind else { continue };
        let counts = Arc::new(Counts::default());
        for nth in 0..CONNECTIONS {
            let visitor = Visitor {
                // Others come to the others: the emulator tells who was sent what by the number.
                first: at * PEOPLE,
                public: (server.public, load::connect(server.public).await?),
                private: (private, load::connect(private).await?),
                phone: (upstream, load::connect(upstream).await?),
            };
            // One after the other, and in turn at each server.
            let turn = (nth * servers.len() + at) as f64 / (CONNECTIONS * servers.len()) as f64;
            let first = began + BEAT.mul_f64(turn);
            visitors.spawn(visitor.come_again(Arc::clone(&counts), first, began + length));
        }
        let stand = Stand::of(&counts, Duration::ZERO, server.process.memory()?);
        soaks.push((server, counts, Soak { name: server.name, stands: vec![stand] }));
    }
    let mut looked = Duration::ZERO;
    while looked < length {
        looked = length.min(looked + LOOK);
        let until = began + looked;
        let mut most = vec![0; soaks.len()];
        while Instant::now() < until {
            tokio::time::sleep_until(until.min(Instant::now() + GLANCE).into()).await;
            // Who ends before the time is over has met what should not be.
            if let Some(ended) = visitors.try_join_next() {
                ended??;
            }
            for (most, (server, ..)) in most.iter_mut().zip(&soaks) {
                *most = server.process.memory()?.max(*most);
            }
        }
        crate::say(format_args!("{} s of {} s", looked.as_secs(), length.as_secs()));
        for (memory, (_, counts, soak)) in most.into_iter().zip(&mut soaks) {
            soak.stands.push(Stand::of(counts, looked, memory));
        }
    }
    while let Some(ended) = visitors.join_next().await {
        ended??;
    }
    Ok(soaks.into_iter().map(|(_, _, soak)| soak).collect())
}

impl Stand {
    fn of(counts: &Counts, looked: Duration, memory: u64) -> Self {
        let taken = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        Self {
            seconds: looked.as_secs(),
            signed_in: taken(&counts.signed_in),
            refused: counts.refused.each_ref().map(taken),
            missed: taken(&counts.missed),
            memory,
        }
    }
}

type To = (SocketAddr, SendRequest<Full<Bytes>>);

struct Visitor {
    /// The first of those who come to this proxy.
    first: usize,
    public: To,
    private: To,
    phone: To,
}

impl Visitor {
    async fn come_again(
        mut self,
        counts: Arc<Counts>,
        first: Instant,
        deadline: Instant,
    ) -> Result<()> {
        let mut beats = tokio::time::interval_at(first.into(), BEAT);
        // What there was no time for is not made up for.
        beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut due = first;
        loop {
            let beat = beats.tick().await.into_std();
            let missed = beat.duration_since(due).as_nanos() / BEAT.as_nanos();
            counts.missed.fetch_add(usize::try_from(missed)?, Ordering::Relaxed);
            if beat >= deadline {
                return Ok(());
            }
            due = beat + BEAT;
            let visit = counts.next.fetch_add(1, Ordering::Relaxed);
            let person = self.first + visit % PEOPLE;
            // Another person's each time that all have come.
            let mistypes = (visit + visit / PEOPLE).is_multiple_of(MISTYPED);
            let count = match self.sign_in(person, mistypes).await? {
                200 => &counts.signed_in,
                429 => &counts.refused[0],
                503 => &counts.refused[1],
                // The machine stood still for as long as a receipt is good where the clock hurries.
                410 => &counts.missed,
                other => bail!("somebody was answered {other}"),
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Signs somebody in, up to the first answer that is not a success.
    async fn sign_in(&mut self, person: usize, mistypes: bool) -> Result<u16> {
        let address = format!("198.18.{}.{}", person / 256, person % 256);
        let person = person * APART;
        let call = rounds::backend(self.private.0, "/tickets", &rounds::ticket(person))?;
        let (_, ticket) = ask(&mut self.private, call).await?;
        let start = page(self.public.0, &address, "/sms", &json!({ "ticket": ticket["ticket"] }))?;
        let (status, started) = ask(&mut self.public, start).await?;
        if status != 200 {
            return Ok(status);
        }
        let to = number(person).replace('+', "%2B");
        let path = format!("/_emulator/outbox?to={to}");
        let call = load::call(Method::GET, self.phone.0, &path, &[], String::new())?;
        let (_, outbox) = ask(&mut self.phone, call).await?;
        let token = outbox[0]["token"].as_str().context("nothing was sent")?.to_owned();
        let wrong = if token == "000000" { "000001" } else { "000000" };
        let path = format!("/{}/verify", started["id"].as_str().context("no id")?);
        let mut receipt = Value::Null;
        for token in mistypes.then_some(wrong).into_iter().chain([token.as_str()]) {
            let verify = page(self.public.0, &address, &path, &json!({ "token": token }))?;
            let (status, verified) = ask(&mut self.public, verify).await?;
            if status != 200 {
                return Ok(status);
            }
            receipt = verified["receipt"].clone();
        }
        ensure!(receipt.is_string(), "a right token was not taken");
        let redeem =
            rounds::backend(self.private.0, "/receipts/redeem", &json!({ "receipt": receipt }))?;
        Ok(ask(&mut self.private, redeem).await?.0)
    }
}

/// What a page sends, as the reverse proxy of a site hands it on.
fn page(to: SocketAddr, visitor: &str, path: &str, body: &Value) -> Result<Call> {
    let (origin, key) = (format!("http://{to}"), Uuid::new_v4().to_string());
    let headers = [
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("idempotency-key", key.as_str()),
        ("x-forwarded-for", visitor),
    ];
    load::call(Method::POST, to, path, &headers, body.to_string())
}

async fn ask((at, connection): &mut To, call: Call) -> Result<(u16, Value)> {
    // Whoever was not asked for long hangs up; nobody's phone is looked at where all are refused.
    if connection.is_closed() {
        *connection = load::connect(*at).await?;
    }
    connection.ready().await?;
    let answer = connection.send_request(call).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&body)?))
}
