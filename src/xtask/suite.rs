//! Everything that must hold, step by step; the first step that fails ends it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::borders;
use crate::browser;
use crate::bundle;
use crate::engines;
use crate::fuzz;
use crate::pack;
use crate::redis;
use crate::report::{Summary, say};
use crate::setup::{self, WASM};
use crate::shell::{cargo, read, run, target_dir};
use crate::size;

struct Step {
    name: &'static str,
    does: &'static str,
    run: fn() -> Result<()>,
}

/// Quick ones first. A step fetches and builds what it needs, so that each can be run alone.
const STEPS: &[Step] = &[
    Step { name: "setup", does: "Looking for what the tests need", run: setup::everything },
    Step { name: "fmt", does: "Checking the formatting", run: fmt },
    Step { name: "borders", does: "Checking which package stands on which", run: borders::check },
    Step { name: "locales", does: "Comparing the languages with the built-in words", run: locales },
    Step { name: "clippy", does: "Linting for this machine", run: clippy },
    Step { name: "clippy-wasm", does: "Linting for the browser", run: clippy_wasm },
    Step { name: "doc", does: "Checking the documentation", run: doc },
    Step { name: "xtask", does: "Testing the tool chain", run: xtask },
    Step { name: "native", does: "Testing core, proxy, emulator and demo", run: native },
    Step { name: "fuzz", does: "Looking for input that breaks the proxy", run: fuzz::briefly },
    Step { name: "doctest", does: "Testing the examples in the documentation", run: doctest },
    Step { name: "wasm", does: "Testing the widget in a headless browser", run: wasm },
    Step { name: "build", does: "Building the npm package", run: bundle::build },
    Step { name: "size", does: "Comparing the sizes", run: || size::check(false) },
    Step { name: "pack", does: "Checking what npm would publish", run: || pack::check(false) },
    Step { name: "contract", does: "Asking endpoints which rules they break", run: contract },
    Step { name: "types", does: "Compiling against the package's types", run: types },
    Step {
        name: "consumers",
        does: "Signing in at pages that others build with the package",
        run: consumers,
    },
    Step { name: "e2e", does: "Walking the demo in a headless browser", run: e2e },
    Step { name: "pages", does: "Signing in at pages of other people's making", run: pages },
    Step { name: "engines", does: "Walking the demo in Firefox and WebKit", run: other_engines },
];

/// Packages that are no part of the product; they never share a build with it.
const TOOLS: &[&str] = &["xtask", "wasm-runner"];

pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// Runs the steps named, or all of them.
pub(crate) fn run_steps(only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !names().contains(&name.as_str())) {
        bail!("there is no step {unknown:?}; there are {}", names().join(", "));
    }
    let mut summary = Summary::default();
    for step in STEPS {
        if !only.is_empty() && !only.iter().any(|name| name == step.name) {
            continue;
        }
        say(step.does);
        let started = Instant::now();
        (step.run)().with_context(|| {
            format!("step {}. Repeat it with `cargo xtask test --only {}`", step.name, step.name)
        })?;
        summary.passed(step.name, started.elapsed());
    }
    println!("\n{summary}");
    Ok(())
}

fn fmt() -> Result<()> {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    run(&mut cargo(["fmt", "--check", "--manifest-path", "tests/fuzz/Cargo.toml"]))
}

/// Runs on the sources: nothing needs to be built.
fn locales() -> Result<()> {
    setup::npm_packages()?;
    run(Command::new("node").args(["--test", "tests/locales.test.js"]))
}

fn clippy() -> Result<()> {
    run(cargo(["clippy", "--locked", "--workspace", "--all-targets"])
        .args(["--", "-D", "warnings"]))
}

fn clippy_wasm() -> Result<()> {
    setup::wasm_target()?;
    run(cargo(["clippy", "--locked", "--package", "mfa-code", "--all-targets"])
        .args(["--target", WASM, "--", "-D", "warnings"]))
}

