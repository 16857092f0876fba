//! Where a value comes from: a secret from a variable of the environment or a file of its own, a
//! time from a number of milliseconds.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, fs};

use crate::numbers::{Country, CountryError};
use crate::secret::SecretKey;
use crate::settings::SettingError;

/// Where one secret may come from.
pub(super) struct Secret<'a> {
    pub(super) setting: &'a str,
    pub(super) name: &'a str,
    /// What the settings' file names.
    pub(super) file: Option<&'a PathBuf>,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Secret<'_> {
    /// The variable, else the file that the variable `…_FILE` names, else the settings' file.
    pub(super) fn fetch(&self) -> Result<String, SettingError> {
        let missing = || SettingError::new(self.setting, format!("is missing; {self}"));
        self.fetch_if_named()?.ok_or_else(missing)
    }

    /// The same, and nothing where none of them is there.
    pub(super) fn fetch_if_named(&self) -> Result<Option<String>, SettingError> {
        let filled = (self.environment)(self.name).filter(|value| !value.is_empty());
        if let Some(value) = filled {
            return Ok(Some(value.trim().to_owned()));
        }
        let variable = format!("{}_FILE", self.name);
        let named = (self.environment)(&variable);
        if named.as_ref().is_some_and(|path| path.trim().is_empty()) {
            let problem = format!("{variable} is empty; have it name a file, or do not set it");
            return Err(SettingError::new(self.setting, problem));
        }
        let named = named.map(PathBuf::from);
        let Some(path) = named.as_ref().or(self.file) else { return Ok(None) };
        let text = fs::read_to_string(path)
            .map_err(|error| unreadable(&format!("{}_file", self.setting), path, &error))?;
        Ok(Some(text.trim().to_owned()))
    }
}

impl fmt::Display for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, name, .. } = self;
        write!(f, "set {name}, or {name}_FILE or {setting}_file to a file that holds it")
    }
}

/// A file that is not there, or not for us.
pub(super) fn unreadable(setting: &str, path: &Path, error: &std::io::Error) -> SettingError {
    SettingError::new(setting, format!("{} cannot be read: {error}", path.display()))
}

/// Keys, the newest first, between spaces, commas or line ends.
pub(super) fn keys(setting: &str, text: &str) -> Result<Vec<SecretKey>, SettingError> {
    text.split(|character: char| character.is_whitespace() || character == ',')
        .filter(|key| !key.is_empty())
        .map(|key| {
            SecretKey::parse(key).map_err(|error| SettingError::new(setting, error.to_string()))
        })
        .collect()
}

/// Countries, by their codes.
pub(super) fn countries(codes: &[String]) -> Result<Vec<Country>, SettingError> {
    codes
        .iter()
        .map(|code| code.parse())
        .collect::<Result<_, CountryError>>()
        .map_err(|error| SettingError::new("countries", error.to_string()))
}

/// What a list has, without the spaces after its commas.
pub(super) fn trimmed(list: &[String]) -> Vec<String> {
    list.iter().map(|item| item.trim().to_owned()).collect()
}

/// So many milliseconds, or the default.
pub(super) fn millis(value: Option<u32>, default: Duration) -> Duration {
    value.map_or(default, |value| Duration::from_millis(value.into()))
}
