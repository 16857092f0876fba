//! What an operator or an embedding site decides, and the checks before anything starts.
//!
//! The settings are values; where they come from (file, environment, flags) is
//! [`mod@file`]'s matter and the binary's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;

use crate::clock::Clock;
use crate::identify::Identify;
use crate::numbers::Country;
use crate::secret::SecretKey;

mod error;
pub mod file;
mod limits;
mod listener;
mod mistake;
mod network;
mod origin;
mod place;
mod policy;
mod segment;
mod source;
mod store;
mod summary;
mod upstream;
mod warning;

pub use error::SettingError;
pub use limits::{LimitName, Limits, Rate, RateError};
pub use policy::{DEFAULT_POLICY, Policies, Policy, UncheckedPolicy};
pub use store::StoreChoice;
pub use upstream::Upstream;
pub use warning::Warning;

/// The proxy's own keys, the newest first.
#[derive(Clone, Debug)]
pub struct Keys {
    /// They seal tickets and ids: the first seals, all open.
    pub sealing: Vec<SecretKey>,
    /// They sign receipts: the first signs, all are published.
    pub receipt: Vec<SecretKey>,
    /// It makes the digests under which numbers and subjects are counted, and stays when the others
    /// are changed. Without it the last sealing key does: taking that away begins all counts anew.
    pub digest: Option<SecretKey>,
}

impl Keys {
    /// New keys. What they sealed and signed is lost with the process.
    #[must_use]
    pub fn generate() -> Self {
        Self {
            sealing: vec![SecretKey::generate()],
            receipt: vec![SecretKey::generate()],
            digest: None,
        }
    }
}

/// Who may be sent a token, and who says to which number.
#[derive(Clone, Default)]
pub enum Mode {
    /// The site's backend, with a ticket. The number never reaches the browser.
    #[default]
    Ticket,
    /// The visitor, in the request. Needs [`Settings::countries`] or
    /// [`Settings::country_prefixes`].
    Visitor,
    /// The site's own function, in the same process.
    Library(Arc<dyn Identify>),
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ticket => "Ticket",
            Self::Visitor => "Visitor",
            Self::Library(_) => "Library",
        })
    }
}

/// The header in which reverse proxies name the client. One of them: a visitor can write the
/// other, and a reverse proxy that does not know it passes it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
}

/// Everything that a [`Proxy`](crate::Proxy) needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whom the proxy calls.
    pub upstream: Upstream,
    /// What it seals and signs with.
    pub keys: Keys,
    /// Who may be called.
    pub mode: Mode,
    /// What interactions are like.
    pub policies: Policies,
    /// How much is too much.
    pub limits: Limits,
    /// Where it is counted.
    pub store: StoreChoice,
    /// How long the store may take for an answer.
    pub store_timeout: Duration,
    /// Only numbers of these countries may be called. Empty: all, also those of no country.
    pub countries: Vec<Country>,
    /// Only numbers that begin with one of these may be called, e.g. `+44`. Empty: all. A number
    /// must also be of one of [`Settings::countries`].
    pub country_prefixes: Vec<String>,
    /// Other origins whose pages may call the public routes, e.g. `https://login.example.com`.
    pub allowed_origins: Vec<String>,
    /// Reverse proxies that are believed when they say who the client is.
    pub trusted_proxies: Vec<IpNet>,
    /// How they say it.
    pub forwarded_header: ForwardedHeader,
    /// `iss` of the receipts.
    pub issuer: String,
    /// `aud` of the receipts. Tickets and ids of another audience are not opened.
    pub audience: String,
    /// Seconds for which a ticket may be used.
    pub ticket_valid_for: u32,
    /// Seconds for which a receipt may be redeemed.
    pub receipt_valid_for: u32,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// Where the time is read.
    pub clock: Clock,
}

