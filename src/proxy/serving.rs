//! A proxy on listeners of its own, one for each face, and what it counts.

use tokio::net::TcpListener;

use crate::http::Face;
use crate::http::serve::{Bounds, serve_counted};
use crate::metrics::Format;
use crate::proxy::Proxy;
use crate::secret::ApiKey;

impl Proxy {
    /// Serves the public face until `shutdown` ends and the requests in flight are answered.
    pub async fn serve_public(
        &self,
        listener: TcpListener,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let hold = || self.metrics().connected(Face::Public);
        serve_counted(listener, self.public_router(), bounds, hold, shutdown).await;
    }

    /// Serves the private face, behind this API key, in the same way.
    pub async fn serve_private(
        &self,
        listener: TcpListener,
        key: ApiKey,
        bounds: Bounds,
        shutdown: impl Future<Output = ()>,
    ) {
        let hold = || self.metrics().connected(Face::Private);
        serve_counted(listener, self.private_router(key), bounds, hold, shutdown).await;
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
