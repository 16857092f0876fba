//! Clients that say nothing, or not all of it. Over raw sockets, with a short patience.

use std::time::Duration;

use mfa_emulator::{Options, Patience};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::server::{SMS, Server, TO};

const SHORT: Duration = Duration::from_millis(100);
/// What is never to come to an end in a test.
const LONG: Duration = Duration::from_secs(60);

const WHOLE: &str = "GET /_emulator/outbox HTTP/1.1\r\nhost: localhost\r\n\r\n";

async fn server(head: Duration, idle: Duration, body: Duration) -> Server {
    Server::with_patience(Options::default(), Patience { head, idle, body }).await
}

async fn connected(server: &Server, said: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(said.as_bytes()).await.unwrap();
    stream
}

/// All that the server says until it hangs up.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer));
    read.await.expect("the server hangs up").unwrap();
    answer
}

/// The next answer, which ends in an empty outbox.
async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), async {
        while !answer.ends_with(b"[]") {
            answer.push(stream.read_u8().await.unwrap());
        }
    });
    read.await.expect("the server answers");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_client_that_says_nothing_is_hung_up_on() {
    let server = server(SHORT, LONG, LONG).await;
    assert_eq!(rest(connected(&server, "").await).await, "");
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_hung_up_on() {
    let server = server(SHORT, LONG, LONG).await;
    let begun = connected(&server, "GET /_emulator/outbox HTTP/1.1\r\nhost: loc").await;
    assert!(!rest(begun).await.contains("200"));
    // Nor on a connection that has served before.
    let mut second = connected(&server, WHOLE).await;
    answer(&mut second).await;
    second.write_all(b"GET /_emulator/out").await.unwrap();
    assert!(!rest(second).await.contains("200"));
}

#[tokio::test]
async fn a_client_that_asks_nothing_more_is_hung_up_on_and_not_sooner() {
    let server = server(SHORT, SHORT * 15, LONG).await;
    let mut stream = connected(&server, WHOLE).await;
    answer(&mut stream).await;
    let idle = tokio::time::timeout(SHORT * 2, stream.read_u8()).await;
    assert!(idle.is_err(), "the time for a head is not the time between two requests");
    stream.write_all(WHOLE.as_bytes()).await.unwrap();
    answer(&mut stream).await;
    assert_eq!(rest(stream).await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = server(LONG, LONG, SHORT).await;
    for path in ["/_emulator/clock", "/_emulator/faults"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20\r\n\r\n{{\"advance\""
        );
        let answer = rest(connected(&server, &head).await).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.ends_with(r#"{"error":"the body did not arrive in time"}"#), "{answer}");
    }
    let head = format!(
        "POST {SMS} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20\r\n\
         authorization: Basic WW91clByb2plY3RJRDpZb3VyQXV0aFRva2Vu\r\n\r\n"
    );
    let answer = rest(connected(&server, &head).await).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn an_event_stream_outlives_every_patience() {
    let server = server(SHORT, SHORT, SHORT).await;
    let request = WHOLE.replace("outbox", "events");
    let mut reader = connected(&server, &request).await;
    let silent = tokio::time::timeout(SHORT * 5, async { while reader.read_u8().await.is_ok() {} });
    assert!(silent.await.is_err(), "the stream was cut");
    let id = server.started(SMS, TO).await.id.to_string();
    let mut heard = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), async {
        while !heard.ends_with(id.as_bytes()) {
            heard.push(reader.read_u8().await.unwrap());
        }
    });
    read.await.expect("the reader is told of what arrives");
}
