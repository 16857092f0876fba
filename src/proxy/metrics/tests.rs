//! What is counted is known beforehand, and counted under the right word.

use std::collections::BTreeSet;
use std::future::{pending, ready};

use futures_util::FutureExt as _;
use mfa_core::ClosedReason;
use mfa_core::wire::VerifyAnswer;

use super::*;
use crate::decide::answer::Refusal;
use crate::decide::outcome::Failure;
use crate::settings::LimitName;

/// The series that are not of a histogram, by name and labels.
fn series(metrics: &Metrics) -> BTreeSet<String> {
    let text = metrics.text(Format::Prometheus);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.contains("_seconds"));
    lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

fn has(metrics: &Metrics, line: &str) {
    let text = metrics.text(Format::Prometheus);
    assert!(text.lines().any(|other| other == line), "no {line} in\n{text}");
}

fn verified(success: bool) -> Answer {
    Answer::Verified(VerifyAnswer { success, ..VerifyAnswer::default() })
}

fn now<Outcome>(future: impl Future<Output = Outcome>) -> Outcome {
    future.now_or_never().unwrap()
}

const FAILURES: [Failure; 6] = [
    Failure::Broken,
    Failure::Busy { retry_after: Some(1) },
    Failure::Credentials,
    Failure::NotCalled { retry_after: 1 },
    Failure::NotReached,
    Failure::TimedOut,
];

fn send_outcomes() -> Vec<SendOutcome> {
    let mut outcomes = vec![
        SendOutcome::ChannelUnavailable,
        SendOutcome::NumberRefused,
        SendOutcome::Refused,
        SendOutcome::Sent { upstream_id: "PRIVATE".into() },
    ];
    outcomes.extend(FAILURES.map(SendOutcome::Failed));
    outcomes
}

#[test]
fn whatever_happens_no_counter_has_a_series_that_was_not_there_before() {
    let metrics = Metrics::new();
    let before = series(&metrics);
    for channel in [Channel::Call, Channel::Sms] {
        for outcome in send_outcomes() {
            now(metrics.of_send(channel, ready(outcome)));
        }
    }
    for outcome in [VerifyOutcome::Gone, VerifyOutcome::Right, VerifyOutcome::Wrong]
        .into_iter()
        .chain(FAILURES.map(VerifyOutcome::Failed))
    {
        now(metrics.of_verify(ready(outcome)));
    }
    use ClosedReason::{Exhausted, Expired, Unknown, Used};
    for reason in [Exhausted, Expired, Unknown, Used] {
        metrics.verified(&Refusal::closed(reason).into());
    }
    for &code in ProblemCode::ALL {
        metrics.verified(&Refusal::new(code, "").into());
        metrics.refused(code, None);
    }
    for limit in Limited::all() {
        metrics.refused(ProblemCode::RateLimited, Some(limit));
    }
    metrics.verified(&verified(true));
    metrics.verified(&verified(false));
    use RedeemError::{Expired as Late, Invalid, Unavailable, Used as Again};
    for error in [Late, Invalid, Unavailable, Again] {
        metrics.redeemed(&Err(error));
    }
    drop((metrics.connected(Face::Public), metrics.connected(Face::Private)));
    assert_eq!(series(&metrics), before);
    assert!(!metrics.text(Format::Prometheus).contains("PRIVATE"));
}

#[test]
fn a_verify_is_counted_by_its_verdict_and_one_that_was_no_try_is_not() {
    let metrics = Metrics::new();
    metrics.verified(&verified(true));
    metrics.verified(&verified(false));
    metrics.verified(&verified(false));
    metrics.verified(&Refusal::closed(ClosedReason::Expired).into());
    metrics.verified(&Refusal::new(ProblemCode::UpstreamTimeout, "").into());
    metrics.verified(&Refusal::new(ProblemCode::InvalidToken, "").into());
    for (verdict, count) in
        [("right", 1), ("wrong", 2), ("closed_expired", 1), ("closed_used", 0), ("failed", 1)]
    {
        has(&metrics, &format!("mfa_verifies_total{{verdict=\"{verdict}\"}} {count}"));
    }
}

#[test]
fn a_call_is_in_flight_until_it_is_answered_or_given_up() {
    let metrics = Metrics::new();
    let mut call = Box::pin(metrics.of_verify(pending()));
    assert!((&mut call).now_or_never().is_none());
    has(&metrics, "mfa_upstream_in_flight{route=\"verify\"} 1");
    drop(call);
    has(&metrics, "mfa_upstream_in_flight{route=\"verify\"} 0");
    now(metrics.of_send(Channel::Sms, ready(SendOutcome::Refused)));
    has(&metrics, "mfa_upstream_in_flight{route=\"sms\"} 0");
    let labels = "{route=\"sms\",outcome=\"answered\"}";
    has(&metrics, &format!("mfa_upstream_duration_seconds_count{labels} 1"));
}

#[test]
fn a_route_is_the_contracts_wherever_it_is_mounted_and_nothing_else() {
    let metrics = Metrics::new();
    let took = Duration::from_millis(7);
    metrics.answered(Face::Public, Some("/mfa/{id}/verify"), 200, took);
    metrics.answered(Face::Public, Some("/{id}/verify"), 204, took);
    metrics.answered(Face::Public, Some("/mfa/tickets"), 404, took);
    metrics.answered(Face::Public, None, 404, took);
    for (labels, count) in [
        ("face=\"public\",route=\"/{id}/verify\",status=\"2xx\"", 2),
        ("face=\"public\",route=\"none\",status=\"4xx\"", 2),
    ] {
        has(&metrics, &format!("mfa_http_request_duration_seconds_count{{{labels}}} {count}"));
    }
    assert!(!metrics.text(Format::Prometheus).contains("tickets"));
}

#[test]
fn a_limit_that_is_used_up_is_counted_by_its_name() {
    let metrics = Metrics::new();
    metrics.refused(ProblemCode::RateLimited, Some(Limited::Sends(LimitName::SendsPerNumber)));
    metrics.refused(ProblemCode::RateLimited, None);
    has(&metrics, "mfa_refusals_total{code=\"rate_limited\"} 2");
    has(&metrics, "mfa_limit_refusals_total{limit=\"sends_per_number\"} 1");
    has(&metrics, "mfa_limit_refusals_total{limit=\"cooldown\"} 0");
}

#[test]
fn both_formats_tell_the_same() {
    let metrics = Metrics::new();
    metrics.store_failed();
    let (open, old) = (metrics.text(Format::OpenMetrics), metrics.text(Format::Prometheus));
    assert!(open.ends_with("# EOF\n") && !old.contains("EOF"));
    for text in [open, old] {
        assert!(text.contains("\nmfa_store_failures_total 1\n"), "{text}");
        assert!(text.contains("mfa_build_info{version=\""), "{text}");
    }
}
