//! How many connections the process has descriptors for.
//!
//! Both faces draw on one table of open files, so each gets a share that the other cannot take.

use std::io;

/// Standard streams, listeners, files that are read while starting, and the runtime that accepts.
const RESERVED: usize = 32;

/// What the runtime of a thread that serves waits with.
const OF_A_THREAD: usize = 4;

/// Backends are few.
const MOST_PRIVATE: usize = 256;

/// The connections of each face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    pub(crate) public: usize,
    pub(crate) private: usize,
}

impl Shares {
    /// What can be had of so many public connections; the process's soft limit is raised for it.
    pub(crate) fn claim(most_public: usize, threads: usize) -> io::Result<Self> {
        let reserved = RESERVED + OF_A_THREAD * threads;
        let wanted = most_public.saturating_mul(2).saturating_add(MOST_PRIVATE + reserved);
        let descriptors = rlimit::increase_nofile_limit(u64::try_from(wanted).unwrap_or(u64::MAX))?;
        let descriptors = usize::try_from(descriptors).unwrap_or(usize::MAX);
        Ok(Self::of(descriptors, most_public, reserved))
    }

    /// A public connection may need a second descriptor, for its call upstream.
    fn of(descriptors: usize, most_public: usize, reserved: usize) -> Self {
        let spare = descriptors.saturating_sub(reserved);
        let private = MOST_PRIVATE.min(spare / 4).max(1);
        let public = most_public.min(spare.saturating_sub(private) / 2).max(1);
        Self { public, private }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_face_has_a_share_that_the_other_cannot_take() {
        for descriptors in [64, 100, 256, 1_024, 20_000] {
            for most_public in [1, 50, 4_096, usize::MAX] {
                let Shares { public, private } = Shares::of(descriptors, most_public, RESERVED);
                assert!(public >= 1 && private >= 1 && public <= most_public);
                assert!(2 * public + private + RESERVED <= descriptors, "{descriptors}: {public}");
            }
        }
    }

    #[test]
    fn where_there_are_enough_everything_is_given() {
        assert_eq!(Shares::of(8_480, 4_096, RESERVED), Shares { public: 4_096, private: 256 });
    }
}
