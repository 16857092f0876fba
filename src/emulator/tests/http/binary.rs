//! The binary, as an operator starts and stops it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mfa-emulator"))
        .args(arguments)
        .env("RUST_LOG", "info")
        .env_remove("MFA_EMULATOR_LISTEN")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = start(arguments).wait_with_output().unwrap();
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}

/// The answer to a request that ends its connection.
fn exchange(base_url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(base_url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn it_prints_its_url_when_it_is_ready_and_stops_when_told_with_a_reader_connected() {
    let mut emulator =
        start(&["--listen", "127.0.0.1:0", "--project-id", "p", "--api-token", "t0ps3cret"]);
    let mut stdout = BufReader::new(emulator.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let base_url = line.trim_end();
    assert!(base_url.starts_with("http://127.0.0.1:") && !base_url.ends_with(":0"), "{line}");

    let answer = exchange(
        base_url,
        "POST /api/relay/rest/mfa/sms HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Basic cDp0MHBzM2NyZXQ=\r\ncontent-length: 21\r\n\r\n\
         {\"to\":\"+15557788999\"}",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    let address = base_url.strip_prefix("http://").unwrap();
    let mut reader = TcpStream::connect(address).unwrap();
    reader.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    reader.write_all(b"GET /_emulator/events HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    reader.read_exact(&mut [0; 12]).unwrap();

    let told = Command::new("kill").args(["-TERM", &emulator.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "one line and no more");
    let output = emulator.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    assert!(log.contains("stopping") && !log.contains("still under way"), "{log}");
    assert!(!log.contains("t0ps3cret") && !log.contains("5557788"), "{log}");
}

/// Until it is dropped.
struct Running(Child, String);

impl Running {
    fn with(arguments: &[&str]) -> Self {
        let mut emulator = start(arguments);
        let mut line = String::new();
        BufReader::new(emulator.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(emulator, line.trim_end().to_owned())
    }

    fn outbox_as(&self, host: &str) -> String {
        exchange(
            &self.1,
            &format!("GET /_emulator/outbox HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
        )
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn it_answers_other_hosts_only_when_that_is_meant() {
    let emulator = Running::with(&["--listen", "127.0.0.1:0"]);
    let answer = emulator.outbox_as("emulator.test");
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert!(emulator.outbox_as("localhost").starts_with("HTTP/1.1 200 OK"));
    let emulator = Running::with(&["--listen", "127.0.0.1:0", "--allow-remote"]);
    let answer = emulator.outbox_as("emulator.test");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[test]
fn it_listens_where_others_can_reach_it_only_when_that_is_meant() {
    let said = refused(&["--listen", "0.0.0.0:0"]);
    assert!(said.contains("--listen 0.0.0.0:0") && said.contains("--allow-remote"), "{said}");
}

#[test]
fn it_says_which_setting_is_wrong() {
    assert!(refused(&["--listen", "localhost"]).contains("--listen"));
    assert!(refused(&["--validation-errors", "neither"]).contains("relay"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(&["--listen", &address]);
    assert!(said.contains(&address) && said.contains("try another port"), "{said}");
}

#[test]
fn its_help_is_enough_to_begin_with() {
    let output = start(&["--help"]).wait_with_output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for needed in
        ["--listen", "MFA_EMULATOR_API_TOKEN", "curl -u", "/_emulator/faults", "/_emulator/outbox"]
    {
        assert!(help.contains(needed), "{needed}:\n{help}");
    }
}