impl Settings {
    /// Settings with every default: ticket mode, the default policy, the default limits.
    #[must_use]
    pub fn new(upstream: Upstream, keys: Keys) -> Self {
        Self {
            upstream,
            keys,
            mode: Mode::Ticket,
            policies: Policies::default(),
            limits: Limits::default(),
            store: StoreChoice::Memory,
            store_timeout: Duration::from_secs(1),
            countries: Vec::new(),
            country_prefixes: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
            issuer: "mfa-proxy".into(),
            audience: "mfa-proxy".into(),
            ticket_valid_for: 900,
            receipt_valid_for: 120,
            body_timeout: Duration::from_secs(10),
            clock: Clock::system(),
        }
    }

    /// Checks what one setting alone cannot say.
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        let refuse = |setting: &str, problem: &str| Err(SettingError::new(setting, problem));
        self.upstream.check()?;
        if self.keys.sealing.is_empty() {
            return refuse(
                "keys.sealing",
                "no key; set MFA_SEALING_KEYS to what `mfa-proxy generate-key` prints",
            );
        }
        if self.keys.receipt.is_empty() {
            return refuse(
                "keys.receipt",
                "no key; set MFA_RECEIPT_KEYS to what `mfa-proxy generate-key` prints",
            );
        }
        for (setting, keys) in
            [("keys.sealing", &self.keys.sealing), ("keys.receipt", &self.keys.receipt)]
        {
            if keys.iter().any(SecretKey::is_weak) {
                return refuse(setting, "a key is not random; `mfa-proxy generate-key` prints one");
            }
        }
        if let Some(key) = &self.keys.digest {
            if key.is_weak() {
                let problem = "is not random; `mfa-proxy generate-key` prints one";
                return refuse("keys.digest", problem);
            }
            if self.keys.receipt.contains(key) {
                return refuse("keys.digest", "must not be a receipt key too");
            }
        }
        if self.keys.sealing.iter().any(|key| self.keys.receipt.contains(key)) {
            return refuse("keys.receipt", "must not be a sealing key too; make one for each");
        }
        let listed = !self.countries.is_empty() || !self.country_prefixes.is_empty();
        if matches!(self.mode, Mode::Visitor) && !listed {
            return refuse(
                "countries",
                "visitor mode calls whatever number a visitor types: set countries to those that \
                 may be called, e.g. [\"GB\"], or country_prefixes to prefixes, e.g. [\"+44\"], or \
                 both",
            );
        }
        if let Some(index) = self.country_prefixes.iter().position(|prefix| !is_prefix(prefix)) {
            // Not what it says: it may be the number of somebody.
            let problem =
                format!("each is `+` and 1 to 7 digits, e.g. \"+44\"; entry {} is not", index + 1);
            return refuse("country_prefixes", &problem);
        }
        for origin in &self.allowed_origins {
            origin::check(origin)?;
        }
        for (setting, value) in [("issuer", &self.issuer), ("audience", &self.audience)] {
            if value.is_empty() {
                return refuse(setting, "must not be empty");
            }
        }
        for (setting, seconds, most) in [
            ("ticket_valid_for", self.ticket_valid_for, 86_400),
            ("receipt_valid_for", self.receipt_valid_for, 3_600),
            ("limits.failed_window", self.limits.failed_window, 86_400),
            ("limits.failed_per_day", self.limits.failed_per_day, 100),
            ("limits.failed_in_row", self.limits.failed_in_row, 100),
        ] {
            if seconds == 0 || seconds > most {
                return refuse(setting, &format!("must be from 1 to {most}, not {seconds}"));
            }
        }
        for &limit in LimitName::ALL {
            let rates = self.limits.rates(limit);
            if rates.iter().enumerate().any(|(at, rate)| rates[..at].contains(rate)) {
                let setting = format!("limits.{}", limit.as_str());
                return refuse(&setting, "has the same rate twice, perhaps written in another way");
            }
        }
        if let StoreChoice::Redis(url) = &self.store {
            place::check(url)?;
        }
        if self.store_timeout.is_zero() {
            return refuse("store_timeout_ms", "must be greater than 0");
        }
        if self.limits.capacity == 0 {
            return refuse("limits.capacity", "must be greater than 0");
        }
        Ok(())
    }
}

