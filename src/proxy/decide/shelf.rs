//! A map whose entries expire, and which holds only so many.
//!
//! What is full refuses: to forget a live entry could forget a failed attempt or a redeemed
//! receipt.
//!
//! Each entry stands in one slot, with its key. Those that expire in the same second are a chain
//! through the slots, so that an entry which is changed, prolonged or taken out costs one look at
//! the table, and what has expired is found without a look at what has not.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::mem;

use hashbrown::HashTable;

use crate::clock::UnixTime;

#[cfg(test)]
mod tests;

/// The map. `K` must print no secret.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(crate) struct Shelf<K, V> {
    /// Where the entries stand.
    places: HashTable<Seat>,
    /// In pieces, so that nothing is moved when one more is needed.
    slots: Vec<Vec<Slot<K, V>>>,
    /// The last slot that was left empty; it says which one was before it.
    empty: Option<Place>,
    /// The first of each chain.
    expiring: BTreeMap<UnixTime, Place>,
    /// Nobody outside knows its key, so nobody finds names that meet in the table.
    hasher: RandomState,
    capacity: usize,
}

/// The number of a slot.
type Place = u32;

/// Where an entry stands, with its hash: a table that grows looks at no entry for that.
#[derive(Clone, Copy, Debug)]
struct Seat {
    hash: Hashed,
    place: Place,
}

/// Half of a hash, which is enough for as many as have a number.
type Hashed = u32;

/// So many slots are one piece.
const PIECE: usize = 512;

#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
enum Slot<K, V> {
    Empty { next: Option<Place> },
    Taken(Entry<K, V>),
}

#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
struct Entry<K, V> {
    key: K,
    value: V,
    hash: Hashed,
    expires: UnixTime,
    /// In its chain.
    before: Option<Place>,
    after: Option<Place>,
}

