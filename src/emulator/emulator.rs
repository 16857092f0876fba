//! The emulator: the one handle on the rules, with the real clock and real randomness.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::watch;

use crate::{
    credentials::Credentials,
    rules::{
        fault::{ControlError, Fault, Route},
        outbox::{Cursor, Delivery, Next},
        parameters::Parameters,
        start::Start,
        world::{Verified, World},
    },
};

/// How an emulator is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who may call the API.
    pub credentials: Credentials,
    /// The shape of a 422 body.
    pub validation_errors: ValidationErrors,
    /// How many interactions are remembered; the oldest are forgotten first.
    pub most_interactions: usize,
    /// How many deliveries the outbox keeps; the oldest are dropped first.
    pub most_deliveries: usize,
    /// Answers whatever `Host` a request names. Without it a page of elsewhere, whose name leads to
    /// this machine, reads no token.
    pub allow_remote: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            credentials: Credentials::default(),
            validation_errors: ValidationErrors::default(),
            most_interactions: 10_000,
            most_deliveries: 1_000,
            allow_remote: false,
        }
    }
}

/// The two shapes the vendor documents for a 422. Which one its MFA routes send is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValidationErrors {
    /// `{"errors":[{"type","code","message","attribute","url"}]}`, documented for the other
    /// `/api/*` routes, and the only one reported from the live service.
    Api,
    /// `{"errors":[{"detail","status","title","code"}]}`, documented for `/api/relay/rest`.
    #[default]
    Relay,
}

/// SignalWire's MFA API, in memory. A clone is another handle on the same one.
#[derive(Clone, Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    began: Instant,
    world: Mutex<World>,
    /// Changes with every delivery and reset. `true`: readers of the event stream must go.
    stopping: watch::Sender<bool>,
}

impl Emulator {
    /// An emulator that has sent nothing yet.
    pub fn new(options: Options) -> Self {
        let world =
            World::new(options.most_interactions, options.most_deliveries, &mut rand::rng());
        Self {
            shared: Arc::new(Shared {
                options,
                began: Instant::now(),
                world: Mutex::new(world),
                stopping: watch::Sender::new(false),
            }),
        }
    }

    /// What was delivered, newest first.
    pub fn outbox(&self) -> Vec<Arc<Delivery>> {
        self.world().outbox.newest_first().cloned().collect()
    }

    /// How many interactions are remembered.
    pub fn interactions(&self) -> usize {
        self.world().interactions.len()
    }

    /// Moves the emulator's clock ahead, and says how far ahead it now is in all.
    pub fn advance(&self, by: Duration) -> Duration {
        self.world().clock.advance(by)
    }

    /// Lets something go wrong with the next requests to a route.
    ///
    /// A lost connection needs a server that can lose one: [`serve`](crate::serve).
    pub fn fault(&self, fault: Fault) -> Result<(), ControlError> {
        self.world().faults.add(fault)
    }

    /// Everything back to the start: interactions, outbox, clock and faults.
    pub fn reset(&self) {
        self.world().reset(&mut rand::rng());
        self.notify();
    }

    /// Ends every open event stream, which would otherwise keep a graceful shutdown waiting.
    pub fn stop(&self) {
        self.shared.stopping.send_replace(true);
    }

    pub(crate) fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(crate) fn start(&self, start: Start) -> Arc<Delivery> {
        let at = wall_clock();
        let elapsed = self.shared.began.elapsed();
        let delivery = self.world().start(start, elapsed, at, &mut rand::rng());
        self.notify();
        delivery
    }

    pub(crate) fn verify(&self, id: &str, given: &Parameters) -> Verified {
        let elapsed = self.shared.began.elapsed();
        self.world().verify(id, given, elapsed)
    }

    pub(crate) fn take_fault(&self, route: Route) -> Option<Fault> {
        self.world().faults.take(route)
    }

    pub(crate) fn after(&self, seen: Option<Cursor>) -> Next {
        self.world().outbox.after(seen)
    }

    pub(crate) fn follow(&self) -> watch::Receiver<bool> {
        self.shared.stopping.subscribe()
    }

    fn notify(&self) {
        self.shared.stopping.send_modify(|_| {});
    }

    /// A panic elsewhere leaves the world whole: no rule panics half-way through a change.
    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wall_clock() -> String {
    let now = OffsetDateTime::now_utc();
    let to_the_millisecond = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    // RFC 3339 has no year beyond 9999, and no other way to fail.
    to_the_millisecond.format(&Rfc3339).unwrap_or_default()
}
