//! Connections that bring nothing, over real sockets: they end, and they take nobody's place.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use mfa_proxy::{Bounds, SecretKey, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Far longer than anything here takes, so that a failure is one and not a wait.
const LONG: Duration = Duration::from_secs(8);

const HALF: &[u8] = b"POST /sms HTTP/1.1\r\nHost: x\r\nX-A: ";
const WHOLE: &[u8] = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n";

/// The program, with this in its file and this many descriptors.
struct Program {
    child: Child,
    file: PathBuf,
    public: String,
    private: String,
}

impl Program {
    fn start(settings: &str, descriptors: u32) -> Self {
        let file = std::env::temp_dir().join(format!("mfa-proxy-{}.toml", Uuid::new_v4()));
        std::fs::write(&file, settings).unwrap();
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -n {descriptors}; exec \"$PROGRAM\"")])
            .env("PROGRAM", env!("CARGO_BIN_EXE_mfa-proxy"))
            .env("MFA_CONFIG", &file)
            .env("MFA_LISTEN", "127.0.0.1:0")
            .env("MFA_PRIVATE_LISTEN", "127.0.0.1:0")
            .env("MFA_UPSTREAM_URL", "http://127.0.0.1:1")
            .env("MFA_PROJECT_ID", "p")
            .env("MFA_API_TOKEN", "PT0")
            .env("MFA_API_KEY", SecretKey::generate().to_base64())
            .env("MFA_SEALING_KEYS", SecretKey::generate().to_base64())
            .env("MFA_RECEIPT_KEYS", SecretKey::generate().to_base64())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |face: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(face).unwrap().to_owned()
        };
        let (public, private) = (address("public http://"), address("private http://"));
        Self { child, file, public, private }
    }

    fn stops(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::fs::remove_file(&self.file).unwrap();
    }
}

fn connect(address: &str, said: &[u8]) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(LONG)).unwrap();
    connection.write_all(said).unwrap();
    connection
}

/// Whether the first line of an answer comes.
fn answers(mut connection: &TcpStream) -> bool {
    let mut line = [0; 12];
    connection.read_exact(&mut line).is_ok() && &line == b"HTTP/1.1 200"
}

/// Fails if the other side does not end the connection.
fn ends(mut connection: TcpStream, what: &str) {
    let mut rest = Vec::new();
    if let Err(error) = connection.read_to_end(&mut rest) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{what} stays open");
    }
}

#[test]
fn a_connection_that_brings_no_request_ends_on_both_faces() {
    let mut program = Program::start("idle_timeout_ms = 300", 1_024);
    for address in [&program.public, &program.private] {
        ends(connect(address, b""), "a silent one");
        ends(connect(address, HALF), "half a head");
        let kept_alive = connect(address, WHOLE);
        assert!(answers(&kept_alive));
        ends(kept_alive, "an idle one");

        let dripping = connect(address, b"GET / HTTP/1.1\r\nHost: x\r\n");
        let mut tap = dripping.try_clone().unwrap();
        let drips = std::thread::spawn(move || {
            let began = std::time::Instant::now();
            while began.elapsed() < 2 * LONG && tap.write_all(b"X-A: b\r\n").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        ends(dripping, "a head by drops");
        drips.join().unwrap();
    }
    let _half = connect(&program.public, HALF);
    program.stops();
}

#[test]
fn visitors_who_take_every_descriptor_keep_neither_the_backend_out_nor_the_next_ones_for_good() {
    let program = Program::start("idle_timeout_ms = 2000", 96);
    let silent: Vec<_> = (0..200).map(|_| connect(&program.public, HALF)).collect();
    assert!(answers(&connect(&program.private, WHOLE)), "the private face");
    drop(silent);
    assert!(answers(&connect(&program.public, WHOLE)), "the public face");
}

#[test]
fn more_connections_than_the_setting_has_wait_for_their_turn() {
    let program = Program::start("max_connections = 1\nidle_timeout_ms = 60000", 1_024);
    let first = connect(&program.public, WHOLE);
    assert!(answers(&first));
    let second = connect(&program.public, WHOLE);
    second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(!answers(&second));
    drop(first);
    second.set_read_timeout(Some(LONG)).unwrap();
    assert!(answers(&second));
}

#[tokio::test]
async fn an_answer_that_nobody_takes_keeps_its_place_for_no_longer_than_a_silence() {
    let app = Router::new().route("/", get(async || vec![b'x'; 64 << 20]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bounds = Bounds { connections: 1, idle_timeout: Duration::from_millis(300) };
    let server = tokio::spawn(serve(listener, app, bounds, std::future::pending()));
    let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut greedy = tokio::net::TcpStream::connect(address).await.unwrap();
    greedy.write_all(request).await.unwrap();
    let mut next = tokio::net::TcpStream::connect(address).await.unwrap();
    next.write_all(request).await.unwrap();
    let mut line = [0; 12];
    let answered = tokio::time::timeout(LONG, next.read_exact(&mut line)).await;
    assert!(answered.is_ok_and(|read| read.is_ok()), "the first keeps its place");
    server.abort();
}
