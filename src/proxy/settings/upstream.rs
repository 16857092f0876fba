//! Whom the proxy calls, and how much of that it puts up with.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::secret::ApiToken;
use crate::settings::SettingError;
use crate::settings::source::millis;

/// The project ID in `examples/deploy`, which is nobody's.
const PLACEHOLDER: &str = "00000000-0000-4000-8000-000000000000";

/// The account at SignalWire, or the emulator.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// `https://{space}.signalwire.com`; plain `http` only on loopback.
    pub base_url: String,
    /// The project ID: the user name of the upstream's Basic authentication.
    pub project_id: String,
    /// The API token: its password.
    pub api_token: ApiToken,
    /// How long a connection may take to come about, and how long a call waits for its turn.
    pub connect_timeout: Duration,
    /// How long a whole call may take.
    pub timeout: Duration,
    /// How many calls are made at once. A further one waits its turn for as long as a connection
    /// may take, and is then not made.
    pub max_in_flight: usize,
    /// After so many calls in a row without an answer of the API, no more are made for a while.
    pub breaker_failures: u32,
    /// Seconds until one call is made to see whether it answers again.
    pub breaker_pause: u32,
}

impl Upstream {
    /// An upstream with the defaults: 3 s to connect, 10 s in all, 64 calls at once, and after 5
    /// failures in a row a pause of 10 s.
    #[must_use]
    pub fn new(
        base_url: impl Into<String>,
        project_id: impl Into<String>,
        api_token: ApiToken,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            project_id: project_id.into(),
            api_token,
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(10),
            max_in_flight: 64,
            breaker_failures: 5,
            breaker_pause: 10,
        }
    }

    pub(super) fn check(&self) -> Result<(), SettingError> {
        let refuse = |setting: &str, problem: &str| Err(SettingError::new(setting, problem));
        if self.project_id.is_empty() || self.project_id.contains(':') {
            return refuse(
                "upstream.project_id",
                "must be the project ID of your SignalWire space",
            );
        }
        if self.api_token.expose().is_empty() {
            return refuse(
                "upstream.api_token",
                "is missing; set MFA_API_TOKEN, or upstream.api_token_file to a file that holds it",
            );
        }
        for (setting, time) in [
            ("upstream.connect_timeout_ms", self.connect_timeout),
            ("upstream.timeout_ms", self.timeout),
        ] {
            if time.is_zero() {
                return refuse(setting, "must be greater than 0");
            }
        }
        for (setting, value, most) in [
            ("upstream.max_in_flight", self.max_in_flight, 1_024),
            ("upstream.breaker_failures", self.breaker_failures as usize, 1_000),
            ("upstream.breaker_pause", self.breaker_pause as usize, 3_600),
        ] {
            if value == 0 || value > most {
                return refuse(setting, &format!("must be from 1 to {most}, not {value}"));
            }
        }
        Ok(())
    }
}

/// The `[upstream]` of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileUpstream {
    /// See [`Upstream::base_url`].
    pub base_url: Option<String>,
    /// See [`Upstream::project_id`].
    pub project_id: Option<String>,
    /// A file that holds the API token.
    pub api_token_file: Option<PathBuf>,
    /// Milliseconds. See [`Upstream::connect_timeout`].
    pub connect_timeout_ms: Option<u32>,
    /// Milliseconds. See [`Upstream::timeout`].
    pub timeout_ms: Option<u32>,
    /// See [`Upstream::max_in_flight`].
    pub max_in_flight: Option<usize>,
    /// See [`Upstream::breaker_failures`].
    pub breaker_failures: Option<u32>,
    /// See [`Upstream::breaker_pause`].
    pub breaker_pause: Option<u32>,
}

impl FileUpstream {
    /// What the file says, and the default for what it does not.
    pub(super) fn resolve(self, api_token: ApiToken) -> Result<Upstream, SettingError> {
        let required = |setting: &str, value: Option<String>, hint: &str| {
            value.ok_or_else(|| SettingError::new(setting, format!("is missing; {hint}")))
        };
        let base_url = required(
            "upstream.base_url",
            self.base_url,
            "set MFA_UPSTREAM_URL, e.g. https://your-space.signalwire.com",
        )?;
        let project_id = required("upstream.project_id", self.project_id, "set MFA_PROJECT_ID")?;
        if project_id == PLACEHOLDER {
            let problem =
                "is that of the sample; set it to the project ID of your SignalWire space";
            return Err(SettingError::new("upstream.project_id", problem));
        }
        let default = Upstream::new(base_url, project_id, api_token);
        let timeout = millis(self.timeout_ms, default.timeout);
        let connect_timeout = millis(self.connect_timeout_ms, default.connect_timeout.min(timeout));
        if connect_timeout > timeout {
            let (setting, problem) = (
                "upstream.connect_timeout_ms",
                "must not be more than timeout_ms, which is for the whole call",
            );
            return Err(SettingError::new(setting, problem));
        }
        Ok(Upstream {
            connect_timeout,
            timeout,
            max_in_flight: self.max_in_flight.unwrap_or(default.max_in_flight),
            breaker_failures: self.breaker_failures.unwrap_or(default.breaker_failures),
            breaker_pause: self.breaker_pause.unwrap_or(default.breaker_pause),
            ..default
        })
    }
}
