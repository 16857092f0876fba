use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

#[test]
fn an_entry_is_gone_when_it_expires() {
    let mut shelf = Shelf::new(9);
    shelf.put(&"a", 1, 10, 0).unwrap();
    assert_eq!(shelf.get(&"a", 9), Some(&1));
    assert_eq!(shelf.get(&"a", 10), None);
}

#[test]
fn a_full_shelf_refuses_and_forgets_nothing_that_lives() {
    let mut shelf = Shelf::new(1);
    shelf.put(&"a", 1, 10, 0).unwrap();
    assert_eq!(shelf.put(&"b", 2, 10, 5), Err(Full));
    assert_eq!(shelf.get_or_put(&"b", 10, 5), Err(Full));
    assert_eq!(shelf.settled(&"b", 5, |_| 10), Err(Full));
    assert_eq!(shelf.get(&"a", 5), Some(&1));
    assert_eq!(shelf.put(&"b", 2, 20, 10), Ok(()));
}

#[test]
fn an_entry_put_again_lives_as_long_as_the_last_time() {
    let mut shelf = Shelf::new(2);
    shelf.put(&"a", 1, 10, 0).unwrap();
    shelf.put(&"a", 2, 20, 0).unwrap();
    shelf.put(&"b", 3, 20, 15).unwrap();
    assert_eq!(shelf.get(&"a", 15), Some(&2));
}

#[test]
fn what_expired_leaves_no_trace_in_memory() {
    let mut shelf = Shelf::new(1_000);
    for now in 0..10_000 {
        shelf.put(&now, (), now + 10, now).unwrap();
    }
    let slots: usize = shelf.slots.iter().map(Vec::len).sum();
    assert!(slots <= 11 && shelf.expiring.len() == shelf.places.len());
}

#[test]
fn more_than_one_piece_of_slots_is_found_again() {
    let many = PIECE * 3 + 7;
    let mut shelf = Shelf::new(many);
    for key in 0..many {
        shelf.put(&key, key, 10, 0).unwrap();
    }
    assert_eq!(shelf.put(&many, many, 10, 0), Err(Full));
    assert!((0..many).all(|key| shelf.get(&key, 0) == Some(&key)));
    assert!((0..many).all(|key| shelf.take(&key) == Some((10, key))));
    assert!(shelf.is_empty() && shelf.expiring.is_empty());
}

proptest! {
    /// A plain map that is looked through each time says what this one must.
    #[test]
    fn it_holds_what_a_plain_map_holds(
        steps in proptest::collection::vec((0_u8..6, 0_u8..9, 0_u64..9, 0_u64..3), 1..200)
    ) {
        const CAPACITY: usize = 5;
        let mut shelf: Shelf<u8, u64> = Shelf::new(CAPACITY);
        let mut plain: HashMap<u8, (u64, u64)> = HashMap::new();
        let mut now = 0;
        for (step, (what, key, life, pause)) in (0_u64..).zip(steps) {
            now += pause;
            plain.retain(|_, (expires, _)| *expires > now);
            let (room, expires) = (CAPACITY - plain.len(), now + life + 1);
            let fits = plain.contains_key(&key) || room > 0;
            match what {
                0 => {
                    prop_assert_eq!(shelf.put(&key, step, expires, now).is_ok(), fits);
                    if fits {
                        plain.insert(key, (expires, step));
                    }
                }
                1 => {
                    let kept = shelf.get_or_put(&key, expires, now).ok().copied();
                    let wanted = fits.then(|| plain.entry(key).or_insert((expires, 0)).1);
                    prop_assert_eq!(kept, wanted);
                }
                2 => {
                    let settled = shelf.settled(&key, now, |value| { *value += 1; expires });
                    let wanted = fits.then(|| {
                        let (until, value) = plain.entry(key).or_default();
                        (*until, *value) = (expires, *value + 1);
                        *value
                    });
                    prop_assert_eq!(settled.ok().copied(), wanted);
                }
                3 => {
                    // What has expired may still stand there until somebody sweeps.
                    let taken = shelf.take(&key).filter(|(expires, _)| *expires > now);
                    prop_assert_eq!(taken, plain.remove(&key));
                }
                4 => prop_assert_eq!(shelf.room(now), room),
                _ => {
                    if let Some(value) = shelf.get_mut(&key, now) {
                        *value = step;
                    }
                    if let Some((_, value)) = plain.get_mut(&key) {
                        *value = step;
                    }
                }
            }
            for key in 0..9 {
                let wanted = plain.get(&key).map(|(_, value)| value);
                prop_assert_eq!(shelf.get(&key, now), wanted);
            }
        }
        // All chains together have each entry once.
        let mut chained = 0;
        for (expires, first) in &shelf.expiring {
            let mut next = Some(*first);
            while let Some(entry) = next.and_then(|place| shelf.entry(place)) {
                prop_assert_eq!(entry.expires, *expires);
                (chained, next) = (chained + 1, entry.after);
            }
        }
        prop_assert_eq!(chained, shelf.places.len());
    }
}
