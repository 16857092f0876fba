//! The program itself: what it says when it cannot start, and that it starts and stops.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Far longer than anything here takes, so that a failure is one and not a wait.
const LONG: Duration = Duration::from_secs(8);

const KEYS: [(&str, &str); 4] = [
    ("MFA_API_KEY", "0123456789abcdef0123456789abcdef"),
    ("MFA_API_TOKEN", "PTsecret"),
    ("MFA_SEALING_KEYS", "JX2BiNOYF1sgK15Mw+KZV6ZtuzWMl9lY3g+15Zi29nU="),
    ("MFA_RECEIPT_KEYS", "bzKGCRDKD7KiDH/aFDZmsJ2/jbUjgZXJClhvtUL/DK0="),
];

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mfa-proxy"));
    command.env_clear().env("MFA_UPSTREAM_URL", "http://127.0.0.1:1").env("MFA_PROJECT_ID", "p");
    command.envs(KEYS);
    command
}

fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.arg("check-config").output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[test]
fn settings_that_are_usable_are_said_to_be() {
    let output = program().arg("check-config").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("127.0.0.1:8081"));
}

#[test]
fn what_is_in_effect_is_shown_without_a_secret() {
    let output = program().arg("check-config").env("MFA_COUNTRY_PREFIXES", "+44,+49").output();
    let shown = String::from_utf8(output.unwrap().stdout).unwrap();
    for (name, value) in [
        ("mode", "ticket: your backend names the number"),
        ("store", "memory: run one instance"),
        ("keys", "1 for sealing, 1 for receipts"),
        ("country_prefixes", "+44, +49"),
        ("trusted_proxies", "none"),
        ("limits.sends_per_number", "3/10m, 5/1h"),
        ("policies.default", "6 digits, 3 tries, for 600 s, by sms, call, 30 s until a resend"),
    ] {
        let line = shown.lines().find(|line| line.split(' ').next() == Some(name));
        assert!(line.is_some_and(|line| line.ends_with(value)), "{name} {value}: {shown}");
    }
    for (_, secret) in KEYS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn what_is_hardly_meant_is_warned_of_and_said_beside_the_rest() {
    let mut beyond = program();
    beyond.args(["check-config", "--private-listen", "0.0.0.0:8081"]);
    // Whatever is logged.
    let Output { status, stdout, stderr } = beyond.env("MFA_LOG", "off").output().unwrap();
    assert!(status.success() && String::from_utf8(stdout).unwrap().contains("are usable"));
    let said = String::from_utf8(stderr).unwrap();
    assert!(said.starts_with("warning: private_listen: 0.0.0.0:8081 is beyond"), "{said}");
}

#[test]
fn what_is_wrong_is_said_with_the_name_of_the_setting_and_no_secret() {
    for (name, _) in KEYS {
        let said = refused(program().env_remove(name));
        assert!(said.contains(name) && said.contains("is missing"), "{said}");
    }
    let said = refused(program().env("MFA_UPSTREAM_URL", "http://example.com"));
    assert!(said.contains("upstream.base_url: must be https"), "{said}");
    let said = refused(program().env("MFA_MODE", "visitor"));
    assert!(said.contains("country_prefixes"), "{said}");
    for (code, problem) in [
        ("GB,UK", "countries: UK is not a country"),
        ("GB,+15557788999", "countries: each is a country's two letters"),
        // A list that something has emptied would let every country through.
        ("", "countries: MFA_COUNTRIES is empty"),
    ] {
        let said = refused(program().env("MFA_COUNTRIES", code));
        assert!(said.contains(problem) && !said.contains("5557788999"), "{code:?}: {said}");
    }
    let said = refused(program().env("MFA_SEALING_KEYS", "PTsecret"));
    assert!(said.contains("keys.sealing") && !said.contains("PTsecret"), "{said}");
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let said = refused(program().env("MFA_RECEIPT_KEYS", zero));
    assert!(said.contains("keys.receipt: a key is not random") && !said.contains(zero), "{said}");
    let said = refused(program().env("MFA_API_KEY", KEYS[2].1));
    assert!(said.contains("api_key: must not be") && !said.contains(KEYS[2].1), "{said}");
    let said = refused(program().args(["--listen", "127.0.0.1:8081"]));
    assert!(said.contains("private_listen: must not be"), "{said}");
    let said = refused(program().arg("--config").arg("/nowhere/proxy.toml"));
    assert!(said.contains("/nowhere/proxy.toml"), "{said}");
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let file = std::env::temp_dir().join(format!("mfa-proxy-{}.toml", std::process::id()));
    std::fs::write(&file, "listen = '127.0.0.1:1001'\nprivate_listen = '127.0.0.1:1002'\n")
        .unwrap();
    let said = |command: &mut Command| {
        let output = command.env("MFA_CONFIG", &file).arg("check-config").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said(&mut program()).contains(":1001, private 127.0.0.1:1002"));
    assert!(said(program().env("MFA_LISTEN", "127.0.0.1:2001")).contains(":2001"));
    let mut both = program();
    both.env("MFA_LISTEN", "127.0.0.1:2001").args(["--listen", "127.0.0.1:3001"]);
    assert!(said(&mut both).contains(":3001"));
    std::fs::remove_file(file).unwrap();
}

#[test]
fn visitor_mode_takes_a_list_of_countries_by_flag_or_variable() {
    let usable = |command: &mut Command| {
        command.args(["check-config", "--mode", "visitor"]).output().unwrap().status.success()
    };
    assert!(!usable(&mut program()));
    assert!(usable(program().args(["--countries", "us, gb"])));
    assert!(usable(program().env("MFA_COUNTRIES", "US,GB")));
}

#[test]
fn to_trust_every_address_is_warned_of() {
    let file = std::env::temp_dir().join(format!("mfa-proxy-trust-{}.toml", std::process::id()));
    for (network, warned) in [("0.0.0.0/0", true), ("::/0", true), ("10.0.0.0/8", false)] {
        std::fs::write(&file, format!("trusted_proxies = ['{network}']")).unwrap();
        let output = program().env("MFA_CONFIG", &file).arg("check-config").output().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains("trusted_proxies"), warned, "{network}: {said}");
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_generated_key_is_a_key() {
    let output = program().arg("generate-key").output().unwrap();
    let key = String::from_utf8(output.stdout).unwrap();
    assert!(mfa_proxy::SecretKey::parse(&key).is_ok());
}

/// The program on ports of its own.
struct Running {
    child: Child,
    public: String,
    private: String,
}

impl Running {
    fn start(program: &mut Command) -> Self {
        let ports = ["--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0"];
        let mut child = program.args(ports).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |face: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(face).unwrap().to_owned()
        };
        let (public, private) = (address("public http://"), address("private http://"));
        Self { child, public, private }
    }

    fn is_told_to_stop(&self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
    }

    fn stops(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request whose answer is read to the end of the connection.
fn asked(address: &str, method: &str, path: &str, body: &str) -> TcpStream {
    asked_with(address, method, path, "x-none: 0", body)
}

fn asked_with(address: &str, method: &str, path: &str, header: &str, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(LONG)).unwrap();
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n");
    let kind = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
    connection.write_all(format!("{head}{kind}\r\n{body}").as_bytes()).unwrap();
    connection
}

fn answer(mut connection: TcpStream) -> String {
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

/// Fails if it does not come about. What it waits for is another process.
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "never: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn it_says_where_it_listens_answers_there_and_stops_when_told() {
    let running = Running::start(program().stderr(Stdio::null()));
    for (address, status) in [(&running.public, "403"), (&running.private, "404")] {
        let answer = answer(asked(address, "POST", "/sms", "{}"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    let metrics = || answer(asked(&running.private, "GET", "/metrics", ""));
    assert!(metrics().contains("mfa_connections_opened_total{face=\"public\"} 1\n"));
    soon("only the one that asks is open", || {
        let metrics = metrics();
        let open = |face, count| format!("mfa_connections{{face=\"{face}\"}} {count}\n");
        metrics.contains(&open("public", 0)) && metrics.contains(&open("private", 1))
    });
    running.is_told_to_stop();
    running.stops();
}

#[cfg(target_os = "linux")]
#[test]
fn its_memory_is_of_small_pages() {
    let running = Running::start(program().stderr(Stdio::null()));
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    assert!(status.contains("THP_enabled:\t0\n"), "{status}");
}

#[test]
fn a_request_in_flight_is_answered_when_it_is_told_to_stop_and_no_other_is_taken() {
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", upstream.local_addr().unwrap());
    let mut visitors = program();
    visitors.env("MFA_UPSTREAM_URL", base_url).env("MFA_MODE", "visitor");
    let running = Running::start(visitors.env("MFA_COUNTRY_PREFIXES", "+1").stderr(Stdio::null()));

    let visitor = asked(&running.public, "POST", "/sms", "{\"to\":\"+15557788999\"}");
    // SignalWire has all of it, and takes its time.
    let (mut call, _) = upstream.accept().unwrap();
    let mut asked_for = Vec::new();
    while !asked_for.ends_with(b"}") {
        let mut some = [0; 4_096];
        let read = call.read(&mut some).unwrap();
        assert!(read > 0, "it hung up");
        asked_for.extend_from_slice(&some[..read]);
    }
    running.is_told_to_stop();
    soon("new visitors are refused", || TcpStream::connect(&running.public).is_err());
    // The balancer and the backend are still heard.
    let ready = answer(asked(&running.private, "GET", "/readyz", ""));
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains("unavailable"), "{ready}");
    assert!(answer(asked(&running.private, "GET", "/healthz", "")).contains("ok"));

    let sent = "{\"id\":\"0f2c1f6e-8c0e-4d1c-9d8e-5b1f0c7a9e33\",\"success\":true}";
    let length = sent.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n");
    call.write_all(format!("{head}\r\n{sent}").as_bytes()).unwrap();
    let sent = answer(visitor);
    assert!(sent.starts_with("HTTP/1.1 200 ") && sent.contains("\"success\":true"), "{sent}");
    running.stops();
}

#[test]
fn a_balancer_is_given_time_to_send_visitors_elsewhere() {
    let file = std::env::temp_dir().join(format!("mfa-proxy-stop-{}.toml", std::process::id()));
    std::fs::write(&file, "stop_delay_ms = 300000").unwrap();
    let running = Running::start(program().env("MFA_CONFIG", &file).stderr(Stdio::null()));
    std::fs::remove_file(file).unwrap();
    let ready = || answer(asked(&running.private, "GET", "/readyz", ""));
    assert!(ready().starts_with("HTTP/1.1 200 "));
    running.is_told_to_stop();
    soon("it is not ready", || ready().starts_with("HTTP/1.1 503 "));
    let late = answer(asked(&running.public, "GET", "/.well-known/jwks.json", ""));
    assert!(late.starts_with("HTTP/1.1 200 "), "{late}");
    // Told twice, it does not wait.
    running.is_told_to_stop();
    running.stops();
}

#[test]
fn a_collector_gets_an_object_a_line_and_no_probes() {
    let mut program = program();
    let running = Running::start(program.env("MFA_LOG_FORMAT", "json").stderr(Stdio::piped()));
    answer(asked(&running.private, "GET", "/healthz", ""));
    let refused = answer(asked(&running.public, "POST", "/sms", "{}"));
    let id = refused.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
    running.is_told_to_stop();
    let running_at = (running.public.clone(), running.private.clone());
    let mut running = running;
    let mut log = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    running.stops();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let started = lines.iter().find(|line| line["message"] == "started").unwrap();
    for (name, value) in [
        ("version", env!("CARGO_PKG_VERSION")),
        ("store", "memory"),
        ("public", &running_at.0),
        ("private", &running_at.1),
    ] {
        assert_eq!(started[name], value, "{started}");
    }
    let answered: Vec<_> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 1, "{log}");
    let line = answered[0];
    let span = json!({ "name": "request", "id": id, "route": "/sms" });
    assert_eq!((&line["span"], &line["status"]), (&span, &json!(403)), "{line}");
    assert!(line["ms"].is_u64(), "{line}");
    assert_eq!((&line["code"], &line["level"]), (&json!("ticket_invalid"), &json!("INFO")));
}

#[test]
fn the_sample_of_the_settings_can_be_used_once_it_says_whose_account_it_is() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/deploy/mfa-proxy.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mfa-proxy"));
    command.env_clear().envs(KEYS).args(["--config", sample]);
    assert!(refused(&mut command).contains("upstream.project_id: is that of the sample"));
    command.env("MFA_PROJECT_ID", "4f0c2d8e-3b1a-4c5d-9e6f-7a8b9c0d1e2f");
    let said = command.output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("upstream.base_url: is that of the sample"), "{said}");
    command.env("MFA_UPSTREAM_URL", "https://example.signalwire.com");
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_reverse_proxy_that_was_forgotten_is_told_of_once() {
    for (trusted, header, told) in [
        ("10.0.0.1", "X-Forwarded-For: 198.51.100.7", "is not in trusted_proxies"),
        ("127.0.0.1", "Forwarded: for=198.51.100.7", "only in the header that is not read"),
        ("127.0.0.1", "X-Forwarded-For: 198.51.100.7", ""),
    ] {
        let mut program = program();
        program.env("MFA_TRUSTED_PROXIES", trusted).stderr(Stdio::piped());
        let mut running = Running::start(&mut program);
        for _ in 0..3 {
            answer(asked_with(&running.public, "POST", "/sms", header, "{}"));
        }
        running.is_told_to_stop();
        let mut log = String::new();
        running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        running.stops();
        let warned: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
        assert_eq!(warned.len(), usize::from(!told.is_empty()), "{log}");
        assert!(warned.iter().all(|line| line.contains(told)), "{log}");
    }
}

#[test]
fn a_remote_upstream_is_called_through_the_proxy_that_the_environment_names() {
    let outward = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut visitors = program();
    visitors.env("MFA_UPSTREAM_URL", "https://example.invalid").env("MFA_MODE", "visitor");
    visitors.env("HTTPS_PROXY", format!("http://{}", outward.local_addr().unwrap()));
    let running = Running::start(visitors.env("MFA_COUNTRY_PREFIXES", "+1").stderr(Stdio::null()));
    let visitor = asked(&running.public, "POST", "/sms", "{\"to\":\"+15557788999\"}");
    outward.set_nonblocking(true).unwrap();
    let mut call = None;
    soon("it is called", || {
        call = outward.accept().ok();
        call.is_some()
    });
    let (call, _) = call.unwrap();
    call.set_nonblocking(false).unwrap();
    let mut first = String::new();
    BufReader::new(call).read_line(&mut first).unwrap();
    assert_eq!(first, "CONNECT example.invalid:443 HTTP/1.1\r\n");
    assert!(answer(visitor).contains("unavailable"));
}
