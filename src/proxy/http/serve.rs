//! A listener that nobody can use up: bounded in number, and in how long a peer may say nothing.
//!
//! `axum::serve` waits for ever for a request that never comes. Here a connection ends when the
//! head of its next request does not arrive in time (whether nothing, a part or a drop now and
//! then comes) or its answer is not taken. How long a body may take is
//! [`Settings::body_timeout`](crate::Settings::body_timeout). Nothing here knows a route.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::workers::Workers;

/// What one listener puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many connections are served at once. The next ones wait in the system's queue, where
    /// they take no descriptor of the process.
    pub connections: usize,
    /// How long a connection may take to bring the whole head of its next request, and how long
    /// it may take nothing of an answer.
    pub idle_timeout: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { connections: 4_096, idle_timeout: Duration::from_secs(10) }
    }
}

/// Serves a router over HTTP/1 until `shutdown` ends and the requests in flight are answered.
///
/// The router finds the peer's address as `ConnectInfo<SocketAddr>`. A failed accept ends
/// nothing: while the process has no descriptor left, the next is tried once a second.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    shutdown: impl Future<Output = ()>,
) {
    serve_counted(listener, None, router, bounds, || (), shutdown).await;
}

/// The same, where something is held for as long as each connection is open, and the connections
/// are shared out between these workers.
pub(crate) async fn serve_counted<Held: Send + 'static>(
    mut listener: TcpListener,
    workers: Option<&Workers>,
    router: Router,
    bounds: Bounds,
    hold: impl Fn() -> Held,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let room = Arc::new(Semaphore::new(bounds.connections.min(Semaphore::MAX_PERMITS)));
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.idle_timeout);
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            // axum's own accept: it outlives a failed handshake and a full table of files.
            let (stream, peer) = axum::serve::Listener::accept(&mut listener).await;
            (place, stream, peer)
        };
        let (place, stream, peer) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut shutdown => break,
        };
        let served = Connection { router: router.clone(), http: http.clone(), bounds, peer };
        let (watcher, held) = (connections.watcher(), (place, hold()));
        let serve = move |stream| async move {
            served.serve(stream, watcher).await;
            drop(held);
        };
        match workers {
            Some(workers) => workers.serve(stream, serve),
            None => drop(tokio::spawn(serve(stream))),
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// One connection, and what it is served with.
struct Connection {
    router: Router,
    http: http1::Builder,
    bounds: Bounds,
    peer: SocketAddr,
}

impl Connection {
    async fn serve(self, stream: TcpStream, watcher: Watcher) {
        let Self { router, http, bounds, peer } = self;
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(bounds.idle_timeout));
        let app = TowerToHyperService::new(router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            app.call(request.map(Body::new))
        });
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        // It says what was wrong with the HTTP, never what was sent.
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}
