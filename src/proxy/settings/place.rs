//! Where the Redis of a URL is, in what may be shown: its host, port and database, and never its
//! user or password.

use std::fmt;
use std::net::IpAddr;

use url::Url;

use crate::secret::StoreUrl;
use crate::settings::SettingError;

/// What a URL without a port means.
const PORT: u16 = 6379;

/// Where a Redis is, and how it is reached.
#[derive(Debug)]
pub(super) struct Place {
    host: String,
    port: u16,
    database: String,
    /// Whether its password goes over a network for all to read.
    pub(super) is_bare: bool,
}

impl Place {
    /// Nothing for what is no URL with a host: a socket of this machine, for one.
    pub(super) fn of(url: &StoreUrl) -> Option<Self> {
        let url = Url::parse(url.expose()).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?.to_owned();
        let address = host.trim_matches(['[', ']']).parse();
        let is_here = host == "localhost" || address.is_ok_and(|it: IpAddr| it.is_loopback());
        let database = url.path().trim_matches('/');
        let database = if database.is_empty() { "0" } else { database }.to_owned();
        let is_bare = url.scheme() == "redis" && url.password().is_some() && !is_here;
        Some(Self { host, port: url.port().unwrap_or(PORT), database, is_bare })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, database, .. } = self;
        write!(f, "{host}:{port}/{database}")
    }
}

/// Refuses what would have the certificate of the Redis not looked at.
pub(super) fn check(url: &StoreUrl) -> Result<(), SettingError> {
    if url.expose().contains('#') {
        let problem = "must not have a `#`: the certificate of a rediss:// is always checked, and \
                       a `#` of a password is written %23";
        return Err(SettingError::new("store", problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redis_is_shown_without_its_user_and_password() {
        for (url, shown) in [
            ("redis://127.0.0.1", "127.0.0.1:6379/0"),
            ("redis://r.example:7000/3", "r.example:7000/3"),
            ("rediss://ada:hunter2@r.example/2", "r.example:6379/2"),
            ("redis://:hunter2@[2001:db8::1]:7000", "[2001:db8::1]:7000/0"),
        ] {
            assert_eq!(Place::of(&StoreUrl::new(url)).unwrap().to_string(), shown);
        }
        assert!(Place::of(&StoreUrl::new("redis+unix:///run/r.sock?pass=hunter2")).is_none());
    }

    #[test]
    fn a_password_is_bare_beyond_this_machine_and_without_tls() {
        for (url, bare) in [
            ("redis://:hunter2@r.example", true),
            ("redis://ada:hunter2@10.0.0.7", true),
            ("redis://r.example", false),
            ("rediss://:hunter2@r.example", false),
            ("redis://:hunter2@127.0.0.1", false),
            ("redis://:hunter2@[::1]:7000", false),
            ("redis://:hunter2@localhost", false),
        ] {
            assert_eq!(Place::of(&StoreUrl::new(url)).unwrap().is_bare, bare, "{url}");
        }
    }

    #[test]
    fn a_certificate_that_is_not_looked_at_cannot_be_asked_for() {
        let error = check(&StoreUrl::new("rediss://:hunter2@r/#insecure")).unwrap_err().to_string();
        assert!(error.starts_with("store: must not") && !error.contains("hunter2"), "{error}");
        assert_eq!(check(&StoreUrl::new("rediss://:hunter%232@r/0")), Ok(()));
    }
}
