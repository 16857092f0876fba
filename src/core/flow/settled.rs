//! The two ends: verified, and closed. From a closed interaction a new one can be asked for.

use super::{Before, Event, Flow, Instant, Notice};
use crate::ClosedReason;

impl Flow {
    /// A success is final: nothing but a reset leads away from it.
    pub(super) fn when_verified(&mut self, event: Event) {
        match event {
            Event::Reset => self.reset(None),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
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
            | Event::Woke => {}
        }
    }

    pub(super) fn when_closed(&mut self, reason: ClosedReason, event: Event, now: Instant) {
        match event {
            Event::Asked { channel } => self.ask(channel, Before::Closed(reason), now),
            Event::Typed => self.notice = None,
            Event::ReadBack => self.notice = Some(Notice::ReadBack),
            Event::Remembered { memory } => self.remember(memory, now),
            Event::Followed => self.follow(None),
            Event::Woke => self.waited(now),
            Event::Reset => self.reset(None),
            Event::Disabled => self.disabled = true,
            Event::Enabled => self.disabled = false,
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
            | Event::Vetoed { .. } => {}
        }
    }
}
