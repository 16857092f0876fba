//! The two ends: verified, and closed. From a closed interaction a new one can be asked for.

use alloc::vec::Vec;

use super::{Before, Event, Flow, Instant, Notice, State, Step, stay};
use crate::{ClosedReason, Sealed};

impl Flow {
    /// A success is final: nothing but a reset leads away from it.
    pub(super) fn when_verified(&mut self, receipt: Option<Sealed>, event: Event) -> Step {
        let verified = State::Verified { receipt };
        match event {
            Event::Reset => self.reset(None),
            Event::Disabled => self.switch(true, verified),
            Event::Enabled => self.switch(false, verified),
            Event::Asked { .. }
            | Event::Closed { .. }
            | Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Dropped { .. }
            | Event::Filled
            | Event::Followed
            | Event::Given { .. }
            | Event::Lost { .. }
            | Event::Online
            | Event::ReadBack
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Remembered { .. }
            | Event::Retried
            | Event::Sent { .. }
            | Event::Submitted { .. }
            | Event::Typed
            | Event::Verified { .. }
            | Event::Vetoed { .. }
            | Event::Woke => (verified, Vec::new()),
        }
    }

    pub(super) fn when_closed(&mut self, reason: ClosedReason, event: Event, now: Instant) -> Step {
        match event {
            Event::Asked { channel } => {
                self.ask(channel, Before::Closed(reason), State::Closed(reason), now)
            }
            Event::Typed => self.noticed(None, State::Closed(reason)),
            Event::ReadBack => self.noticed(Some(Notice::ReadBack), State::Closed(reason)),
            Event::Remembered { memory } => self.remember(memory, State::Closed(reason), now),
            Event::Followed => self.follow(None),
            Event::Woke => self.waited(State::Closed(reason), now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.switch(true, State::Closed(reason)),
            Event::Enabled => self.switch(false, State::Closed(reason)),
            // That a new code is needed is what counts here.
            Event::Dropped { .. }
            | Event::Completed { .. }
            | Event::Corrected { .. }
            | Event::Filled
            | Event::Given { .. }
            | Event::Online
            | Event::Retried
            | Event::Submitted { .. }
            // Answers to requests that were given up.
            | Event::Closed { .. }
            | Event::Lost { .. }
            | Event::Refused { .. }
            | Event::Rejected { .. }
            | Event::Sent { .. }
            | Event::Verified { .. }
            | Event::Vetoed { .. } => stay(State::Closed(reason)),
        }
    }
}
