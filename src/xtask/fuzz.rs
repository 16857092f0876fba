//! Fuzzing: input that nobody thought of, against what the proxy reads.
//!
//! The targets are in `tests/fuzz`, with seeds that a search begins from and never adds to.
//! cargo-fuzz is fetched once, at one version, into the target folder. It runs on the compiler of
//! `rust-toolchain.toml`: without a sanitizer, which needs another one and finds what safe Rust
//! does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::report::say;
use crate::shell::{cargo, on_path, read, run, target_dir};

const VERSION: &str = "0.13.2";

const FOLDER: &str = "tests/fuzz";

const TARGETS: &[&str] = &["configuration", "numbers", "sealed_ids", "wire_bodies"];

/// For the step of the tests: whichever is over first.
const SECONDS: u32 = 10;
const RUNS: u32 = 100_000;

/// Seconds that one input may take. None takes a hundredth of one.
const PATIENCE: u32 = 10;

/// How much of what a target said is shown when it fails.
const LAST_LINES: usize = 25;

/// A little of each target, always from the seeds alone.
pub(crate) fn briefly() -> Result<()> {
    if !cfg!(target_os = "linux") {
        say("Fuzzing is for Linux: nothing to do");
        return Ok(());
    }
    let built = Built::now(None)?;
    for target in TARGETS {
        let found = built.folder.join("found").join(target);
        if found.exists() {
            fs::remove_dir_all(&found).with_context(|| format!("cannot empty {found:?}"))?;
        }
        built.search(target, &found, SECONDS, Some(RUNS))?;
    }
    Ok(())
}

/// One target, or each, for as long as one likes; it goes on from what was found before.
pub(crate) fn by_hand(target: Option<&str>, seconds: Option<u32>) -> Result<()> {
    let built = Built::now(target)?;
    for target in target.as_ref().map_or(TARGETS, std::slice::from_ref) {
        let found = built.folder.join("corpus").join(target);
        built.search(target, &found, seconds.unwrap_or(60), None)?;
    }
    Ok(())
}

/// One input again, with the sources as they are now.
pub(crate) fn repeat(target: &str, input: &Path) -> Result<()> {
    let built = Built::now(Some(target))?;
    run(Command::new(built.program(target)).arg(input).env("RUST_BACKTRACE", "1"))
}

/// The targets, compiled.
struct Built {
    folder: PathBuf,
    host: String,
}

impl Built {
    fn now(target: Option<&str>) -> Result<Self> {
        if let Some(unknown) = target.filter(|target| !TARGETS.contains(target)) {
            bail!("there is no fuzz target {unknown:?}; there are {}", TARGETS.join(", "));
        }
        lock_file()?;
        cpp_compiler()?;
        let cargo_fuzz = cargo_fuzz()?;
        let host = host()?;
        let folder = target_dir()?.join("fuzz");
        // What is told to be repeated is read more easily so.
        let folder = folder.strip_prefix(env::current_dir()?).map(Path::to_owned).unwrap_or(folder);
        run(Command::new(cargo_fuzz)
            .args(["fuzz", "build", "--fuzz-dir", FOLDER, "--sanitizer=none"])
            // By default there is one, and the build takes far longer.
            .args(["--codegen-units=16", "--target", &host, "--target-dir"])
            .arg(&folder)
            .args(target))?;
        Ok(Self { folder, host })
    }

    fn program(&self, target: &str) -> PathBuf {
        self.folder.join(&self.host).join("release").join(target)
    }

