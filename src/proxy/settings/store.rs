//! Which store an operator chooses.

use crate::secret::StoreUrl;
use crate::settings::SettingError;

/// Where counts, redeemed receipts and answers for repeats are kept.
#[derive(Clone, Debug, Default)]
pub enum StoreChoice {
    /// In this process: for one instance. A restart forgets them.
    #[default]
    Memory,
    /// In a Redis that all instances share.
    Redis(StoreUrl),
}

impl StoreChoice {
    /// `memory`, or the URL of a Redis.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "memory" { Self::Memory } else { Self::Redis(StoreUrl::new(text)) }
    }

    /// What it is, in a word: never where it is.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis(_) => "redis",
        }
    }

    /// What the environment or a file of its own says, else what is written in the settings' file.
    pub(super) fn of(secret: Option<String>, written: Option<&str>) -> Result<Self, SettingError> {
        if secret.is_none() && written.is_some_and(|url| url.contains('@')) {
            let problem = "must not hold a password in the file; set MFA_STORE, or store_file to \
                           a file that holds the URL";
            return Err(SettingError::new("store", problem));
        }
        let text = secret.as_deref().or(written);
        Ok(text.map_or(Self::Memory, Self::parse))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_goes_before_what_is_written_and_no_password_is_written() {
        let of = |secret: Option<&str>, written| StoreChoice::of(secret.map(Into::into), written);
        assert!(matches!(of(None, None), Ok(StoreChoice::Memory)));
        assert!(matches!(of(None, Some("memory")), Ok(StoreChoice::Memory)));
        for (secret, written, url) in [
            (None, Some("redis://one"), "redis://one"),
            (Some("redis://u:p@two"), Some("redis://one"), "redis://u:p@two"),
        ] {
            let Ok(StoreChoice::Redis(chosen)) = of(secret, written) else { panic!("a Redis") };
            assert_eq!(chosen.expose(), url);
        }
        let error = of(None, Some("redis://:hush@one")).unwrap_err();
        assert_eq!(error.setting(), "store");
        assert!(!error.to_string().contains("hush"));
    }
}
