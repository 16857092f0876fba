//! The package manager of Debian and Ubuntu, where it may be used without a question.
//!
//! It is the only way in which a browser is installed. It never asks for a password.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::shell::{on_path, read, run};

/// Tells apt-get that nobody is there to answer. As a word, because `sudo` drops the environment.
const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";

/// An `apt-get` that does as it is told.
pub(crate) struct Apt(Vec<&'static str>);

impl Apt {
    /// Nothing where there is no such way: another system, or neither root nor a quiet `sudo`.
    pub(crate) fn find() -> Option<Self> {
        on_path("apt-get")?;
        if read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
            return Some(Self(vec!["env", QUIET, "apt-get"]));
        }
        let sudo = Command::new("sudo")
            .args(["-n", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        sudo.is_ok_and(|status| status.success())
            .then(|| Self(vec!["sudo", "-n", "env", QUIET, "apt-get"]))
    }

    pub(crate) fn install(&self, packages: &[&str]) -> Result<()> {
        // Once in a run is often enough.
        static UPDATED: OnceLock<()> = OnceLock::new();
        if UPDATED.get().is_none() {
            self.call(&["update"])?;
            UPDATED.get_or_init(|| ());
        }
        self.call(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
            .with_context(|| format!("{} cannot be installed", packages.join(", ")))
    }

    fn call(&self, args: &[&str]) -> Result<()> {
        run(Command::new(self.0[0])
            .args(&self.0[1..])
            // Another installation may be running: wait for it, at most this many seconds.
            .args(["-qq", "-o", "DPkg::Lock::Timeout=300"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null()))
    }
}
