//! What is counted for the operator, in the words of Prometheus. Nothing here decides anything.
//!
//! No metric names a person: there is no subject, number, address, id or path in any of them, and
//! no text of a request. A label is a word of one of our own enums or a route of the contract, so
//! that the number of series is known before the first request. The methods take those enums and
//! nothing freer.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use mfa_core::Channel;
use mfa_core::wire::ProblemCode;
use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::decide::answer::Answer;
use crate::decide::limited::Limited;
use crate::decide::outcome::{Failure, SendOutcome, VerifyOutcome};
use crate::decide::receipt::{RedeemError, Redeemed};
use crate::http::Face;

mod labels;
#[cfg(test)]
mod tests;

use labels::{Call, Code, FaceLabel, Limit, Request, Route, Sends, Verdict};

/// Seconds. A time-out of the upstream is at 10 by default.
const REQUEST_BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const UPSTREAM_BUCKETS: [f64; 10] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

type Histograms<Labels> = Family<Labels, Histogram, fn() -> Histogram>;

/// The metrics of one proxy.
pub(crate) struct Metrics {
    registry: Registry,
    sends: Family<Sends, Counter>,
    verifies: Family<Verdict, Counter>,
    refusals: Family<Code, Counter>,
    limit_refusals: Family<Limit, Counter>,
    receipts: Family<labels::Redemption, Counter>,
    upstream: Histograms<Call>,
    upstream_in_flight: Family<Route, Gauge>,
    upstream_paused: Gauge,
    requests: Histograms<Request>,
    connections: Family<FaceLabel, Gauge>,
    connections_opened: Family<FaceLabel, Counter>,
    store_failures: Counter,
}

/// How the metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    OpenMetrics,
    /// Prometheus's own, before there was OpenMetrics.
    Prometheus,
}

impl Metrics {
    /// Nothing counted yet. Every series whose labels are known is there from the start: what
    /// appears with its first event has no rise that an alert could see.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("mfa");
        let version = ("version", env!("CARGO_PKG_VERSION"));
        registry.register("build", "Which release this is", Info::new(vec![version]));

        let sends = Family::<Sends, Counter>::default();
        Sends::each(|labels| drop(sends.get_or_create(&labels)));
        let help = "Sends that were let through, by channel and by what came of them";
        registry.register("sends", help, sends.clone());

        let verifies = Family::<Verdict, Counter>::default();
        Verdict::each(|labels| drop(verifies.get_or_create(&labels)));
        let help = "Verifies that were tried, each repeat of one counted once, by verdict";
        registry.register("verifies", help, verifies.clone());

        let refusals = Family::<Code, Counter>::default();
        Code::each(|labels| drop(refusals.get_or_create(&labels)));
        let help = "Answers that were problems, on both faces, by problem code";
        registry.register("refusals", help, refusals.clone());

        let limit_refusals = Family::<Limit, Counter>::default();
        Limit::each(|labels| drop(limit_refusals.get_or_create(&labels)));
        let help = "Answers rate_limited, by the limit that was used up";
        registry.register("limit_refusals", help, limit_refusals.clone());

        let receipts = Family::<labels::Redemption, Counter>::default();
        labels::Redemption::each(|labels| drop(receipts.get_or_create(&labels)));
        let help = "Receipts presented for redemption, by outcome";
        registry.register("receipts", help, receipts.clone());

        let upstream = Histograms::new_with_constructor(|| Histogram::new(UPSTREAM_BUCKETS));
        let help = "Calls to the upstream, by route and outcome";
        registry.register_with_unit("upstream_duration", help, Unit::Seconds, upstream.clone());

        let upstream_in_flight = Family::<Route, Gauge>::default();
        Route::each(|labels| drop(upstream_in_flight.get_or_create(&labels)));
        let help = "Calls to the upstream that are not answered yet";
        registry.register("upstream_in_flight", help, upstream_in_flight.clone());

        let upstream_paused = Gauge::default();
        let help = "1 while the upstream is dead or asked for a pause, and is not called";
        registry.register("upstream_paused", help, upstream_paused.clone());

