//! The same request again, known by its `Idempotency-Key`.
//!
//! A connection lost after sending must cost neither a second SMS nor an attempt, and must not
//! turn a success into something else: the repeat gets the first answer. A key belongs to the
//! route and to the ticket or id it came with, and only an answer that something came of is kept.

use mfa_core::wire::ProblemCode;

use crate::clock::UnixTime;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::Books;
use crate::digest::Digest;

/// How long an answer can be asked for again. The contract says at least ten minutes.
const KEPT_FOR: u64 = 900;

/// A request that may come again: its key within its route, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    pub(crate) key: Digest,
    pub(crate) body: Digest,
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub(crate) struct Kept<A> {
    body: Digest,
    /// Nothing while the first request is in progress.
    answer: Option<A>,
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

/// Looks the key up and, when it is new, notes that the request is in progress.
pub(crate) fn begin(books: &mut Books, repeat: &Repeat, now: UnixTime) -> Result<Seen, Refusal> {
    if let Some(kept) = books.repeats.get(&repeat.key, now) {
        if kept.body != repeat.body {
            return Err(mismatch());
        }
        return Ok(match &kept.answer {
            Some(answer) => Seen::Answered(Box::new(answer.clone())),
            None => Seen::InProgress,
        });
    }
    let kept = Kept { body: repeat.body.clone(), answer: None };
    books.repeats.put(repeat.key.clone(), kept, now + KEPT_FOR, now)?;
    Ok(Seen::First)
}

/// Keeps the answer, or forgets the request when nothing came of it.
pub(crate) fn conclude(books: &mut Books, repeat: &Repeat, concluded: &Concluded, now: UnixTime) {
    if !concluded.keep {
        books.repeats.remove(&repeat.key);
        return;
    }
    let kept = Kept { body: repeat.body.clone(), answer: Some(concluded.answer.clone()) };
    // It takes the place of the note that the request is in progress, so there is room.
    let _ = books.repeats.put(repeat.key.clone(), kept, now + KEPT_FOR, now);
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
        let digester = Digester::new(&SecretKey::from_bytes([1; 32]));
        Repeat { key: digester.digest("k", &[]), body: digester.digest("b", &[body.as_bytes()]) }
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
        assert_eq!(begin(&mut books, &repeat("a"), 0), Ok(Seen::First));
        assert_eq!(begin(&mut books, &repeat("a"), 0), Ok(Seen::InProgress));
        conclude(&mut books, &repeat("a"), &answer(true), 5);
        let again = begin(&mut books, &repeat("a"), 604).unwrap();
        assert_eq!(again, Seen::Answered(Box::new(Refusal::internal().into())));
    }

    #[test]
    fn a_key_with_another_body_is_refused() {
        let mut books = books();
        begin(&mut books, &repeat("a"), 0).unwrap();
        let refusal = begin(&mut books, &repeat("b"), 0).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::IdempotencyMismatch);
    }

    #[test]
    fn a_request_that_nothing_came_of_may_be_tried_anew() {
        let mut books = books();
        begin(&mut books, &repeat("a"), 0).unwrap();
        conclude(&mut books, &repeat("a"), &answer(false), 0);
        assert_eq!(begin(&mut books, &repeat("a"), 0), Ok(Seen::First));
    }
}
