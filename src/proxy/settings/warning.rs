//! What can be used as it stands, and is hardly meant. Nothing is refused here.

use std::fmt;
use std::time::Duration;

use crate::settings::file::Standalone;
use crate::settings::place::Place;
use crate::settings::{DEFAULT_POLICY, Limits, Settings, StoreChoice, network};

/// A time-out that is shorter was probably meant in seconds.
const SHORT: Duration = Duration::from_secs(1);

/// A setting that an operator should look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    setting: String,
    advice: String,
}

impl Warning {
    fn new(setting: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { setting: setting.into(), advice: advice.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.advice)
    }
}

impl Settings {
    /// What should be looked at again. A new [`Proxy`](crate::Proxy) writes them into the log.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let long_lived = self.policies.long_lived().map(|name| {
            Warning::new(
                format!("policies.{name}.valid_for"),
                "is longer than the 600 s of NIST SP 800-63B and OWASP ASVS 6.5.5",
            )
        });
        let mut warnings: Vec<_> = long_lived.collect();
        if network::cover_all(&self.trusted_proxies) {
            warnings.push(Warning::new(
                "trusted_proxies",
                "covers all addresses: every visitor can name the address that the limits count",
            ));
        }
        let plain = |origin: &&String| {
            let host = origin.strip_prefix("http://").map(|host| host.split(':').next());
            host.is_some_and(|host| !matches!(host, Some("localhost" | "127.0.0.1")))
        };
        if let Some(origin) = self.allowed_origins.iter().find(plain) {
            warnings.push(Warning::new(
                "allowed_origins",
                format!("{origin} is not https: whoever is on the way can change that page"),
            ));
        }
        warnings.extend(self.of_limits());
        warnings.extend(self.of_policies());
        if self.upstream.timeout < SHORT {
            warnings.push(Warning::new(
                "upstream.timeout_ms",
                "is under a second: a code may be sent all the same, and be of no use",
            ));
        }
        if let StoreChoice::Redis(url) = &self.store
            && Place::of(url).is_some_and(|place| place.is_bare)
        {
            warnings.push(Warning::new(
                "store",
                "its password goes over the network in the clear; use rediss:// there",
            ));
        }
        if matches!(self.store, StoreChoice::Redis(_)) && self.keys.digest.is_none() {
            warnings.push(Warning::new(
                "keys.digest",
                "is missing: instances count apart while sealing keys are changed; set \
                 MFA_DIGEST_KEY, at first to the value of the last sealing key",
            ));
        }
        warnings
    }

    fn of_limits(&self) -> Vec<Warning> {
        let Limits { sends_in_all, sends_per_number, sends_per_subject, .. } = &self.limits;
        let mut warnings = Vec::new();
        if sends_in_all.is_empty() {
            warnings.push(Warning::new(
                "limits.sends_in_all",
                "is off: nothing bounds what an attack costs",
            ));
        }
        if sends_per_number.is_empty() && sends_per_subject.is_empty() {
            warnings.push(Warning::new(
                "limits.sends_per_number",
                "is off, and sends_per_subject too: one person can be flooded with codes",
            ));
        }
        warnings
    }

    fn of_policies(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for (name, policy) in self.policies.iter() {
            if name != DEFAULT_POLICY && name.eq_ignore_ascii_case(DEFAULT_POLICY) {
                warnings.push(Warning::new(
                    format!("policies.{name}"),
                    "is not the policy `default`, which applies where none is chosen",
                ));
            }
            if policy.resend_after > policy.config.valid_for() {
                warnings.push(Warning::new(
                    format!("policies.{name}.resend_after"),
                    "is longer than valid_for: who lets a code expire has to wait for another",
                ));
            }
        }
        warnings
    }
}

impl Standalone {
    /// What should be looked at again, beside what [`Settings::warnings`] says.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if !self.private_listen.ip().is_loopback() {
            warnings.push(Warning::new(
                "private_listen",
                format!(
                    "{} is beyond this machine: let only your backend reach it",
                    self.private_listen
                ),
            ));
        }
        if self.bounds.idle_timeout < SHORT {
            warnings.push(Warning::new(
                "idle_timeout_ms",
                "is under a second: visitors with a slow connection are cut off",
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ApiToken;
    use crate::settings::{Keys, Policies, UncheckedPolicy, Upstream};

    fn warned(change: impl FnOnce(&mut Settings)) -> Vec<String> {
        let upstream = Upstream::new("http://127.0.0.1:1", "project", ApiToken::new("PT0"));
        let mut settings = Settings::new(upstream, Keys::generate());
        change(&mut settings);
        settings.warnings().iter().map(|warning| warning.setting.clone()).collect()
    }

    #[test]
    fn the_defaults_need_no_second_look() {
        assert!(warned(|_| {}).is_empty());
    }

    #[test]
    fn what_is_hardly_meant_is_named() {
        let long = UncheckedPolicy { valid_for: Some(601), ..UncheckedPolicy::default() };
        let policies = Policies::check([("sign".into(), long)].into()).unwrap();
        assert_eq!(warned(|s| s.policies = policies), ["policies.sign.valid_for"]);
        let policies = |name: &str, resend_after, valid_for| {
            let (resend_after, valid_for) = (Some(resend_after), Some(valid_for));
            let policy = UncheckedPolicy { resend_after, valid_for, ..Default::default() };
            Policies::check([(name.into(), policy)].into()).unwrap()
        };
        assert_eq!(warned(|s| s.policies = policies("Default", 30, 600)), ["policies.Default"]);
        let named = ["policies.default.resend_after"];
        assert_eq!(warned(|s| s.policies = policies("default", 61, 60)), named);
        assert!(warned(|s| s.policies = policies("default", 60, 60)).is_empty());
        assert_eq!(warned(|s| s.limits.sends_in_all.clear()), ["limits.sends_in_all"]);
        assert!(warned(|s| s.limits.sends_per_subject.clear()).is_empty());
        let both = |s: &mut Settings| {
            s.limits.sends_per_number.clear();
            s.limits.sends_per_subject.clear();
        };
        assert_eq!(warned(both), ["limits.sends_per_number"]);
        let short = Duration::from_millis(10);
        assert_eq!(warned(|s| s.upstream.timeout = short), ["upstream.timeout_ms"]);
        let bare = StoreChoice::parse("redis://:hunter2@r.example/0");
        assert_eq!(warned(|s| s.store = bare), ["store", "keys.digest"]);
        let network = |text: &str| vec![text.parse().unwrap()];
        assert_eq!(warned(|s| s.trusted_proxies = network("::/0")), ["trusted_proxies"]);
        let halves = ["0.0.0.0/1", "128.0.0.0/1"].map(|text| text.parse().unwrap());
        assert_eq!(warned(|s| s.trusted_proxies = halves.into()), ["trusted_proxies"]);
        assert!(warned(|s| s.trusted_proxies = network("10.0.0.0/8")).is_empty());
        for (origin, named) in [
            ("http://login.example.com", true),
            ("http://localhost.example.com", true),
            ("https://login.example.com", false),
            ("http://localhost:3000", false),
            ("http://127.0.0.1", false),
        ] {
            assert_eq!(!warned(|s| s.allowed_origins = vec![origin.into()]).is_empty(), named);
        }
    }
}
