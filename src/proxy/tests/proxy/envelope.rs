//! What is around every answer: headers that bind a browser, and an id that is in the log too.

use axum::http::request::Parts;
use axum::routing::any;
use mfa_proxy::{Identity, Mode, Settings};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use std::sync::Arc;

use crate::world::{World, json_body};

const HEADERS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];

const ID: &str = "0f2c1f6e-8c0e-4d1c-9d8e-5b1f0c7a9e33";

fn panics(settings: &mut Settings) {
    settings.mode = Mode::Library(Arc::new(|_: &Parts| -> Option<Identity> { panic!("a bug") }));
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    let mut values = answer.headers().get_all(name).iter();
    let value = values.next()?.to_str().unwrap();
    assert_eq!(values.next(), None, "{name} twice");
    Some(value)
}

async fn key_set(world: &World, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Response {
    let request = world.client.get(format!("{}/.well-known/jwks.json", world.public));
    change(request).send().await.unwrap()
}

/// The id of the answer to a request that brought these.
async fn id_for(world: &World, given: &[&str]) -> String {
    let answer = key_set(world, |request| {
        given.iter().fold(request, |request, id| request.header("x-request-id", *id))
    })
    .await;
    header(&answer, "x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_binds_the_browser_whatever_it_says() {
    let world = World::with(panics).await;
    let (public, private) = (&world.public, &world.private);
    for (method, url, status) in [
        (Method::GET, format!("{public}/.well-known/jwks.json"), 200),
        (Method::GET, format!("{private}/healthz"), 200),
        (Method::GET, format!("{private}/metrics"), 200),
        (Method::POST, format!("{public}/x/verify"), 400),
        (Method::POST, format!("{private}/tickets"), 401),
        (Method::GET, format!("{public}/nowhere"), 404),
        (Method::GET, format!("{private}/nowhere"), 404),
        (Method::GET, format!("{public}/sms"), 405),
        (Method::DELETE, format!("{private}/readyz"), 405),
        (Method::POST, format!("{public}/sms"), 500),
    ] {
        let request = json_body(world.client.request(method, &url), &json!({}));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{url}");
        for (name, value) in HEADERS {
            assert_eq!(header(&answer, name), Some(value), "{name} of {url}");
        }
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_may_read_what_others_may_not() {
    let origin = "https://login.example";
    let world = World::with(|settings| settings.allowed_origins = vec![origin.into()]).await;
    let answer = key_set(&world, |request| request.header("origin", origin)).await;
    assert_eq!(header(&answer, "cross-origin-resource-policy"), None);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(origin));
    let private = world.client.get(format!("{}/healthz", world.private)).send().await.unwrap();
    assert_eq!(header(&private, "cross-origin-resource-policy"), Some("same-origin"));
    for (name, value) in HEADERS.iter().filter(|(name, _)| !name.starts_with("cross")) {
        assert_eq!(header(&answer, name), Some(*value), "{name}");
    }
}

#[tokio::test]
async fn a_request_keeps_the_id_that_a_trusted_proxy_gave_it() {
    let trusted = "127.0.0.0/8".parse().unwrap();
    let world = World::with(|settings| settings.trusted_proxies = vec![trusted]).await;
    let bare = ID.replace('-', "");
    for id in [ID, &bare, &ID.to_uppercase()] {
        assert_eq!(id_for(&world, &[id]).await, id);
    }
    let urn = format!("urn:uuid:{ID}");
    for given in [&["1"][..], &[""], &["../../etc"], &[&urn], &[ID, ID], &[]] {
        let id = id_for(&world, given).await;
        assert!(!given.contains(&id.as_str()) && uuid::Uuid::parse_str(&id).is_ok(), "{given:?}");
    }
}

#[tokio::test]
async fn nobody_else_can_choose_the_id_of_a_request() {
    let world = World::start().await;
    assert_ne!(id_for(&world, &[ID]).await, ID);
    let trusted = "10.0.0.0/8".parse().unwrap();
    let world = World::with(|settings| settings.trusted_proxies = vec![trusted]).await;
    assert_ne!(id_for(&world, &[ID]).await, ID);
}

#[tokio::test]
async fn a_site_that_mounts_the_router_keeps_its_own_pages_as_they_are() {
    let world = World::start().await;
    let site = axum::Router::new()
        .route("/page", any(async || "hello"))
        .nest("/mfa", world.proxy.public_router());
    let request = axum::http::Request::get("/page").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(site, request).await.unwrap();
    assert!(!answer.headers().contains_key("content-security-policy"));
}
