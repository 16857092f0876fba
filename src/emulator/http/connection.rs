//! Connections that can be lost on purpose.
//!
//! HTTP has no way to answer with nothing, and a handler cannot reach its socket. So the
//! [`Listener`] keeps a handle on each connection it accepts, and hands it to the requests that
//! come over it; once [cut](Connection::cut), the connection takes no more bytes and the server
//! closes it. The peer sees a closed connection and not one byte of an answer.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::{ConnectInfo, connect_info::Connected},
    http::Request,
    serve::IncomingStream,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// A handle on an accepted connection.
#[derive(Clone, Debug)]
pub struct Connection {
    local: Option<SocketAddr>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    cut: AtomicBool,
    heard: AtomicBool,
}

impl Connection {
    pub(super) fn new(local: Option<SocketAddr>) -> Self {
        Self { local, state: Arc::default() }
    }

    /// The connection this request came over, when the server handed it on.
    pub(crate) fn of<B>(request: &Request<B>) -> Option<Self> {
        request
            .extensions()
            .get()
            .map(|ConnectInfo(connection): &ConnectInfo<Self>| connection.clone())
    }

    /// Lets no further byte through, in either direction.
    pub fn cut(&self) {
        self.state.cut.store(true, Ordering::Release);
    }

    /// The address that it came in at.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    /// Forgets that the peer said something.
    pub(super) fn listen_anew(&self) {
        self.state.heard.store(false, Ordering::Relaxed);
    }

    /// Whether the peer has said something since then.
    pub(super) fn was_heard(&self) -> bool {
        self.state.heard.load(Ordering::Relaxed)
    }

    fn check(&self) -> io::Result<()> {
        if self.state.cut.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl Connected<IncomingStream<'_, Listener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().connection.clone()
    }
}

/// Accepts connections that can be cut. For servers of your own; [`serve`](crate::serve) does all of
/// it, and does not wait for a silent client without end:
///
/// ```no_run
/// # async fn run(app: axum::Router, listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// use mfa_emulator::{Connection, Listener};
///
/// let app = app.into_make_service_with_connect_info::<Connection>();
/// axum::serve(Listener::new(listener), app).await
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
}

impl Listener {
    /// Accepts what this listener accepts.
    pub fn new(tcp: TcpListener) -> Self {
        Self { tcp }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        // axum's own accept: it outlives a failed handshake and a full table of files.
        let (tcp, peer) = axum::serve::Listener::accept(&mut self.tcp).await;
        let connection = Connection::new(tcp.local_addr().ok());
        (Stream { tcp, connection }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// The bytes of one connection.
#[derive(Debug)]
pub struct Stream {
    tcp: TcpStream,
    connection: Connection,
}

impl Stream {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        stream.connection.check()?;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut stream.tcp).poll_read(context, buffer);
        if buffer.filled().len() > before {
            stream.connection.state.heard.store(true, Ordering::Relaxed);
        }
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        stream.connection.check()?;
        Pin::new(&mut stream.tcp).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        stream.connection.check()?;
        Pin::new(&mut stream.tcp).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(context)
    }
}
