//! The same request, worked on once, whoever repeats it and at whichever instance.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::{flatten, unsent};
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::Books;
use crate::decide::repeat::{self, Repeat, Seen};
use crate::digest::Digest;
use crate::proxy::Proxy;
use crate::store::Down;

/// How soon is looked whether another instance has answered; longer each time, up to the second.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));

type Work = Pin<Box<dyn Future<Output = Concluded> + Send>>;

/// What came of a look at the key.
enum Look {
    Answered(Answer),
    /// Somebody else is at it. The work is given back.
    InProgress(Work),
}

/// Who waits for the first answer to a repeated request, by its key.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<Digest, Arc<Notify>>>);

impl Waiting {
    fn keys(&self) -> MutexGuard<'_, HashMap<Digest, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, key: &Digest) -> Arc<Notify> {
        Arc::clone(self.keys().entry(*key).or_default())
    }

    fn is_answered(&self, key: &Digest) {
        if let Some(waiting) = self.keys().get(key) {
            waiting.notify_waiters();
        }
    }

    /// Nobody waits here any more: if it was the last one, the key goes.
    fn leave(&self, key: &Digest, waited: Arc<Notify>) {
        let mut keys = self.keys();
        drop(waited);
        if keys.get(key).is_some_and(|waiting| Arc::strong_count(waiting) == 1) {
            keys.remove(key);
        }
    }
}

impl Proxy {
    /// Does the work once for its key, and to its end even when the visitor has gone: what came
    /// of it must be there when they ask again.
    pub(super) async fn once(
        &self,
        repeat: Option<Repeat>,
        work: impl Future<Output = Concluded> + Send + 'static,
    ) -> Answer {
        let mut work: Work = Box::pin(work);
        let Some(repeat) = repeat else { return self.to_its_end(None, work).await.answer() };
        let key = repeat.key;
        let waiting = self.0.waiting.of(&key);
        let deadline = Instant::now() + self.0.patience;
        let mut pause = LOOK_AGAIN.0;
        let answer = loop {
            // Before the look, so that an answer in between is not missed.
            let answered = waiting.notified();
            match self.to_its_end(Some(repeat), work).await {
                Look::Answered(answer) => break answer,
                Look::InProgress(_) if Instant::now() >= deadline => {
                    break repeat::in_progress().into();
                }
                Look::InProgress(again) => work = again,
            }
            // Another instance may be the one that answers, and tells nobody here. If it takes
            // too long the visitor is told so at the next look.
            let _ = timeout_at(deadline.min(Instant::now() + pause), answered).await;
            pause = (pause * 2).min(LOOK_AGAIN.1);
        };
        self.0.waiting.leave(&key, waiting);
        answer
    }

    /// Looks at the key and, where it is new, works. In a task of its own: between the note that
    /// it is in progress and the answer nobody can break it off by going away.
    async fn to_its_end(&self, repeat: Option<Repeat>, work: Work) -> Look {
        let (proxy, span) = (self.clone(), tracing::Span::current());
        let task = async move {
            if let Some(repeat) = &repeat {
                match proxy.look(repeat).await {
                    Ok(Seen::First) => {}
                    Ok(Seen::Answered(answer)) => return Look::Answered(*answer),
                    Ok(Seen::InProgress) => return Look::InProgress(work),
                    Err(refusal) => return Look::Answered(refusal.into()),
                }
            }
            let worked = AssertUnwindSafe(work).catch_unwind().await;
            let concluded = worked.unwrap_or_else(|_| {
                tracing::error!("a request ended in a panic");
                unsent(Refusal::internal())
            });
            if let Some(repeat) = &repeat {
                proxy.conclude(repeat, &concluded).await;
            }
            Look::Answered(concluded.answer)
        };
        // It is aborted only with the runtime.
        let ended = tokio::spawn(task.instrument(span)).await;
        ended.unwrap_or_else(|_| Look::Answered(Refusal::internal().into()))
    }

    async fn look(&self, repeat: &Repeat) -> Result<Seen, Refusal> {
        let (now, longest) = (self.now(), self.0.rules.longest_work());
        let look = |books: &mut Books| repeat::begin(books, repeat, longest, now);
        flatten(self.decide(|| vec![repeat.page()], look).await)
    }

    /// Keeps the answer for a repeat, and tells who waits for it.
    async fn conclude(&self, repeat: &Repeat, concluded: &Concluded) {
        let (now, pages) = (self.now(), || vec![repeat.page()]);
        let note = |books: &mut Books| repeat::conclude(books, repeat, concluded, now);
        if self.decide(pages, note).await == Err(Down) {
            tracing::error!("an answer could not be kept: its repeat will be told to wait");
        }
        self.0.waiting.is_answered(&repeat.key);
    }
}

impl Look {
    /// Of work without a key, which nobody else is at.
    fn answer(self) -> Answer {
        match self {
            Self::Answered(answer) => answer,
            Self::InProgress(_) => repeat::in_progress().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digester;
    use crate::secret::SecretKey;

    #[test]
    fn a_key_goes_with_the_last_who_waits_for_it() {
        let digester = Digester::new(&SecretKey::from_bytes([1; 32]), "site");
        let (waiting, key) = (Waiting::default(), digester.digest("k", &[]));
        let (one, other) = (waiting.of(&key), waiting.of(&key));
        waiting.leave(&key, one);
        assert_eq!(waiting.keys().len(), 1);
        waiting.leave(&key, other);
        assert!(waiting.keys().is_empty());
    }
}
