//! The proxy, put together: the decisions, the store of their books, and the upstream.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use mfa_core::Channel;
use mfa_core::wire::{StartRequest, VerifyRequest};

use crate::clock::UnixTime;
use crate::decide::Rules;
use crate::decide::answer::{Answer, Concluded, Refusal};
use crate::decide::books::{Books, Page};
use crate::decide::limited::Limited;
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::decide::start::{PendingStart, StartPlan, Wish, failed};
use crate::decide::ticket::{IssuedTicket, TicketError, TicketRequest};
use crate::decide::verify::{PendingVerify, Verdict, VerifyPlan, VerifyStep};
use crate::http;
use crate::metrics::Metrics;
use crate::numbers;
use crate::ready::Stopping;
use crate::secret::ApiKey;
use crate::settings::{Mode, SettingError, Settings};
use crate::store::{Down, Store};
use crate::upstream::Upstream;

mod once;

use once::Waiting;

/// The store of the counts cannot be reached: nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store cannot be reached; try again")]
pub struct StoreDown;

/// A running proxy. Clones are the same proxy.
#[derive(Clone)]
pub struct Proxy(Arc<Shell>);

struct Shell {
    rules: Rules,
    store: Store,
    waiting: Waiting,
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
        // Some 15 ms, which the first visitor would wait for instead.
        numbers::warm();
        for warning in settings.warnings() {
            tracing::warn!("{warning}");
        }
        let upstream = Upstream::new(&settings.upstream, settings.clock.clone())?;
        let patience = settings.upstream.timeout;
        let rules = Rules::new(settings);
        let store = Store::new(&rules.settings, rules.sealer())?;
        Ok(Self(Arc::new(Shell {
            rules,
            store,
            waiting: Waiting::default(),
            upstream,
            patience,
            metrics: Arc::new(Metrics::new()),
            stopping: Stopping::default(),
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

    /// Takes a receipt, once, whichever instance is asked. Open the session only after this.
    ///
    /// # Errors
    ///
    /// [`RedeemError`] if it is not one of ours, has expired, was redeemed before, or if that
    /// cannot be told.
    pub async fn redeem(&self, receipt: &str) -> Result<Redeemed, RedeemError> {
        let redeemed = self.take(receipt).await;
        self.metrics().redeemed(&redeemed);
        redeemed
    }

    /// Lets a subject go on who had too many wrong codes. What was sent to them stays as it is.
    ///
    /// # Errors
    ///
    /// [`StoreDown`] if the store of the counts cannot be reached.
    pub async fn unlock(&self, subject: &str) -> Result<(), StoreDown> {
        let (rules, now) = (&self.0.rules, self.now());
        let subject = rules.subject_digest(subject);
        let pages = || vec![Page::Subject(subject)];
        let unlocked = self.decide(pages, |books| rules.unlock(books, &subject, now)).await;
        unlocked.map_err(|Down| StoreDown)
    }

    /// The public keys that receipts are signed with, as a JSON Web Key Set.
    #[must_use]
    pub fn key_set(&self) -> serde_json::Value {
        self.0.rules.key_set()
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    pub(crate) fn upstream_admits(&self) -> Result<(), Failure> {
        self.0.upstream.admits(self.now())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
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
        let wish = Wish { caller, channel, previous: request.previous.as_deref(), address };
        // Before anything is written down: what is refused here could be asked without end.
        match self.0.rules.plan_start(wish, rand::random()) {
            Ok(plan) => {
                let proxy = self.clone();
                self.once(repeat, async move { proxy.send(plan).await }).await
            }
            Err(refusal) => refusal.into(),
        }
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
        // Before anything is written down: anybody can make up an id.
        match self.0.rules.plan_verify(&id, request.token, repeat) {
            Ok(plan) => {
                let proxy = self.clone();
                let ask = async move {
                    let concluded = proxy.ask(plan).await;
                    proxy.metrics().verified(&concluded.answer);
                    concluded
                };
                self.once(repeat, ask).await
            }
            Err(refusal) => {
                let answer = refusal.into();
                self.metrics().verified(&answer);
                answer
            }
        }
    }

    async fn take(&self, receipt: &str) -> Result<Redeemed, RedeemError> {
        let (rules, now) = (&self.0.rules, self.now());
        let plan = rules.plan_redeem(receipt, now)?;
        let redeemed = self.decide(|| plan.pages(), |books| rules.redeem(books, &plan, now)).await;
        redeemed.unwrap_or(Err(RedeemError::Unavailable))
    }

    async fn send(&self, plan: StartPlan) -> Concluded {
        let (rules, now, channel) = (&self.0.rules, self.now(), plan.channel());
        if let Err(failure) = self.upstream_admits() {
            self.metrics().not_sent(channel, failure);
            return unsent(failed(failure));
        }
        let begun =
            self.decide(|| plan.pages(), |books| rules.begin_start(books, &plan, now)).await;
        let (send, pending) = match flatten(begun) {
            Ok(begun) => begun,
            Err(refusal) => return unsent(refusal),
        };
        let outcome = self.metrics().of_send(channel, self.0.upstream.send(&send)).await;
        self.sent(&pending, &outcome).await
    }

    async fn sent(&self, pending: &PendingStart, outcome: &SendOutcome) -> Concluded {
        let (rules, now) = (&self.0.rules, self.now());
        let concluded = rules.answer_start(pending, outcome);
        let answer = &concluded.answer;
        let finish = |books: &mut Books| rules.finish_start(books, pending, outcome, answer, now);
        // If it cannot be written down, what came of it is known all the same, and a token that is
        // on its way must be of use: the id says all but that it is live, which it is until the
        // books say otherwise.
        let _ = self.decide(|| pending.pages(), finish).await;
        concluded
    }

    async fn ask(&self, plan: VerifyPlan) -> Concluded {
        let (rules, now) = (&self.0.rules, self.now());
        if let Err(failure) = self.upstream_admits() {
            return unsent(failed(failure));
        }
        let begun =
            self.decide(|| plan.pages(), |books| rules.begin_verify(books, &plan, now)).await;
        let (mut ask, mut pending) = match flatten(begun) {
            Ok(begun) => begun,
            Err(refusal) => return unsent(refusal),
        };
        loop {
            let outcome = self.metrics().of_verify(self.0.upstream.verify(&ask)).await;
            match self.asked(&pending, outcome).await {
                VerifyStep::Answer(concluded) => {
                    if let Answer::Verified(answer) = &concluded.answer {
                        tracing::info!(right = answer.success, "a code was tried");
                    }
                    return concluded;
                }
                VerifyStep::Ask(next, then) => (ask, pending) = (next, then),
            }
        }
    }

    async fn asked(&self, pending: &PendingVerify, outcome: VerifyOutcome) -> VerifyStep {
        let (rules, now) = (&self.0.rules, self.now());
        let verdict = rules.verdict(pending, outcome, rand::random(), now);
        let mut finish = |books: &mut Books| rules.finish_verify(books, pending, &verdict, now);
        match (self.decide(|| pending.pages(), &mut finish).await, &verdict) {
            (Ok(step), _) => step,
            // A success is never shown as a failure, and the upstream accepts no token twice.
            (Err(Down), Verdict::Right(_) | Verdict::Failed(_)) => finish(&mut Books::of_few()),
            // How many tries are left is not known. The repeat asks again, at no cost.
            (Err(down @ Down), Verdict::Gone | Verdict::Wrong) => {
                VerifyStep::Answer(unsent(down.into()))
            }
        }
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.settings().clock.now()
    }

    async fn decide<T>(
        &self,
        pages: impl FnOnce() -> Vec<Page>,
        decision: impl FnMut(&mut Books) -> T,
    ) -> Result<T, Down> {
        let decided = self.0.store.decide(pages, self.now(), decision).await;
        if decided.is_err() {
            self.metrics().store_failed();
        }
        decided
    }
}

/// A decision that could not be made is a refusal, too.
fn flatten<T>(decided: Result<Result<T, Refusal>, Down>) -> Result<T, Refusal> {
    decided.map_err(Refusal::from)?
}

/// Nothing was sent: a repeat is looked at anew.
fn unsent(refusal: Refusal) -> Concluded {
    match refusal.limit {
        // Every visitor in a hurry does that.
        Some(limit @ (Limited::Cooldown | Limited::FailedVerifies)) => {
            tracing::info!(limit = limit.as_str(), refusal.retry_after, "a send was refused");
        }
        Some(limit @ (Limited::Locked | Limited::Sends(_))) => {
            tracing::warn!(limit = limit.as_str(), refusal.retry_after, "a send was refused");
        }
        None => {}
    }
    Concluded { answer: refusal.into(), keep: false }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}
