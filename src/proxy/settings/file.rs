//! The settings as an operator writes them: a TOML file, the environment, and flags.
//!
//! A flag goes before the environment, the environment before the file, the file before the
//! default. Secrets are never flags (every process of the machine can read those) and never in
//! the file itself: they come from the environment or from files of their own.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::http::serve::Bounds;
use crate::secret::{ApiKey, ApiToken, SecretKey};
use crate::settings::listener::listeners;
use crate::settings::network::networks;
use crate::settings::source::{Secret, countries, keys, millis, trimmed, unreadable};
use crate::settings::{
    ForwardedHeader, Keys, Limits, Mode, Policies, SettingError, Settings, StoreChoice,
    UncheckedPolicy, mistake,
};

pub use crate::settings::upstream::FileUpstream;

/// The variables that [`File::resolve`] asks the environment for. Each may have `_FILE` at its end,
/// and then names a file that holds the value.
pub const SECRETS: [&str; 6] = [
    "MFA_API_TOKEN",
    "MFA_SEALING_KEYS",
    "MFA_RECEIPT_KEYS",
    "MFA_DIGEST_KEY",
    "MFA_API_KEY",
    "MFA_STORE",
];

/// Milliseconds. No balancer takes longer to notice.
const LONGEST_STOP: u32 = 300_000;

/// The settings of a proxy that runs by itself.
#[derive(Debug)]
pub struct Standalone {
    /// The proxy's own settings.
    pub settings: Settings,
    /// Where the public face listens.
    pub listen: SocketAddr,
    /// Where the private face listens.
    pub private_listen: SocketAddr,
    /// What the public face puts up with. The private face is as patient.
    pub bounds: Bounds,
    /// How long both faces go on accepting connections after the program is told to stop.
    pub stop_delay: Duration,
    /// The key of the private face.
    pub api_key: ApiKey,
}

/// The file. What is left out comes from the default.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    /// `address:port` of the public face.
    pub listen: Option<String>,
    /// `address:port` of the private face.
    pub private_listen: Option<String>,
    /// See [`Bounds::connections`]: of the public face.
    pub max_connections: Option<usize>,
    /// Milliseconds. See [`Bounds::idle_timeout`]: of both faces.
    pub idle_timeout_ms: Option<u32>,
    /// Milliseconds. See [`Standalone::stop_delay`].
    pub stop_delay_ms: u32,
    /// `ticket` or `visitor`.
    pub mode: Option<FileMode>,
    /// See [`Settings::countries`].
    pub countries: Vec<String>,
    /// See [`Settings::country_prefixes`].
    pub country_prefixes: Vec<String>,
    /// See [`Settings::allowed_origins`].
    pub allowed_origins: Vec<String>,
    /// See [`Settings::trusted_proxies`]. An address is the network of itself.
    pub trusted_proxies: Vec<String>,
    /// See [`Settings::forwarded_header`].
    pub forwarded_header: ForwardedHeader,
    /// See [`Settings::issuer`].
    pub issuer: Option<String>,
    /// See [`Settings::audience`].
    pub audience: Option<String>,
    /// See [`Settings::ticket_valid_for`].
    pub ticket_valid_for: Option<u32>,
    /// See [`Settings::receipt_valid_for`].
    pub receipt_valid_for: Option<u32>,
    /// A file that holds the key of the private face.
    pub api_key_file: Option<PathBuf>,
    /// Whom the proxy calls.
    pub upstream: FileUpstream,
    /// What it seals and signs with.
    pub keys: FileKeys,
    /// How much is too much.
    pub limits: Limits,
    /// `memory`, or the URL of a Redis without a password. See [`StoreChoice`].
    pub store: Option<String>,
    /// A file that holds the URL of a Redis with its password.
    pub store_file: Option<PathBuf>,
    /// Milliseconds. See [`Settings::store_timeout`].
    pub store_timeout_ms: Option<u32>,
    /// What interactions are like, by name.
    pub policies: BTreeMap<String, UncheckedPolicy>,
}

/// The modes that a file can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileMode {
    /// [`Mode::Ticket`]
    Ticket,
    /// [`Mode::Visitor`]
    Visitor,
}

