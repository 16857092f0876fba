//! A setting that cannot be used: names the setting, what is wrong, and what to do.

use std::fmt;

/// Why the proxy does not start. It never repeats the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    setting: String,
    problem: String,
}

impl SettingError {
    /// `setting` as it is written in the file, `problem` as a sentence without its subject.
    pub fn new(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { setting: setting.into(), problem: problem.into() }
    }

    /// The setting's name.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for SettingError {}
