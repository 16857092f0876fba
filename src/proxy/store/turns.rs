//! Taking turns: the decisions of this process that count under the same counter wait for each
//! other, where they would otherwise all decide again when one of them has written.
//!
//! It is a courtesy and no lock: what holds is that a page is only written while it says what was
//! read, whoever else writes. So nobody waits long. Who has waited for too long goes on without a
//! turn, as the instances do among each other.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout_at};

use crate::decide::books::Page;

/// Counters that share a queue only wait without need.
const QUEUES: usize = 1_024;

/// Nobody waits longer for a turn.
const LONGEST: Duration = Duration::from_millis(100);

/// The queues of one store.
pub(super) struct Turns {
    queues: Vec<Mutex<()>>,
    hasher: RandomState,
    patience: Duration,
}

/// It is over when this is dropped.
pub(super) type Turn<'a> = Vec<MutexGuard<'a, ()>>;

impl Turns {
    /// For a store that has so much time for an answer.
    pub(super) fn new(store_timeout: Duration) -> Self {
        let queues = (0..QUEUES).map(|_| Mutex::default()).collect();
        Self { queues, hasher: RandomState::new(), patience: (store_timeout / 4).min(LONGEST) }
    }

    /// Waits until nobody else here is at one of the counters among these pages.
    pub(super) async fn take<'a, 'k, 'p: 'k>(
        &'a self,
        pages: impl Iterator<Item = (&'k &'p Page, &'k String)>,
    ) -> Turn<'a> {
        // Of the others each person has their own.
        let counters = pages.filter(|(page, _)| matches!(page, Page::Counter(_)));
        let queue = |key: &String| (self.hasher.hash_one(key) % QUEUES as u64) as usize;
        let mut wanted: Vec<_> = counters.map(|(_, key)| queue(key)).collect();
        // All take them in the same order, so that no two wait for each other.
        wanted.sort_unstable();
        wanted.dedup();
        let (mut held, deadline) =
            (Vec::with_capacity(wanted.len()), Instant::now() + self.patience);
        for queue in wanted.into_iter().filter_map(|queue| self.queues.get(queue)) {
            match timeout_at(deadline, queue.lock()).await {
                Ok(turn) => held.push(turn),
                Err(_) => return Vec::new(),
            }
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;
    use crate::decide::limit::Counter;

    fn pages() -> (Page, Page, [String; 2]) {
        let keys = ["all".to_owned(), "one".to_owned()];
        (Page::Counter(Counter::ALL), Page::Interaction("one".into()), keys)
    }

    #[tokio::test]
    async fn who_counts_under_the_same_takes_turns() {
        let turns = Turns::new(Duration::from_secs(60));
        let (counter, other, keys) = pages();
        let (at_it, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let pages = [&counter, &other];
        join_all((0..20).map(|_| async {
            let turn = turns.take(pages.iter().zip(&keys)).await;
            most.fetch_max(at_it.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            at_it.fetch_sub(1, Ordering::Relaxed);
            drop(turn);
        }))
        .await;
        assert_eq!(most.into_inner(), 1);
    }

    #[tokio::test]
    async fn nobody_waits_long_for_a_turn() {
        let turns = Turns::new(Duration::from_millis(4));
        let (counter, other, keys) = pages();
        let pages = [&counter, &other];
        let _held = turns.take(pages.iter().zip(&keys)).await;
        let turn = turns.take(pages.iter().zip(&keys)).await;
        assert!(turn.is_empty());
    }
}
