//! Which client it is that asks: the peer, or whom a trusted reverse proxy names.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use ipnet::IpNet;
use mfa_core::wire::ProblemCode;

use crate::decide::answer::Refusal;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that the limits count under.
pub(crate) fn of(head: &Parts, trusted: &[IpNet]) -> Result<IpAddr, Refusal> {
    let Some(ConnectInfo(peer)) = head.extensions.get::<ConnectInfo<SocketAddr>>() else {
        tracing::error!(
            "the router does not know who is asking: serve it with \
             into_make_service_with_connect_info::<SocketAddr>()"
        );
        return Err(Refusal::new(ProblemCode::Unavailable, "Try again later.").after(60));
    };
    let forwarded = head.headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes);
    Ok(client(peer.ip(), forwarded, trusted))
}

/// The nearest address that is not a trusted proxy. What stands left of it anyone can have
/// written.
fn client<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut client = peer;
    // Bytes, because the visitor may have begun a line with what is no text.
    for hop in forwarded.rev().flat_map(|list| list.rsplit(|&byte| byte == b',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(address) = hop_address(hop) else { break };
        client = address;
    }
    client
}

fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let bare = hop.trim_matches(['[', ']']);
    bare.parse().ok().or_else(|| hop.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let forwarded: Vec<_> = forwarded.iter().map(|line| line.as_bytes()).collect();
        asked_in_bytes(peer, &forwarded, trusted)
    }

    fn asked_in_bytes(peer: &str, forwarded: &[&[u8]], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn without_a_trusted_proxy_the_peer_is_the_client() {
        assert_eq!(asked("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_nobody_else_does() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(asked("10.0.0.1", &["198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(
            asked("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.0.0.2"], &trusted),
            "198.51.100.7"
        );
        assert_eq!(asked("10.0.0.1", &["1.1.1.1", "198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(asked("192.0.2.1", &["198.51.100.7"], &trusted), "192.0.2.1");
    }

    #[test]
    fn what_is_no_address_ends_the_chain() {
        assert_eq!(asked("10.0.0.1", &["1.1.1.1, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(asked("10.0.0.1", &["[2001:db8::1]"], &["10.0.0.0/8"]), "2001:db8::1");
        assert_eq!(asked("10.0.0.1", &["198.51.100.7:55"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn what_is_no_text_does_not_hide_whom_the_proxy_added() {
        let lines: [&[u8]; 2] = [b"1.1.1.1", b"\xff\xfe, 198.51.100.7"];
        assert_eq!(asked_in_bytes("10.0.0.1", &lines, &["10.0.0.0/8"]), "198.51.100.7");
        let lines: [&[u8]; 2] = [b"1.1.1.1", b"\xff\xfe"];
        assert_eq!(asked_in_bytes("10.0.0.1", &lines, &["10.0.0.0/8"]), "10.0.0.1");
    }
}
