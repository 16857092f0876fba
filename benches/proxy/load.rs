//! The load: requests over connections that are kept alive, each sent when the one before it on
//! its connection is answered.
//!
//! All requests are made before the clock runs, and an answer is not looked into before it stands.
//! It measures nothing but right answers: any other ends the benchmark.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many ask at once.
pub(crate) const CONNECTIONS: usize = 16;

/// After this no further request is sent, so that the whole ends by itself.
const LONGEST: Duration = Duration::from_secs(8);

pub(crate) type Call = Request<Full<Bytes>>;

/// What came of a load.
pub(crate) struct Run {
    pub(crate) took: Duration,
    /// How long each answer took, the shortest first.
    pub(crate) waits: Vec<Duration>,
    /// In the order of the requests. Fewer than those, if there was no time for all.
    pub(crate) answers: Vec<Bytes>,
}

struct Answered {
    number: usize,
    waited: Duration,
    body: Bytes,
}

type Queue = Arc<Mutex<VecDeque<(usize, Call)>>>;

/// A request as a page or a backend makes it. Everyone who is measured gets the same headers.
pub(crate) fn call(
    method: Method,
    to: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: String,
) -> Result<Call> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", to.to_string())
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.body(Full::from(body))?)
}

/// Sends them all over sixteen connections.
pub(crate) fn run(to: SocketAddr, calls: Vec<Call>) -> Result<Run> {
    over(CONNECTIONS, to, calls)
}

/// Sends them one after the other, as if nobody else was there.
pub(crate) fn alone(to: SocketAddr, calls: Vec<Call>) -> Result<Run> {
    over(1, to, calls)
}

/// Sends one request and waits for what is said.
pub(crate) fn ask(to: SocketAddr, call: Call) -> Result<Bytes> {
    let mut answers = over(1, to, vec![call])?.answers;
    answers.pop().with_context(|| format!("{to} did not answer in time"))
}

fn over(connections: usize, to: SocketAddr, calls: Vec<Call>) -> Result<Run> {
    // One thread: what is measured shall have the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut senders = Vec::new();
        for _ in 0..connections {
            senders.push(connect(to).await.with_context(|| format!("no connection to {to}"))?);
        }
        let queue: Queue = Arc::new(Mutex::new(calls.into_iter().enumerate().collect()));
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for sender in senders {
            tasks.spawn(send(sender, Arc::clone(&queue), began + LONGEST));
        }
        let mut answered = Vec::new();
        while let Some(done) = tasks.join_next().await {
            answered.extend(done??);
        }
        let took = began.elapsed();
        ensure!(!answered.is_empty(), "{to} answered nothing in time");
        answered.sort_unstable_by_key(|it| it.number);
        let mut waits: Vec<_> = answered.iter().map(|it| it.waited).collect();
        waits.sort_unstable();
        Ok(Run { took, waits, answers: answered.into_iter().map(|it| it.body).collect() })
    })
}

pub(crate) async fn connect(to: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // It ends with its sender; how is seen there.
    tokio::spawn(connection);
    Ok(sender)
}

async fn send(
    mut sender: SendRequest<Full<Bytes>>,
    queue: Queue,
    deadline: Instant,
) -> Result<Vec<Answered>> {
    let mut answered = Vec::new();
    while Instant::now() < deadline {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((number, call)) = next else { break };
        let path = call.uri().path().to_owned();
        let began = Instant::now();
        sender.ready().await?;
        let response = sender.send_request(call).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let waited = began.elapsed();
        if !status.is_success() {
            let body = String::from_utf8_lossy(&body);
            bail!("request {number} to {path} was answered {status}: {body}");
        }
        answered.push(Answered { number, waited, body });
    }
    Ok(answered)
}
