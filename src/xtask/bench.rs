//! The benchmarks, and the page that keeps what they said.
//!
//! They are run by hand and are no part of the tests: how long something takes is never asserted.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::bundle;
use crate::nginx;
use crate::redis;
use crate::report::say;
use crate::setup;
use crate::shell::{cargo, run, target_dir};

const PAGE: &str = "docs/performance.md";

const OF_THE_PAGE: &str = "## The page";
const OF_THE_PROXY: &str = "## The proxy";

/// The benchmark of the page, and the packages of those whom it measures the element beside.
const PEERS: &str = "benches/page";

const NEW_PAGE: &str = "\
# Performance

What was measured, where and when. Each section is written by the command that it names; the ratios
within one run are what can be compared.
";

/// Where the benchmark looks for the emulator.
const EMULATOR: &str = "MFA_EMULATOR";

/// Names another build of the proxy, to be measured in the same run.
const BESIDE: &str = "MFA_PROXY_BESIDE";

/// Only what a change is seen by at once.
const BRIEF: &str = "--brief";

/// Builds what ships, measures it beside nginx, and writes the section of the page, unless only
/// a part of it is asked for.
pub(crate) fn proxy(options: &[String]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the benchmark reads times and memory from the kernel of Linux; run it there");
    }
    let (nginx, redis) = (nginx::ensure()?, redis::ensure()?);
    say("Building what ships");
    run(&mut cargo(["build", "--locked", "--release", "--package", "mfa-emulator"]))?;
    let bench = ["bench", "--locked", "--package", "mfa-proxy", "--bench", "proxy"];
    run(cargo(bench).arg("--no-run"))?;
    say("Measuring, for about five minutes; leave the machine alone meanwhile");
    let report = printed(
        cargo(bench)
            .args(["--quiet", "--"])
            .args(options)
            .env(EMULATOR, target_dir()?.join("release/mfa-emulator"))
            .env(nginx::VARIABLE, nginx)
            .env(redis::VARIABLE, redis),
    )?;
    println!("{report}");
    if env::var_os(BESIDE).is_some() {
        say("Two builds were compared: the page stays as it is");
        return Ok(());
    }
    if options.iter().any(|option| option == BRIEF) {
        say("The page stays as it is");
        return Ok(());
    }
    keep(OF_THE_PROXY, &report)
}

/// Builds what ships, measures it beside others in a browser, and writes the section of the page.
/// With fewer rounds or only some contestants it is a look, and the page stays as it is.
pub(crate) fn page(rounds: Option<u32>, only: &[String]) -> Result<()> {
    bundle::build()?;
    setup::npm_packages_of(PEERS)?;
    let chromium = browser::ensure()?.chromium;
    say("Measuring; leave the machine alone meanwhile");
    let mut node = Command::new("node");
    node.arg(format!("{PEERS}/main.js")).env("CHROMIUM", chromium);
    if let Some(rounds) = rounds {
        node.arg(format!("--rounds={rounds}"));
    }
    node.args(only.iter().map(|name| format!("--only={name}")));
    let report = printed(&mut node)?;
    println!("{report}");
    if rounds.is_some() || !only.is_empty() {
        say("This was no whole run: the page stays as it is");
        return Ok(());
    }
    keep(OF_THE_PAGE, &report)
}

fn keep(heading: &str, report: &str) -> Result<()> {
    let page = fs::read_to_string(PAGE).unwrap_or_else(|_| NEW_PAGE.into());
    fs::write(PAGE, with_section(&page, heading, report))
        .with_context(|| format!("cannot write {PAGE}"))?;
    say(format_args!("{PAGE} has it"));
    Ok(())
}

/// Runs it and returns what it printed, while its progress goes to our own terminal.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.context("cannot run the benchmark")?;
    if !output.status.success() {
        bail!("the benchmark ended with {}", output.status);
    }
    String::from_utf8(output.stdout).context("the benchmark did not print text")
}

/// The page with this section in place of the one that has its heading, or at the end.
fn with_section(page: &str, heading: &str, text: &str) -> String {
    let section = format!("{heading}\n\n{}\n", text.trim());
    let begin = format!("\n{heading}\n");
    let Some((before, rest)) = page.split_once(&begin) else {
        return format!("{}\n\n{section}", page.trim_end());
    };
    match rest.find("\n## ") {
        Some(next) => format!("{before}\n{section}{}", &rest[next..]),
        None => format!("{before}\n{section}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_the_one_before_it_and_leaves_the_others() {
        let page = "# Performance\n\n## The page\n\none\n\n## The proxy\n\nold\n\n### more\n\nold\n\
                    \n## The end\n\ntwo\n";
        let written = with_section(page, OF_THE_PROXY, "new\n\n### less\n");
        let wanted = "# Performance\n\n## The page\n\none\n\n## The proxy\n\nnew\n\n### less\n\
                      \n## The end\n\ntwo\n";
        assert_eq!(written, wanted);
        assert_eq!(with_section(&written, OF_THE_PROXY, "new\n\n### less"), wanted);
    }

    #[test]
    fn a_page_without_the_section_gets_it_at_its_end() {
        let written = with_section(NEW_PAGE, OF_THE_PROXY, "new");
        assert!(written.starts_with(NEW_PAGE) && written.ends_with("\n\n## The proxy\n\nnew\n"));
        assert_eq!(with_section(&written, OF_THE_PROXY, "new"), written);
    }
}
