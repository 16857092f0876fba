//! Connections that can be lost on purpose.
//!
//! HTTP has no way to answer with nothing, and a handler cannot reach its socket. So the
//! [`Listener`] keeps a handle on each connection it accepts, and hands it to the requests that
//! come over it; once [cut](Connection::cut), the connection takes no more bytes and the server
//! closes it. The peer sees a closed connection and not one byte of an answer.

use std::{
    future::Future,
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
    Router,
    extract::{ConnectInfo, Request, connect_info::Connected},
    middleware::map_request,
    serve::IncomingStream,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// Serves an application until `shutdown` ends and the requests under way are answered.
///
/// The application finds the peer's address as `ConnectInfo<SocketAddr>`, as it would in a server
/// of axum's own. End open event streams with [`Emulator::stop`](crate::Emulator::stop).
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = app
        .layer(map_request(with_peer_address))
        .into_make_service_with_connect_info::<Connection>();
    axum::serve(Listener::new(listener), app).with_graceful_shutdown(shutdown).await
}

async fn with_peer_address(
    ConnectInfo(connection): ConnectInfo<Connection>,
    mut request: Request,
) -> Request {
    request.extensions_mut().insert(ConnectInfo(connection.peer));
    request
}

/// A handle on an accepted connection.
#[derive(Clone, Debug)]
pub struct Connection {
    peer: SocketAddr,
    cut: Arc<AtomicBool>,
}

impl Connection {
    /// The connection this request came over, when the server handed it on.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        request
            .extensions()
            .get()
            .map(|ConnectInfo(connection): &ConnectInfo<Self>| connection.clone())
    }

    /// Lets no further byte through, in either direction.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }

    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Acquire) {
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

/// Accepts connections that can be cut. For servers of your own; [`serve`] does all of it:
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
        let connection = Connection { peer, cut: Arc::default() };
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

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        stream.connection.check()?;
        Pin::new(&mut stream.tcp).poll_read(context, buffer)
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