/// The `[keys]` of the file: files with one key a line, the newest first.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileKeys {
    /// See [`Keys::sealing`].
    pub sealing_file: Option<PathBuf>,
    /// See [`Keys::receipt`].
    pub receipt_file: Option<PathBuf>,
    /// See [`Keys::digest`].
    pub digest_file: Option<PathBuf>,
}

impl FileKeys {
    fn digest(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<SecretKey>, SettingError> {
        let (setting, name) = ("keys.digest", "MFA_DIGEST_KEY");
        let secret = Secret { setting, name, file: self.digest_file.as_ref(), environment };
        let Some(text) = secret.fetch_if_named()? else { return Ok(None) };
        let key = SecretKey::parse(&text);
        key.map(Some).map_err(|error| SettingError::new(setting, error.to_string()))
    }
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the number of the line that cannot be read, and not what stands there.
    pub fn read(path: &Path) -> Result<Self, SettingError> {
        let text = fs::read_to_string(path).map_err(|error| unreadable("config", path, &error))?;
        toml::from_str(&text).map_err(|error| mistake::told(&error, &text, Some(path)))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// [`SettingError`] with the number of the line that cannot be read, and not what stands there.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        toml::from_str(text).map_err(|error| mistake::told(&error, text, None))
    }

    /// The whole of the settings, secrets fetched from `environment` or from their files.
    ///
    /// # Errors
    ///
    /// [`SettingError`] for the first setting that is missing or cannot be used.
    pub fn resolve(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Standalone, SettingError> {
        let secret = |setting: &str, name: &str, file: Option<&PathBuf>| {
            Secret { setting, name, file, environment }.fetch()
        };
        let api_token =
            secret("upstream.api_token", "MFA_API_TOKEN", self.upstream.api_token_file.as_ref())?;
        let upstream = self.upstream.resolve(ApiToken::new(api_token))?;
        let sealing = secret("keys.sealing", "MFA_SEALING_KEYS", self.keys.sealing_file.as_ref())?;
        let receipt = secret("keys.receipt", "MFA_RECEIPT_KEYS", self.keys.receipt_file.as_ref())?;
        let keys = Keys {
            sealing: keys("keys.sealing", &sealing)?,
            receipt: keys("keys.receipt", &receipt)?,
            digest: self.keys.digest(environment)?,
        };
        let api_key = secret("api_key", "MFA_API_KEY", self.api_key_file.as_ref())?;
        let api_key = api_key_beside(api_key, &keys, &upstream.api_token)?;

        let mut settings = Settings::new(upstream, keys);
        settings.mode = match self.mode {
            None | Some(FileMode::Ticket) => Mode::Ticket,
            Some(FileMode::Visitor) => Mode::Visitor,
        };
        settings.policies = Policies::check(self.policies)?;
        settings.limits = self.limits;
        let named = Secret {
            setting: "store",
            name: "MFA_STORE",
            file: self.store_file.as_ref(),
            environment,
        };
        settings.store = StoreChoice::of(named.fetch_if_named()?, self.store.as_deref())?;
        settings.store_timeout = millis(self.store_timeout_ms, settings.store_timeout);
        settings.countries = countries(&self.countries)?;
        settings.country_prefixes = trimmed(&self.country_prefixes);
        settings.allowed_origins = trimmed(&self.allowed_origins);
        settings.trusted_proxies = networks(&self.trusted_proxies)?;
        settings.forwarded_header = self.forwarded_header;
        settings.issuer = self.issuer.unwrap_or(settings.issuer);
        settings.audience = self.audience.unwrap_or(settings.audience);
        settings.ticket_valid_for = self.ticket_valid_for.unwrap_or(settings.ticket_valid_for);
        settings.receipt_valid_for = self.receipt_valid_for.unwrap_or(settings.receipt_valid_for);
        settings.check()?;
        let bounds = Bounds::default();
        let bounds = Bounds {
            connections: self.max_connections.unwrap_or(bounds.connections),
            idle_timeout: millis(self.idle_timeout_ms, bounds.idle_timeout),
        };
        if bounds.connections == 0 {
            return Err(SettingError::new("max_connections", "must be greater than 0"));
        }
        if bounds.idle_timeout.is_zero() {
            return Err(SettingError::new("idle_timeout_ms", "must be greater than 0"));
        }
        let (listen, private_listen) =
            listeners(self.listen.as_deref(), self.private_listen.as_deref())?;
        if self.stop_delay_ms > LONGEST_STOP {
            let problem = format!("must be from 0 to {LONGEST_STOP}, not {}", self.stop_delay_ms);
            return Err(SettingError::new("stop_delay_ms", problem));
        }
        let stop_delay = millis(Some(self.stop_delay_ms), Duration::ZERO);
        Ok(Standalone { settings, listen, private_listen, bounds, stop_delay, api_key })
    }
}

/// The key of the private face, which must be nothing but that.
fn api_key_beside(
    api_key: String,
    keys: &Keys,
    api_token: &ApiToken,
) -> Result<ApiKey, SettingError> {
    let key = ApiKey::new(api_key);
    let others: Vec<_> = keys.sealing.iter().chain(&keys.receipt).chain(&keys.digest).collect();
    let is_other = |key: &str| {
        let own = SecretKey::parse(key).ok();
        key == api_token.expose() || own.is_some_and(|own| others.contains(&&own))
    };
    let problem = if key.each().any(is_other) {
        "must not be the API token or a key for something else too; make one for each"
    } else if !key.can_be_sent() {
        "has a quote or another character that no client can send; write it without"
    } else if key.each().any(|key| key.len() < ApiKey::MIN_LENGTH) {
        "must have at least 32 characters; MFA_API_KEY is too short"
    } else if key.is_weak() {
        "is not random; set MFA_API_KEY to what `mfa-proxy generate-key` prints"
    } else {
        return Ok(key);
    };
    Err(SettingError::new("api_key", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALING: &str = "1f8c3a5e7b9042d6e1c4a8f30b6d92574e7ac0153d8b6f29a4e0d7731c5f8b66";
    const RECEIPT: &str = "93d01b7f5ea84c26f0b35d8e1a6947c2d8f4037be95a1c60b2e87d4f35906ac1";
    const LEAST: &str = "[upstream]\nbase_url = 'http://127.0.0.1:1'\nproject_id = 'p'\n";

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "MFA_API_KEY" => "0123456789abcdef0123456789abcdef",
            "MFA_API_TOKEN" => "PT0",
            "MFA_RECEIPT_KEYS" => RECEIPT,
            "MFA_SEALING_KEYS" => SEALING,
            _ => return None,
        };
        Some(value.into())
    }

    fn resolved(text: &str) -> Result<Standalone, SettingError> {
        File::parse(text)?.resolve(&environment)
    }

    fn without(missing: &'static str) -> String {
        let environment = |name: &str| environment(name).filter(|_| name != missing);
        File::parse(LEAST).unwrap().resolve(&environment).unwrap_err().to_string()
    }

    #[test]
    fn the_least_that_must_be_said_is_whom_to_call_and_four_secrets() {
        let standalone = resolved(LEAST).unwrap();
        assert!(
            standalone.listen.ip().is_loopback() && standalone.private_listen.ip().is_loopback()
        );
        assert!(matches!(standalone.settings.mode, Mode::Ticket));
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        assert!(
            without("MFA_API_TOKEN")
                .starts_with("upstream.api_token: is missing; set MFA_API_TOKEN")
        );
        assert!(without("MFA_SEALING_KEYS").starts_with("keys.sealing: is missing"));
        assert!(without("MFA_RECEIPT_KEYS").starts_with("keys.receipt: is missing"));
        assert!(without("MFA_API_KEY").starts_with("api_key: is missing"));
        assert!(resolved("").unwrap_err().to_string().contains("set MFA_UPSTREAM_URL"));
    }

    #[test]
    fn every_setting_of_the_file_arrives() {
        let standalone = resolved(
            "listen = '0.0.0.0:80'\nmax_connections = 9\nidle_timeout_ms = 700\nstop_delay_ms = 50\nmode = 'visitor'\n\
             countries = ['us', 'CA']\ncountry_prefixes = ['+1']\n\
             allowed_origins = ['https://login.example']\ntrusted_proxies = ['10.0.0.0/8']\n\
             issuer = 'i'\naudience = 'a'\nticket_valid_for = 60\nreceipt_valid_for = 30\n\
             [upstream]\nbase_url = 'http://127.0.0.1:1'\nproject_id = 'p'\ntimeout_ms = 500\n\
             connect_timeout_ms = 100\nmax_in_flight = 8\nbreaker_failures = 2\n\
             breaker_pause = 60\n\
             [limits]\nsends_per_number = ['1/1h']\nfailed_per_day = 9\n\
             [policies.sign]\nmax_attempts = 5\nchannels = ['call']\n",
        )
        .unwrap();
        let settings = standalone.settings;
        assert_eq!(standalone.listen.port(), 80);
        let idle_timeout = Duration::from_millis(700);
        assert_eq!(standalone.bounds, Bounds { connections: 9, idle_timeout });
        assert_eq!(standalone.stop_delay, Duration::from_millis(50));
        assert!(matches!(settings.mode, Mode::Visitor));
        assert_eq!(format!("{:?}", settings.countries), "[US, CA]");
        assert_eq!(settings.country_prefixes, ["+1"]);
        let upstream = &settings.upstream;
        assert_eq!(upstream.timeout, Duration::from_millis(500));
        assert_eq!(upstream.connect_timeout, Duration::from_millis(100));
        assert_eq!((upstream.max_in_flight, upstream.breaker_failures), (8, 2));
        assert_eq!(upstream.breaker_pause, 60);
        assert_eq!(settings.limits.sends_per_number.len(), 1);
        assert_eq!(settings.limits.failed_per_day, 9);
        assert_eq!(settings.policies.get("sign").unwrap().config.max_attempts(), 5);
        assert_eq!((settings.issuer.as_str(), settings.audience.as_str()), ("i", "a"));
        assert_eq!((settings.ticket_valid_for, settings.receipt_valid_for), (60, 30));
        assert_eq!(settings.trusted_proxies.len(), 1);
    }

    #[test]
    fn a_setting_that_does_not_exist_is_an_error_and_not_ignored() {
        for text in ["lisen = '1'", "[upstream]\napi_token = 'PT0'", "[policies.x]\ndigits = 6"] {
            assert_eq!(resolved(text).unwrap_err().setting(), "config", "{text}");
        }
    }

    #[test]
    fn a_country_that_does_not_exist_is_refused_by_the_name_of_the_setting() {
        for code in ["UK", "GX", "Britain", "+44", ""] {
            let error = resolved(&format!("countries = ['GB', '{code}']\n{LEAST}")).unwrap_err();
            assert_eq!(error.setting(), "countries", "{code}");
        }
    }

    #[test]
    fn several_keys_are_listed_the_newest_first() {
        let listed = keys("keys.sealing", &format!("{SEALING}\n{RECEIPT},\n")).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0], SecretKey::parse(SEALING).unwrap());
        let error = keys("keys.sealing", "PTsecret").unwrap_err().to_string();
        assert!(error.contains("generate-key") && !error.contains("PTsecret"), "{error}");
    }

    #[test]
    fn an_api_key_that_is_short_or_not_random_or_another_secret_too_is_refused() {
        let token = "PT0123456789abcdef0123456789abcdef";
        let sealing = SecretKey::parse(SEALING).unwrap().to_base64();
        let zeros = "0".repeat(64);
        for key in ["k3y", &zeros, SEALING, &sealing, RECEIPT, token] {
            let environment = |name: &str| match name {
                "MFA_API_KEY" => Some(key.to_owned()),
                "MFA_API_TOKEN" => Some(token.to_owned()),
                _ => environment(name),
            };
            let error = File::parse(LEAST).unwrap().resolve(&environment).unwrap_err();
            assert_eq!(error.setting(), "api_key");
            assert!(!error.to_string().contains(key), "{error}");
        }
    }
}
