//! What the program says to whoever set it up, before anything is started: what is wrong, what is
//! hardly meant, and nothing of a secret.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use uuid::Uuid;

/// A program with all that it needs.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mfa-proxy"));
    command.env_clear().env("MFA_UPSTREAM_URL", "http://127.0.0.1:1").env("MFA_PROJECT_ID", "p");
    command.env("MFA_API_KEY", "0123456789abcdef0123456789abcdef").env("MFA_API_TOKEN", "PTsecret");
    command.env("MFA_SEALING_KEYS", "JX2BiNOYF1sgK15Mw+KZV6ZtuzWMl9lY3g+15Zi29nU=");
    command.env("MFA_RECEIPT_KEYS", "bzKGCRDKD7KiDH/aFDZmsJ2/jbUjgZXJClhvtUL/DK0=");
    command
}

/// What is said of settings that can be used: the summary, and the warnings.
fn usable(command: &mut Command) -> (String, String) {
    let Output { status, stdout, stderr } = command.arg("check-config").output().unwrap();
    let (shown, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(status.success(), "{said}");
    (shown, said)
}

/// What is said of settings that cannot be used.
fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.arg("check-config").output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!status.success(), "{said}");
    said
}

/// A file with this text, for as long as the test takes.
struct Written(PathBuf);

