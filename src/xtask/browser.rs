//! The headless Chromium of the tests, and the chromedriver that speaks to it.
//!
//! It takes the pair it is told about (`CHROMIUM`, `CHROMEDRIVER`), else one it finds, else
//! installs one where that needs no question: by the system's package manager and no other way.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::report::say;
use crate::shell::{on_path, read};

const CHROMIUM_NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const CHROMIUM_PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
];
const DRIVER_NAMES: &[&str] = &["chromedriver", "chromium.chromedriver"];
const DRIVER_PLACES: &[&str] = &[
    "/usr/bin/chromedriver",
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
    "/snap/bin/chromium.chromedriver",
    "/usr/local/bin/chromedriver",
    "/opt/homebrew/bin/chromedriver",
];

/// A browser and its driver, of one major version.
#[derive(Debug, PartialEq)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) major: u32,
}

/// A program that answered when asked for its version.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    path: PathBuf,
    major: u32,
}

/// Why there is no pair.
#[derive(Debug, PartialEq)]
enum Missing {
    Chromium,
    Driver { chromium: Found },
    Match { chromium: Found, driver: Found },
}

/// Finds the browser, or installs it on a Debian or Ubuntu where we may.
pub(crate) fn ensure() -> Result<Browser> {
    let missing = match find()? {
        Ok(browser) => return Ok(browser),
        Err(missing) => missing,
    };
    let told = ["CHROMIUM", "CHROMEDRIVER"].iter().any(|name| env::var_os(name).is_some());
    let Some(apt) = Apt::find().filter(|_| !told) else {
        bail!("{missing}");
    };
    say("Installing Chromium and chromedriver with apt-get");
    apt.install(&["chromium", "chromium-driver"]).with_context(|| missing.to_string())?;
    find()?.map_err(|missing| anyhow::anyhow!("{missing}"))
}

fn find() -> Result<std::result::Result<Browser, Missing>> {
    let browsers = candidates("CHROMIUM", CHROMIUM_NAMES, CHROMIUM_PLACES)?;
    let drivers = candidates("CHROMEDRIVER", DRIVER_NAMES, DRIVER_PLACES)?;
    Ok(pair(&browsers, &drivers))
}

/// What the variable names, and nothing else; without it, whatever stands in the usual places.
fn candidates(variable: &str, names: &[&str], places: &[&str]) -> Result<Vec<Found>> {
    if let Some(told) = env::var_os(variable) {
        let path = PathBuf::from(told);
        let major = version(&path).with_context(|| {
            format!("{variable} names {}, which cannot be used", path.display())
        })?;
        return Ok(vec![Found { path, major }]);
    }
    let places = places.iter().map(PathBuf::from).filter(|path| path.is_file());
    let mut found: Vec<Found> = Vec::new();
    for path in names.iter().filter_map(|name| on_path(name)).chain(places) {
        if found.iter().any(|known| known.path == path) {
            continue;
        }
        // Ubuntu leaves a `chromium-browser` behind that only tells people to install the snap.
        if let Ok(major) = version(&path) {
            found.push(Found { path, major });
        }
    }
    Ok(found)
}

fn version(program: &Path) -> Result<u32> {
    let said = read(Command::new(program).arg("--version"))?;
    major(&said).with_context(|| format!("no version in {said:?}"))
}

/// The major version in `Chromium 156.0.8078.79 built on Debian` and its like.
fn major(said: &str) -> Option<u32> {
    said.split_whitespace().find_map(|word| {
        let (major, rest) = word.split_once('.')?;
        rest.starts_with(|c: char| c.is_ascii_digit()).then(|| major.parse().ok())?
    })
}

fn pair(browsers: &[Found], drivers: &[Found]) -> std::result::Result<Browser, Missing> {
    for chromium in browsers {
        for driver in drivers {
            // A driver refuses a browser of another major version.
            if driver.major == chromium.major {
                return Ok(Browser {
                    chromium: chromium.path.clone(),
                    driver: driver.path.clone(),
                    major: chromium.major,
                });
            }
        }
    }
    match (browsers.first().cloned(), drivers.first().cloned()) {
        (None, _) => Err(Missing::Chromium),
        (Some(chromium), None) => Err(Missing::Driver { chromium }),
        (Some(chromium), Some(driver)) => Err(Missing::Match { chromium, driver }),
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chromium => f.write_str("there is no Chromium or Chrome on this machine.")?,
            Self::Driver { chromium } => {
                write!(f, "{} needs a chromedriver {}.", chromium.path.display(), chromium.major)?;
            }
            Self::Match { chromium, driver } => write!(
                f,
                "{} is version {} and {} is version {}; they must be the same.",
                chromium.path.display(),
                chromium.major,
                driver.path.display(),
                driver.major
            )?,
        }
        f.write_str(
            "\n  Debian:  apt-get install chromium chromium-driver\
             \n  macOS:   brew install --cask google-chrome chromedriver\
             \n  others:  https://googlechromelabs.github.io/chrome-for-testing\
             \n  If you have them elsewhere, set CHROMIUM and CHROMEDRIVER to their paths.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, major: u32) -> Found {
        Found { path: path.into(), major }
    }

    #[test]
    fn a_version_is_read_as_browsers_and_drivers_print_it() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some(156));
        assert_eq!(major("Google Chrome 156.0.8078.79 \n"), Some(156));
        assert_eq!(major("ChromeDriver 155.0.1.2 (0a1b-refs/heads/155@{#1})"), Some(155));
        assert_eq!(major("Please install the snap. Thank you."), None);
    }

    #[test]
    fn a_driver_goes_with_the_browser_of_its_version() {
        let browsers = [found("/a/chrome", 155), found("/b/chromium", 156)];
        let drivers = [found("/c/chromedriver", 156)];
        let browser = pair(&browsers, &drivers).unwrap();
        assert_eq!(browser.chromium, PathBuf::from("/b/chromium"));
        assert_eq!(browser.driver, PathBuf::from("/c/chromedriver"));
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let none = pair(&[], &[]).unwrap_err().to_string();
        assert!(none.contains("no Chromium") && none.contains("apt-get install"), "{none}");
        let driver = pair(&[found("/a", 156)], &[]).unwrap_err().to_string();
        assert!(driver.contains("/a needs a chromedriver 156"), "{driver}");
        let versions = pair(&[found("/a", 156)], &[found("/b", 150)]).unwrap_err().to_string();
        assert!(versions.contains("/a is version 156 and /b is version 150"), "{versions}");
    }
}
