//! The limits on sending: a shell over `limitador`.
//!
//! Which rates apply is the settings' matter, and what they count under is the decisions'. Here
//! it is only counted: all rates that apply at once, or none of them, so that a refused request
//! counts nowhere. Numbers and subjects arrive as digests.
//!
//! Memory is bounded: of more numbers, subjects and addresses than the capacity, `limitador`
//! forgets the least used. The limit in all has one counter, which is never forgotten.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use limitador::RateLimiter;
use limitador::limit::{Context, Expression, Limit, Namespace};

use crate::decide::start::Charge;
use crate::settings::{Limits, Rate, SettingError};

const SENDS: &str = "sends";

/// Counts sends, in memory.
pub(crate) struct Limiter {
    /// `limitador` looks at all counters first and adds to them after; the lock makes that one
    /// step.
    counters: Mutex<RateLimiter>,
    sends: Namespace,
}

/// A send was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    /// The counters failed: nothing is sent that is not counted.
    Broken,
    /// The rate of this name is used up, for so many seconds.
    UsedUp { limit: String, retry_after: u64 },
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Result<Self, SettingError> {
        let counters = RateLimiter::new(limits.capacity as u64);
        for (setting, variable, rates) in [
            ("sends_per_number", Some("number"), &limits.sends_per_number),
            ("sends_per_subject", Some("subject"), &limits.sends_per_subject),
            ("sends_per_address", Some("address"), &limits.sends_per_address),
            ("sends_in_all", None, &limits.sends_in_all),
        ] {
            for rate in rates {
                counters.add_limit(limit(setting, variable, *rate)?);
            }
        }
        Ok(Self { counters: Mutex::new(counters), sends: SENDS.into() })
    }

    /// Counts one send everywhere, or nowhere when a rate is used up.
    pub(crate) fn charge(&self, charge: &Charge) -> Result<(), Limited> {
        let values = HashMap::from([
            ("number".into(), charge.number.as_str().to_owned()),
            ("subject".into(), charge.subject.as_str().to_owned()),
            ("address".into(), network(charge.address)),
        ]);
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let checked = counters
            .check_rate_limited_and_update(&self.sends, &Context::from(values), 1)
            .map_err(|_| Limited::Broken)?;
        if !checked.limited {
            return Ok(());
        }
        let wait = checked
            .counters
            .iter()
            .filter(|counter| counter.remaining() == Some(0))
            .filter_map(limitador::counter::Counter::expires_in)
            .max();
        Err(Limited::UsedUp {
            limit: checked.limit_name.unwrap_or_default(),
            retry_after: wait.map_or(1, |wait| wait.as_secs() + 1),
        })
    }

    /// From now on counting fails: what one more rate counts under cannot be told.
    #[cfg(test)]
    pub(crate) fn fails(&self) {
        let broken = limit("broken", Some("number / 0"), Rate::new(1, 1)).unwrap();
        self.counters.lock().unwrap().add_limit(broken);
    }
}

fn limit(setting: &str, variable: Option<&str>, rate: Rate) -> Result<Limit, SettingError> {
    let name = format!("limits.{setting}");
    let variable = variable
        .map(Expression::parse)
        .transpose()
        .map_err(|error| SettingError::new(name.clone(), error.to_string()))?;
    let (max, seconds) = (u64::from(rate.max), u64::from(rate.seconds));
    let mut limit = Limit::new(SENDS, max, seconds, Vec::new(), variable);
    limit.set_name(name);
    Ok(limit)
}

/// One client: an IPv4 address, or the /64 that one IPv6 client has to itself.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Digest, Digester};
    use crate::secret::SecretKey;

    fn digest(text: &str) -> Digest {
        Digester::new(&SecretKey::from_bytes([1; 32])).digest("x", &[text.as_bytes()])
    }

    fn charge(number: &str, subject: &str, address: &str) -> Charge {
        Charge {
            number: digest(number),
            subject: digest(subject),
            address: address.parse().unwrap(),
        }
    }

    fn off() -> Limits {
        Limits {
            sends_per_number: vec![],
            sends_per_subject: vec![],
            sends_per_address: vec![],
            sends_in_all: vec![],
            ..Limits::default()
        }
    }

    fn name(limited: Result<(), Limited>) -> String {
        match limited.unwrap_err() {
            Limited::UsedUp { limit, retry_after } => {
                assert!(retry_after > 0 && retry_after <= 3_601);
                limit
            }
            Limited::Broken => "broken".into(),
        }
    }

    #[test]
    fn each_limit_counts_what_it_is_named_for() {
        let hourly = || vec![Rate::new(2, 3_600)];
        for (limits, expected) in [
            (Limits { sends_per_number: hourly(), ..off() }, "limits.sends_per_number"),
            (Limits { sends_per_subject: hourly(), ..off() }, "limits.sends_per_subject"),
            (Limits { sends_per_address: hourly(), ..off() }, "limits.sends_per_address"),
            (Limits { sends_in_all: hourly(), ..off() }, "limits.sends_in_all"),
        ] {
            let limiter = Limiter::new(&limits).unwrap();
            let same = charge("n", "s", "192.0.2.1");
            assert_eq!(limiter.charge(&same), Ok(()));
            assert_eq!(limiter.charge(&same), Ok(()));
            assert_eq!(name(limiter.charge(&same)), expected);
            let other = limiter.charge(&charge("m", "t", "192.0.2.2"));
            assert_eq!(other.is_ok(), expected != "limits.sends_in_all", "{expected}");
        }
    }

    #[test]
    fn a_refused_send_is_counted_nowhere() {
        let limits = Limits {
            sends_per_number: vec![Rate::new(1, 3_600)],
            sends_per_address: vec![Rate::new(2, 3_600)],
            ..off()
        };
        let limiter = Limiter::new(&limits).unwrap();
        assert_eq!(limiter.charge(&charge("n", "s", "192.0.2.1")), Ok(()));
        for _ in 0..9 {
            assert!(limiter.charge(&charge("n", "s", "192.0.2.1")).is_err());
        }
        assert_eq!(limiter.charge(&charge("m", "s", "192.0.2.1")), Ok(()));
    }

    #[test]
    fn the_defaults_let_three_through_to_one_number_in_ten_minutes() {
        let limiter = Limiter::new(&Limits::default()).unwrap();
        let sent = (0..9).filter(|_| limiter.charge(&charge("n", "s", "192.0.2.1")).is_ok());
        assert_eq!(sent.count(), 3);
    }

    #[test]
    fn no_more_get_through_at_once_than_one_after_the_other() {
        let limits = Limits { sends_in_all: vec![Rate::new(50, 3_600)], ..off() };
        let limiter = Limiter::new(&limits).unwrap();
        let sent = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        (0..20).filter(|_| limiter.charge(&charge("n", "s", "::1")).is_ok()).count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(sent, 50);
    }

    #[test]
    fn an_ipv6_client_is_its_64() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
