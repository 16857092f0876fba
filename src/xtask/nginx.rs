//! The nginx that the proxy is measured beside.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::apt::Apt;
use crate::report::say;
use crate::shell::on_path;

/// Where the benchmark looks for the program.
pub(crate) const VARIABLE: &str = "MFA_NGINX";

const PROGRAM: &str = "nginx";

/// The smallest package that has it.
const PACKAGE: &str = "nginx-light";

/// Where Debian puts it; not everybody's `PATH` has that.
const ELSEWHERE: &str = "/usr/sbin/nginx";

/// Finds the program, or installs it on a Debian or Ubuntu where we may.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(told) = env::var_os(VARIABLE).map(PathBuf::from) {
        if !told.is_file() {
            bail!("{VARIABLE} names {}, which is no program", told.display());
        }
        return Ok(told);
    }
    if let Some(program) = found() {
        return Ok(program);
    }
    if let Some(apt) = Apt::find().filter(|_| cfg!(target_os = "linux")) {
        say("Installing nginx with apt-get");
        apt.install(&[PACKAGE])?;
    }
    match found() {
        Some(program) => Ok(program),
        None => bail!(
            "There is no {PROGRAM} on this machine. Debian: apt-get install {PACKAGE}. If you have \
             one elsewhere, set {VARIABLE} to its path"
        ),
    }
}

fn found() -> Option<PathBuf> {
    let elsewhere = Path::new(ELSEWHERE);
    on_path(PROGRAM).or_else(|| elsewhere.is_file().then(|| elsewhere.to_owned()))
}
