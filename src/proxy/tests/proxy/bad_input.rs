//! Every class of bad input: a clear 4xx problem, never a 5xx, never a panic.

use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use mfa_proxy::{Identity, Mode};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::world::{API_KEY, Answer, World, json_body};

async fn raw(world: &World, url: String, content_type: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request =
        world.client.post(url).header("authorization", format!("Bearer {API_KEY}")).body(body);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_on_every_route() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let deep = "[".repeat(8_000);
    let long = format!("{{\"ticket\":\"{}\"}}", "x".repeat(17_000));
    let nothing = Vec::new;
    for url in [
        format!("{}/sms", world.public),
        format!("{}/call", world.public),
        format!("{}/{id}/verify", world.public),
        format!("{}/tickets", world.private),
        format!("{}/receipts/redeem", world.private),
    ] {
        for (content_type, body, status, code) in [
            (None, b"{}".to_vec(), 415, "unsupported_media_type"),
            (Some("text/plain"), b"{}".to_vec(), 415, "unsupported_media_type"),
            (
                Some("application/x-www-form-urlencoded"),
                b"to=1".to_vec(),
                415,
                "unsupported_media_type",
            ),
            (Some("application/jsonx"), b"{}".to_vec(), 415, "unsupported_media_type"),
            (Some("application/json"), nothing(), 400, "invalid_request"),
            (Some("application/json"), b"{".to_vec(), 400, "invalid_request"),
            (Some("application/json"), b"{\"ticket\":\"x".to_vec(), 400, "invalid_request"),
            (Some("application/json"), b"[]".to_vec(), 400, "invalid_request"),
            (Some("application/json"), b"null".to_vec(), 400, "invalid_request"),
            (Some("application/json"), b"\xff\xfe".to_vec(), 400, "invalid_request"),
            (Some("application/json"), deep.clone().into_bytes(), 400, "invalid_request"),
            (
                Some("application/json; charset=utf-8"),
                long.clone().into_bytes(),
                413,
                "payload_too_large",
            ),
        ] {
            let answer = raw(&world, url.clone(), content_type, body).await;
            answer.is_problem(status, code);
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let world = World::start().await;
    let body = vec![b' '; 10_000_000];
    let request = world
        .client
        .post(format!("{}/sms", world.public))
        .header("content-type", "application/json")
        .body(body);
    // The proxy answers and closes; a client that is still writing may not get to read it.
    if let Ok(response) = request.send().await {
        Answer::of(response).await.is_problem(413, "payload_too_large");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_waited_for_ten_seconds_and_no_longer() {
    let world = World::with(|settings| {
        assert_eq!(settings.body_timeout, Duration::from_secs(10));
        settings.body_timeout = Duration::from_millis(50);
    })
    .await;
    for (face, path) in [
        (&world.public, "/mfa/sms"),
        (&world.public, "/mfa/call"),
        (&world.public, "/mfa/x/verify"),
        (&world.private, "/tickets"),
        (&world.private, "/receipts/redeem"),
    ] {
        let address = face.trim_start_matches("http://").trim_end_matches("/mfa");
        let mut peer = TcpStream::connect(address).await.unwrap();
        let begun = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {API_KEY}\r\n\
             content-type: application/json\r\ncontent-length: 99\r\n\r\n{{"
        );
        peer.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let answered = peer.read_to_end(&mut answer);
        timeout(Duration::from_secs(8), answered).await.expect("it is waited for still").unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("The body did not arrive in time."), "{answer}");
    }
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    for (path, body, field) in [
        ("/sms".to_owned(), json!({ "ticket": 7 }), "`ticket`"),
        ("/sms".to_owned(), json!({ "ticket": ["x"] }), "`ticket`"),
        ("/sms".to_owned(), json!({ "ticket": "x", "to": {} }), "`to`"),
        ("/call".to_owned(), json!({ "ticket": visitor.ticket, "previous": true }), "`previous`"),
        ("/call".to_owned(), json!({ "ticket": visitor.ticket, "previous": "x" }), "`previous`"),
        (format!("/{id}/verify"), json!({}), "`token`"),
        (format!("/{id}/verify"), json!({ "token": 123_456 }), "`token`"),
        (format!("/{id}/verify"), json!({ "token": null }), "`token`"),
    ] {
        let answer = world.post(&path, None, &body).await;
        answer.is_problem(400, "invalid_request");
        assert!(answer.text("detail").contains(field), "{answer:?} does not name {field}");
    }
}

#[tokio::test]
async fn a_ticket_that_is_not_ours_is_not_valid() {
    let world = World::start().await;
    let visitor = world.visitor().await;
    let id = visitor.asks("sms").await.text("id");
    let other = World::start().await.ticket("ada").await;
    let cut = visitor.ticket[..visitor.ticket.len() - 5].to_owned();
    for ticket in
        [String::new(), "x".into(), "\u{0}\u{1f}".into(), "x".repeat(15_000), id, other, cut]
    {
        world
            .post("/sms", None, &json!({ "ticket": ticket }))
            .await
            .is_problem(403, "ticket_invalid");
    }
    world.post("/sms", None, &json!({})).await.is_problem(403, "ticket_invalid");
}

#[tokio::test]
async fn what_is_no_uuid_is_no_idempotency_key() {
    let world = World::start().await;
    for key in ["", "1", "not-a-uuid", "8630cc54-f6b2-45dd-b73b-cce28eb668d8x"] {
        let request = world
            .client
            .post(format!("{}/sms", world.public))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body("{}");
        let answer = Answer::of(request.send().await.unwrap()).await;
        answer.is_problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn other_routes_and_other_methods_are_problems_too() {
    let world = World::start().await;
    for path in ["/sms/", "/smss", "/x/verify/y", "/a/b/c", "/%00"] {
        world.post(path, None, &json!({})).await.is_problem(404, "not_found");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        for path in ["/sms", "/call", "/x/verify"] {
            let request = world.client.request(method.clone(), format!("{}{path}", world.public));
            let answer = Answer::of(request.send().await.unwrap()).await;
            answer.is_problem(405, "method_not_allowed");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_call() {
    let world =
        World::with(|settings| settings.allowed_origins = vec!["https://login.example".into()])
            .await;
    let url = format!("{}/sms", world.public);
    let send = async |headers: &[(&str, &str)]| {
        let mut request =
            world.client.post(&url).header("content-type", "application/json").body("{}");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    };
    for headers in [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://sub.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        send(headers).await.is_problem(403, "origin_forbidden");
    }
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://login.example")],
        &[],
    ] {
        // Past the border, to the next question: where is the ticket?
        send(headers).await.is_problem(403, "ticket_invalid");
    }
}

#[tokio::test]
async fn only_a_configured_origin_is_told_that_it_may() {
    let world =
        World::with(|settings| settings.allowed_origins = vec!["https://login.example".into()])
            .await;
    for (origin, allowed) in [("https://login.example", true), ("https://evil.example", false)] {
        let request = world
            .client
            .request(Method::OPTIONS, format!("{}/sms", world.public))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,idempotency-key");
        let response = request.send().await.unwrap();
        let told = response.headers().get("access-control-allow-origin");
        assert_eq!(told.is_some_and(|told| told == origin), allowed, "{origin}");
    }
}

#[tokio::test]
async fn a_panic_in_the_sites_own_function_is_a_problem_and_the_next_request_works() {
    let world = World::with(|settings| {
        settings.mode = Mode::Library(Arc::new(|head: &Parts| -> Option<Identity> {
            assert!(!head.headers.contains_key("x-panic"), "the site has a bug");
            None
        }));
    })
    .await;
    let request = world.client.post(format!("{}/sms", world.public)).header("x-panic", "1");
    let answer = Answer::of(json_body(request, &json!({})).send().await.unwrap()).await;
    answer.is_problem(500, "internal_error");
    assert!(!answer.body.to_string().contains("bug"));
    world.post("/sms", None, &json!({})).await.is_problem(403, "ticket_invalid");
}

#[tokio::test]
async fn without_the_peers_address_nothing_is_sent_uncounted() {
    let world = World::start().await;
    let ticket = world.ticket("ada").await;
    // As a site would that serves the router without connect info.
    let request = axum::http::Request::post("/sms")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(json!({ "ticket": ticket }).to_string()))
        .unwrap();
    let response = world.proxy.public_router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(world.emulator.outbox().len(), 0);
}
