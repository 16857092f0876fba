//! A policy: what an interaction started under it is like. The ticket may choose one by name.

use std::collections::BTreeMap;

use mfa_core::{Channel, E164, InteractionConfig, UncheckedConfig};
use serde::Deserialize;

use crate::settings::SettingError;
use crate::settings::segment;

/// The name of the policy that applies when none is chosen.
pub const DEFAULT_POLICY: &str = "default";

/// OWASP ASVS 6.5.4: at least 20 bits, which is six digits.
const LEAST_BITS: f64 = 19.9;

/// NIST SP 800-63B-4 §3.1.3.2 and OWASP ASVS 6.5.5: ten minutes.
const LONGEST_ADVISED: u32 = 600;

/// A policy as somebody wrote it. What is left out is the proxy's default: 6 digits, 3 attempts,
/// 600 seconds, SMS and call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UncheckedPolicy {
    /// Characters of the token, 4 to 20.
    pub token_length: Option<i64>,
    /// Whether the token may have letters.
    pub allow_alphas: Option<bool>,
    /// Tries in all, resends included, 1 to 20.
    pub max_attempts: Option<i64>,
    /// Seconds for which a token is accepted, 0 to 604,800.
    pub valid_for: Option<i64>,
    /// The channels offered, the preferred one first.
    pub channels: Option<Vec<Channel>>,
    /// The site's own number.
    pub from: Option<String>,
    /// The text before the token. By SMS it needs `from`.
    pub message: Option<String>,
    /// Seconds until another token may be asked for.
    pub resend_after: Option<u32>,
    /// Accept a token that is easier to guess than six digits.
    pub allow_short_token: bool,
}

/// A checked policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) config: InteractionConfig,
    pub(crate) channels: Vec<Channel>,
    pub(crate) from: Option<E164>,
    pub(crate) message: Option<String>,
    pub(crate) resend_after: u32,
}

impl UncheckedPolicy {
    fn check(self, name: &str) -> Result<Policy, SettingError> {
        let setting = |field: &str| format!("policies.{name}.{field}");
        let config = UncheckedConfig {
            token_length: self.token_length,
            allow_alphas: self.allow_alphas,
            max_attempts: self.max_attempts,
            valid_for: self.valid_for.or(Some(i64::from(LONGEST_ADVISED))),
        };
        let config = config
            .check()
            .map_err(|error| SettingError::new(setting(error.field.name()), error.to_string()))?;
        if bits(&config) < LEAST_BITS && !self.allow_short_token {
            return Err(SettingError::new(
                setting("token_length"),
                "a token of this length has less than 20 bits and is too easy to guess; use 6 \
                 digits or more, or set allow_short_token = true",
            ));
        }
        let channels = self.channels.unwrap_or_else(|| vec![Channel::Sms, Channel::Call]);
        let twice = channels.len() == 2 && channels[0] == channels[1];
        if channels.is_empty() || channels.len() > 2 || twice {
            return Err(SettingError::new(
                setting("channels"),
                "must list `sms`, `call` or both, each once",
            ));
        }
        let from = self.from.as_deref().map(E164::parse).transpose();
        let from = from.map_err(|error| SettingError::new(setting("from"), error.to_string()))?;
        if let Some(message) = &self.message {
            check_message(message, &config, &channels, from.as_ref())
                .map_err(|problem| SettingError::new(setting("message"), problem))?;
        }
        let resend_after = self.resend_after.unwrap_or(30);
        Ok(Policy { config, channels, from, message: self.message, resend_after })
    }
}

fn check_message(
    message: &str,
    config: &InteractionConfig,
    channels: &[Channel],
    from: Option<&E164>,
) -> Result<(), String> {
    if message.is_empty() {
        return Err("must not be empty; leave it out for the upstream's own text".into());
    }
    if channels.contains(&Channel::Sms) && from.is_none() {
        return Err("a text of your own by SMS is only sent from your own number: set `from`, or \
                    offer only the channel `call`"
            .into());
    }
    for &channel in channels {
        let excess = segment::excess(message, config.token_length(), channel);
        if excess > 0 {
            let (most, unit) = segment::most(message, channel);
            let channel = channel.as_str();
            return Err(format!(
                "with the token it is {excess} too long for one {channel}, which has {most} {unit}; \
                 shorten it"
            ));
        }
    }
    Ok(())
}

