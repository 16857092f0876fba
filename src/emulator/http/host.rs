//! The host that a request names.
//!
//! A page elsewhere can let its own name lead to this machine (DNS rebinding). To the browser it is
//! then one site with what answers here, and no check of origins sees a stranger. What gives it
//! away is the `Host` that its requests carry, so that only this machine's own is answered.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{self, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{connection::Connection, control::Complaint};
use crate::emulator::Emulator;

/// Whether a request names this machine itself: a loopback address, `localhost`, or the address it
/// came in at, where [`serve`](crate::serve) tells that. A request without a host names nothing.
pub fn names_this_machine<B>(request: &http::Request<B>) -> bool {
    let local = Connection::of(request).and_then(|connection| connection.local());
    let is_ours = |host: &str| {
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match ip {
            Ok(ip) => ip.is_loopback() || local.is_some_and(|local| local.ip() == ip),
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        }
    };
    let mut hosts = request.headers().get_all(header::HOST).iter().peekable();
    hosts.peek().is_some()
        && hosts.all(|host| {
            let host = host.to_str().ok().filter(|host| !host.contains('@'));
            let host = host.and_then(|host| host.parse::<Authority>().ok());
            host.is_some_and(|host| is_ours(host.host()))
        })
        // A server goes by the target rather than by the header where it has one.
        && request.uri().host().is_none_or(is_ours)
}

/// Answers 421 to a request for another host.
pub(super) async fn check(
    State(emulator): State<Emulator>,
    request: Request,
    next: Next,
) -> Response {
    if emulator.options().allow_remote || names_this_machine(&request) {
        return next.run(request).await;
    }
    let error = "this Host is not answered; use a loopback address such as 127.0.0.1 or localhost, \
                 or allow others with --allow-remote";
    (StatusCode::MISDIRECTED_REQUEST, Complaint::new(error)).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]
mod tests {
    use axum::extract::ConnectInfo;

    use super::*;

    fn request(hosts: &[&str]) -> http::Request<()> {
        hosts
            .iter()
            .fold(http::Request::builder(), |request, host| request.header(header::HOST, *host))
            .body(())
            .unwrap()
    }

    #[test]
    fn every_name_of_the_loopback_is_this_machines_own() {
        for host in [
            "localhost",
            "LocalHost:8790",
            "127.0.0.1",
            "127.0.0.1:8790",
            "127.8.9.10",
            "[::1]",
            "[::1]:8790",
        ] {
            assert!(names_this_machine(&request(&[host])), "{host}");
        }
    }

    #[test]
    fn any_other_name_and_none_are_not() {
        for hosts in [
            &[][..],
            &[""],
            &["evil.example"],
            &["evil.example:8790"],
            &["127.0.0.1.evil.example"],
            &["localhost.evil.example"],
            &["localhost@evil.example"],
            &["evil.example@localhost"],
            &["192.0.2.1"],
            &["0.0.0.0"],
            &["[::]"],
            &["localhost", "evil.example"],
        ] {
            assert!(!names_this_machine(&request(hosts)), "{hosts:?}");
        }
        let mut other_target = request(&["localhost"]);
        *other_target.uri_mut() = "http://evil.example/_emulator/outbox".parse().unwrap();
        assert!(!names_this_machine(&other_target));
    }

    #[test]
    fn the_address_it_came_in_at_is_this_machines_own() {
        let mut request = request(&["192.0.2.1:8790"]);
        let local = "192.0.2.1:8790".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(Connection::new(Some(local))));
        assert!(names_this_machine(&request));
    }
}
