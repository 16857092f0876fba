//! What a fresh machine lacks: the wasm target, the lint tools, the npm packages.
//!
//! Each function is quick and silent when there is nothing to do. The browser has its own module.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::engines;
use crate::redis;
use crate::report::say;
use crate::shell::{cargo, read, run};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that the tools and the tests run on; `package.json` names it too.
const NODE: u32 = 20;

/// Everything that any command needs, for `cargo xtask setup` and as the first step of the tests.
pub(crate) fn everything() -> Result<()> {
    wasm_target()?;
    component("fmt", "rustfmt")?;
    component("clippy", "clippy")?;
    npm_packages()?;
    let browser = browser::ensure()?;
    say(format_args!("Chromium {} at {}", browser.major, browser.chromium.display()));
    for (engine, program) in engines::ensure()?.values() {
        say(format_args!("{} by {}", engine.called, program.display()));
    }
    say(format_args!("Redis by {}", redis::ensure()?.display()));
    Ok(())
}

/// The standard library for WebAssembly: as it comes, for the tests, and its source, of which the
/// module that ships has one without the text of panics.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]))?;
    if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        say("Adding the source of Rust's standard library");
        run(Command::new("rustup").args(["component", "add", "rust-src"])).context(
            "the source of Rust's standard library is missing. Add it with \
             `rustup component add rust-src`",
        )?;
    }
    let folder = read(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    say("Adding the Rust target for WebAssembly");
    run(Command::new("rustup").args(["target", "add", WASM])).with_context(|| {
        format!("Rust cannot build for {WASM} yet. Add it with `rustup target add {WASM}`")
    })
}

/// The npm packages, exactly as `package-lock.json` has them.
pub(crate) fn npm_packages() -> Result<()> {
    npm_packages_of(".")
}

/// Those of a folder that has a lock file of its own.
pub(crate) fn npm_packages_of(folder: &str) -> Result<()> {
    node()?;
    let folder = Path::new(folder);
    // npm writes this file last, so an installation that was cut short is repeated.
    let installed = changed_at(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed_at(&folder.join("package-lock.json")) {
        return Ok(());
    }
    say("Installing the npm packages");
    run(Command::new(npm())
        .current_dir(folder)
        // None of our packages needs its install script, so none gets to run one.
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .stdout(Stdio::null()))
    .context("the npm packages could not be installed. Repeat it with `npm ci`")
}

/// What npm is called here.
pub(crate) fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn node() -> Result<()> {
    let said = read(Command::new("node").arg("--version"))
        .with_context(|| format!("Node {NODE} or newer is needed: https://nodejs.org"))?;
    match major(&said) {
        Some(version) if version >= NODE => Ok(()),
        Some(_) | None => bail!("Node {NODE} or newer is needed, this is {}", said.trim()),
    }
}

fn component(command: &str, name: &str) -> Result<()> {
    if read(&mut cargo([command, "--version"])).is_ok() {
        return Ok(());
    }
    say(format_args!("Adding {name}"));
    run(Command::new("rustup").args(["component", "add", name]))
        .with_context(|| format!("{name} is missing. Add it with `rustup component add {name}`"))
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read_as_node_prints_it() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("not found"), None);
    }
}
