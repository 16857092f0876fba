//! Whether this instance may be sent requests, as a balancer asks. It answers all that come to it
//! either way.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::proxy::Proxy;
use crate::store::Down;

/// Why no more requests should be sent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// It was told to stop, and answers what is under way.
    #[error("The proxy is stopping")]
    Stopping,
    /// The store of its counts cannot be written to, or is full: it answers 503 to whatever must be
    /// counted.
    #[error("The store cannot be written to")]
    Store,
}

/// Whether the proxy was told to stop.
#[derive(Debug, Default)]
pub(crate) struct Stopping(AtomicBool);

impl Proxy {
    /// Whether it can serve.
    ///
    /// # Errors
    ///
    /// [`Unready`] says why not.
    pub async fn ready(&self) -> Result<(), Unready> {
        if self.stopping().0.load(Ordering::Relaxed) {
            return Err(Unready::Stopping);
        }
        self.store().is_there(self.now()).await.map_err(|Down| Unready::Store)
    }

    /// From now on it says that it is not ready. Requests are answered as before: whoever serves
    /// the routers ends that.
    pub fn stop(&self) {
        self.stopping().0.store(true, Ordering::Relaxed);
    }
}
