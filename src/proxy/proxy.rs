//! The proxy, put together: the decisions, the books, the limits and the upstream.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use mfa_core::Channel;
use mfa_core::wire::{StartRequest, VerifyRequest};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::admit::Caller;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::Books;
use crate::decide::limit_name::LimitName;
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::decide::repeat::{self, Repeat, Seen};
use crate::decide::start::Wish;
use crate::decide::ticket::{IssuedTicket, TicketError, TicketRequest};
use crate::decide::verify::VerifyStep;
use crate::http;
use crate::limit::{Limited, Limiter};
use crate::metrics::Metrics;
use crate::ready::Stopping;
use crate::secret::ApiKey;
use crate::settings::{Mode, SettingError, Settings};
use crate::upstream::Upstream;

#[cfg(test)]
mod tests;

/// A running proxy. Clones are the same proxy.
#[derive(Clone)]
pub struct Proxy(Arc<Shell>);

struct Shell {
    rules: Rules,
    books: Mutex<Books>,
    /// Somebody may be waiting for the first answer to a repeated request.
    answered: Notify,
    limiter: Limiter,
    upstream: Upstream,
    patience: Duration,
    metrics: Arc<Metrics>,
    stopping: Stopping,
}

impl Proxy {
    /// Checks the settings and makes a proxy of them. Nothing is called yet.
    ///
    /// # Errors
    ///
    /// [`SettingError`] names the setting that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingError> {
        settings.check()?;
        for warning in settings.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(Self(Arc::new(Shell {
            books: Mutex::new(Books::new(&settings.limits)),
            answered: Notify::new(),
            limiter: Limiter::new(&settings.limits)?,
            upstream: Upstream::new(&settings.upstream)?,
            patience: settings.upstream.timeout,
            metrics: Arc::new(Metrics::new()),
            stopping: Stopping::default(),
            rules: Rules::new(settings),
        })))
    }

    /// The routes for the page: mount them where the page's `endpoint` points, and serve with
    /// `into_make_service_with_connect_info::<SocketAddr>()`: the limits count addresses.
    pub fn public_router(&self) -> Router {
        http::public::router(self.clone())
    }

    /// The routes for the site's backend, behind this API key. Serve them where no visitor can
    /// reach them.
    pub fn private_router(&self, key: ApiKey) -> Router {
        http::private::router(self.clone(), key)
    }

    /// Seals a ticket for the page of somebody who has shown a first factor.
    ///
    /// # Errors
    ///
    /// [`TicketError`] names the field that cannot be meant.
    pub fn issue_ticket(&self, request: TicketRequest) -> Result<IssuedTicket, TicketError> {
        self.0.rules.issue_ticket(request, rand::random(), self.now())
    }

    /// Takes a receipt, once. Open the session only after this.
    ///
    /// # Errors
    ///
    /// [`RedeemError`] if it is not one of ours, has expired, or was redeemed before.
    pub fn redeem(&self, receipt: &str) -> Result<Redeemed, RedeemError> {
        let now = self.now();
        let redeemed = self.0.rules.redeem(&mut self.books(), receipt, now);
        self.metrics().redeemed(&redeemed);
        redeemed
    }

    /// The public keys that receipts are signed with, as a JSON Web Key Set.
    #[must_use]
    pub fn key_set(&self) -> serde_json::Value {
        self.0.rules.key_set()
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    pub(crate) fn stopping(&self) -> &Stopping {
        &self.0.stopping
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.rules.settings
    }

    /// `POST /sms` and `POST /call`.
    pub(crate) async fn start(
        &self,
        channel: Channel,
        request: StartRequest,
        head: &Parts,
        address: IpAddr,
        key: Option<String>,
        body: &[u8],
    ) -> Answer {
        let identity = match &self.settings().mode {
            Mode::Library(identify) => identify.identify(head).await,
            Mode::Ticket | Mode::Visitor => None,
        };
        let caller = match self.0.rules.admit(&request, identity, self.now()) {
            Ok(caller) => caller,
            Err(refusal) => return refusal.into(),
        };
        let repeat = key.map(|key| self.0.rules.start_repeat(channel, &caller, &key, body));
        let proxy = self.clone();
        self.once(repeat, async move {
            proxy.send(caller, channel, request.previous.as_deref(), address).await
        })
        .await
    }

    /// `POST /{id}/verify`.
    pub(crate) async fn verify(
        &self,
        id: String,
        request: VerifyRequest,
        key: Option<String>,
        body: &[u8],
    ) -> Answer {
        let repeat = key.map(|key| self.0.rules.verify_repeat(&id, &key, body));
        let proxy = self.clone();
        let again = repeat.clone();
        self.once(repeat, async move {
            let concluded = proxy.ask(&id, &request.token, again).await;
            proxy.metrics().verified(&concluded.answer);
            concluded
        })
        .await
    }

    async fn send(
        &self,
        caller: Caller,
        channel: Channel,
        previous: Option<&str>,
        address: IpAddr,
    ) -> Concluded {
        let rules = &self.0.rules;
        let wish = Wish { caller, channel, previous, address };
        let now = self.now();
        let begun = rules.begin_start(&mut self.books(), wish, rand::random(), now);
        let (send, charge, pending) = match begun {
            Ok(begun) => begun,
            Err(refusal) => return unsent(refusal),
        };
        if let Err(limited) = self.0.limiter.charge(&charge) {
            rules.withdraw_start(&mut self.books(), &pending, now);
            if limited == Limited::Broken {
                self.metrics().store_failed();
            }
            return unsent(refusal_of(limited));
        }
        let outcome = self.metrics().of_send(channel, self.0.upstream.send(&send)).await;
        let now = self.now();
        rules.finish_start(&mut self.books(), pending, outcome, now)
    }

    async fn ask(&self, id: &str, token: &str, repeat: Option<Repeat>) -> Concluded {
        let rules = &self.0.rules;
        let now = self.now();
        let begun = rules.begin_verify(&mut self.books(), id, token, repeat, now);
        let (mut ask, mut pending) = match begun {
            Ok(begun) => begun,
            Err(refusal) => return unsent(refusal),
        };
        loop {
            let outcome = self.metrics().of_verify(self.0.upstream.verify(&ask)).await;
            let now = self.now();
            let step =
                rules.finish_verify(&mut self.books(), pending, outcome, rand::random(), now);
            match step {
                VerifyStep::Answer(concluded) => return concluded,
                VerifyStep::Ask(next, then) => (ask, pending) = (next, then),
            }
        }
    }

    /// Does the work once for its key, and to its end even when the visitor has gone: what came
    /// of it must be there when they ask again.
    async fn once(
        &self,
        repeat: Option<Repeat>,
        work: impl Future<Output = Concluded> + Send + 'static,
    ) -> Answer {
        if let Some(repeat) = &repeat {
            match self.first(repeat).await {
                Ok(None) => {}
                Ok(Some(answer)) => return answer,
                Err(refusal) => return refusal.into(),
            }
        }
        let proxy = self.clone();
        let span = tracing::Span::current();
        let finished = tokio::spawn(
            async move {
                // Also when the work panics: nobody may wait for it then.
                let note = InProgress { proxy: &proxy, repeat, concluded: None };
                note.conclude(work.await)
            }
            .instrument(span),
        );
        match finished.await {
            Ok(answer) => answer,
            Err(_) => {
                tracing::error!("a request ended in a panic");
                Refusal::internal().into()
            }
        }
    }

    /// Nothing if this request is the first with its key; else the first one's answer.
    async fn first(&self, repeat: &Repeat) -> Result<Option<Answer>, Refusal> {
        let deadline = Instant::now() + self.0.patience;
        loop {
            // Before the look, so that an answer in between is not missed.
            let answered = self.0.answered.notified();
            let now = self.now();
            let seen = repeat::begin(&mut self.books(), repeat, now)?;
            match seen {
                Seen::First => return Ok(None),
                Seen::Answered(answer) => return Ok(Some(*answer)),
                Seen::InProgress => {}
            }
            if tokio::time::timeout_at(deadline, answered).await.is_err() {
                return Err(repeat::in_progress());
            }
        }
    }

    fn now(&self) -> UnixTime {
        self.settings().clock.now()
    }

    /// The books. Nothing waits while it has them, and no decision leaves them half-written.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request being worked on. When it goes, the key is free or has its answer.
struct InProgress<'a> {
    proxy: &'a Proxy,
    repeat: Option<Repeat>,
    concluded: Option<Concluded>,
}

impl InProgress<'_> {
    fn conclude(mut self, concluded: Concluded) -> Answer {
        let answer = concluded.answer.clone();
        self.concluded = Some(concluded);
        answer
    }
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        let Some(repeat) = &self.repeat else { return };
        let concluded = self.concluded.take().unwrap_or_else(|| unsent(Refusal::internal()));
        let now = self.proxy.now();
        repeat::conclude(&mut self.proxy.books(), repeat, &concluded, now);
        self.proxy.0.answered.notify_waiters();
    }
}

/// Nothing was sent: a repeat is looked at anew.
fn unsent(refusal: Refusal) -> Concluded {
    Concluded { answer: refusal.into(), keep: false }
}

fn refusal_of(limited: Limited) -> Refusal {
    match limited {
        Limited::Broken => {
            tracing::error!("the limits cannot be counted; nothing is sent uncounted");
            Refusal::new(mfa_core::wire::ProblemCode::Unavailable, "Try again later.").after(5)
        }
        Limited::UsedUp { limit, retry_after } => {
            tracing::warn!(limit, retry_after, "a send was refused");
            Refusal::limited("Too many codes were asked for. Try again later.", retry_after)
                .by(LimitName::of_setting(&limit))
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}
