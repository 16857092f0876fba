//! A running emulator and a plain HTTP client for it.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use mfa_emulator::{Credentials, Delivery, Emulator, Options, Patience, serve_with, standalone};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

pub(crate) const SMS: &str = "/api/relay/rest/mfa/sms";
pub(crate) const CALL: &str = "/api/relay/rest/mfa/call";
pub(crate) const TO: &str = r#"{"to":"+15557788999"}"#;

/// An emulator on a free port, until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) emulator: Emulator,
    _stop: Option<oneshot::Sender<()>>,
}

/// All of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self::with_patience(options, Patience::default()).await
    }

    pub(crate) async fn with_patience(options: Options, patience: Patience) -> Self {
        let emulator = Emulator::new(options);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve_with(listener, standalone(emulator.clone()), patience, async {
            stopped.await.unwrap_or_default();
        }));
        Self { address, emulator, _stop: Some(stop) }
    }

    /// One that somebody else serves.
    pub(crate) fn at(address: SocketAddr, emulator: Emulator) -> Self {
        Self { address, emulator, _stop: None }
    }

    /// Posts JSON with the right credentials.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/json"), authorization()], body)
            .await
            .unwrap()
    }

    /// Posts to `/_emulator`, as a bare `curl -d` would.
    pub(crate) async fn control(&self, path: &str, body: &str) -> Answer {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &form, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await.unwrap()
    }

    pub(crate) async fn verify(&self, id: &str, token: &str) -> Answer {
        self.post(&verify_path(id), &format!(r#"{{"token":"{token}"}}"#)).await
    }

    /// Asks for a token and reads it from the outbox.
    pub(crate) async fn started(&self, path: &str, body: &str) -> Arc<Delivery> {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.newest()
    }

    pub(crate) fn newest(&self) -> Arc<Delivery> {
        self.emulator.outbox().into_iter().next().unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> hyper::Result<Answer> {
        self.send_to(&self.address.to_string(), method, path, headers, body).await
    }

    /// Sends a request that names this host.
    pub(crate) async fn send_to(
        &self,
        host: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> hyper::Result<Answer> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() })
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn is(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (status, body));
    }
}

pub(crate) fn verify_path(id: &str) -> String {
    format!("/api/relay/rest/mfa/{id}/verify")
}

pub(crate) fn authorization() -> (&'static str, &'static str) {
    ("authorization", "Basic WW91clByb2plY3RJRDpZb3VyQXV0aFRva2Vu")
}

#[test]
fn the_tests_credentials_are_the_default_ones() {
    let Credentials { project_id, api_token } = Credentials::default();
    let encoded = STANDARD.encode(format!("{project_id}:{api_token}"));
    assert_eq!(authorization().1, format!("Basic {encoded}"));
}
