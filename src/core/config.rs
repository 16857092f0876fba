//! The interaction config: what the source document lets a site choose about one interaction,
//! as far as the code entry must enforce or show it.

use core::fmt;

use crate::{Alphabet, TokenFormat};

/// A checked interaction config: every field is inside the source document's range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InteractionConfig {
    token_length: u8,
    allow_alphas: bool,
    max_attempts: u8,
    valid_for: u32,
}

impl InteractionConfig {
    /// How many characters the token has: 4 to 20, 6 by default.
    #[must_use]
    pub const fn token_length(&self) -> u8 {
        self.token_length
    }

    /// Whether the token may have letters; digits only by default.
    #[must_use]
    pub const fn allow_alphas(&self) -> bool {
        self.allow_alphas
    }

    /// How many tries there are, "including the first one": 1 to 20, 3 by default.
    #[must_use]
    pub const fn max_attempts(&self) -> u8 {
        self.max_attempts
    }

    /// For how many seconds the token is valid: 0 to 604,800 (seven days), 3,600 by default.
    #[must_use]
    pub const fn valid_for(&self) -> u32 {
        self.valid_for
    }

    /// The shape of this interaction's token.
    #[must_use]
    pub const fn format(&self) -> TokenFormat {
        let alphabet = if self.allow_alphas { Alphabet::Alphanumeric } else { Alphabet::Digits };
        TokenFormat::checked(self.token_length, alphabet)
    }
}

/// The source document's defaults.
impl Default for InteractionConfig {
    fn default() -> Self {
        Self { token_length: 6, allow_alphas: false, max_attempts: 3, valid_for: 3600 }
    }
}

/// A config as somebody wrote it: an attribute, a setting, an endpoint's answer.
///
/// What is left out is filled by the next in line ([`or`](Self::or)) and at last by the source
/// document's default. Nothing is clamped: what is out of range is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UncheckedConfig {
    /// See [`InteractionConfig::token_length`].
    pub token_length: Option<i64>,
    /// See [`InteractionConfig::allow_alphas`].
    pub allow_alphas: Option<bool>,
    /// See [`InteractionConfig::max_attempts`].
    pub max_attempts: Option<i64>,
    /// See [`InteractionConfig::valid_for`].
    pub valid_for: Option<i64>,
}

impl UncheckedConfig {
    /// This config, with `fallback` where it is silent.
    #[must_use]
    pub fn or(self, fallback: Self) -> Self {
        Self {
            token_length: self.token_length.or(fallback.token_length),
            allow_alphas: self.allow_alphas.or(fallback.allow_alphas),
            max_attempts: self.max_attempts.or(fallback.max_attempts),
            valid_for: self.valid_for.or(fallback.valid_for),
        }
    }

    /// The checked config, defaults filled in.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that is out of its range.
    pub fn check(self) -> Result<InteractionConfig, ConfigError> {
        let default = InteractionConfig::default();
        Ok(InteractionConfig {
            token_length: in_range(self.token_length, ConfigField::TokenLength)?
                .unwrap_or(default.token_length),
            allow_alphas: self.allow_alphas.unwrap_or(default.allow_alphas),
            max_attempts: in_range(self.max_attempts, ConfigField::MaxAttempts)?
                .unwrap_or(default.max_attempts),
            valid_for: in_range(self.valid_for, ConfigField::ValidFor)?
                .unwrap_or(default.valid_for),
        })
    }
}

fn in_range<N: TryFrom<i64>>(
    value: Option<i64>,
    field: ConfigField,
) -> Result<Option<N>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let (least, most) = field.range();
    let error = ConfigError { field, value };
    if value < i64::from(least) || value > i64::from(most) {
        return Err(error);
    }
    N::try_from(value).map(Some).map_err(|_| error)
}

/// A field of the interaction config that has a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigField {
    /// `max_attempts`
    MaxAttempts,
    /// `token_length`
    TokenLength,
    /// `valid_for`
    ValidFor,
}

impl ConfigField {
    /// The source document's name of it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxAttempts => "max_attempts",
            Self::TokenLength => "token_length",
            Self::ValidFor => "valid_for",
        }
    }

    /// The least and the greatest value the source document allows.
    #[must_use]
    pub const fn range(self) -> (u32, u32) {
        match self {
            Self::MaxAttempts => (1, 20),
            Self::TokenLength => (4, 20),
            Self::ValidFor => (0, 604_800),
        }
    }
}

/// A config field that is out of the source document's range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Which field.
    pub field: ConfigField,
    /// What it was set to.
    pub value: i64,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = self.field.range();
        let name = self.field.name();
        write!(f, "{name} must be from {least} to {most}, not {}", self.value)
    }
}

impl core::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    fn set(field: ConfigField, value: i64) -> UncheckedConfig {
        let mut config = UncheckedConfig::default();
        match field {
            ConfigField::MaxAttempts => config.max_attempts = Some(value),
            ConfigField::TokenLength => config.token_length = Some(value),
            ConfigField::ValidFor => config.valid_for = Some(value),
        }
        config
    }

    #[test]
    fn the_defaults_are_the_source_documents() {
        let config = UncheckedConfig::default().check().unwrap();
        assert_eq!(config, InteractionConfig::default());
        assert_eq!(config.token_length(), 6);
        assert!(!config.allow_alphas());
        assert_eq!(config.max_attempts(), 3);
        assert_eq!(config.valid_for(), 3600);
    }

    #[test]
    fn both_ends_of_every_range_are_accepted_and_the_next_value_is_not() {
        for field in [ConfigField::MaxAttempts, ConfigField::TokenLength, ConfigField::ValidFor] {
            let (least, most) = field.range();
            for value in [i64::from(least), i64::from(most)] {
                assert!(set(field, value).check().is_ok(), "{field:?} {value}");
            }
            for value in [i64::from(least) - 1, i64::from(most) + 1, i64::MIN, i64::MAX] {
                assert_eq!(set(field, value).check(), Err(ConfigError { field, value }));
            }
        }
    }

    #[test]
    fn the_error_names_the_field_and_its_range() {
        let error = set(ConfigField::TokenLength, 99).check().unwrap_err();
        assert_eq!(error.to_string(), "token_length must be from 4 to 20, not 99");
    }

    #[test]
    fn what_the_endpoint_leaves_out_falls_back_to_the_attribute() {
        let endpoint = UncheckedConfig { token_length: Some(8), ..UncheckedConfig::default() };
        let attributes = UncheckedConfig {
            token_length: Some(5),
            allow_alphas: Some(true),
            ..UncheckedConfig::default()
        };
        let config = endpoint.or(attributes).check().unwrap();
        assert_eq!(config.token_length(), 8);
        assert!(config.allow_alphas());
        assert_eq!(config.max_attempts(), 3);
    }
}
