//! A proxy on listeners of its own, one for each face, and what it counts.

use axum::Router;
use tokio::net::TcpListener;

use crate::http::Face;
use crate::http::serve::{Bounds, serve_counted};
use crate::metrics::Format;
use crate::proxy::Proxy;
use crate::secret::ApiKey;
use crate::workers::Workers;

impl Proxy {
    /// Serves the public face until `shutdown` ends and the requests in flight are answered.
    pub async fn serve_public(
        &self,
        listener: TcpListener,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        self.serve_face(Face::Public, listener, None, self.public_router(), bounds, shutdown).await;
    }

    /// Serves the private face, behind this API key, in the same way.
    pub async fn serve_private(
        &self,
        listener: TcpListener,
        key: ApiKey,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let router = self.private_router(key);
        self.serve_face(Face::Private, listener, None, router, bounds, shutdown).await;
    }

    /// Serves the public face with these threads. What is awaited only accepts.
    pub async fn serve_public_with(
        &self,
        workers: &Workers,
        listener: TcpListener,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let (router, workers) = (self.public_router(), Some(workers));
        self.serve_face(Face::Public, listener, workers, router, bounds, shutdown).await;
    }

    /// Serves the private face, behind this API key, in the same way.
    pub async fn serve_private_with(
        &self,
        workers: &Workers,
        listener: TcpListener,
        key: ApiKey,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let (router, workers) = (self.private_router(key), Some(workers));
        self.serve_face(Face::Private, listener, workers, router, bounds, shutdown).await;
    }

    async fn serve_face(
        &self,
        face: Face,
        listener: TcpListener,
        workers: Option<&Workers>,
        router: Router,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let hold = || self.metrics().connected(face);
        serve_counted(listener, workers, router, bounds, hold, shutdown).await;
    }

    /// The metrics, in Prometheus's text format, for a site that does not serve the private face.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics_in(Format::Prometheus)
    }

    pub(crate) fn metrics_in(&self, format: Format) -> String {
        let is_paused = self.upstream_admits().is_err();
        self.metrics().upstream_is_paused(is_paused);
        self.metrics().text(format)
    }
}