fn bits(config: &InteractionConfig) -> f64 {
    // Letters come in one case only as far as anyone can rely on.
    let alphabet: f64 = if config.allow_alphas() { 36.0 } else { 10.0 };
    f64::from(config.token_length()) * alphabet.log2()
}

/// The policies by name. There is always one named [`DEFAULT_POLICY`].
#[derive(Clone, Debug)]
pub struct Policies(BTreeMap<String, Policy>);

impl Policies {
    /// Checks them all; adds the default policy when it is not among them.
    ///
    /// # Errors
    ///
    /// [`SettingError`] for the first setting that cannot be used.
    pub fn check(policies: BTreeMap<String, UncheckedPolicy>) -> Result<Self, SettingError> {
        let mut policies = policies;
        policies.entry(DEFAULT_POLICY.into()).or_default();
        let checked = policies
            .into_iter()
            .map(|(name, policy)| policy.check(&name).map(|policy| (name, policy)))
            .collect::<Result<_, _>>()?;
        Ok(Self(checked))
    }

    /// The names of the policies whose tokens live longer than the ten minutes of NIST and OWASP.
    pub fn long_lived(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(_, policy)| policy.config.valid_for() > LONGEST_ADVISED)
            .map(|(name, _)| name.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.0.iter().map(|(name, policy)| (name.as_str(), policy))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Policy> {
        self.0.get(name)
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self::check(BTreeMap::new()).expect("the proxy's own defaults are in range")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(policy: UncheckedPolicy) -> String {
        Policies::check([("sign".into(), policy)].into()).unwrap_err().to_string()
    }

    #[test]
    fn the_default_policy_is_six_digits_three_attempts_ten_minutes() {
        let policies = Policies::default();
        let policy = policies.get(DEFAULT_POLICY).unwrap();
        assert_eq!(policy.config.token_length(), 6);
        assert!(!policy.config.allow_alphas());
        assert_eq!(policy.config.max_attempts(), 3);
        assert_eq!(policy.config.valid_for(), 600);
        assert_eq!(policy.channels, [Channel::Sms, Channel::Call]);
        assert_eq!(policy.resend_after, 30);
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        let policy = UncheckedPolicy { max_attempts: Some(21), ..Default::default() };
        assert_eq!(
            error(policy),
            "policies.sign.max_attempts: max_attempts must be from 1 to 20, not 21"
        );
    }

    #[test]
    fn a_token_under_twenty_bits_must_be_allowed_by_name() {
        let short = UncheckedPolicy { token_length: Some(5), ..Default::default() };
        assert!(error(short.clone()).contains("allow_short_token"));
        let allowed = UncheckedPolicy { allow_short_token: true, ..short };
        assert!(Policies::check([("sign".into(), allowed)].into()).is_ok());
        let letters = UncheckedPolicy {
            token_length: Some(4),
            allow_alphas: Some(true),
            ..Default::default()
        };
        assert!(Policies::check([("sign".into(), letters)].into()).is_ok());
    }

    #[test]
    fn a_message_by_sms_needs_a_number_of_ones_own() {
        let own = UncheckedPolicy { message: Some("Code:".into()), ..Default::default() };
        assert!(error(own.clone()).contains("set `from`"));
        let call = UncheckedPolicy { channels: Some(vec![Channel::Call]), ..own.clone() };
        assert!(Policies::check([("sign".into(), call)].into()).is_ok());
        let from = UncheckedPolicy { from: Some("+15550001111".into()), ..own };
        assert!(Policies::check([("sign".into(), from)].into()).is_ok());
    }

    #[test]
    fn a_message_that_does_not_fit_into_one_segment_is_refused() {
        let long = UncheckedPolicy {
            message: Some("a".repeat(154)),
            from: Some("+15550001111".into()),
            ..Default::default()
        };
        assert!(error(long).contains("1 too long for one sms, which has 160 characters"));
    }

    #[test]
    fn channels_are_one_or_both() {
        for channels in [vec![], vec![Channel::Sms; 2], vec![Channel::Call; 3]] {
            let policy = UncheckedPolicy { channels: Some(channels), ..Default::default() };
            assert!(error(policy).starts_with("policies.sign.channels"));
        }
    }

    #[test]
    fn a_long_lived_token_is_noticed() {
        let long = UncheckedPolicy { valid_for: Some(601), ..Default::default() };
        let policies = Policies::check([("sign".into(), long)].into()).unwrap();
        assert_eq!(policies.long_lived().collect::<Vec<_>>(), ["sign"]);
    }
}
