//! The server: connections that can be lost on purpose, and no patience without end.
//!
//! A client that says nothing holds a connection, and so does one that never gets to the end of
//! what it began to say. Answers are not hurried: an event stream stays as long as it is read.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{
    body::Incoming,
    rt::{Sleep, Timer},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::net::TcpListener;
use tower::ServiceExt;
use tracing::debug;

use super::connection::{Connection, Listener};

/// How long a client may take. A request finds it among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the first head of a connection, and for any that it has begun.
    pub head: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// For a body, from when somebody wants to read it.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let (short, long) = (Duration::from_secs(10), Duration::from_secs(60));
        Self { head: short, idle: long, body: short }
    }
}

impl Patience {
    /// What the server that took this request in said, or the default of other servers.
    pub fn of(request: &Request) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }
}

/// Serves an application until `shutdown` ends and the requests under way are answered.
///
/// The application finds the peer's address as `ConnectInfo<SocketAddr>`, as it would in a server
/// of axum's own. End open event streams with [`Emulator::stop`](crate::Emulator::stop).
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(listener, app, Patience::default(), shutdown).await
}

/// [`serve`] with another patience.
pub async fn serve_with(
    listener: TcpListener,
    app: Router,
    patience: Patience,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut listener = Listener::new(listener);
    let mut shutdown = pin!(shutdown);
    let connections = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = axum::serve::Listener::accept(&mut listener) => accepted,
            () = &mut shutdown => break,
        };
        let (app, connection) = (app.clone(), stream.connection().clone());
        let timer = HeadTimer::new(connection.clone(), patience.head);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            let extensions = request.extensions_mut();
            extensions.insert(ConnectInfo(connection.clone()));
            extensions.insert(ConnectInfo(peer));
            extensions.insert(patience);
            app.clone().oneshot(request)
        });
        let served = http1::Builder::new()
            .timer(timer)
            .header_read_timeout(patience.idle)
            .serve_connection(TokioIo::new(stream), service);
        let served = connections.watch(served);
        tokio::spawn(async move {
            if let Err(problem) = served.await {
                debug!("a connection ended early: {problem}");
            }
        });
    }
    // Nobody is let in any more while the others are waited for.
    drop(listener);
    connections.shutdown().await;
    Ok(())
}

/// hyper has one time-out, which runs from the end of an answer to the end of the next head. That
/// is the idle one; this timer ends it sooner once there is something of a head.
struct HeadTimer {
    connection: Connection,
    patience: Duration,
    is_first: AtomicBool,
}

impl HeadTimer {
    fn new(connection: Connection, patience: Duration) -> Self {
        Self { connection, patience, is_first: AtomicBool::new(true) }
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.connection.listen_anew();
        let mut head = Head {
            connection: self.connection.clone(),
            patience: self.patience,
            has_begun: false,
            over: Box::pin(tokio::time::sleep_until(deadline.into())),
        };
        if self.is_first.swap(false, Ordering::Relaxed) {
            head.begin();
        }
        Box::pin(head)
    }
}

/// Ends when a head has taken too long.
struct Head {
    connection: Connection,
    patience: Duration,
    has_begun: bool,
    over: Pin<Box<tokio::time::Sleep>>,
}

impl Head {
    fn begin(&mut self) {
        self.has_begun = true;
        let end = tokio::time::Instant::now() + self.patience;
        if end < self.over.deadline() {
            self.over.as_mut().reset(end);
        }
    }
}

impl Future for Head {
    type Output = ();

    /// hyper asks whenever what it has read is no whole head yet.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let head = self.get_mut();
        if !head.has_begun && head.connection.was_heard() {
            head.begin();
        }
        head.over.as_mut().poll(context)
    }
}

impl Sleep for Head {}
