//! Where the books lie: in this process, or in a Redis that several instances share.
//!
//! A decision is made in one step: nothing else reads or writes its pages meanwhile. In memory a
//! lock sees to it. In Redis the pages are fetched, the decision is made on them, and what it wrote
//! is put there only if they still say what was read; otherwise it is made again. So a rule is
//! written once, as a decision, and holds for one instance as for many. What a store cannot do is
//! an error, and nothing is done that it does not know of.

use std::sync::{Mutex, PoisonError};

use mfa_core::wire::ProblemCode;

use crate::clock::UnixTime;
use crate::decide::answer::Refusal;
use crate::decide::books::{Books, Page};
use crate::seal::Sealer;
use crate::seldom::Seldom;
use crate::settings::{SettingError, Settings, StoreChoice};

mod redis;
mod trouble;
mod turns;

use redis::Redis;

/// The books of this proxy.
#[derive(Debug)]
pub(crate) enum Store {
    /// Of one instance. A restart forgets them.
    Memory(Memory),
    /// Of all instances that name the same Redis.
    Redis(Redis),
}

/// Books in this process.
#[derive(Debug)]
pub(crate) struct Memory {
    books: Mutex<Books>,
    said_full: Seldom,
}

/// The store cannot be reached, or did not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Down;

/// The store cannot be reached, and nothing is done that it does not know of.
impl From<Down> for Refusal {
    fn from(_: Down) -> Self {
        Self::new(ProblemCode::Unavailable, "The proxy cannot work just now; try again later.")
            .after(5)
    }
}

impl Store {
    /// The store of these settings. Nothing is called yet.
    pub(crate) fn new(settings: &Settings, sealer: Sealer) -> Result<Self, SettingError> {
        Ok(match &settings.store {
            StoreChoice::Memory => Self::Memory(Memory {
                books: Mutex::new(Books::new(&settings.limits)),
                said_full: Seldom::default(),
            }),
            StoreChoice::Redis(url) => {
                Self::Redis(Redis::new(url, settings.store_timeout, sealer)?)
            }
        })
    }

    /// Makes a decision on these pages, which nobody need name where all the books are at hand. It
    /// may be made more than once, and the last time counts.
    pub(crate) async fn decide<T>(
        &self,
        pages: impl FnOnce() -> Vec<Page>,
        now: UnixTime,
        decision: impl FnMut(&mut Books) -> T,
    ) -> Result<T, Down> {
        match self {
            Self::Memory(memory) => Ok(memory.with(now, decision)),
            Self::Redis(redis) => redis.decide(&pages(), now, decision).await,
        }
    }

    /// Whether a decision could be made and written down now.
    pub(crate) async fn is_there(&self, now: UnixTime) -> Result<(), Down> {
        match self {
            Self::Memory(memory) => {
                memory.with(now, |books| books.has_room(now)).then_some(()).ok_or(Down)
            }
            Self::Redis(redis) => redis.is_there(now).await,
        }
    }
}

impl Memory {
    /// Nothing waits while it has the lock, and no decision leaves the books half-written.
    fn with<T>(&self, now: UnixTime, mut decision: impl FnMut(&mut Books) -> T) -> T {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let decided = decision(&mut books);
        if !books.has_room(now) && self.said_full.is_due(now) {
            tracing::error!(
                "LIMITS.CAPACITY IS USED UP: who is new is answered 503 until something expires"
            );
        }
        decided
    }
}
