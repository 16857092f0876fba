//! The same request again, known by its `Idempotency-Key`.
//!
//! A connection lost after sending must cost neither a second SMS nor an attempt, and must not
//! turn a success into something else: the repeat gets the first answer. A key belongs to the
//! route and to the ticket or id it came with, and only an answer that something came of is kept.
//!
//! While the first request is worked on it has a lease. When that is over without an answer, the
//! instance that worked on it is gone, and what it did is not known: a send is not repeated, and a
//! verify is asked again, which costs no try.

use mfa_core::wire::ProblemCode;
use serde::{Deserialize, Serialize};

use crate::clock::UnixTime;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::{Books, Page};
use crate::digest::Digest;

/// How long an answer can be asked for again. The contract says at least ten minutes.
const KEPT_FOR: u64 = 900;

/// A request that may come again: its key within its route, and what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Repeat {
    pub(crate) key: Digest,
    pub(crate) body: Digest,
    /// Whether it can be worked on again when the first one was broken off.
    pub(crate) resumes: bool,
}

impl Repeat {
    pub(crate) fn page(&self) -> Page {
        Page::Repeat(self.key)
    }
}

/// How long a request without an answer is remembered. Longer than any: it has one soon, unless
/// its instance is gone, and a clock that is set forward meanwhile is not to make it the first.
const UNANSWERED_FOR: u64 = 86_400;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    body: Digest,
    /// Until when the first request is surely worked on.
    lease: UnixTime,
    /// Nothing while the first request is in progress.
    answer: Option<Answer>,
}

/// What to do with a request that carries a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// Give this answer.
    Answered(Box<Answer>),
    /// Go on; [`conclude`] must follow.
    First,
    /// Wait for the first one.
    InProgress,
}

/// Looks the key up and, when it is new, notes that the request is in progress, for so many
/// seconds at the most.
pub(crate) fn begin(
    books: &mut Books,
    repeat: &Repeat,
    longest: u64,
    now: UnixTime,
) -> Result<Seen, Refusal> {
    let mut kept = Kept { body: repeat.body, lease: now + longest, answer: None };
    let mut seen = Seen::First;
    if let Some(first) = books.repeats.get(&repeat.key, now) {
        if first.body != repeat.body {
            return Err(mismatch());
        }
        if let Some(answer) = &first.answer {
            return Ok(Seen::Answered(Box::new(answer.clone())));
        }
        if now < first.lease {
            return Ok(Seen::InProgress);
        }
        if !repeat.resumes {
            let answer = Answer::from(broken_off());
            kept.answer = Some(answer.clone());
            seen = Seen::Answered(Box::new(answer));
        }
    }
    // One that is asked again when it was broken off need not be known for longer.
    let kept_for = if kept.answer.is_some() || repeat.resumes { KEPT_FOR } else { UNANSWERED_FOR };
    books.repeats.put(&repeat.key, kept, now + kept_for, now)?;
    Ok(seen)
}

/// Keeps the answer, or forgets the request when nothing came of it.
pub(crate) fn conclude(books: &mut Books, repeat: &Repeat, concluded: &Concluded, now: UnixTime) {
    if !concluded.keep {
        books.repeats.remove(&repeat.key);
        return;
    }
    let answer = Some(concluded.answer.clone());
    let kept = Kept { body: repeat.body, lease: now, answer };
    // It takes the place of the note that the request is in progress, so there is room.
    let _ = books.repeats.put(&repeat.key, kept, now + KEPT_FOR, now);
}

fn broken_off() -> Refusal {
    Refusal::new(
        ProblemCode::UpstreamTimeout,
        "The first request with this key was broken off; whether a code was sent is not known.",
    )
}

pub(crate) fn mismatch() -> Refusal {
    Refusal::new(
        ProblemCode::IdempotencyMismatch,
        "This Idempotency-Key came with another body before; a new request needs a new key.",
    )
}

pub(crate) fn in_progress() -> Refusal {
    Refusal::new(ProblemCode::InProgress, "Repeat the request with the same key in a moment.")
        .after(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digester;
    use crate::secret::SecretKey;
    use crate::settings::Limits;

    fn repeat(body: &str) -> Repeat {
        let digester = Digester::new(&SecretKey::from_bytes([1; 32]), "site");
        let (key, body) = (digester.digest("k", &[]), digester.digest("b", &[body.as_bytes()]));
        Repeat { key, body, resumes: false }
    }

    fn books() -> Books {
        Books::new(&Limits::default())
    }

    fn answer(keep: bool) -> Concluded {
        Concluded { answer: Refusal::internal().into(), keep }
    }

    #[test]
    fn the_repeat_gets_the_first_answer() {
        let mut books = books();
        assert_eq!(begin(&mut books, &repeat("a"), 30, 0), Ok(Seen::First));
        assert_eq!(begin(&mut books, &repeat("a"), 30, 0), Ok(Seen::InProgress));
        conclude(&mut books, &repeat("a"), &answer(true), 5);
        let again = begin(&mut books, &repeat("a"), 30, 604).unwrap();
        assert_eq!(again, Seen::Answered(Box::new(Refusal::internal().into())));
    }

    #[test]
    fn a_key_with_another_body_is_refused() {
        let mut books = books();
        begin(&mut books, &repeat("a"), 30, 0).unwrap();
        let refusal = begin(&mut books, &repeat("b"), 30, 0).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::IdempotencyMismatch);
    }

    #[test]
    fn a_request_that_nothing_came_of_may_be_tried_anew() {
        let mut books = books();
        begin(&mut books, &repeat("a"), 30, 0).unwrap();
        conclude(&mut books, &repeat("a"), &answer(false), 0);
        assert_eq!(begin(&mut books, &repeat("a"), 30, 0), Ok(Seen::First));
    }

    #[test]
    fn a_send_that_was_broken_off_is_never_made_again() {
        let mut books = books();
        begin(&mut books, &repeat("a"), 30, 0).unwrap();
        assert_eq!(begin(&mut books, &repeat("a"), 30, 29), Ok(Seen::InProgress));
        let unknown = Ok(Seen::Answered(Box::new(broken_off().into())));
        // Also when the clock is set forward by hours while it is made.
        for now in [30_000, 30_001, 30_600] {
            assert_eq!(begin(&mut books, &repeat("a"), 30, now), unknown);
        }
    }

    #[test]
    fn a_verify_that_was_broken_off_is_asked_again_by_one_only() {
        let mut books = books();
        let again = Repeat { resumes: true, ..repeat("a") };
        begin(&mut books, &again, 30, 0).unwrap();
        assert_eq!(begin(&mut books, &again, 30, 30), Ok(Seen::First));
        assert_eq!(begin(&mut books, &again, 30, 31), Ok(Seen::InProgress));
    }
}