fn doc() -> Result<()> {
    run(cargo(["doc", "--locked", "--workspace", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

fn xtask() -> Result<()> {
    run(&mut cargo(["test", "--locked", "--package", "xtask", "--quiet"]))
}

/// The product's own tests, with nextest where it is installed.
fn native() -> Result<()> {
    // One build for the tests and the demo, so that the dependencies are compiled once.
    run(&mut product(&["build", "--bins", "--tests"]))?;
    let redis = redis::ensure()?;
    let mut tests = if read(&mut cargo(["nextest", "--version"])).is_ok() {
        product(&["nextest", "run"])
    } else {
        product(&["test", "--bins", "--lib", "--tests"])
    };
    run(tests.env(redis::VARIABLE, redis))
}

fn doctest() -> Result<()> {
    run(&mut product(&["test", "--doc"]))
}

fn product(args: &[&str]) -> Command {
    let mut command = cargo(args);
    command.args(["--locked", "--workspace"]);
    for tool in TOOLS {
        command.args(["--exclude", tool]);
    }
    command
}

fn wasm() -> Result<()> {
    setup::wasm_target()?;
    let browser = browser::ensure()?;
    run(&mut cargo(["build", "--locked", "--package", "wasm-runner"]))?;
    let capabilities = target_dir()?.join("webdriver.json");
    write_capabilities(&browser.chromium, &capabilities)?;
    run(cargo(["test", "--locked", "--package", "mfa-code", "--target", WASM, "--lib", "--tests"])
        .env("CHROMEDRIVER", browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities))
}

/// The project's own capabilities, and the browser that was found.
fn write_capabilities(chromium: &Path, to: &Path) -> Result<()> {
    const OURS: &str = "src/wasm-runner/webdriver.json";
    let text = fs::read_to_string(OURS).with_context(|| format!("cannot read {OURS}"))?;
    let mut all: Value = serde_json::from_str(&text).with_context(|| format!("{OURS} is wrong"))?;
    all["goog:chromeOptions"]["binary"] = json!(chromium);
    fs::write(to, all.to_string()).with_context(|| format!("cannot write {}", to.display()))
}

fn contract() -> Result<()> {
    walk("tests/contract", |_| {})
}

/// Every example with the package installed, as its readers would.
fn consumers() -> Result<()> {
    let browser = browser::ensure()?;
    let package = pack::packed()?;
    walk("tests/consumers", |node| {
        node.env("CHROMIUM", browser.chromium).env("MFA_TARBALL", package);
    })
}

fn e2e() -> Result<()> {
    let browser = browser::ensure()?;
    walk("tests/e2e", |node| {
        node.env("CHROMIUM", browser.chromium);
    })
}

/// The libraries of those pages are installed by their own lock.
fn pages() -> Result<()> {
    setup::npm_packages_of("tests/pages")?;
    let browser = browser::ensure()?;
    walk("tests/pages", |node| {
        node.env("CHROMIUM", browser.chromium);
    })
}

/// The core of it in the engines that there are.
fn other_engines() -> Result<()> {
    let engines = engines::ensure()?;
    if engines.is_empty() {
        say("No engine besides Chromium: nothing to do");
        return Ok(());
    }
    // Some of it goes through the pages of that folder.
    setup::npm_packages_of("tests/pages")?;
    walk("tests/engines", |node| {
        let names: Vec<_> = engines.keys().copied().collect();
        node.env(engines::VARIABLE, names.join(","));
        for (engine, program) in engines.values() {
            node.env(engine.variable, program);
        }
    })
}

/// The declarations and the manifest, as the compiler of a site finds them in the package.
fn types() -> Result<()> {
    setup::npm_packages()?;
    run(tests_of("tests/types")?.env("MFA_PACKAGE", pack::unpacked()?))
}

/// Runs the tests of a folder with Node against the demo as it is now, and the package as npm
/// would publish it.
fn walk(folder: &str, tell: impl FnOnce(&mut Command)) -> Result<()> {
    setup::npm_packages()?;
    let mut node = tests_of(folder)?;
    let package = pack::unpacked()?;
    run(&mut product(&["build", "--bins", "--tests"]))?;
    node.env("MFA_DEMO", bundle::demo_binary()?).env("MFA_DIST", package.join(bundle::DIST));
    tell(&mut node);
    run(&mut node)
}

/// The tests of a folder, for Node to run.
fn tests_of(folder: &str) -> Result<Command> {
    let mut tests = bundle::files(Path::new(folder))?;
    tests.retain(|file| file.to_string_lossy().ends_with(".test.js"));
    if tests.is_empty() {
        bail!("there are no tests in {folder}");
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).args(tests);
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_step_is_an_error_that_names_the_known_ones() {
        let error = run_steps(&["nativ".into()]).unwrap_err();
        assert!(error.to_string().contains("native, fuzz, doctest"), "{error}");
    }
}
