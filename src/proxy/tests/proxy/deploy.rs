//! `examples/deploy` is what an operator copies: it works as it stands, and it is whole.

use std::collections::BTreeSet;

use mfa_proxy::SecretKey;
use mfa_proxy::settings::file::{File, Standalone};

const SAMPLE: &str = include_str!("../../../../examples/deploy/mfa-proxy.toml");
const UNIT: &str = include_str!("../../../../examples/deploy/mfa-proxy.service");
const NGINX: &str = include_str!("../../../../examples/deploy/nginx.conf");
const CADDY: &str = include_str!("../../../../examples/deploy/Caddyfile");
const DOCUMENT: &str = include_str!("../../../../docs/proxy.md");

fn resolved(text: &str) -> Standalone {
    // What an operator must fill in.
    let text = &text.replace("00000000-0000-4000-8000-000000000000", "project");
    let secret = |name: &str| (!name.ends_with("_FILE")).then(|| SecretKey::generate().to_base64());
    File::parse(text).unwrap().resolve(&secret).unwrap()
}

/// The sample with its defaults written out.
fn written_out() -> String {
    let uncommented = SAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase()) => setting,
        _ => line,
    });
    uncommented.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sample_can_be_used_and_says_the_defaults_as_they_are() {
    let (sample, written_out) = (resolved(SAMPLE), resolved(&written_out()));
    assert_eq!(sample.settings.warnings(), []);
    assert_eq!(sample.summary().to_string(), written_out.summary().to_string());
    let addresses = |standalone: &Standalone| (standalone.listen, standalone.private_listen);
    assert_eq!(addresses(&sample), addresses(&written_out));
}

#[test]
fn the_sample_has_every_setting_that_the_document_has() {
    let mut table = String::new();
    let mut sample = BTreeSet::new();
    for line in written_out().lines() {
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end_matches(']');
            table = format!("{}.", name.trim_end_matches(".default"));
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") {
            sample.insert(format!("{table}{key}"));
        }
    }
    let mut document = BTreeSet::new();
    let settings = DOCUMENT.split_once("\n## Settings\n").unwrap().1;
    let settings = settings.split("\n## ").next().unwrap();
    for (head, table) in
        [("| in the file | environment, flag |", ""), ("| key | default |", "policies.")]
    {
        let rows = settings.split_once(head).unwrap().1.lines().skip(2);
        for row in rows.take_while(|row| row.starts_with('|')) {
            let names = row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2);
            document.extend(names.map(|name| format!("{table}{name}")));
        }
    }
    assert!(document.len() > 20);
    assert_eq!(sample, document);
}

#[test]
fn the_unit_sets_only_what_the_program_reads_and_loads_what_it_names() {
    let set = UNIT.lines().filter_map(|line| line.strip_prefix("Environment=")?.split_once('='));
    let mut secrets = 0;
    for (variable, value) in set {
        assert!(DOCUMENT.contains(&format!("`{variable}`")), "{variable}");
        if let Some(file) = value.strip_prefix("%d/") {
            assert!(UNIT.contains(&format!("\nLoadCredential={file}:/etc/mfa-proxy/{file}\n")));
            assert!(UNIT.contains(&format!(" {file}")), "{file} is not explained");
            secrets += 1;
        }
    }
    assert_eq!(secrets, 4);
}

#[test]
fn the_reverse_proxies_keep_idle_connections_for_less_than_the_proxy_does() {
    let idle = resolved(SAMPLE).bounds.idle_timeout.as_secs();
    for (text, before) in [(NGINX, "\n    keepalive_timeout "), (CADDY, "\tkeepalive ")] {
        let kept = text.split_once(before).unwrap().1.split_once('s').unwrap().0;
        assert!(kept.parse::<u64>().unwrap() < idle, "{kept}");
    }
}

#[test]
fn the_unit_waits_for_as_long_as_stopping_takes() {
    let standalone = resolved(SAMPLE);
    let (body, idle) = (standalone.settings.body_timeout, standalone.bounds.idle_timeout);
    let public = body + standalone.settings.upstream.timeout * 2 + idle;
    let private = body + standalone.settings.store_timeout + idle;
    let waits = UNIT.split_once("\nTimeoutStopSec=").unwrap().1.lines().next().unwrap();
    let waits = std::time::Duration::from_secs(waits.parse().unwrap());
    assert!(waits > public + private + standalone.stop_delay, "{waits:?}");
}

#[test]
fn the_reverse_proxies_let_through_what_the_proxy_refuses_with_a_problem_of_its_own() {
    // 16 KiB is the most it takes.
    for (text, before, after) in
        [(NGINX, "client_max_body_size ", "k;"), (CADDY, "max_size ", "KiB")]
    {
        let most = text.split_once(before).unwrap().1.split_once(after).unwrap().0;
        assert!(most.parse::<u32>().unwrap() > 16, "{most}");
    }
}

#[test]
fn the_document_leads_to_every_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/deploy");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    for file in files {
        let link = format!("(../examples/deploy/{})", file.to_str().unwrap());
        assert!(DOCUMENT.contains(&link), "{link}");
    }
}
