//! The road to the upstream: straight, or through the proxy that the environment names.
//!
//! A connection is looked up, opened and, where the address says `https`, secured, all of it within
//! one time. Nothing here knows what is asked.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderValue, Uri};
use futures_util::future::BoxFuture;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::error::Elapsed;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

use super::AGENT;

/// For so long a connection is quiet before it is asked whether the other end is there, so long
/// each further question waits, and so many are asked.
const QUIET: Duration = Duration::from_secs(15);
const QUESTIONS: u32 = 3;

/// What was sent is confirmed within this, or the connection is given up.
#[cfg(target_os = "linux")]
const UNCONFIRMED: Duration = Duration::from_secs(30);

type AnyError = Box<dyn Error + Send + Sync>;

/// A connection to the upstream or to the proxy, which may itself be called by `https`.
type Near = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection to the upstream.
type Line = MaybeHttpsStream<Near>;

/// Opens connections. Clones are the same road.
#[derive(Clone)]
pub(super) struct Road {
    opens: Arc<BoxCloneSyncService<Uri, Line, AnyError>>,
    patience: Duration,
}

/// The name of the other end has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name has no address")]
struct NoAddress(#[source] io::Error);

impl Road {
    /// The road to this address; to this machine never through a proxy.
    pub(super) fn new(to: &Uri, loopback: bool, tls: ClientConfig, patience: Duration) -> Self {
        let tls = Arc::new(tls);
        let mut tcp = HttpConnector::new_with_resolver(GaiResolver::new().map_err(NoAddress));
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(patience));
        tcp.set_keepalive(Some(QUIET));
        tcp.set_keepalive_interval(Some(QUIET));
        tcp.set_keepalive_retries(Some(QUESTIONS));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNCONFIRMED));
        let between = (!loopback).then(|| Matcher::from_env().intercept(to)).flatten();
        let near = match between {
            None => BoxCloneSyncService::new(
                tcp.map_response(MaybeHttpsStream::Http).map_err(AnyError::from),
            ),
            Some(proxy) => {
                let inner = HttpsConnector::from((tcp, Arc::clone(&tls)));
                let agent = (USER_AGENT, HeaderValue::from_static(AGENT));
                let mut tunnel = Tunnel::new(proxy.uri().clone(), inner)
                    .with_headers(HeaderMap::from_iter([agent]));
                if let Some(credentials) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(credentials.clone());
                }
                BoxCloneSyncService::new(tunnel.map_err(AnyError::from))
            }
        };
        let opens = BoxCloneSyncService::new(HttpsConnector::from((near, tls)));
        Self { opens: Arc::new(opens), patience }
    }
}

impl Service<Uri> for Road {
    type Response = Line;
    type Error = AnyError;
    type Future = BoxFuture<'static, Result<Line, AnyError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), AnyError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        // Only here: a clone of the road itself is made for each request.
        let (opens, patience) = (BoxCloneSyncService::clone(&self.opens), self.patience);
        Box::pin(async move { tokio::time::timeout(patience, opens.oneshot(to)).await? })
    }
}

/// Whether it took too long.
pub(super) fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    any(error, |error| {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        error.is::<Elapsed>() || kind == Some(io::ErrorKind::TimedOut)
    })
}

/// Whether it was the name.
pub(super) fn is_dns(error: &(dyn Error + 'static)) -> bool {
    any(error, |error| error.is::<NoAddress>())
}

fn any(error: &(dyn Error + 'static), is_it: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if is_it(error) {
            return true;
        }
        next = error.source();
    }
    false
}
