//! A map whose entries expire, and which holds only so many.
//!
//! What is full refuses: to forget a live entry could forget a failed attempt or a redeemed
//! receipt.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::clock::UnixTime;

/// The map. `K` must print no secret.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Shelf<K, V> {
    entries: HashMap<K, (UnixTime, V)>,
    by_expiry: BTreeSet<(UnixTime, K)>,
    capacity: usize,
}

/// There is no room: nothing was remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<K: Clone + Eq + Hash + Ord, V> Shelf<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), by_expiry: BTreeSet::new(), capacity }
    }

    /// The entry, unless it has expired.
    pub(crate) fn get(&self, key: &K, now: UnixTime) -> Option<&V> {
        self.entries.get(key).filter(|(expires, _)| *expires > now).map(|(_, value)| value)
    }

    /// The entry to change, unless it has expired.
    pub(crate) fn get_mut(&mut self, key: &K, now: UnixTime) -> Option<&mut V> {
        self.entries.get_mut(key).filter(|(expires, _)| *expires > now).map(|(_, value)| value)
    }

    /// Puts an entry there until `expires`, in place of an older one.
    pub(crate) fn put(
        &mut self,
        key: K,
        value: V,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<(), Full> {
        self.sweep(now);
        self.remove(&key);
        if self.entries.len() >= self.capacity {
            return Err(Full);
        }
        self.by_expiry.insert((expires, key.clone()));
        self.entries.insert(key, (expires, value));
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.take(key);
    }

    /// Takes an entry out, with the time at which it expires.
    pub(crate) fn take(&mut self, key: &K) -> Option<(UnixTime, V)> {
        let (expires, value) = self.entries.remove(key)?;
        self.by_expiry.remove(&(expires, key.clone()));
        Some((expires, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether one more would find room.
    pub(crate) fn has_room(&mut self, now: UnixTime) -> bool {
        self.room(now) > 0
    }

    /// How many more would find room.
    pub(crate) fn room(&mut self, now: UnixTime) -> usize {
        self.sweep(now);
        self.capacity.saturating_sub(self.entries.len())
    }

    fn sweep(&mut self, now: UnixTime) {
        while let Some((expires, _)) = self.by_expiry.first()
            && *expires <= now
            && let Some((_, key)) = self.by_expiry.pop_first()
        {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_gone_when_it_expires() {
        let mut shelf = Shelf::new(9);
        shelf.put("a", 1, 10, 0).unwrap();
        assert_eq!(shelf.get(&"a", 9), Some(&1));
        assert_eq!(shelf.get(&"a", 10), None);
    }

    #[test]
    fn a_full_shelf_refuses_and_forgets_nothing_that_lives() {
        let mut shelf = Shelf::new(1);
        shelf.put("a", 1, 10, 0).unwrap();
        assert_eq!(shelf.put("b", 2, 10, 5), Err(Full));
        assert_eq!(shelf.get(&"a", 5), Some(&1));
        assert_eq!(shelf.put("b", 2, 20, 10), Ok(()));
    }

    #[test]
    fn an_entry_put_again_lives_as_long_as_the_last_time() {
        let mut shelf = Shelf::new(2);
        shelf.put("a", 1, 10, 0).unwrap();
        shelf.put("a", 2, 20, 0).unwrap();
        shelf.put("b", 3, 20, 15).unwrap();
        assert_eq!(shelf.get(&"a", 15), Some(&2));
    }

    #[test]
    fn what_expired_leaves_no_trace_in_memory() {
        let mut shelf = Shelf::new(1_000);
        for now in 0..10_000 {
            shelf.put(now, (), now + 10, now).unwrap();
        }
        assert!(shelf.entries.len() <= 11 && shelf.by_expiry.len() == shelf.entries.len());
    }
}
