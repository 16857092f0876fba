//! The gate: whether the upstream is called now, and by how many at once.
//!
//! A shell over the [`Breaker`]: it has the clock and the places, and tells the operator, once
//! per change, that the upstream is dead or refuses us, and that it is mended. It knows nothing
//! of what is asked.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::{Clock, UnixTime};
use crate::decide::outcome::Failure;
use crate::settings::Upstream as UpstreamSettings;
use crate::upstream::breaker::{Breaker, Change, Ended, Leave};

/// The gate of one upstream.
pub(super) struct Gate {
    places: Semaphore,
    most: usize,
    /// How long a call waits for a place.
    patience: Duration,
    clock: Clock,
    health: Mutex<Health>,
}

struct Health {
    breaker: Breaker,
    /// The last that was heard of our credentials is that they are wrong.
    refused: bool,
}

/// A call under way: it has its place until it ends.
pub(super) struct Call<'a> {
    gate: &'a Gate,
    leave: Option<Leave>,
    _place: SemaphorePermit<'a>,
}

impl Gate {
    pub(super) fn new(settings: &UpstreamSettings, clock: Clock) -> Self {
        let breaker = Breaker::new(settings.breaker_failures, settings.breaker_pause);
        Self {
            places: Semaphore::new(settings.max_in_flight),
            most: settings.max_in_flight,
            patience: settings.connect_timeout.min(settings.timeout),
            clock,
            health: Mutex::new(Health { breaker, refused: false }),
        }
    }

    /// Whether a call may be made now. Nothing begins with this, so nothing must end.
    pub(super) fn admits(&self, now: UnixTime) -> Result<(), Failure> {
        self.health().breaker.admits(now).map_err(not_called)
    }

    /// Lets one call in, when a place is free in time and nothing is known against it by then.
    pub(super) async fn enter(&self) -> Result<Call<'_>, Failure> {
        self.admits(self.clock.now())?;
        let place = tokio::time::timeout(self.patience, self.places.acquire()).await;
        let Ok(Ok(place)) = place else {
            tracing::warn!(
                most = self.most,
                "as many calls are under way as upstream.max_in_flight allows; one was not made"
            );
            return Err(Failure::NotReached);
        };
        let leave = self.health().breaker.begin(self.clock.now()).map_err(not_called)?;
        Ok(Call { gate: self, leave: Some(leave), _place: place })
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call<'_> {
    /// The call has ended, with this failure or none, and the upstream asks to be left alone for
    /// so many seconds, or does not.
    pub(super) fn ends(mut self, failure: Option<Failure>, alone_for: Option<u64>) {
        let ended = match failure {
            None | Some(Failure::Busy { .. } | Failure::Credentials) => Ended::Answered,
            Some(Failure::Broken | Failure::NotReached | Failure::TimedOut) => Ended::Failed,
            Some(Failure::NotCalled { .. }) => Ended::Abandoned,
        };
        match failure {
            Some(Failure::Credentials) => self.gate.health().is_refused(true),
            None => self.gate.health().is_refused(false),
            // The credentials may not have been looked at.
            Some(
                Failure::Broken
                | Failure::Busy { .. }
                | Failure::NotCalled { .. }
                | Failure::NotReached
                | Failure::TimedOut,
            ) => {}
        }
        if let Some(seconds) = alone_for {
            let now = self.gate.clock.now();
            self.gate.health().breaker.hold(seconds, now);
        }
        self.tell(ended);
    }

    fn tell(&mut self, ended: Ended) {
        let Some(leave) = self.leave.take() else { return };
        let now = self.gate.clock.now();
        match self.gate.health().breaker.end(leave, ended, now) {
            Some(Change::Opened) => tracing::error!(
                "SIGNALWIRE DOES NOT ANSWER: call after call failed; until one succeeds only one \
                 is made per upstream.breaker_pause, and visitors get 503"
            ),
            Some(Change::Closed) => {
                tracing::warn!("SIGNALWIRE ANSWERS AGAIN: calls are made as usual");
            }
            None => {}
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.tell(Ended::Abandoned);
    }
}

impl Health {
    fn is_refused(&mut self, refused: bool) {
        match (std::mem::replace(&mut self.refused, refused), refused) {
            (false, true) => tracing::error!(
                "SIGNALWIRE REFUSES OUR CREDENTIALS: check upstream.project_id and MFA_API_TOKEN; \
                 no code can be sent or verified until then"
            ),
            (true, false) => tracing::warn!("SIGNALWIRE ACCEPTS OUR CREDENTIALS AGAIN"),
            (false, false) | (true, true) => {}
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({} places)", self.most)
    }
}

fn not_called(retry_after: u64) -> Failure {
    Failure::NotCalled { retry_after }
}
