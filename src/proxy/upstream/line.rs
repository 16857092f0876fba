//! The lines to the upstream: connections that are kept for the next call.
//!
//! One request, one answer, as HTTP/1.1 has it. A connection belongs to the thread that made it,
//! and is only used there, so that a call wakes nobody else. Nothing is sent twice: a request is
//! taken to another connection only where the one that was kept had closed before a byte of it was
//! written, and was given back whole.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HeaderMap, HeaderValue, USER_AGENT};
use hyper::rt::{Read, Write};
use hyper::{Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

use crate::upstream::tls;
use crate::workers;

/// Shorter than any server keeps one: a send into a closing connection is lost.
const KEPT_FOR: Duration = Duration::from_secs(15);

/// A connection that nobody uses is looked after so often, and given up after so many looks.
const ALIVE: Duration = Duration::from_secs(15);
const LOOKS: u32 = 3;

/// What was sent and not confirmed for so long is lost.
const UNCONFIRMED: Duration = Duration::from_secs(30);

pub(super) type Call = Request<Full<Bytes>>;

type Sender = SendRequest<Full<Bytes>>;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is no connection: nothing was sent.
    NoLine { tls: Option<&'static str>, timeout: bool, dns: bool },
    /// It was lost on the way: whether it was acted on is not known.
    Lost,
}

/// The lines to one upstream.
pub(super) struct Lines {
    to: Uri,
    http: HttpConnector,
    tls: Arc<ClientConfig>,
    /// What the environment names to go through.
    through: Option<Intercept>,
    user_agent: HeaderValue,
    patience: Duration,
    /// Of each thread, the longest kept first.
    kept: Vec<Mutex<Vec<Kept>>>,
}

struct Kept {
    sender: Sender,
    since: Instant,
}

impl Lines {
    /// To the host of this URI. Nothing is called yet.
    pub(super) fn new(
        to: Uri,
        tls: ClientConfig,
        user_agent: HeaderValue,
        direct: bool,
        patience: Duration,
    ) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(ALIVE));
        http.set_keepalive_interval(Some(ALIVE));
        http.set_keepalive_retries(Some(LOOKS));
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(UNCONFIRMED));
        let through = if direct { None } else { Matcher::from_env().intercept(&to) };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let kept = (0..threads).map(|_| Mutex::default()).collect();
        Self { to, http, tls: tls.into(), through, user_agent, patience, kept }
    }

    /// Sends it, once, and says what begins to come back, and the line to be kept for the next one
    /// when all of it has come.
    pub(super) async fn call(
        &self,
        mut call: Call,
    ) -> Result<(Response<Incoming>, Line<'_>), Trouble> {
        while let Some(mut sender) = self.kept() {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(call).await {
                Ok(response) => return Ok((response, Line { lines: self, sender })),
                Err(mut error) => match error.take_message() {
                    Some(whole) => call = whole,
                    None => return Err(Trouble::Lost),
                },
            }
        }
        // Apart, because it is large and seldom: what is around it is moved with each request.
        let connected = timeout(self.patience, Box::pin(self.connect())).await;
        let connected =
            connected.map_err(|_| Trouble::NoLine { tls: None, timeout: true, dns: false })?;
        let mut sender = connected.map_err(|error| no_line(&*error))?;
        let response = sender.send_request(call).await.map_err(|_| Trouble::Lost)?;
        Ok((response, Line { lines: self, sender }))
    }

    fn kept(&self) -> Option<Sender> {
        let mut kept = self.of_thread()?.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { sender, since } = kept.pop()?;
        if since.elapsed() < KEPT_FOR {
            return Some(sender);
        }
        // The others have been there for longer.
        kept.clear();
        None
    }

    fn keep(&self, sender: Sender) {
        if let Some(kept) = self.of_thread().filter(|_| !sender.is_closed()) {
            let since = Instant::now();
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let old = kept.partition_point(|it| since.duration_since(it.since) >= KEPT_FOR);
            kept.drain(..old);
            kept.push(Kept { sender, since });
        }
    }

    fn of_thread(&self) -> Option<&Mutex<Vec<Kept>>> {
        self.kept.get(workers::number() % self.kept.len().max(1))
    }

    async fn connect(&self) -> Result<Sender, Box<dyn Error + Send + Sync>> {
        let tls = Arc::clone(&self.tls);
        let mut connector = HttpsConnector::from((self.http.clone(), tls));
        let Some(through) = &self.through else {
            return Ok(speak(connector.call(self.to.clone()).await?).await?);
        };
        let mut tunnel = Tunnel::new(through.uri().clone(), connector)
            .with_headers(HeaderMap::from_iter([(USER_AGENT, self.user_agent.clone())]));
        if let Some(credentials) = through.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let stream = TokioIo::new(tunnel.call(self.to.clone()).await?);
        let host = self.to.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = TlsConnector::from(Arc::clone(&self.tls));
        let stream = tls.connect(ServerName::try_from(host)?, stream).await?;
        Ok(speak(TokioIo::new(stream)).await?)
    }
}

/// Begins with HTTP on a connection, which then works by itself, and ends with its sender.
async fn speak<S>(stream: S) -> hyper::Result<Sender>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(stream).await?;
    // What became of it is seen where something is sent.
    tokio::spawn(connection);
    Ok(sender)
}

fn no_line(error: &(dyn Error + 'static)) -> Trouble {
    let (mut dns, mut next) = (false, Some(error));
    while let Some(cause) = next {
        dns |= cause.to_string().starts_with("dns error");
        next = cause.source();
    }
    Trouble::NoLine { tls: tls::problem(error), timeout: false, dns }
}

/// The line that an answer comes over.
pub(super) struct Line<'a> {
    lines: &'a Lines,
    sender: Sender,
}

impl Line<'_> {
    /// The whole answer has come.
    pub(super) fn is_free(self) {
        self.lines.keep(self.sender);
    }
}

/// The body, unless it is longer than this or broke off.
pub(super) async fn body(mut body: Incoming, most: usize) -> Result<Option<Vec<u8>>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Trouble::Lost)?.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Some(bytes))
}