        let requests = Histograms::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS));
        let help = "Requests answered, by face, route and class of status";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, requests.clone());

        let connections = Family::<FaceLabel, Gauge>::default();
        FaceLabel::each(|labels| drop(connections.get_or_create(&labels)));
        registry.register("connections", "Connections open now", connections.clone());

        let connections_opened = Family::<FaceLabel, Counter>::default();
        FaceLabel::each(|labels| drop(connections_opened.get_or_create(&labels)));
        let help = "Connections accepted";
        registry.register("connections_opened", help, connections_opened.clone());

        let store_failures = Counter::default();
        let help = "Requests to the store that failed";
        registry.register("store_failures", help, store_failures.clone());

        Self {
            registry,
            sends,
            verifies,
            refusals,
            limit_refusals,
            receipts,
            upstream,
            upstream_in_flight,
            upstream_paused,
            requests,
            connections,
            connections_opened,
            store_failures,
        }
    }

    /// All of it, as a scraper reads it.
    pub(crate) fn text(&self, format: Format) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = match format {
            Format::OpenMetrics => text::encode(&mut text, &self.registry),
            Format::Prometheus => prometheus_text::encode(&mut text, &self.registry),
        };
        text
    }

    /// Watches a send to its end.
    pub(crate) async fn of_send(
        &self,
        channel: Channel,
        send: impl Future<Output = SendOutcome>,
    ) -> SendOutcome {
        let route = Route::of(channel);
        let outcome = self.call(route, send, Call::of_send).await;
        self.sends.get_or_create(&Sends::of(channel, &outcome)).inc();
        outcome
    }

    /// Whether the upstream is not called just now.
    pub(crate) fn upstream_is_paused(&self, is_paused: bool) {
        self.upstream_paused.set(i64::from(is_paused));
    }

    /// A send was not even begun.
    pub(crate) fn not_sent(&self, channel: Channel, why: Failure) {
        self.sends.get_or_create(&Sends::of(channel, &SendOutcome::Failed(why))).inc();
    }

    /// Watches the upstream being asked about a token.
    pub(crate) async fn of_verify(
        &self,
        verify: impl Future<Output = VerifyOutcome>,
    ) -> VerifyOutcome {
        self.call(Route::VERIFY, verify, Call::of_verify).await
    }

    async fn call<Outcome>(
        &self,
        route: Route,
        call: impl Future<Output = Outcome>,
        labels: impl FnOnce(Route, &Outcome) -> Call,
    ) -> Outcome {
        // Also of a call that is given up.
        let _in_flight = Held::new(self.upstream_in_flight.get_or_create_owned(&route));
        let began = Instant::now();
        let outcome = call.await;
        let took = began.elapsed().as_secs_f64();
        self.upstream.get_or_create(&labels(route, &outcome)).observe(took);
        outcome
    }

    /// A verify was concluded. What is refused before a try is spent is no verdict.
    pub(crate) fn verified(&self, answer: &Answer) {
        if let Some(verdict) = Verdict::of(answer) {
            self.verifies.get_or_create(&verdict).inc();
        }
    }

    /// A receipt was presented.
    pub(crate) fn redeemed(&self, redeemed: &Result<Redeemed, RedeemError>) {
        self.receipts.get_or_create(&labels::Redemption::of(redeemed)).inc();
    }

    /// A problem was answered, for a limit where there is one.
    pub(crate) fn refused(&self, code: ProblemCode, limit: Option<Limited>) {
        self.refusals.get_or_create(&Code::of(code)).inc();
        if let Some(limit) = limit {
            self.limit_refusals.get_or_create(&Limit::of(limit)).inc();
        }
    }

    /// A request was answered. Of its route only what the contract has is taken.
    pub(crate) fn answered(&self, face: Face, route: Option<&str>, status: u16, took: Duration) {
        let labels = Request::of(face, route, status);
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// A connection was accepted; it is open until this is dropped.
    pub(crate) fn connected(&self, face: Face) -> Held {
        let label = FaceLabel::of(face);
        self.connections_opened.get_or_create(&label).inc();
        Held::new(self.connections.get_or_create_owned(&label))
    }

    /// The store did not do what it was asked to.
    pub(crate) fn store_failed(&self) {
        self.store_failures.inc();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// Counted while it lives.
#[must_use = "what is held is counted until this is dropped"]
pub(crate) struct Held(Gauge);

impl Held {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}
