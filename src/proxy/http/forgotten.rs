//! A reverse proxy that the settings do not know, or that names the client where nobody looks: all
//! visitors count as one address then. Said once in the life of the process, and nothing else is
//! done about it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;

use crate::http::address::{X_FORWARDED_FOR, is_trusted};
use crate::settings::{ForwardedHeader, Settings};

/// What a request makes one think of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suspicion {
    /// A neighbour that is no visitor names one, and is not believed.
    Unlisted,
    /// A trusted proxy names the client only in the header that is not read.
    OtherHeader,
}

/// Looks at a request, and says it if it is the first to be so.
pub(super) fn look(peer: IpAddr, headers: &HeaderMap, settings: &Settings) {
    static UNLISTED: AtomicBool = AtomicBool::new(false);
    static OTHER_HEADER: AtomicBool = AtomicBool::new(false);
    let first = |said: &AtomicBool| !said.swap(true, Ordering::Relaxed);
    match suspicion(peer, headers, settings) {
        Some(Suspicion::Unlisted) if first(&UNLISTED) => tracing::warn!(
            %peer,
            "a reverse proxy that is not in trusted_proxies names its client and is not believed: \
             all its visitors count as one address"
        ),
        Some(Suspicion::OtherHeader) if first(&OTHER_HEADER) => tracing::warn!(
            %peer,
            "a trusted proxy names its client only in the header that is not read; see \
             forwarded_header: all its visitors count as one address"
        ),
        Some(Suspicion::Unlisted | Suspicion::OtherHeader) | None => {}
    }
}

fn suspicion(peer: IpAddr, headers: &HeaderMap, settings: &Settings) -> Option<Suspicion> {
    let (read, other) = match settings.forwarded_header {
        ForwardedHeader::Forwarded => (FORWARDED.as_str(), X_FORWARDED_FOR),
        ForwardedHeader::XForwardedFor => (X_FORWARDED_FOR, FORWARDED.as_str()),
    };
    let (read, other) = (headers.contains_key(read), headers.contains_key(other));
    if is_trusted(peer, &settings.trusted_proxies) {
        (other && !read).then_some(Suspicion::OtherHeader)
    } else {
        ((other || read) && is_near(peer)).then_some(Suspicion::Unlisted)
    }
}

/// Whether it is this machine or one beside it. From anywhere else a visitor may have written
/// the header.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ApiToken;
    use crate::settings::{Keys, Upstream};

    #[test]
    fn a_reverse_proxy_that_was_forgotten_is_suspected_and_a_visitor_is_not() {
        let upstream = Upstream::new("http://127.0.0.1:1", "project", ApiToken::new("PT0"));
        let mut settings = Settings::new(upstream, Keys::generate());
        settings.trusted_proxies = vec!["10.0.0.1/32".parse().unwrap()];
        let (x, forwarded) = (X_FORWARDED_FOR, FORWARDED.as_str());
        let (both, unlisted) = (&[x, forwarded][..], Some(Suspicion::Unlisted));
        let other = Some(Suspicion::OtherHeader);
        for (peer, sent, expected) in [
            ("127.0.0.1", &[x][..], unlisted),
            ("::ffff:192.168.1.9", &[forwarded], unlisted),
            ("fd00::7", both, unlisted),
            ("10.0.0.2", &[x], unlisted),
            ("10.0.0.2", &[], None),
            ("198.51.100.7", both, None),
            ("2001:db8::1", both, None),
            ("10.0.0.1", &[x], None),
            ("10.0.0.1", both, None),
            ("10.0.0.1", &[], None),
            ("10.0.0.1", &[forwarded], other),
        ] {
            let mut headers = HeaderMap::new();
            for &name in sent {
                headers.append(name, "198.51.100.7".parse().unwrap());
            }
            let suspected = suspicion(peer.parse().unwrap(), &headers, &settings);
            assert_eq!(suspected, expected, "{peer} {sent:?}");
        }
        settings.forwarded_header = ForwardedHeader::Forwarded;
        let mut headers = HeaderMap::new();
        headers.append(x, "198.51.100.7".parse().unwrap());
        assert_eq!(suspicion([10, 0, 0, 1].into(), &headers, &settings), other);
    }
}
