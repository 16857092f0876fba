//! Running other programs: cargo, node, and what npm installed.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The cargo that runs us, so that both use one tool chain.
pub(crate) fn cargo<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// A program that `npm ci` put into `node_modules`.
pub(crate) fn installed(name: &str) -> Command {
    let file = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
    Command::new(Path::new("node_modules/.bin").join(file))
}

/// Runs it with our own terminal. A failure names the command, to be repeated by hand.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("cannot run `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs it and returns what it printed. What it says on failure goes into the error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{line}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` ended with {}:\n{}", output.status, said.trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not print text"))
}

/// The first program of that name on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Where cargo puts what it builds: this program stands in `<target>/debug`.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot tell where this program stands")?;
    let target = own.ancestors().nth(2).context("this program stands outside a target folder")?;
    Ok(target.to_owned())
}

fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = match program.file_name() {
        Some(name) if program.is_absolute() => name.to_string_lossy().into_owned(),
        Some(_) | None => program.display().to_string(),
    };
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_to_repeat() {
        let error = run(cargo(["no-such-command"]).stderr(Stdio::null())).unwrap_err();
        assert!(error.to_string().starts_with("`cargo no-such-command` ended with"), "{error}");
    }

    #[test]
    fn what_a_failing_program_said_is_in_the_error() {
        let error = read(&mut cargo(["no-such-command"])).unwrap_err();
        assert!(error.to_string().contains("no such command"), "{error}");
    }
}