    /// Looks for an input that breaks the target, and puts what leads to something new here.
    fn search(&self, target: &str, found: &Path, seconds: u32, runs: Option<u32>) -> Result<()> {
        let broken = self.folder.join("artifacts").join(target);
        for folder in [found, &broken] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {folder:?}"))?;
        }
        let mut search = Command::new(self.program(target));
        search
            .arg(found)
            .arg(Path::new(FOLDER).join("seeds").join(target))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={PATIENCE}"))
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .args(runs.map(|runs| format!("-runs={runs}")))
            .env("RUST_BACKTRACE", "0");
        say(format_args!("Fuzzing {target} for up to {seconds} s"));
        let output = search.stdin(Stdio::null()).stdout(Stdio::null()).output();
        let output = output.with_context(|| format!("cannot run {search:?}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<_> = said.lines().collect();
        if output.status.success() {
            println!("{target}: {}", lines.last().unwrap_or(&"nothing was said"));
            return Ok(());
        }
        println!("{}", lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"));
        match input(&said) {
            Some(input) => bail!(
                "an input breaks {target}. See it again with \
                 `cargo xtask fuzz {target} --input {input}`; once mended, make a test of it"
            ),
            None => bail!("{target} ended with {}", output.status),
        }
    }
}

/// The file that libFuzzer wrote what broke the target to.
fn input(said: &str) -> Option<&str> {
    said.lines().rev().find_map(|line| line.split_once("Test unit written to ")).map(|it| it.1)
}

fn cargo_fuzz() -> Result<PathBuf> {
    let root = target_dir()?.join("tools").join(format!("cargo-fuzz-{VERSION}"));
    let program = root.join("bin/cargo-fuzz");
    if !program.is_file() {
        say(format_args!("Installing cargo-fuzz {VERSION}"));
        // It only calls cargo: what is built quickly is good enough.
        run(cargo(["install", "cargo-fuzz", "--version", VERSION, "--locked", "--debug"])
            .args(["--quiet", "--no-track", "--root"])
            .arg(&root))?;
    }
    Ok(program)
}

/// libFuzzer is C++.
fn cpp_compiler() -> Result<()> {
    if env::var_os("CXX").is_some() || on_path("c++").is_some() {
        return Ok(());
    }
    let Some(apt) = Apt::find() else {
        bail!("fuzzing needs a C++ compiler: install one that is called `c++`, or name it in CXX");
    };
    say("Installing a C++ compiler");
    apt.install(&["g++"])
}

fn host() -> Result<String> {
    let said = read(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say for which host it is")?.to_owned())
}

/// What is fuzzed is what is shipped: the targets' own lock file has the product's versions.
fn lock_file() -> Result<()> {
    let text = |file: &str| fs::read_to_string(file).with_context(|| format!("no {file}"));
    let (lock, manifest) = (format!("{FOLDER}/Cargo.lock"), format!("{FOLDER}/Cargo.toml"));
    let mend = format!(
        "{lock} is not that of the product. Mend it with `cp Cargo.lock {lock}` and \
         `cargo update --workspace --manifest-path {manifest}`"
    );
    let other = others(&text("Cargo.lock")?, &text(&lock)?);
    if !other.is_empty() {
        bail!("{mend}: it has other versions of {}", other.join(", "));
    }
    read(&mut cargo(["tree", "--locked", "--manifest-path", &manifest])).context(mend)?;
    Ok(())
}

/// The packages of which ours has other versions than theirs.
fn others(theirs: &str, ours: &str) -> Vec<String> {
    let theirs = versions(theirs);
    let ours = versions(ours);
    let other = |(name, versions): (&&str, &BTreeSet<&str>)| {
        theirs.get(name).is_some_and(|theirs| !versions.is_subset(theirs)).then(|| name.to_string())
    };
    ours.iter().filter_map(other).collect()
}

/// What a lock file has of each package.
fn versions(lock: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let rest = package.split_once(&format!("\n{key} = \""))?.1;
            rest.split_once('"').map(|it| it.0)
        };
        if let (Some(name), Some(version)) = (value("name"), value("version")) {
            all.entry(name).or_default().insert(version);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_source_its_seeds_and_its_place_in_the_manifest() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for target in TARGETS {
            assert!(manifest.contains(&format!("[[bin]]\nname = \"{target}\"")), "{target}");
            assert!(folder.join(target).with_extension("rs").is_file(), "{target}");
            assert!(folder.join("seeds").join(target).read_dir().unwrap().count() > 0, "{target}");
        }
    }

    #[test]
    fn the_input_that_broke_a_target_is_read_from_what_it_said() {
        let said = "panicked\nartifact_prefix='a/'; Test unit written to a/crash-1\nBase64: x\n";
        assert_eq!(input(said), Some("a/crash-1"));
        assert_eq!(input("killed"), None);
    }

    #[test]
    fn a_version_that_is_not_shipped_is_named() {
        let lock = |packages: &[(&str, &str)]| {
            let package = |&(name, version): &(&str, &str)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"x\"\n")
            };
            packages.iter().map(package).collect::<String>()
        };
        let theirs = lock(&[("axum", "1"), ("http", "1"), ("http", "2")]);
        assert_eq!(others(&theirs, &lock(&[("http", "2"), ("arbitrary", "3")])), [""; 0]);
        assert_eq!(others(&theirs, &lock(&[("axum", "2"), ("http", "1")])), ["axum"]);
    }
}
