//! The breaker: when the upstream is not to be called.
//!
//! It opens when call after call ends without an answer of the API, stays open for a pause, then
//! lets one call through to see, and closes at the first answer. Beside that it knows how long
//! the upstream asked to be left alone. It has no clock and calls nobody: what happened, and
//! when, is told to it.

use crate::clock::UnixTime;

#[cfg(test)]
mod tests;

/// What others are told while one call finds out: how long that takes is not known.
const WHILE_PROBING: u64 = 5;

/// The breaker of one upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Breaker {
    /// So many failures in a row open it.
    failures: u32,
    /// So many seconds it stays open.
    pause: u64,
    circuit: Circuit,
    /// The upstream asked to be left alone.
    busy: Option<Rest>,
    /// How many probes there were: their names.
    probes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Circuit {
    /// Calls are made; so many in a row have failed.
    Closed { failures: u32 },
    /// No call is made.
    Open(Rest),
    /// This one call is made.
    Probing(u64),
}

/// A stretch of time in which nobody calls.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rest {
    from: UnixTime,
    until: UnixTime,
}

/// Leave to make one call. How it ended must be told.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "how the call ended must be told to the breaker"]
pub(super) struct Leave {
    probe: Option<u64>,
}

/// How a call ended, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nobody waited for its end.
    Abandoned,
    /// The API answered, whatever it said.
    Answered,
    /// No connection, no answer in time, or none that the API gives.
    Failed,
}

/// What an operator is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Closed,
    Opened,
}

impl Breaker {
    pub(super) fn new(failures: u32, pause: u32) -> Self {
        let circuit = Circuit::Closed { failures: 0 };
        Self { failures, pause: pause.into(), circuit, busy: None, probes: 0 }
    }

    /// Whether a call may be made now; if not, in how many seconds. Nothing begins with this.
    pub(super) fn admits(&mut self, now: UnixTime) -> Result<(), u64> {
        let busy = self.busy.as_mut().map_or(0, |rest| rest.left(now));
        let open = match &mut self.circuit {
            Circuit::Closed { .. } => 0,
            Circuit::Open(rest) => rest.left(now),
            Circuit::Probing(_) => WHILE_PROBING,
        };
        match busy.max(open) {
            0 => Ok(()),
            wait => Err(wait),
        }
    }

    /// A call is to begin now; if it may not, in how many seconds.
    pub(super) fn begin(&mut self, now: UnixTime) -> Result<Leave, u64> {
        self.admits(now)?;
        self.busy = None;
        let probe = match self.circuit {
            Circuit::Closed { .. } => None,
            Circuit::Open(_) | Circuit::Probing(_) => {
                self.probes += 1;
                self.circuit = Circuit::Probing(self.probes);
                Some(self.probes)
            }
        };
        Ok(Leave { probe })
    }

    /// A call has ended.
    pub(super) fn end(&mut self, leave: Leave, ended: Ended, now: UnixTime) -> Option<Change> {
        match ended {
            Ended::Answered => self.answered(),
            Ended::Failed => self.failed(&leave, now),
            Ended::Abandoned => {
                self.reopen(&leave, now);
                None
            }
        }
    }

    /// The upstream asked to be left alone for so many seconds.
    pub(super) fn hold(&mut self, seconds: u64, now: UnixTime) {
        let left = self.busy.as_mut().map_or(0, |rest| rest.left(now));
        self.busy = Some(Rest::of(seconds.max(left), now));
    }

    /// Any answer closes it, also one to a call from before it opened.
    fn answered(&mut self) -> Option<Change> {
        let change = match self.circuit {
            Circuit::Closed { .. } => None,
            Circuit::Open(_) | Circuit::Probing(_) => Some(Change::Closed),
        };
        self.circuit = Circuit::Closed { failures: 0 };
        change
    }

    fn failed(&mut self, leave: &Leave, now: UnixTime) -> Option<Change> {
        match &mut self.circuit {
            Circuit::Closed { failures } => {
                *failures += 1;
                if *failures < self.failures {
                    return None;
                }
                self.circuit = Circuit::Open(Rest::of(self.pause, now));
                Some(Change::Opened)
            }
            // Of a call from before it opened: nothing new.
            Circuit::Open(_) => None,
            Circuit::Probing(_) => {
                self.reopen(leave, now);
                None
            }
        }
    }

    /// The probe found nothing out; any other call is not waited for.
    fn reopen(&mut self, leave: &Leave, now: UnixTime) {
        if let Circuit::Probing(probe) = self.circuit
            && leave.probe == Some(probe)
        {
            self.circuit = Circuit::Open(Rest::of(self.pause, now));
        }
    }
}

impl Rest {
    fn of(seconds: u64, now: UnixTime) -> Self {
        Self { from: now, until: now.saturating_add(seconds) }
    }

    /// Seconds that are left. A clock that was set back begins it anew: it is never longer than
    /// it was meant to be.
    fn left(&mut self, now: UnixTime) -> u64 {
        if now < self.from {
            *self = Self::of(self.until - self.from, now);
        }
        self.until.saturating_sub(now)
    }
}
