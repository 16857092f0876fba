//! The one place that knows the tool chain: build, demo, tests and sizes.
//!
//! `npm` and the continuous integration only call this. Each command fetches what it needs on a
//! machine that has nothing but Rust (rustup) and Node, and says what it is doing meanwhile. It
//! never holds a rule of the product.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod apt;
mod bench;
mod borders;
mod browser;
mod bundle;
mod compile;
mod contributors;
mod engines;
mod fuzz;
mod glue;
mod integrity;
mod names;
mod nginx;
mod order;
mod pack;
mod redis;
mod report;
mod scripts;
mod setup;
mod shell;
mod size;
mod styles;
mod suite;

const USAGE: &str = "\
cargo xtask <command>

  start                build everything and run the demo (PORT moves it)
  build                compile the widget into dist/ and print what a page loads
  test [--only STEP]…  everything that must hold, or only the steps named
  size [--bless]       build, and compare with tests/size.json or write it
  pack [--bless]       make the npm package, and compare with tests/package.txt or write it
  fuzz [TARGET] [--seconds N | --input FILE]
                       look for input that breaks it, or give it this one again
  bench-proxy [--brief] [--soak SECONDS]
                       measure the proxy beside nginx, and write docs/performance.md; or only what
                       a change is seen by at once; or also how its memory stands after so long
  bench [--rounds N] [--only NAME]…
                       measure the page beside others', and write docs/performance.md
  setup                fetch the wasm target, the npm packages and the browsers
";

fn main() -> ExitCode {
    match enter_project().and_then(|()| command()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nFailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Every path in here is relative to the project's root.
fn enter_project() -> Result<()> {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let root = PathBuf::from(xtask).join("../..");
    let root = root.canonicalize().with_context(|| format!("cannot find {}", root.display()))?;
    std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))
}

fn command() -> Result<()> {
    use lexopt::prelude::*;

    let mut words = lexopt::Parser::from_env();
    let (mut command, mut only, mut bless) = (None, Vec::new(), false);
    let mut measures = Vec::new();
    let (mut target, mut seconds, mut input, mut rounds) = (None, None, None, None);
    while let Some(word) = words.next()? {
        match word {
            Value(name) if command.is_none() => command = Some(name.string()?),
            Value(name) if command.as_deref() == Some("fuzz") && target.is_none() => {
                target = Some(name.string()?);
            }
            Long("seconds") => seconds = Some(words.value()?.parse()?),
            Long("brief") => measures.push("--brief".to_owned()),
            Long("soak") => {
                measures.extend(["--soak".to_owned(), words.value()?.string()?]);
            }
            Long("input") => input = Some(PathBuf::from(words.value()?)),
            Long("rounds") => rounds = Some(words.value()?.parse()?),
            Long("only") => only.push(words.value()?.string()?),
            Long("bless") => bless = true,
            Long("help") | Short('h') => command = Some("help".into()),
            Long(_) | Short(_) | Value(_) => return Err(word.unexpected().into()),
        }
    }
    match command.as_deref() {
        Some("start") => bundle::start(),
        Some("build") => bundle::build(),
        Some("test") => suite::run_steps(&only),
        Some("size") => size::check(bless),
        Some("pack") => pack::check(bless),
        Some("fuzz") => match (target.as_deref(), input) {
            (Some(target), Some(input)) => fuzz::repeat(target, &input),
            (None, Some(_)) => bail!("say which target the input is for"),
            (target, None) => fuzz::by_hand(target, seconds),
        },
        Some("bench-proxy") => bench::proxy(&measures),
        Some("bench") => bench::page(rounds, &only),
        Some("setup") => setup::everything(),
        Some("help") => {
            print!("{USAGE}\nSteps of test: {}\n", suite::names().join(", "));
            Ok(())
        }
        Some(other) => bail!("there is no command {other:?}\n\n{USAGE}"),
        None => bail!("say what to do\n\n{USAGE}"),
    }
}
