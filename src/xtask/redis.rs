//! The Redis that the tests of several instances start and stop by themselves.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::apt::Apt;
use crate::report::say;
use crate::shell::on_path;

/// Where the tests look for the program first.
pub(crate) const VARIABLE: &str = "REDIS_SERVER";

const PROGRAM: &str = "redis-server";

/// Finds the program, or installs it on a Debian or Ubuntu where we may.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(told) = env::var_os(VARIABLE).map(PathBuf::from) {
        if !told.is_file() {
            bail!("{VARIABLE} names {}, which is no program", told.display());
        }
        return Ok(told);
    }
    if let Some(program) = on_path(PROGRAM) {
        return Ok(program);
    }
    if let Some(apt) = Apt::find().filter(|_| cfg!(target_os = "linux")) {
        say("Installing Redis with apt-get");
        apt.install(&[PROGRAM])?;
    }
    match on_path(PROGRAM) {
        Some(program) => Ok(program),
        None => bail!(
            "There is no {PROGRAM} on this machine. Debian: apt-get install {PROGRAM}. If you have \
             one elsewhere, set {VARIABLE} to its path"
        ),
    }
}
