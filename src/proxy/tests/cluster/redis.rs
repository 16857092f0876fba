//! A Redis that can be killed, and comes back at the same place with what it had.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use uuid::Uuid;

/// What the proxy needs to be allowed.
pub(crate) const RIGHTS: &str = "~{mfa}:* +get +set +del +mget +time +evalsha +script|load +ping";

pub(crate) struct Redis {
    process: Child,
    folder: PathBuf,
    port: u16,
    /// What it is told beside the usual.
    options: Vec<String>,
}

/// What a client over TLS has to show and to know.
pub(crate) struct Secured {
    pub(crate) redis: Redis,
    pub(crate) url: String,
    /// The certificate, which nobody has reason to trust by itself.
    pub(crate) certificate: PathBuf,
}

impl Redis {
    pub(crate) fn start() -> Self {
        Self::with(folder(), Vec::new())
    }

    /// One that is also there over TLS, with a password.
    pub(crate) fn secured() -> Secured {
        let (folder, port, password) = (folder(), free_port(), Uuid::new_v4());
        let issued = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        fs::write(&certificate, issued.cert.pem()).unwrap();
        fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
        let file = |path: &Path| path.to_str().unwrap().to_owned();
        let user = format!("user proxy on >{password} {RIGHTS}");
        let options = [
            ["--tls-port", &port.to_string()],
            ["--tls-cert-file", &file(&certificate)],
            ["--tls-key-file", &file(&key)],
            ["--tls-ca-cert-file", &file(&certificate)],
            ["--tls-auth-clients", "no"],
        ];
        let options = options.as_flattened().iter().map(ToString::to_string);
        // Redis takes the words of this one apart.
        let user = user.split(' ').map(str::to_owned);
        let options = options.chain(["--user".into()]).chain(user.skip(1)).collect();
        let url = format!("rediss://proxy:{password}@127.0.0.1:{port}/0");
        Secured { redis: Self::with(folder, options), url, certificate }
    }

    fn with(folder: PathBuf, options: Vec<String>) -> Self {
        let port = free_port();
        let redis = Self { process: run(port, &folder, &options), folder, port, options };
        redis.answers();
        redis
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn dies(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn comes_back(&mut self) {
        self.process = run(self.port, &self.folder, &self.options);
        self.answers();
    }

    /// Waits until it does.
    fn answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let client = redis::Client::open(self.url()).unwrap();
        loop {
            let mut connection = client.get_connection_with_timeout(Duration::from_millis(200));
            let answer = connection.as_mut().map(|it| redis::cmd("PING").query::<String>(it));
            if matches!(answer, Ok(Ok(_))) {
                return;
            }
            assert!(Instant::now() < deadline, "the Redis does not answer");
            std::thread::yield_now();
        }
    }

    /// Tells it something.
    pub(crate) async fn is_told(&self, words: &[&str]) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::Cmd::new();
        command.arg(words);
        command.query_async::<()>(&mut connection).await.unwrap();
    }

    /// All keys with what they hold and the seconds for which they will.
    pub(crate) async fn pages(&self) -> Vec<(String, String, i64)> {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let keys: Vec<String> =
            redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
        let mut pages = Vec::new();
        for key in keys {
            let (text, ttl) = redis::pipe()
                .cmd("GET")
                .arg(&key)
                .cmd("TTL")
                .arg(&key)
                .query_async(&mut connection)
                .await
                .unwrap();
            pages.push((key, text, ttl));
        }
        pages
    }

    /// Waits until something of this kind is written: a request has been let through, and the
    /// upstream is being asked.
    pub(crate) async fn has(&self, kind: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        let prefix = format!("{{mfa}}:1:{kind}:");
        while !self.pages().await.iter().any(|(key, ..)| key.starts_with(&prefix)) {
            assert!(Instant::now() < deadline, "no {kind} was ever written");
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Nobody is left to tell if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn folder() -> PathBuf {
    let folder = env::temp_dir().join(format!("mfa-redis-{}", Uuid::new_v4()));
    fs::create_dir(&folder).unwrap();
    folder
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(port: u16, folder: &Path, options: &[String]) -> Child {
    let program = env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
    Command::new(&program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"])
        .arg(folder)
        // What was written is there again after it was killed.
        .args(["--appendonly", "yes", "--appendfsync", "always", "--save", ""])
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("no Redis by {program:?}: {error}. `cargo xtask setup` installs one")
        })
}
