//! What an operator is told of a Redis that fails: once, in words that say what to look at, a
//! reminder each minute, and once when it is back. Never what it said: that may repeat what it was
//! told.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::clock::UnixTime;
use crate::seldom::Seldom;
use crate::store::Down;

/// Whether it fails, and where it is.
#[derive(Debug)]
pub(super) struct Trouble {
    /// Host and port. Never the user or the password.
    place: String,
    said: Seldom,
}

impl Trouble {
    pub(super) fn new(place: String) -> Self {
        Self { place, said: Seldom::default() }
    }

    /// It did not do what it was asked to.
    pub(super) fn is(&self, error: &RedisError, now: UnixTime) -> Down {
        self.because(cause(error), now)
    }

    /// It holds, or does, what cannot be worked with.
    pub(super) fn because(&self, cause: &str, now: UnixTime) -> Down {
        if self.said.is_due(now) {
            let place = &self.place;
            tracing::error!(place, "THE STORE FAILS, AND NOTHING IS SENT OR VERIFIED: {cause}");
        }
        Down
    }

    /// It did.
    pub(super) fn is_over(&self) {
        if self.said.ends() {
            tracing::warn!(place = self.place, "the store works again");
        }
    }
}

fn cause(error: &RedisError) -> &'static str {
    if error.is_connection_refusal() {
        return "it takes no connections; is it running, and is `store` right?";
    }
    if error.is_timeout() {
        return "it does not answer within store_timeout_ms; is it redis:// or rediss://?";
    }
    match (error.code(), error.kind()) {
        (Some("NOAUTH" | "WRONGPASS"), _) | (_, ErrorKind::AuthenticationFailed) => {
            "it wants another user or password; see MFA_STORE"
        }
        (Some("NOPERM"), _) | (_, ErrorKind::Server(ServerErrorKind::NoPerm)) => {
            "its user may not do what is needed; docs/proxy.md has the rights"
        }
        (Some("READONLY"), _) | (_, ErrorKind::Server(ServerErrorKind::ReadOnly)) => {
            "it is a replica that may only be read"
        }
        (Some("OOM"), _) => "it is full; see its maxmemory",
        (Some("WRONGTYPE"), _) => "a key of ours holds something else; give the proxy its own",
        (Some("LOADING" | "BUSY" | "MASTERDOWN" | "TRYAGAIN"), _) => "it is busy with itself",
        (_, ErrorKind::Io) => "the connection failed, or no TLS came about on it",
        _ => "it refused; does `store` name a database that there is?",
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use redis::Value;

    use super::*;

    /// What a Redis says, as the library reads it.
    fn said(line: &str) -> RedisError {
        let value = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap();
        value.extract_error().map(|_: Value| ()).unwrap_err()
    }

    #[test]
    fn an_operator_is_told_what_to_look_at_and_nothing_that_redis_said() {
        let refused = RedisError::from(io::Error::from(io::ErrorKind::ConnectionRefused));
        let silent = RedisError::from(io::Error::from(io::ErrorKind::TimedOut));
        for (error, look_at) in [
            (refused, "is it running"),
            (silent, "store_timeout_ms"),
            (said("NOAUTH Authentication required. hunter2"), "MFA_STORE"),
            (said("WRONGPASS invalid username-password pair. hunter2"), "MFA_STORE"),
            (said("NOPERM this user has no permissions. hunter2"), "rights"),
            (said("READONLY You can't write against a read only replica. hunter2"), "replica"),
            (said("OOM command not allowed when used memory > 'maxmemory'. hunter2"), "maxmemory"),
            (said("WRONGTYPE Operation against a key. hunter2"), "something else"),
            (said("LOADING Redis is loading the dataset. hunter2"), "busy"),
            (said("ERR DB index is out of range. hunter2"), "database"),
        ] {
            let cause = cause(&error);
            assert!(cause.contains(look_at) && !cause.contains("hunter2"), "{cause}");
        }
    }
}
