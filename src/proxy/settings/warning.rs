//! What can be used as it stands, and is hardly meant. Nothing is refused here.

use std::fmt;

use crate::settings::file::Standalone;
use crate::settings::{Settings, network};

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
