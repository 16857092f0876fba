//! Where the two faces listen: IP addresses with ports, neither in the other's way.

use std::net::SocketAddr;

use crate::settings::SettingError;

/// The listeners of the public and of the private face.
pub(super) fn listeners(
    public: Option<&str>,
    private: Option<&str>,
) -> Result<(SocketAddr, SocketAddr), SettingError> {
    let public = listener("listen", public, 8080)?;
    let private = listener("private_listen", private, 8081)?;
    if overlap(public, private) {
        let problem = "must not be where the public face listens; give it a port of its own";
        return Err(SettingError::new("private_listen", problem));
    }
    Ok((public, private))
}

/// What is written there, or this port of this machine.
fn listener(setting: &str, text: Option<&str>, port: u16) -> Result<SocketAddr, SettingError> {
    let Some(text) = text else { return Ok(SocketAddr::from(([127, 0, 0, 1], port))) };
    text.trim().parse().map_err(|_| {
        let problem = format!(
            "must be an IP address and a port, e.g. 127.0.0.1:{port} or [::1]:{port}, and no name"
        );
        SettingError::new(setting, problem)
    })
}

/// Whether one listener would be in the way of the other. Port 0 is a free one each time.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = |a: SocketAddr, b: SocketAddr| {
        a.ip().is_unspecified() && (a.is_ipv6() || a.is_ipv4() == b.is_ipv4())
    };
    one.port() != 0
        && one.port() == other.port()
        && (one.ip() == other.ip() || everywhere(one, other) || everywhere(other, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_faces_cannot_have_one_address() {
        let resolved = |public, private| listeners(Some(public), Some(private));
        for (public, private) in [
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("0.0.0.0:9000", "127.0.0.1:9000"),
            ("127.0.0.1:8081", "0.0.0.0:8081"),
            ("[::]:9000", "127.0.0.1:9000"),
        ] {
            assert_eq!(resolved(public, private).unwrap_err().setting(), "private_listen");
        }
        for (public, private) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("127.0.0.1:9000", "127.0.0.1:9001"),
            ("127.0.0.1:9000", "127.0.0.2:9000"),
            ("0.0.0.0:9000", "[::1]:9000"),
        ] {
            assert!(resolved(public, private).is_ok(), "{public} {private}");
        }
    }

    #[test]
    fn a_name_is_no_place_to_listen_at() {
        for text in ["localhost:8080", "127.0.0.1", "8080", ""] {
            let error = listeners(Some(text), None).unwrap_err().to_string();
            assert!(error.starts_with("listen: must be an IP address and a port"), "{error}");
        }
    }
}