impl Written {
    fn new(text: &str) -> Self {
        let file = std::env::temp_dir().join(format!("mfa-proxy-{}.toml", Uuid::new_v4()));
        fs::write(&file, text).unwrap();
        Self(file)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // The system clears it away some day.
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_mistake_in_the_file_is_said_with_file_and_line_and_nothing_that_stands_there() {
    for (text, line) in [
        ("[upstream]\napi_token = \"PT-very-secret\"", 2),
        ("api_key = PT-very-secret", 1),
        ("\nstore = redis://:PT-very-secret@r:6379/0", 2),
    ] {
        let file = Written::new(text);
        let said = refused(program().env("MFA_CONFIG", &file.0));
        let place = format!("config: {}, line {line}: ", file.0.display());
        assert!(said.contains(&place) && !said.contains("very-secret"), "{said}");
    }
}

#[test]
fn the_reverse_proxies_are_named_by_flag_variable_or_file() {
    let file = Written::new("trusted_proxies = ['10.0.0.1', 'fd00::/8']");
    let mut of_file = program();
    let mut of_variable = program();
    let mut of_flag = program();
    of_file.env("MFA_CONFIG", &file.0);
    of_variable.env("MFA_CONFIG", &file.0).env("MFA_TRUSTED_PROXIES", "127.0.0.1, ::1");
    of_flag.env("MFA_TRUSTED_PROXIES", "127.0.0.1").args(["--trusted-proxies", "10.0.0.0/8"]);
    for (command, networks) in [
        (&mut of_file, "10.0.0.1/32, fd00::/8"),
        (&mut of_variable, "127.0.0.1/32, ::1/128"),
        (&mut of_flag, "10.0.0.0/8"),
    ] {
        let (shown, said) = usable(command);
        let line = shown.lines().find(|line| line.starts_with("trusted_proxies ")).unwrap();
        assert!(line.ends_with(&format!("  {networks}")) && said.is_empty(), "{line} {said}");
    }
    let said = refused(program().env("MFA_TRUSTED_PROXIES", "127.0.0.1,nginx"));
    assert!(said.contains("trusted_proxies: entry 2 is no address and no network"), "{said}");
}

#[test]
fn a_list_that_something_has_emptied_is_refused_by_the_name_of_its_variable() {
    for variable in
        ["MFA_COUNTRIES", "MFA_COUNTRY_PREFIXES", "MFA_ALLOWED_ORIGINS", "MFA_TRUSTED_PROXIES"]
    {
        let said = refused(program().env(variable, " "));
        assert!(said.contains(&format!("{variable} is empty")), "{said}");
    }
}

#[test]
fn a_level_of_the_log_that_there_is_not_is_refused_and_does_not_silence_everything() {
    for level in ["warning", "everything", "mfa_proxy=loud"] {
        for command in [&["check-config"][..], &[]] {
            let mut program = program();
            let Output { status, stdout, stderr } =
                program.env("MFA_LOG", level).args(command).output().unwrap();
            let said = String::from_utf8(stderr).unwrap();
            assert!(!status.success() && stdout.is_empty(), "{level} {said}");
            assert!(said.contains("MFA_LOG: ") && said.contains("warn, info, debug"), "{said}");
        }
    }
}

#[test]
fn a_variable_that_nothing_reads_is_warned_of_without_its_value() {
    let mut mistyped = program();
    mistyped.env("MFA_COUNTRY", "GB-hunter2").env("MFA_API_TOKENS", "PT-hunter2");
    let (_, said) = usable(&mut mistyped);
    for name in ["MFA_COUNTRY", "MFA_API_TOKENS"] {
        let warning = format!("warning: {name}: nothing reads this variable");
        assert!(said.contains(&warning) && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn the_store_is_shown_with_its_place_and_without_its_password() {
    for (url, place, warned) in [
        ("redis://ada:hunter2@10.0.0.7:7000/3", "10.0.0.7:7000/3", true),
        ("rediss://ada:hunter2@r.example", "r.example:6379/0", false),
        ("redis://:hunter2@127.0.0.1", "127.0.0.1:6379/0", false),
    ] {
        let (shown, said) = usable(program().env("MFA_STORE", url));
        assert!(shown.contains(&format!("Redis at {place}: run as many")), "{shown}");
        assert_eq!(said.contains("warning: store: its password goes"), warned, "{said}");
        assert!(!(shown + &said).contains("hunter2"));
    }
}

#[test]
fn what_can_hardly_be_meant_in_the_file_is_warned_of_or_refused() {
    for (text, warned) in [
        ("limits.sends_in_all = []", "limits.sends_in_all: is off"),
        ("limits.sends_per_number = []\nlimits.sends_per_subject = []", "limits.sends_per_number:"),
        ("upstream.timeout_ms = 10", "upstream.timeout_ms: is under a second"),
        ("idle_timeout_ms = 10", "idle_timeout_ms: is under a second"),
        ("policies.default = { resend_after = 601 }", "policies.default.resend_after: is longer"),
        ("policies.Default = {}", "policies.Default: is not the policy `default`"),
        ("trusted_proxies = ['0.0.0.0/1', '128.0.0.0/1']", "trusted_proxies: covers all"),
    ] {
        let file = Written::new(text);
        let (_, said) = usable(program().env("MFA_CONFIG", &file.0));
        assert!(said.starts_with(&format!("warning: {warned}")), "{text}: {said}");
        assert_eq!(said.lines().count(), 1, "{text}: {said}");
    }
    for (text, problem) in [
        (
            "upstream = { timeout_ms = 2000, connect_timeout_ms = 3000 }",
            "upstream.connect_timeout_ms: must not be more than timeout_ms",
        ),
        ("stop_delay_ms = 300001", "stop_delay_ms: must be from 0 to 300000"),
        ("listen = 'localhost:8080'", "listen: must be an IP address and a port"),
        ("country_prefixes = ['+44', '49']", "country_prefixes: each is `+` and 1 to 7 digits"),
        ("mode = 'visitor'", "countries: visitor mode calls"),
        ("allowed_origins = ['https://A.example']", "allowed_origins: a browser writes it"),
    ] {
        let file = Written::new(text);
        let said = refused(program().env("MFA_CONFIG", &file.0));
        assert!(said.starts_with(&format!("mfa-proxy: {problem}")), "{text}: {said}");
    }
    let said = refused(program().env("MFA_STORE", "rediss://:hunter2@r.example/#insecure"));
    assert!(said.contains("store: must not have") && !said.contains("hunter2"), "{said}");
    let said = refused(program().args(["--listen", "localhost:8080"]));
    assert!(said.contains("listen: must be an IP address and a port"), "{said}");
    usable(program().env("MFA_COUNTRY_PREFIXES", "+44, +49"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut check = program();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let Output { status, stderr, .. } = check.arg("check-config").stdout(writer).output().unwrap();
    assert!(status.success() && stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
}

#[test]
fn a_variable_that_names_no_file_is_named() {
    let mut nameless = program();
    nameless.env_remove("MFA_API_KEY").env("MFA_API_KEY_FILE", "");
    let said = refused(&mut nameless);
    assert!(said.contains("api_key: MFA_API_KEY_FILE is empty"), "{said}");
    // An empty value is none, and what the variable holds goes before what it names.
    let said = refused(program().env("MFA_API_KEY", ""));
    assert!(said.contains("api_key: is missing"), "{said}");
    usable(program().env("MFA_API_KEY_FILE", "/nowhere"));
}
