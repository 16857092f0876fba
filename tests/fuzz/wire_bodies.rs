//! Bytes as the body of every route, and as what the page and the proxy say to each other.
//!
//! `$ticket`, `$id` and `$receipt` stand for real ones, so that what is found goes on behind the
//! first door. A request that comes again with its key gets the same answer.
#![no_main]

use std::sync::LazyLock;

use axum::http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use mfa_core::wire::{
    Failure, Problem, StartAnswer, StartRequest, Summary, VerifyAnswer, VerifyRequest,
};
use mfa_fuzz::{Answer, Face, Sealed, Site};
use serde::Serialize;
use serde::de::DeserializeOwned;

static KEY: HeaderValue = HeaderValue::from_static("8630cc54-f6b2-45dd-b73b-cce28eb668d8");

static SITE: LazyLock<Site> = LazyLock::new(|| Site::open(1));

fuzz_target!(|data: &[u8]| {
    let failure = serde_json::from_slice::<Failure>(data).map(|failure| failure.closed_reason());
    assert!(reads_again::<Problem>(data).is_none() || failure.is_ok(), "a problem is a failure");
    reads_again::<StartAnswer>(data).map(|answer| answer.config().check());
    reads_again::<StartRequest>(data);
    reads_again::<Summary>(data).map(Summary::into_lines);
    reads_again::<VerifyAnswer>(data);
    reads_again::<VerifyRequest>(data);

    let site = &*SITE;
    site.passes_a_day();
    let sealed = site.signs_in("ada");
    let body = filled_in(data, &sealed);
    let verify = format!("/{}/verify", sealed.id);
    let in_order = |answer: Answer| {
        answer.is_in_order();
        for secret in [&sealed.ticket, &sealed.id, &sealed.receipt] {
            answer.does_not_repeat(secret);
        }
        answer
    };
    for path in ["/sms", "/call", &verify] {
        in_order(site.post(Face::Public, path, body.clone()));
        let first = in_order(site.post_as(&KEY, path, body.clone()));
        let again = in_order(site.post_as(&KEY, path, body.clone()));
        assert!(first.status != 200 || again == first, "{again:?} is not {first:?}");
        if let Ok(key) = HeaderValue::from_bytes(data) {
            in_order(site.post_as(&key, path, body.clone()));
        }
    }
    for path in ["/tickets", "/receipts/redeem", "/subjects/unlock"] {
        in_order(site.post(Face::Private, path, body.clone()));
    }
});

/// What can be read can be written, and reads the same then.
fn reads_again<T: DeserializeOwned + PartialEq + Serialize>(data: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(data).ok()?;
    let written = serde_json::to_vec(&value).expect("it can be written");
    let again: T = serde_json::from_slice(&written).expect("it can be read again");
    assert!(value == again, "it reads in another way the second time");
    Some(value)
}

fn filled_in(data: &[u8], sealed: &Sealed) -> Vec<u8> {
    let mut body = Vec::new();
    let mut rest = data;
    let names = [("$ticket", &sealed.ticket), ("$id", &sealed.id), ("$receipt", &sealed.receipt)];
    while let Some((&first, tail)) = rest.split_first() {
        let named = names.iter().find(|(name, _)| rest.starts_with(name.as_bytes()));
        match named {
            Some((name, value)) => {
                body.extend_from_slice(value.as_bytes());
                rest = &rest[name.len()..];
            }
            None => {
                body.push(first);
                rest = tail;
            }
        }
    }
    body
}
