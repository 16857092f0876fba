//! A cluster: an emulator, a Redis, and instances of the proxy that share both.

use std::ffi::OsStr;
use std::future::pending;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mfa_emulator::{Credentials, Emulator, Fault, Options, Outcome, Route};
use mfa_proxy::SecretKey;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::redis::Redis;
use crate::world::{API_KEY, API_TOKEN, Answer, NUMBER, client, json_body};

/// Limits that are not in the way, but for the one that a story is about.
const NO_LIMITS: &str = "
sends_per_number = []
sends_per_subject = []
sends_per_session = []
sends_per_address = []
sends_per_range = []
sends_per_country = []
sends_in_all = []
";

pub(crate) struct Cluster {
    pub(crate) emulator: Emulator,
    pub(crate) redis: Redis,
    pub(crate) instances: Vec<Instance>,
    settings: String,
    /// For sealing, receipts and digests.
    pub(crate) keys: [String; 3],
    task: JoinHandle<()>,
}

/// One process of `mfa-proxy`.
pub(crate) struct Instance {
    process: Child,
    public: String,
    private: String,
    client: Client,
}

impl Cluster {
    /// Three instances.
    pub(crate) async fn start() -> Self {
        Self::with_limits(NO_LIMITS).await
    }

    /// Three instances with only this limit on sends.
    pub(crate) async fn with_limit(limit: &str, rates: &str) -> Self {
        let off = format!("{limit} = []");
        Self::with_limits(&NO_LIMITS.replace(&off, &format!("{limit} = {rates}"))).await
    }

    async fn with_limits(limits: &str) -> Self {
        let credentials = Credentials { project_id: "project".into(), api_token: API_TOKEN.into() };
        let emulator = Emulator::new(Options { credentials, ..Options::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = format!("http://{}", listener.local_addr().unwrap());
        let app = mfa_emulator::router(emulator.clone());
        let task = tokio::spawn(async move {
            mfa_emulator::serve(listener, app, pending()).await.unwrap();
        });
        let redis = Redis::start();
        let settings = format!(
            "listen = '127.0.0.1:0'
             private_listen = '127.0.0.1:0'
             store = '{}'
             store_timeout_ms = 500
             [upstream]
             base_url = '{upstream}'
             project_id = 'project'
             timeout_ms = 800
             [limits]
             {limits}",
            redis.url()
        );
        let keys = [(); 3].map(|()| SecretKey::generate().to_base64());
        let instances = (0..3).map(|_| Instance::start(&settings, &keys, &[])).collect();
        Self { emulator, redis, instances, settings, keys, task }
    }

    /// One more, that knows this beside what the others do.
    pub(crate) fn another(&self, environment: &[(&str, &OsStr)]) -> Instance {
        Instance::start(&self.settings, &self.keys, environment)
    }

    pub(crate) fn breaks(&self, route: Route, outcome: Outcome, delay_ms: u64) {
        let delay = Duration::from_millis(delay_ms);
        self.emulator.fault(Fault { route, outcome, delay, times: 1 }).unwrap();
    }

    pub(crate) fn sent(&self) -> usize {
        self.emulator.outbox().len()
    }

    /// The latest token, and one that is certainly another.
    pub(crate) fn tokens(&self) -> (String, String) {
        let right = self.emulator.outbox()[0].token.as_str().to_owned();
        let wrong = right.bytes().map(|digit| char::from((digit - b'0' + 1) % 10 + b'0')).collect();
        (right, wrong)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Instance {
    fn start(
        settings: &str,
        [sealing, receipt, digest]: &[String; 3],
        environment: &[(&str, &OsStr)],
    ) -> Self {
        let file = std::env::temp_dir().join(format!("mfa-proxy-{}.toml", Uuid::new_v4()));
        std::fs::write(&file, settings).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_mfa-proxy"))
            .env_clear()
            .env("MFA_CONFIG", &file)
            .env("MFA_API_KEY", API_KEY)
            .env("MFA_API_TOKEN", API_TOKEN)
            .env("MFA_SEALING_KEYS", sealing)
            .env("MFA_RECEIPT_KEYS", receipt)
            .env("MFA_DIGEST_KEY", digest)
            .env("MFA_LOG", "off")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut url = |face: &str| {
            let line = lines.next().expect("it says where it listens").unwrap();
            line.strip_prefix(face).unwrap_or_else(|| panic!("{line}")).trim().to_owned()
        };
        let (public, private) = (url("public"), url("private"));
        std::fs::remove_file(&file).unwrap();
        Self { process, public, private, client: client() }
    }

    /// Killed, in the middle of whatever it does.
    pub(crate) fn kill(&self) {
        let killed = Command::new("kill").args(["-KILL", &self.process.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    pub(crate) async fn ticket(&self, subject: &str) -> String {
        let body = json!({ "subject": subject, "to": NUMBER });
        self.private("/tickets", body).await.text("ticket")
    }

    pub(crate) async fn redeems(&self, receipt: &str) -> Answer {
        self.private("/receipts/redeem", json!({ "receipt": receipt })).await
    }

    /// What a balancer is told.
    pub(crate) async fn readiness(&self) -> Answer {
        let request = self.client.get(format!("{}/readyz", self.private));
        Answer::of(request.send().await.unwrap()).await
    }

    async fn private(&self, path: &str, body: Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.private));
        let request = request.header("authorization", format!("Bearer {API_KEY}"));
        Answer::of(json_body(request, &body).send().await.unwrap()).await
    }

    pub(crate) async fn sends(&self, ticket: &str, key: Uuid) -> Answer {
        self.tries_to_send(ticket, key).await.unwrap()
    }

    /// Nothing if it dies meanwhile.
    pub(crate) async fn tries_to_send(&self, ticket: &str, key: Uuid) -> Option<Answer> {
        self.public("/sms", key, json!({ "ticket": ticket })).await
    }

    pub(crate) async fn verifies(&self, id: &str, token: &str, key: Uuid) -> Answer {
        self.tries_to_verify(id, token, key).await.unwrap()
    }

    /// Nothing if it dies meanwhile.
    pub(crate) async fn tries_to_verify(&self, id: &str, token: &str, key: Uuid) -> Option<Answer> {
        self.public(&format!("/{id}/verify"), key, json!({ "token": token })).await
    }

    async fn public(&self, path: &str, key: Uuid, body: Value) -> Option<Answer> {
        let request = self.client.post(format!("{}{path}", self.public));
        let request = request.header("idempotency-key", key.to_string());
        let response = json_body(request, &body).send().await.ok()?;
        Some(Answer::of(response).await)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
