//! The element's attributes, read as the core's settings.

use mfa_core::flow::{Channels, Settings, VerifyMode};
use mfa_core::{Channel, UncheckedConfig};

use crate::bindings::{Host, number};

/// What the page says now. A value that is no number stays one that no range allows, so that
/// the core reports it by its name.
pub(crate) fn settings(host: &Host) -> Settings {
    Settings {
        config: UncheckedConfig {
            token_length: whole_number(host, "token-length"),
            allow_alphas: host.has_attribute("allow-alphas").then_some(true),
            max_attempts: whole_number(host, "max-attempts"),
            valid_for: whole_number(host, "valid-for"),
        },
        channels: channels(host),
        verify: match text(host, "verify").as_deref() {
            Some("submit") => VerifyMode::Submit,
            Some("form") => VerifyMode::Form,
            _ => VerifyMode::Complete,
        },
        masked: host.has_attribute("mask"),
    }
}

/// An attribute's value; a blank one counts as absent.
pub(crate) fn text(host: &Host, name: &str) -> Option<String> {
    host.attribute(name).filter(|value| !value.bytes().all(|byte| byte.is_ascii_whitespace()))
}

fn whole_number(host: &Host, name: &str) -> Option<i64> {
    let value = number(&text(host, name)?);
    if value.fract() != 0.0 {
        // 4.5 and NaN alike: no field of the config has this value in its range.
        return Some(i64::MIN);
    }
    #[allow(clippy::cast_possible_truncation, reason = "saturates, and no range goes so far")]
    Some(value as i64)
}

/// `channels="sms call"`, with `channel` first if it is given.
fn channels(host: &Host) -> Channels {
    let offered = text(host, "channels");
    let mut list: Vec<Channel> = offered
        .iter()
        .flat_map(|names| names.split_ascii_whitespace())
        .filter_map(|name| Channel::parse(name).ok())
        .collect();
    if list.is_empty() {
        list = vec![Channel::Sms, Channel::Call];
    }
    if let Some(first) = text(host, "channel").and_then(|name| Channel::parse(&name).ok()) {
        list.insert(0, first);
    }
    Channels::of(&list).unwrap_or_default()
}
