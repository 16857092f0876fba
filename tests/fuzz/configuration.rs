//! Bytes as the file of settings, as keys, and as rates: usable, or an error that names what is
//! wrong and no secret.
//!
//! Line by line, up to an empty one: the sealing keys, the receipt keys, the API key, and what is
//! read as a rate. The rest is the file.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use mfa_proxy::settings::file::File;
use mfa_proxy::{Proxy, Rate, SecretKey};

const VARIABLES: [&str; 3] = ["MFA_SEALING_KEYS", "MFA_RECEIPT_KEYS", "MFA_API_KEY"];

/// Good ones, for when the lines end too early.
const SEALING: &str = "1f8c3a5e7b9042d6e1c4a8f30b6d92574e7ac0153d8b6f29a4e0d7731c5f8b66";
const RECEIPT: &str = "93d01b7f5ea84c26f0b35d8e1a6947c2d8f4037be95a1c60b2e87d4f35906ac1";
const API_KEY: &str = "K0123456789abcdef0123456789abcdef";

/// What is too short to be found again in an error that does not repeat it.
const LEAST: usize = 20;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (lines, file) = text.split_once("\n\n").unwrap_or(("", &*text));
    let mut lines = lines.lines();
    let mut secrets: BTreeMap<_, _> =
        VARIABLES.into_iter().zip([SEALING, RECEIPT, API_KEY]).collect();
    for (name, line) in VARIABLES.into_iter().zip(lines.by_ref()) {
        if !line.is_empty() {
            secrets.insert(name, line);
        }
    }
    for line in secrets.values() {
        reads_again_as_a_key(line);
    }
    for line in lines {
        reads_again_as_a_rate(line);
    }

    // Every secret comes from the environment: no path that the bytes name is opened.
    let environment = |name: &str| match name {
        "MFA_API_TOKEN" => Some("PT0123456789abcdef0123456789abcdef".to_owned()),
        name => secrets.get(name).map(|&secret| secret.to_owned()),
    };
    let made = File::parse(file).and_then(|file| file.resolve(&environment)).and_then(|whole| {
        assert!(whole.bounds.connections > 0 && !whole.bounds.idle_timeout.is_zero());
        let shown = format!("{whole:?}");
        Proxy::new(whole.settings).map(|_| shown)
    });
    let said = match made {
        Ok(shown) => shown,
        Err(error) => {
            assert!(!error.setting().is_empty());
            error.to_string()
        }
    };
    for secret in secrets.values().flat_map(|line| line.split_whitespace()) {
        if secret.len() >= LEAST && !file.contains(secret) {
            assert!(!said.contains(secret), "a secret is in {said}");
        }
    }
});

fn reads_again_as_a_key(text: &str) {
    if let Ok(key) = SecretKey::parse(text) {
        assert_eq!(SecretKey::parse(&key.to_base64()), Ok(key));
    }
}

fn reads_again_as_a_rate(text: &str) {
    if let Ok(rate) = text.parse::<Rate>() {
        assert!(rate.max > 0 && rate.seconds > 0);
        assert_eq!(rate.to_string().parse(), Ok(rate));
    }
}
