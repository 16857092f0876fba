//! The doors of a proxy: each route that takes a body, with a body that it would take.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::{API_KEY, Answer, NUMBER, World};

/// Stands in what is sent, and must stand in no answer.
pub(super) const MARK: &str = "Zx9-mark-Zx9";

/// Far longer than anything here takes, so that a failure is one and not a wait.
const LONG: Duration = Duration::from_secs(20);

/// A route, ready to be knocked at.
#[derive(Clone, Debug)]
pub(super) struct Door {
    /// `address:port`
    pub(super) address: String,
    pub(super) path: String,
    /// What it takes.
    pub(super) good: Value,
}

impl Door {
    /// All of them: of somebody who has been sent a token and has not typed it yet.
    pub(super) async fn all(world: &World) -> Vec<Self> {
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        let public = |path: &str, good| Self::of(&world.public, path, good);
        let private = |path: &str, good| Self::of(&world.private, path, good);
        vec![
            public("/sms", json!({ "ticket": visitor.ticket })),
            public("/call", json!({ "ticket": visitor.ticket })),
            public(&format!("/{id}/verify"), json!({ "token": world.token() })),
            private("/tickets", json!({ "subject": "ada", "to": NUMBER })),
            private("/receipts/redeem", json!({ "receipt": "a.b.c" })),
        ]
    }

    fn of(face: &str, path: &str, good: Value) -> Self {
        let (address, mounted) = split(face);
        Self { address, path: mounted + path, good }
    }

    /// Sends a body with this type.
    pub(super) async fn takes(&self, world: &World, kind: &str, body: Vec<u8>) -> Answer {
        let request = world.client.post(format!("http://{}{}", self.address, self.path));
        let request = request.header("authorization", format!("Bearer {API_KEY}"));
        let request = request.header("content-type", kind).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Sends JSON, with a field in another way.
    pub(super) async fn takes_with(&self, world: &World, field: &str, value: Value) -> Answer {
        let mut body = self.good.clone();
        body[field] = value;
        self.takes(world, "application/json", body.to_string().into()).await
    }

    /// Sends JSON without this field.
    pub(super) async fn takes_without(&self, world: &World, field: &str) -> Answer {
        let mut body = self.good.clone();
        body.as_object_mut().unwrap().remove(field);
        self.takes(world, "application/json", body.to_string().into()).await
    }

    /// Says these bytes after a head that has the rest: the last lines of it, and a body.
    pub(super) async fn hears(&self, lines: &[u8], body: &[u8]) -> Reply {
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {API_KEY}\r\n\
             connection: close\r\n",
            self.path, self.address
        );
        Reply::to(&self.address, &[head.as_bytes(), lines, b"\r\n", body].concat()).await
    }
}

/// Where a face listens, and below what its routes are.
pub(super) fn split(face: &str) -> (String, String) {
    let address = face.strip_prefix("http://").unwrap();
    let (address, mounted) = address.split_once('/').unwrap_or((address, ""));
    let mounted = if mounted.is_empty() { String::new() } else { format!("/{mounted}") };
    (address.to_owned(), mounted)
}

/// What came back on a connection before it ended.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    body: String,
}

impl Reply {
    /// Says the bytes, all of them at once, and listens meanwhile: an answer may come before the
    /// last byte, and the connection end.
    pub(super) async fn to(address: &str, bytes: &[u8]) -> Self {
        let (mut ear, mut mouth) = TcpStream::connect(address).await.unwrap().into_split();
        let bytes = bytes.to_vec();
        let says = tokio::spawn(async move {
            let said = mouth.write_all(&bytes).await;
            // Held open until it has been heard: a closed one could be taken for a broken one.
            (said, mouth)
        });
        let mut heard = Vec::new();
        let ended = timeout(LONG, ear.read_to_end(&mut heard)).await;
        if let Err(error) = ended.expect("the connection stays open") {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        says.abort();
        let text = String::from_utf8(heard).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
        let status = head.strip_prefix("HTTP/1.1 ").or(head.strip_prefix("HTTP/1.0 "));
        let status = status.and_then(|rest| rest.get(..3)?.parse().ok());
        Self { status: status.expect(head), head: head.to_lowercase(), body: body.to_owned() }
    }

    /// Fails unless this is a problem of that code that does not say again what was sent.
    pub(super) fn is_problem(&self, status: u16, code: &str) -> &Self {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        assert_eq!((self.status, body["code"].as_str()), (status, Some(code)), "{self:?}");
        assert!(self.head.contains("content-type: application/problem+json"), "{self:?}");
        assert!(self.head.contains("cache-control: no-store"), "{self:?}");
        assert!(!self.body.contains(MARK), "{self:?}");
        self
    }

    pub(super) fn says(&self, detail: &str) {
        assert!(self.body.contains(detail), "{self:?}");
    }

    /// Fails unless the server itself refused it, before any route was looked for.
    pub(super) fn is_refused_unread(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.body.is_empty(), "{self:?}");
    }
}
