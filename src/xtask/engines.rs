//! The engines besides Chromium in which the core of the suite is told: Firefox and WebKit.
//!
//! Each is taken where it is told of (`FIREFOX`, `WEBKITDRIVER`), else sought, else installed by
//! the system's package manager. Where one cannot be had it is left out, in plain words; it never
//! goes missing silently, and not at all where it is asked for.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};

use crate::apt::Apt;
use crate::report::say;
use crate::shell::on_path;

/// Names the engines that must be there, as in `firefox,webkit`; empty for none of them.
pub(crate) const VARIABLE: &str = "MFA_ENGINES";

/// An engine, and how to come by it.
#[derive(Debug, PartialEq)]
pub(crate) struct Engine {
    /// As [`VARIABLE`] has it.
    pub(crate) name: &'static str,
    pub(crate) called: &'static str,
    /// Where the tests look for the program first.
    pub(crate) variable: &'static str,
    programs: &'static [&'static str],
    places: &'static [&'static str],
    /// What must be there as well, on the `PATH`.
    besides: &'static [&'static str],
    packages: &'static [&'static str],
}

pub(crate) const FIREFOX: Engine = Engine {
    name: "firefox",
    called: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    places: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    besides: &[],
    packages: &["firefox-esr"],
};

pub(crate) const WEBKIT: Engine = Engine {
    name: "webkit",
    called: "WebKit",
    variable: "WEBKITDRIVER",
    programs: &["WebKitWebDriver"],
    places: &[],
    // It hangs without a display.
    besides: &["Xvfb"],
    packages: &["webkit2gtk-driver", "xvfb"],
};

const ALL: [&Engine; 2] = [&FIREFOX, &WEBKIT];

/// Those that there are, and the program of each.
pub(crate) type Engines = BTreeMap<&'static str, (&'static Engine, PathBuf)>;

/// Which engines are looked for, and whether it is an error to be without one of them.
#[derive(Debug, PartialEq)]
struct Wish {
    engines: Vec<&'static Engine>,
    must: bool,
}

/// Finds the engines, or installs them on a Debian or Ubuntu where we may.
pub(crate) fn ensure() -> Result<Engines> {
    let told = env::var(VARIABLE).ok();
    let wish = wish(told.as_deref())?;
    let mut there = Engines::new();
    for engine in wish.engines {
        match engine.find_or_install() {
            Ok(program) => {
                there.insert(engine.name, (engine, program));
            }
            Err(error) if wish.must => return Err(error),
            Err(error) => say(format_args!("Left out: {}. {error:#}", engine.called)),
        }
    }
    Ok(there)
}

/// What [`VARIABLE`] says; without it all that can be had.
fn wish(told: Option<&str>) -> Result<Wish> {
    let Some(told) = told else {
        return Ok(Wish { engines: ALL.to_vec(), must: false });
    };
    let names = told.split(',').map(str::trim).filter(|name| !name.is_empty());
    let engines = names.map(|name| {
        ALL.into_iter().find(|engine| engine.name == name).with_context(|| {
            let known = ALL.map(|engine| engine.name).join(",");
            format!("{VARIABLE} names {name:?}; it can name {known}, or nothing")
        })
    });
    Ok(Wish { engines: engines.collect::<Result<_>>()?, must: true })
}

impl Engine {
    fn find_or_install(&'static self) -> Result<PathBuf> {
        let missing = match self.find() {
            Ok(program) => return Ok(program),
            Err(missing) => missing,
        };
        let told = env::var_os(self.variable).is_some();
        let Some(apt) = Apt::find().filter(|_| !told && cfg!(target_os = "linux")) else {
            return Err(missing);
        };
        say(format_args!("Installing {} with apt-get", self.called));
        apt.install(self.packages).with_context(|| missing.to_string())?;
        self.find()
    }

    fn find(&self) -> Result<PathBuf> {
        if let Some(absent) = self.besides.iter().find(|name| on_path(name).is_none()) {
            return Err(self.missing(absent));
        }
        if let Some(told) = env::var_os(self.variable).map(PathBuf::from) {
            if !told.is_file() {
                bail!("{} names {}, which is no program", self.variable, told.display());
            }
            return Ok(told);
        }
        let places = self.places.iter().map(PathBuf::from).find(|place| place.is_file());
        let program = self.programs.iter().find_map(|name| on_path(name)).or(places);
        program.ok_or_else(|| self.missing(self.programs[0]))
    }

    fn missing(&self, program: &str) -> anyhow::Error {
        let packages = self.packages.join(" ");
        anyhow!(
            "There is no {program} on this machine. Debian: apt-get install {packages}. If you \
             have {} elsewhere, set {} to its path",
            self.called,
            self.variable
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_all_engines_are_welcome_and_none_is_a_must() {
        assert_eq!(wish(None).unwrap(), Wish { engines: ALL.to_vec(), must: false });
    }

    #[test]
    fn an_engine_that_is_named_must_be_there_and_the_others_are_not_looked_for() {
        let only = |engines| Wish { engines, must: true };
        assert_eq!(wish(Some("webkit")).unwrap(), only(vec![&WEBKIT]));
        assert_eq!(wish(Some(" firefox, webkit ")).unwrap(), only(ALL.to_vec()));
        assert_eq!(wish(Some("")).unwrap(), only(vec![]));
    }

    #[test]
    fn a_name_that_is_no_engine_is_an_error_that_names_the_known_ones() {
        let error = wish(Some("firefox,safari")).unwrap_err().to_string();
        assert!(error.contains("\"safari\"") && error.contains("firefox,webkit"), "{error}");
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_get_it() {
        let said = WEBKIT.missing("Xvfb").to_string();
        for part in ["no Xvfb", "apt-get install webkit2gtk-driver xvfb", "WEBKITDRIVER"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
