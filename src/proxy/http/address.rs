//! Which client it is that asks: the peer, or whom a trusted reverse proxy names.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::header::FORWARDED;
use axum::http::request::Parts;
use ipnet::IpNet;
use mfa_core::wire::ProblemCode;

use crate::decide::answer::Refusal;
use crate::http::forgotten;
use crate::settings::{ForwardedHeader, Settings};

pub(super) const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that the limits count under.
pub(crate) fn of(head: &Parts, settings: &Settings) -> Result<IpAddr, Refusal> {
    let Some(ConnectInfo(peer)) = head.extensions.get::<ConnectInfo<SocketAddr>>() else {
        tracing::error!(
            "the router does not know who is asking: serve it with \
             into_make_service_with_connect_info::<SocketAddr>()"
        );
        return Err(Refusal::new(ProblemCode::Unavailable, "Try again later.").after(60));
    };
    forgotten::look(peer.ip(), &head.headers, settings);
    let hops = hops(&head.headers, settings.forwarded_header);
    Ok(client(peer.ip(), &hops, &settings.trusted_proxies))
}

/// The nearest address that is not a trusted proxy. What stands left of it anyone can have
/// written.
fn client(peer: IpAddr, hops: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    for hop in hops {
        if !is_trusted(client, trusted) {
            break;
        }
        let Some(address) = hop else { break };
        client = *address;
    }
    client
}

/// Whom the header names, the nearest first; nothing for what is no address. Only the one header
/// is read: the other is what a visitor wrote, if the reverse proxy passes it on.
///
/// It is read from its end, where the reverse proxy wrote: what a visitor wrote before that, a
/// quote without its other half for example, changes nothing there.
fn hops(headers: &HeaderMap, header: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedHeader::Forwarded => FORWARDED.as_str(),
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
    };
    let mut hops = Vec::new();
    for value in headers.get_all(name).iter().rev() {
        // The visitor may have begun it with what is no text, which is no address then.
        let list = String::from_utf8_lossy(value.as_bytes());
        match header {
            ForwardedHeader::Forwarded => {
                hops.extend(rsplit(&list, ',').map(|element| hop_address(node(element)?)));
            }
            ForwardedHeader::XForwardedFor => {
                hops.extend(list.rsplit(',').map(|hop| hop_address(hop.trim())));
            }
        }
    }
    hops
}

/// The `for` of an element of `Forwarded` (RFC 7239 §4), if the element is one: no address needs
/// an escape.
fn node(element: &str) -> Option<&str> {
    if element.contains('\\') || element.matches('"').count() % 2 == 1 {
        return None;
    }
    rsplit(element, ';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// The parts between separators that are not in quotes, the last one first.
fn rsplit(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.rsplit(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
    .map(str::trim)
}

/// Whether this is one of the site's own reverse proxies.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_matches(['[', ']']);
    bare.parse().ok().or_else(|| hop.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn named(header: ForwardedHeader, peer: &str, lists: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        let name = match header {
            ForwardedHeader::Forwarded => "forwarded",
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
        };
        for list in lists {
            headers.append(name, list.parse().unwrap());
        }
        client(peer.parse().unwrap(), &hops(&headers, header), &trusted).to_string()
    }

    fn asked(peer: &str, lists: &[&str], trusted: &[&str]) -> String {
        named(ForwardedHeader::XForwardedFor, peer, lists, trusted)
    }

    #[test]
    fn forwarded_is_read_where_the_settings_say_so_and_the_other_is_not() {
        let trusted = ["10.0.0.0/8"];
        for (list, client) in [
            ("for=198.51.100.7", "198.51.100.7"),
            ("For=\"198.51.100.7:4711\";proto=https;by=10.0.0.1", "198.51.100.7"),
            (
                "for=1.1.1.1, for=198.51.100.7;host=\"a,b;for=2.2.2.2\", for=10.0.0.2",
                "198.51.100.7",
            ),
            ("proto=https;for=\"[2001:db8::1]:55\"", "2001:db8::1"),
            ("for=1.1.1.1, for=unknown", "10.0.0.1"),
            ("for=1.1.1.1, for=_hidden", "10.0.0.1"),
            ("for=1.1.1.1, proto=http", "10.0.0.1"),
            ("for=\"1.1.1.1", "10.0.0.1"),
            // What a visitor wrote, and what the reverse proxy wrote after it.
            ("for=1.1.1.1;x=\", for=198.51.100.7", "198.51.100.7"),
            ("for=1.1.1.1;x=\", for=\"[2001:db8::1]\"", "2001:db8::1"),
            ("for=1.1.1.1;x=\", for=198.51.100.7;host=\"a\\\"b\"", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let said = named(ForwardedHeader::Forwarded, "10.0.0.1", &[list], &trusted);
            assert_eq!(said, client, "{list}");
            let mut headers = HeaderMap::new();
            headers.append("forwarded", list.parse().unwrap());
            assert!(hops(&headers, ForwardedHeader::XForwardedFor).is_empty());
        }
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
        for (header, name, tag) in [
            (ForwardedHeader::Forwarded, "forwarded", "for="),
            (ForwardedHeader::XForwardedFor, X_FORWARDED_FOR, ""),
        ] {
            for (end, expected) in
                [(format!(", {tag}198.51.100.7"), "198.51.100.7"), (String::new(), "10.0.0.1")]
            {
                let mut headers = HeaderMap::new();
                headers.append(name, format!("{tag}1.1.1.1").parse().unwrap());
                let line = [b"\xff\xfe", end.as_bytes()].concat();
                headers.append(name, HeaderValue::from_bytes(&line).unwrap());
                let trusted = ["10.0.0.0/8".parse().unwrap()];
                let named = hops(&headers, header);
                assert_eq!(client([10, 0, 0, 1].into(), &named, &trusted).to_string(), expected);
            }
        }
    }
}
