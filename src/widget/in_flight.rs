//! The request that is under way.

use mfa_core::flow::RequestId;
use web_sys::AbortController;

/// A request to the endpoint. Dropping it aborts it.
pub(crate) struct InFlight {
    pub(crate) request: RequestId,
    pub(crate) controller: Option<AbortController>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            // Without a reason: what else a fetch can reject with is not ours to know.
            controller.abort();
        }
    }
}

impl InFlight {
    /// It has ended: there is nothing to abort.
    pub(crate) fn forget(mut self) {
        self.controller = None;
    }
}
