//! The event stream, over a real connection.

use std::time::Duration;

use mfa_emulator::Options;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
};

use crate::server::{SMS, Server, TO};

struct Reader {
    lines: Lines<BufReader<TcpStream>>,
}

#[derive(Debug, Default, PartialEq)]
struct Event {
    id: String,
    name: String,
    data: String,
}

impl Reader {
    async fn open(server: &Server, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "GET /_emulator/events{query} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reader = Self { lines: BufReader::new(stream).lines() };
        assert_eq!(reader.line().await.unwrap(), "HTTP/1.1 200 OK");
        while !reader.line().await.unwrap().is_empty() {}
        reader
    }

    /// What does not come fails the test, and does not hang it.
    async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(Duration::from_secs(10), self.lines.next_line());
        line.await.expect("the stream says something within 10 s").unwrap()
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line().await?;
            match line.split_once(": ").or_else(|| line.split_once(':')) {
                Some(("id", id)) => event.id = id.to_owned(),
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("data", data)) => event.data = data.to_owned(),
                // A browser drops an event without data, so it is none here either.
                _ if line.is_empty() && !event.data.is_empty() => return Some(event),
                // Sizes of chunks and the line ends between them.
                _ => {}
            }
        }
    }

    async fn next_id(&mut self) -> String {
        let event = self.next().await.unwrap();
        serde_json::from_str::<Value>(&event.data).unwrap()["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_reader_gets_what_was_delivered_and_then_what_arrives() {
    let server = Server::start().await;
    let before = server.started(SMS, TO).await;
    let mut reader = Reader::open(&server, "", "").await;
    let event = reader.next().await.unwrap();
    assert_eq!(event.name, "");
    let outbox = server.get("/_emulator/outbox").await.body;
    assert_eq!(outbox, format!("[{}]", event.data));
    assert!(event.data.contains(&before.id.to_string()));
    let after = server.started(SMS, TO).await;
    assert_eq!(reader.next_id().await, after.id.to_string());
}

#[tokio::test]
async fn a_reader_that_comes_back_goes_on_where_it_was() {
    let server = Server::start().await;
    server.started(SMS, TO).await;
    let seen = Reader::open(&server, "", "").await.next().await.unwrap().id;
    let missed = server.started(SMS, TO).await;
    let mut reader = Reader::open(&server, "", &format!("last-event-id: {seen}\r\n")).await;
    assert_eq!(reader.next_id().await, missed.id.to_string());
}

#[tokio::test]
async fn a_reader_is_told_of_a_reset() {
    let server = Server::start().await;
    server.started(SMS, TO).await;
    let mut reader = Reader::open(&server, "", "").await;
    reader.next().await.unwrap();
    server.emulator.reset();
    assert_eq!(reader.next().await.unwrap().name, "reset");
    let after = server.started(SMS, TO).await;
    assert_eq!(reader.next_id().await, after.id.to_string());
}

#[tokio::test]
async fn a_reader_may_follow_one_phone() {
    let server = Server::start().await;
    let mut reader = Reader::open(&server, "?to=%2B15550001111", "").await;
    server.started(SMS, TO).await;
    let wanted = server.started(SMS, r#"{"to":"+15550001111"}"#).await;
    assert_eq!(reader.next_id().await, wanted.id.to_string());
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_nothing_up() {
    let server = Server::with(Options { most_deliveries: 50, ..Options::default() }).await;
    let mut slow = Reader::open(&server, "", "").await;
    for _ in 0..3_000 {
        server.emulator.reset();
        server.started(SMS, TO).await;
    }
    let last = server.newest().id.to_string();
    let arrived = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            let event = slow.next().await.unwrap();
            if event.data.contains(&last) {
                return;
            }
        }
    });
    arrived.await.expect("the slow reader gets to the newest delivery");
}

#[tokio::test]
async fn every_stream_ends_when_the_emulator_stops() {
    let server = Server::start().await;
    let mut reader = Reader::open(&server, "", "").await;
    server.emulator.stop();
    assert_eq!(reader.next().await, None);
}
