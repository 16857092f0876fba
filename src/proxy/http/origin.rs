//! The page's origin: it is compared with the host that was asked, and who is turned away is told
//! of now and then, because a reverse proxy that changes `Host` turns everybody away.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mfa_core::wire::ProblemCode;
use tower::{Layer, Service};
use tower_http::csrf::ProtectionError;

use crate::clock::{Clock, UnixTime};
use crate::decide::answer::Refusal;
use crate::http::problem::Cause;

/// So many seconds pass between two lines about it.
const QUIET: u64 = 60;

/// No more of a header is logged.
const MOST_CHARACTERS: usize = 100;

/// When it was last told that a page was turned away.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    clock: Clock,
    last: Arc<AtomicU64>,
}

impl Watch {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, last: Arc::default() }
    }

    fn forbidden(&self, origin: Option<&HeaderValue>, host: Option<&HeaderValue>) {
        let (now, last) = (self.clock.now(), self.last.load(Ordering::Relaxed));
        let taken = is_due(last, now)
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if taken {
            let (origin, host) = (beginning(origin), beginning(host));
            tracing::warn!(
                ?origin,
                ?host,
                "a page of another origin was turned away: see allowed_origins, and whether the \
                 reverse proxy passes Host on; told once a minute at most"
            );
        }
    }
}

/// Around the comparison: takes the default port of the page's scheme off `Host` for it, since a
/// browser leaves it out of `Origin` and a reverse proxy may write it out.
#[derive(Clone)]
pub(super) struct Watched<S> {
    watch: Watch,
    within: S,
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, within: S) -> Watched<S> {
        Watched { watch: self.clone(), within }
    }
}

impl<S> Service<Request> for Watched<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.within.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let (origin, host) =
            (request.headers().get(ORIGIN).cloned(), request.headers().get(HOST).cloned());
        if let Some(host) = portless(request.headers()) {
            request.headers_mut().insert(HOST, host);
        }
        let watch = self.watch.clone();
        let answering = self.within.call(request).map(move |Ok(response)| {
            let cause = response.extensions().get::<Cause>();
            if cause.is_some_and(|cause| cause.code == ProblemCode::OriginForbidden) {
                watch.forbidden(origin.as_ref(), host.as_ref());
            }
            Ok(response)
        });
        Box::pin(answering)
    }
}

pub(super) fn foreign(_: ProtectionError) -> Response {
    let detail = "Pages of this origin may not call the proxy; see allowed_origins.";
    Refusal::new(ProblemCode::OriginForbidden, detail).into_response()
}

fn portless(headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    let port = match origin.split_once("://")?.0 {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = headers.get(HOST)?.to_str().ok()?.strip_suffix(port)?;
    HeaderValue::from_str(host).ok()
}

/// A clock that was set back does not keep it silent for long.
fn is_due(last: UnixTime, now: UnixTime) -> bool {
    now < last || now - last >= QUIET
}

fn beginning(value: Option<&HeaderValue>) -> String {
    let text =
        value.map_or_else(|| "none".into(), |value| String::from_utf8_lossy(value.as_bytes()));
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_beginning_of_a_header_is_logged_and_no_control_character() {
        let long = HeaderValue::try_from("x".repeat(5_000)).unwrap();
        assert_eq!(beginning(Some(&long)), "x".repeat(100));
        let odd = HeaderValue::from_bytes(b"a\xff\tb").unwrap();
        assert_eq!(format!("{:?}", beginning(Some(&odd))), "\"a\u{fffd}\\tb\"");
        assert_eq!(beginning(None), "none");
    }

    #[test]
    fn it_is_told_once_a_minute_whatever_the_clock_does() {
        assert!(is_due(0, 1_700_000_000) && is_due(100, 160) && is_due(100, 40));
        assert!(!is_due(100, 100) && !is_due(100, 159));
    }
}