fn is_prefix(prefix: &str) -> bool {
    prefix.strip_prefix('+').is_some_and(|digits| {
        (1..=7).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ApiToken;

    fn settings() -> Settings {
        let token = ApiToken::new("PT0");
        Settings::new(Upstream::new("http://127.0.0.1:1", "project", token), Keys::generate())
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = settings();
        change(&mut settings);
        settings.check().unwrap_err().setting().to_owned()
    }

    #[test]
    fn the_defaults_are_usable() {
        assert_eq!(settings().check(), Ok(()));
    }

    #[test]
    fn the_setting_that_cannot_be_used_is_named() {
        assert_eq!(refused(|s| s.upstream.project_id.clear()), "upstream.project_id");
        assert_eq!(refused(|s| s.upstream.api_token = ApiToken::new("")), "upstream.api_token");
        assert_eq!(refused(|s| s.upstream.timeout = Duration::ZERO), "upstream.timeout_ms");
        let zero = |s: &mut Settings| s.upstream.connect_timeout = Duration::ZERO;
        assert_eq!(refused(zero), "upstream.connect_timeout_ms");
        assert_eq!(refused(|s| s.upstream.max_in_flight = 0), "upstream.max_in_flight");
        assert_eq!(refused(|s| s.upstream.max_in_flight = 1_025), "upstream.max_in_flight");
        assert_eq!(refused(|s| s.upstream.breaker_failures = 0), "upstream.breaker_failures");
        assert_eq!(refused(|s| s.upstream.breaker_pause = 3_601), "upstream.breaker_pause");
        assert_eq!(refused(|s| s.keys.sealing.clear()), "keys.sealing");
        assert_eq!(refused(|s| s.keys.receipt = s.keys.sealing.clone()), "keys.receipt");
        let zero = || vec![SecretKey::generate(), SecretKey::from_bytes([0; 32])];
        assert_eq!(refused(|s| s.keys.sealing = zero()), "keys.sealing");
        assert_eq!(refused(|s| s.keys.receipt = zero()), "keys.receipt");
        assert_eq!(refused(|s| s.keys.digest = zero().pop()), "keys.digest");
        assert_eq!(refused(|s| s.keys.digest = s.keys.receipt.first().cloned()), "keys.digest");
        assert_eq!(refused(|s| s.mode = Mode::Visitor), "countries");
        assert_eq!(refused(|s| s.country_prefixes = vec!["44".into()]), "country_prefixes");
        let insecure = StoreChoice::parse("rediss://r/#insecure");
        assert_eq!(refused(|s| s.store = insecure), "store");
        assert_eq!(refused(|s| s.allowed_origins = vec!["*".into()]), "allowed_origins");
        assert_eq!(refused(|s| s.issuer.clear()), "issuer");
        assert_eq!(refused(|s| s.ticket_valid_for = 0), "ticket_valid_for");
        let twice = || vec!["3/10m".parse().unwrap(), "3/600s".parse().unwrap()];
        assert_eq!(refused(|s| s.limits.sends_in_all = twice()), "limits.sends_in_all");
        assert_eq!(refused(|s| s.limits.failed_per_day = 101), "limits.failed_per_day");
        assert_eq!(refused(|s| s.limits.failed_in_row = 101), "limits.failed_in_row");
    }

    #[test]
    fn visitor_mode_needs_one_of_the_two_lists() {
        let with = |countries: &[&str], prefixes: &[&str]| {
            let mut settings = settings();
            settings.mode = Mode::Visitor;
            settings.countries = countries.iter().map(|code| code.parse().unwrap()).collect();
            settings.country_prefixes = prefixes.iter().map(|&prefix| prefix.into()).collect();
            settings.check()
        };
        assert!(with(&[], &[]).unwrap_err().to_string().contains("set countries"));
        assert_eq!((with(&["GB"], &[]), with(&[], &["+44"])), (Ok(()), Ok(())));
        assert_eq!(with(&["GB"], &["+44"]), Ok(()));
    }

    #[test]
    fn settings_print_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("PT0"), "{shown}");
    }
}
