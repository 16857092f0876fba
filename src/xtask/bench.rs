//! The benchmark of the proxy, and the page that keeps what it said.
//!
//! It is run by hand and is no part of the tests: how long something takes is never asserted.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::nginx;
use crate::redis;
use crate::report::say;
use crate::shell::{cargo, run, target_dir};

const PAGE: &str = "docs/performance.md";

const HEADING: &str = "## The proxy";

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
    let page = fs::read_to_string(PAGE).unwrap_or_else(|_| NEW_PAGE.into());
    fs::write(PAGE, with_section(&page, HEADING, &report))
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
        let written = with_section(page, HEADING, "new\n\n### less\n");
        let wanted = "# Performance\n\n## The page\n\none\n\n## The proxy\n\nnew\n\n### less\n\
                      \n## The end\n\ntwo\n";
        assert_eq!(written, wanted);
        assert_eq!(with_section(&written, HEADING, "new\n\n### less"), wanted);
    }

    #[test]
    fn a_page_without_the_section_gets_it_at_its_end() {
        let written = with_section(NEW_PAGE, HEADING, "new");
        assert!(written.starts_with(NEW_PAGE) && written.ends_with("\n\n## The proxy\n\nnew\n"));
        assert_eq!(with_section(&written, HEADING, "new"), written);
    }
}
