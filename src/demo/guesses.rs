//! Guesses: how often a password was tried of late, by the name that was given with it.
//!
//! Known names and unknown ones are counted alike, or the count would tell which is which. There
//! is no count of everybody's together: whoever likes could use it up and keep everybody out. What
//! is left is that they can keep one person out for a while. Nothing here reads a clock.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

/// Guesses of one name that are looked at within a window.
pub(crate) const MOST_GUESSES: u32 = 10;
/// It begins with the first guess.
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// The counts, no more than a bound.
pub(crate) struct Guesses {
    most_names: usize,
    /// By the digest of the name, so that a long one takes no more room.
    counted: Mutex<HashMap<[u8; 32], Counted>>,
}

#[derive(Clone, Copy)]
struct Counted {
    guesses: u32,
    began: Instant,
}

impl Guesses {
    /// Room for this many names. The one with the fewest guesses makes room for the next, so that
    /// made-up names do not wash out the count of one that is under attack.
    pub(crate) fn of_at_most(most_names: usize) -> Self {
        Self { most_names, counted: Mutex::default() }
    }

    /// Counts a guess, and says whether to look at it. Counted before, so that no number of them at
    /// once is more than one after the other.
    pub(crate) fn allow(&self, username: &str, now: Instant) -> bool {
        let name = Sha256::digest(username).into();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let live = |counted: &Counted| now.saturating_duration_since(counted.began) < WINDOW;
        if let Some(count) = counted.get_mut(&name)
            && live(count)
        {
            let allowed = count.guesses < MOST_GUESSES;
            count.guesses += u32::from(allowed);
            return allowed;
        }
        if counted.len() >= self.most_names {
            counted.retain(|_, count| live(count));
        }
        if counted.len() >= self.most_names {
            let least = counted.iter().min_by_key(|(_, count)| (count.guesses, count.began));
            let least = least.map(|(name, _)| *name);
            least.map(|name| counted.remove(&name));
        }
        counted.insert(name, Counted { guesses: 1, began: now });
        true
    }

    /// Forgets the guesses of somebody whose password was right.
    pub(crate) fn forget(&self, username: &str) {
        let name: [u8; 32] = Sha256::digest(username).into();
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
    }
}

impl fmt::Debug for Guesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guesses").field("most_names", &self.most_names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(guesses: &Guesses, username: &str, times: u32, now: Instant) -> usize {
        (0..times).filter(|_| guesses.allow(username, now)).count()
    }

    #[test]
    fn ten_guesses_are_looked_at_and_no_more_until_the_window_is_over() {
        let (guesses, now) = (Guesses::of_at_most(9), Instant::now());
        assert_eq!(allowed(&guesses, "mara", 400, now), 10);
        let last = now + WINDOW - Duration::from_secs(1);
        assert!(!guesses.allow("mara", last));
        // What was not looked at does not make it longer.
        assert_eq!(allowed(&guesses, "mara", 400, now + WINDOW), 10);
    }

    #[test]
    fn every_name_has_guesses_of_its_own_whether_known_or_not() {
        let (guesses, now) = (Guesses::of_at_most(9), Instant::now());
        for name in ["mara", "tomas", "nobody", ""] {
            assert_eq!(allowed(&guesses, name, 20, now), 10, "{name}");
        }
    }

    #[test]
    fn the_right_password_makes_the_guesses_before_it_count_no_more() {
        let (guesses, now) = (Guesses::of_at_most(9), Instant::now());
        allowed(&guesses, "mara", 9, now);
        assert!(guesses.allow("mara", now));
        guesses.forget("mara");
        assert_eq!(allowed(&guesses, "mara", 20, now), 10);
    }

    #[test]
    fn a_flood_of_made_up_names_takes_bounded_room_and_frees_nobody() {
        let (guesses, now) = (Guesses::of_at_most(100), Instant::now());
        allowed(&guesses, "mara", 10, now);
        for name in 0..1_000 {
            guesses.allow(&name.to_string(), now);
            assert!(guesses.counted.lock().unwrap().len() <= 100);
        }
        assert!(!guesses.allow("mara", now));
        // Nobody is kept out by it either.
        assert!(guesses.allow("tomas", now));
    }

    #[test]
    fn what_is_over_makes_room_first() {
        let (guesses, now) = (Guesses::of_at_most(2), Instant::now());
        allowed(&guesses, "long ago", 10, now);
        let later = now + WINDOW;
        guesses.allow("mara", later);
        guesses.allow("tomas", later);
        assert_eq!(allowed(&guesses, "mara", 20, later), 9);
    }
}
