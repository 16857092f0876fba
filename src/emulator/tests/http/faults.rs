//! Faults: statuses, waits and lost connections.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, routing::get};
use mfa_emulator::{Emulator, Fault, Options, router, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

use crate::server::{SMS, Server, TO, authorization, verify_path};

async fn raw(server: &Server, path: &str, body: &str) -> Vec<u8> {
    raw_at(server.address, path, body).await
}

/// Sends a request as plain bytes and reads until the connection ends.
async fn raw_at(address: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (name, value) = authorization();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{name}: {value}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
    match read.await {
        Ok(Ok(_)) => answer,
        // A reset is as good an end as a close.
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => answer,
        Ok(Err(error)) => panic!("{error}"),
        Err(_) => panic!("the connection is still open after {} bytes", answer.len()),
    }
}

#[tokio::test]
async fn a_connection_dropped_before_does_no_work_and_answers_nothing() {
    let server = Server::start().await;
    let fault = r#"{"route":"sms","drop":"before","times":1}"#;
    assert_eq!(server.control("/_emulator/faults", fault).await.status, 204);
    assert_eq!(raw(&server, SMS, TO).await, b"");
    assert!(server.emulator.outbox().is_empty());
    server.started(SMS, TO).await;
}

#[tokio::test]
async fn a_connection_dropped_after_does_the_work_and_answers_nothing() {
    let server = Server::start().await;
    let fault = r#"{"route":"sms","drop":"after","times":1}"#;
    server.control("/_emulator/faults", fault).await;
    assert_eq!(raw(&server, SMS, TO).await, b"");
    let delivery = server.newest();

    let fault = r#"{"route":"verify","drop":"after","times":1}"#;
    server.control("/_emulator/faults", fault).await;
    let body = format!(r#"{{"token":"{}"}}"#, delivery.token.as_str());
    let id = delivery.id.to_string();
    assert_eq!(raw(&server, &verify_path(&id), &body).await, b"");
    let spent = server.verify(&id, delivery.token.as_str()).await;
    spent.is(404, r#"{"error":"Not Found"}"#);
}

#[tokio::test]
async fn a_drop_loses_one_connection_and_no_other() {
    let server = Server::start().await;
    let mut bystander = TcpStream::connect(server.address).await.unwrap();
    server.control("/_emulator/faults", r#"{"route":"sms","drop":"before"}"#).await;
    assert_eq!(raw(&server, SMS, TO).await, b"");
    let request = b"GET /_emulator/outbox HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    bystander.write_all(request).await.unwrap();
    let mut answer = String::new();
    bystander.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_status_is_answered_as_often_as_asked_and_no_work_is_done() {
    let server = Server::start().await;
    server.control("/_emulator/faults", r#"{"route":"sms","status":500,"times":2}"#).await;
    for _ in 0..2 {
        server.post(SMS, TO).await.is(500, r#"{"error":"Internal Server Error"}"#);
    }
    assert!(server.emulator.outbox().is_empty());
    server.started(SMS, TO).await;
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let server = Server::start().await;
    server.control("/_emulator/faults", r#"{"route":"call","status":429}"#).await;
    let fault = r#"{"route":"call","status":503,"retry_after":7}"#;
    server.control("/_emulator/faults", fault).await;
    server.control("/_emulator/faults", r#"{"route":"call","status":500}"#).await;
    let path = "/api/relay/rest/mfa/call";
    let limited = server.post(path, TO).await;
    limited.is(429, r#"{"error":"Too Many Requests"}"#);
    assert_eq!(limited.headers["retry-after"], "1");
    assert_eq!(server.post(path, TO).await.headers["retry-after"], "7");
    assert!(!server.post(path, TO).await.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_422_fault_has_the_body_of_a_422() {
    let server = Server::start().await;
    server.control("/_emulator/faults", r#"{"route":"sms","status":422}"#).await;
    let answer = server.post(SMS, TO).await;
    assert_eq!(answer.json()["errors"][0]["detail"], "To is not routable");
}

#[tokio::test]
async fn a_delay_holds_the_answer_back() {
    let server = Server::start().await;
    server.control("/_emulator/faults", r#"{"route":"sms","delay_ms":80}"#).await;
    let asked = Instant::now();
    assert_eq!(server.post(SMS, TO).await.status, 200);
    assert!(asked.elapsed().as_millis() >= 80);
}

#[tokio::test]
async fn an_application_that_embeds_the_emulator_loses_connections_and_knows_its_peers() {
    let emulator = Emulator::new(Options::default());
    let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
    let app = Router::new().route("/peer", get(peer)).merge(router(emulator.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, app, std::future::pending()));

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /peer HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(&stream.local_addr().unwrap().to_string()), "{answer}");

    emulator.fault(Fault::parse(br#"{"route":"sms","drop":"after"}"#).unwrap()).unwrap();
    assert_eq!(raw_at(address, SMS, TO).await, b"");
    assert_eq!(emulator.outbox().len(), 1);
}

/// A server that would answer where a test expects a lost connection must say so at once.
#[tokio::test]
async fn a_drop_is_refused_where_connections_cannot_be_lost() {
    let app = router(Emulator::new(Options::default()));
    let fault = r#"{"route":"sms","drop":"after","times":1}"#;
    let request = Request::post("/_emulator/faults").header("host", "localhost");
    let request = request.body(Body::from(fault)).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 501);
}