/// There is no room: nothing was remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<K: Eq + Hash, V> Shelf<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            places: HashTable::new(),
            slots: Vec::new(),
            empty: None,
            expiring: BTreeMap::new(),
            hasher: RandomState::new(),
            // More have no number.
            capacity: capacity.min(Place::MAX as usize),
        }
    }

    /// The entry, unless it has expired.
    pub(crate) fn get<Q: ?Sized + Eq + Hash>(&self, key: &Q, now: UnixTime) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let entry = self.entry(self.find(self.hash(key), key)?)?;
        (entry.expires > now).then_some(&entry.value)
    }

    /// The entry to change, unless it has expired.
    pub(crate) fn get_mut<Q: ?Sized + Eq + Hash>(
        &mut self,
        key: &Q,
        now: UnixTime,
    ) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.find(self.hash(key), key)?;
        let entry = self.entry_mut(place)?;
        (entry.expires > now).then_some(&mut entry.value)
    }

    /// Puts an entry there until `expires`, in place of an older one.
    pub(crate) fn put<Q>(
        &mut self,
        key: &Q,
        value: V,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<(), Full>
    where
        K: Borrow<Q>,
        Q: ?Sized + Eq + Hash + ToOwned<Owned = K>,
    {
        self.sweep(now);
        let hash = self.hash(key);
        match self.find(hash, key) {
            Some(place) => {
                self.lives_until(place, expires);
                if let Some(entry) = self.entry_mut(place) {
                    entry.value = value;
                }
                Ok(())
            }
            None => self.insert(hash, key.to_owned(), value, expires).map(drop),
        }
    }

    /// The entry to change; one that is not there is made, until `expires`.
    pub(crate) fn get_or_put<Q>(
        &mut self,
        key: &Q,
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<&mut V, Full>
    where
        K: Borrow<Q>,
        Q: ?Sized + Eq + Hash + ToOwned<Owned = K>,
        V: Default,
    {
        self.sweep(now);
        let hash = self.hash(key);
        let place = match self.find(hash, key) {
            Some(place) => place,
            None => self.insert(hash, key.to_owned(), V::default(), expires)?,
        };
        self.living(place, now)
    }

    /// The entry to change, made if it is not there, and settled first: that says until when it
    /// lives.
    pub(crate) fn settled<Q>(
        &mut self,
        key: &Q,
        now: UnixTime,
        settle: impl FnOnce(&mut V) -> UnixTime,
    ) -> Result<&mut V, Full>
    where
        K: Borrow<Q>,
        Q: ?Sized + Eq + Hash + ToOwned<Owned = K>,
        V: Default,
    {
        self.sweep(now);
        let hash = self.hash(key);
        let place = match self.find(hash, key) {
            Some(place) => {
                if let Some(expires) = self.entry_mut(place).map(|entry| settle(&mut entry.value)) {
                    self.lives_until(place, expires);
                }
                place
            }
            None => {
                let mut value = V::default();
                let expires = settle(&mut value);
                self.insert(hash, key.to_owned(), value, expires)?
            }
        };
        self.living(place, now)
    }

    pub(crate) fn remove<Q: ?Sized + Eq + Hash>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.take(key);
    }

    /// Takes an entry out, with the time at which it expires.
    pub(crate) fn take<Q: ?Sized + Eq + Hash>(&mut self, key: &Q) -> Option<(UnixTime, V)>
    where
        K: Borrow<Q>,
    {
        let place = self.find(self.hash(key), key)?;
        let entry = self.vacate(place)?;
        Some((entry.expires, entry.value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether one more would find room.
    pub(crate) fn has_room(&mut self, now: UnixTime) -> bool {
        self.room(now) > 0
    }

    /// How many more would find room.
    pub(crate) fn room(&mut self, now: UnixTime) -> usize {
        self.sweep(now);
        self.capacity.saturating_sub(self.places.len())
    }

    fn sweep(&mut self, now: UnixTime) {
        while let Some((&expires, &first)) = self.expiring.first_key_value()
            && expires <= now
        {
            self.vacate(first);
        }
    }

    fn entry(&self, place: Place) -> Option<&Entry<K, V>> {
        entry(&self.slots, place)
    }

    fn entry_mut(&mut self, place: Place) -> Option<&mut Entry<K, V>> {
        match self.slot_mut(place) {
            Some(Slot::Taken(entry)) => Some(entry),
            Some(Slot::Empty { .. }) | None => None,
        }
    }

    fn slot_mut(&mut self, place: Place) -> Option<&mut Slot<K, V>> {
        self.slots.get_mut(place as usize / PIECE)?.get_mut(place as usize % PIECE)
    }

    fn living(&mut self, place: Place, now: UnixTime) -> Result<&mut V, Full> {
        let entry = self.entry_mut(place).filter(|entry| entry.expires > now);
        entry.map(|entry| &mut entry.value).ok_or(Full)
    }

    fn hash<Q: ?Sized + Hash>(&self, key: &Q) -> Hashed {
        (self.hasher.hash_one(key) >> 32) as Hashed
    }

    fn find<Q: ?Sized + Eq>(&self, hash: Hashed, key: &Q) -> Option<Place>
    where
        K: Borrow<Q>,
    {
        let is_it = |seat: &Seat| {
            seat.hash == hash && self.entry(seat.place).is_some_and(|it| it.key.borrow() == key)
        };
        self.places.find(whole(hash), is_it).map(|seat| seat.place)
    }

    /// Puts an entry into an empty slot. None of its key is there.
    fn insert(&mut self, hash: Hashed, key: K, value: V, expires: UnixTime) -> Result<Place, Full> {
        if self.places.len() >= self.capacity {
            return Err(Full);
        }
        let taken = Slot::Taken(Entry { key, value, hash, expires, before: None, after: None });
        let place = match self.empty {
            Some(place) => {
                let slot = self.slot_mut(place).ok_or(Full)?;
                if let Slot::Empty { next } = mem::replace(slot, taken) {
                    self.empty = next;
                }
                place
            }
            None => self.push(taken)?,
        };
        let seat = Seat { hash, place };
        self.places.insert_unique(whole(hash), seat, |seat| whole(seat.hash));
        self.link(place, expires);
        Ok(place)
    }

    /// Puts it into a slot that was never used.
    fn push(&mut self, slot: Slot<K, V>) -> Result<Place, Full> {
        let whole = self.slots.len().saturating_sub(1) * PIECE;
        match self.slots.last_mut().filter(|last| last.len() < PIECE) {
            Some(last) => {
                let place = Place::try_from(whole + last.len()).map_err(|_| Full)?;
                last.push(slot);
                Ok(place)
            }
            None => {
                let place = Place::try_from(self.slots.len() * PIECE).map_err(|_| Full)?;
                // The first piece grows: a few pages need no room for many.
                let many = if self.slots.is_empty() { 1 } else { PIECE };
                let mut piece = Vec::with_capacity(many);
                piece.push(slot);
                self.slots.push(piece);
                Ok(place)
            }
        }
    }

    /// Takes what is in a slot out of it, out of the table and out of its chain.
    fn vacate(&mut self, place: Place) -> Option<Entry<K, V>> {
        let hash = self.entry(place)?.hash;
        self.unlink(place);
        if let Ok(found) = self.places.find_entry(whole(hash), |seat| seat.place == place) {
            found.remove();
        }
        let empty = Slot::Empty { next: self.empty.replace(place) };
        match mem::replace(self.slot_mut(place)?, empty) {
            Slot::Taken(entry) => Some(entry),
            Slot::Empty { .. } => None,
        }
    }

    fn lives_until(&mut self, place: Place, expires: UnixTime) {
        if self.entry(place).is_some_and(|entry| entry.expires != expires) {
            self.unlink(place);
            self.link(place, expires);
        }
    }

    /// Puts an entry at the beginning of the chain of this second.
    fn link(&mut self, place: Place, expires: UnixTime) {
        let after = self.expiring.insert(expires, place);
        if let Some(entry) = self.entry_mut(place) {
            (entry.expires, entry.before, entry.after) = (expires, None, after);
        }
        if let Some(next) = after.and_then(|after| self.entry_mut(after)) {
            next.before = Some(place);
        }
    }

    fn unlink(&mut self, place: Place) {
        let Some(entry) = self.entry(place) else { return };
        let (expires, before, after) = (entry.expires, entry.before, entry.after);
        if let Some(next) = after.and_then(|after| self.entry_mut(after)) {
            next.before = before;
        }
        match (before, after) {
            (Some(before), _) => {
                if let Some(last) = self.entry_mut(before) {
                    last.after = after;
                }
            }
            (None, Some(after)) => {
                self.expiring.insert(expires, after);
            }
            (None, None) => {
                self.expiring.remove(&expires);
            }
        }
    }
}

/// The table looks at the lowest bits, and at the highest.
fn whole(hash: Hashed) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

fn entry<K, V>(slots: &[Vec<Slot<K, V>>], place: Place) -> Option<&Entry<K, V>> {
    match slots.get(place as usize / PIECE)?.get(place as usize % PIECE)? {
        Slot::Taken(entry) => Some(entry),
        Slot::Empty { .. } => None,
    }
}
