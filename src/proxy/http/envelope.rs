//! What is around every answer: an id, a line in the log, a place in the metrics, and headers
//! that keep it private.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ipnet::IpNet;
use tower::{Layer, Service};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::decide::answer::Refusal;
use crate::http::problem::Cause;
use crate::http::{Face, address, operate};
use crate::proxy::Proxy;
use crate::settings::Settings;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// No answer is a page, so one that is opened as a page may do nothing, and none is framed. None
/// is kept anywhere, guessed to be of another type, or named to the next site.
const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// What is put around the routes of a face. A middleware of axum's own would make a clone of all that
/// is within for each request.
#[derive(Clone)]
pub(super) struct Envelope {
    pub(super) proxy: Proxy,
    pub(super) face: Face,
}

/// Routes, and what is around them.
#[derive(Clone)]
pub(super) struct Enveloped<S> {
    around: Envelope,
    within: S,
}

impl<S> Layer<S> for Envelope {
    type Service = Enveloped<S>;

    fn layer(&self, within: S) -> Enveloped<S> {
        Enveloped { around: self.clone(), within }
    }
}

impl<S> Service<Request> for Enveloped<S>
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

    fn call(&mut self, request: Request) -> Self::Future {
        let about = About::new(&request, self.around.proxy.settings());
        // What is within works before there is a future, too.
        let answering = catch_unwind(AssertUnwindSafe(|| self.within.call(request)));
        let Envelope { proxy, face } = self.around.clone();
        Box::pin(async move {
            let answering = async move {
                match answering {
                    Ok(answering) => answering.await,
                    Err(said) => resume_unwind(said),
                }
            };
            Ok(envelope(&proxy, face, about, answering).await)
        })
    }
}

/// What is said of a request.
struct About {
    id: String,
    /// The route, never the path: the path has an interaction's id.
    matched: Option<MatchedPath>,
    began: Instant,
}

impl About {
    fn new(request: &Request, settings: &Settings) -> Self {
        let id = request_id(request, &settings.trusted_proxies);
        let matched = request.extensions().get::<MatchedPath>().cloned();
        Self { id, matched, began: Instant::now() }
    }
}

async fn envelope(
    proxy: &Proxy,
    face: Face,
    about: About,
    answering: impl Future<Output = Result<Response, Infallible>>,
) -> Response {
    let (settings, About { id, matched, began }) = (proxy.settings(), about);
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", %id, %route);
    // A panic is an answer too. What it said is not repeated anywhere.
    let answering = AssertUnwindSafe(answering).catch_unwind().map(|answered| match answered {
        Ok(Ok(response)) => response,
        Err(_said) => {
            tracing::error!("a request ended in a panic");
            Refusal::internal().into_response()
        }
    });
    let mut response = answering.instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    let cause = response.extensions_mut().remove::<Cause>();
    // Of 64 bits: 128 would be a text in JSON.
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let code = cause.map(|cause| cause.code.as_str());
    span.in_scope(|| {
        if operate::is_probe(route) {
            tracing::debug!(status, ms, code, "answered");
        } else {
            tracing::info!(status, ms, code, "answered");
        }
    });
    let metrics = proxy.metrics();
    metrics.answered(face, matched.as_ref().map(MatchedPath::as_str), status, took);
    if let Some(Cause { code, limit }) = cause {
        metrics.refused(code, limit);
    }
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    // Pages of other origins may read what CORS lets them.
    if face == Face::Private || settings.allowed_origins.is_empty() {
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The id that one of the site's own reverse proxies gave the request, else a new one. Anybody
/// else could have their requests look like another's in the log.
fn request_id(request: &Request, trusted: &[IpNet]) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.filter(|ConnectInfo(peer)| address::is_trusted(peer.ip(), trusted))
        .and_then(|_| given(request.headers()))
        .unwrap_or_else(|| Uuid::new_v4().to_string())
}

/// A UUID as it was written, with or without its hyphens, so that it is found in both logs.
fn given(headers: &HeaderMap) -> Option<String> {
    let mut given = headers.get_all(REQUEST_ID).iter();
    let id = given.next()?.to_str().ok().filter(|_| given.next().is_none())?;
    let bare = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (bare && Uuid::parse_str(id).is_ok()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use std::future::Ready;

    use axum::body::Body;
    use axum::http::StatusCode;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::{ApiToken, Keys, Upstream};

    #[tokio::test]
    async fn a_panic_before_there_is_a_future_is_an_answer_too() {
        let upstream = Upstream::new("http://127.0.0.1:9", "project", ApiToken::new("token"));
        let proxy = Proxy::new(Settings::new(upstream, Keys::generate())).unwrap();
        let panics = service_fn(|_: Request| -> Ready<Result<Response, Infallible>> { panic!() });
        let around = Envelope { proxy, face: Face::Public }.layer(panics);
        let response = around.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key(REQUEST_ID));
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    }
}
