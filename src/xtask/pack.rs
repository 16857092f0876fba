//! The npm package: what is in it, to the file, and whether the registry's own judges are content.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::bundle;
use crate::report::say;
use crate::setup::npm;
use crate::shell::{installed, read, run, target_dir};

/// Every file of the package, one a line.
const SNAPSHOT: &str = "tests/package.txt";

#[derive(Deserialize)]
struct Packed {
    filename: PathBuf,
    files: Vec<PackedFile>,
}

#[derive(Deserialize)]
struct PackedFile {
    path: String,
}

/// Makes the package and compares its files with the snapshot, or writes the snapshot.
pub(crate) fn check(bless: bool) -> Result<()> {
    let (package, files) = pack()?;
    let list = files.iter().map(|file| format!("{file}\n")).collect::<String>();
    if bless {
        fs::write(SNAPSHOT, list).with_context(|| format!("cannot write {SNAPSHOT}"))?;
        println!("{SNAPSHOT} is written.");
        return Ok(());
    }
    let known = fs::read_to_string(SNAPSHOT)
        .with_context(|| format!("cannot read {SNAPSHOT}; `cargo xtask pack --bless` writes it"))?;
    let differences = differences(&known, &files);
    if !differences.is_empty() {
        bail!(
            "npm would not publish what {SNAPSHOT} lists:\n{}\n\
             If that is meant, `cargo xtask pack --bless` takes it over.",
            differences.join("\n")
        );
    }
    println!("npm would publish {} files, those of {SNAPSHOT}.", files.len());

    say("Asking publint");
    run(installed("publint").arg("--strict").arg(&package))?;
    say("Asking whether the types are wrong");
    // It is modules alone, so how CommonJS or Node 10 would see it does not matter.
    run(installed("attw")
        .args(["--profile", "esm-only", "--exclude-entrypoints"])
        .args(NO_TYPES)
        .arg("--")
        .arg(&package))
}

/// Entry points that are no modules.
const NO_TYPES: &[&str] = &["custom-elements.json", "integrity.json", "mfa_code_bg.wasm"];

/// The package, for tests to install.
pub(crate) fn packed() -> Result<PathBuf> {
    pack().map(|(package, _)| package)
}

/// The folder that `npm install` would make of the package, for tests to use in the sources' place.
pub(crate) fn unpacked() -> Result<PathBuf> {
    let (package, _) = pack()?;
    // The name that npm gives to what it packs.
    let folder = package.with_file_name("package");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    run(Command::new("tar")
        .arg("-xzf")
        .arg(&package)
        .arg("-C")
        .arg(target_dir()?.join("package")))?;
    Ok(folder)
}

/// The package as npm makes it, and the paths in it.
fn pack() -> Result<(PathBuf, BTreeSet<String>)> {
    bundle::build()?;
    let folder = target_dir()?.join("package");
    fs::create_dir_all(&folder)?;
    let said = read(
        Command::new(npm())
            .args(["pack", "--json", "--ignore-scripts", "--pack-destination"])
            .arg(&folder),
    )?;
    let packed: Vec<Packed> = serde_json::from_str(&said).context("npm pack printed no list")?;
    let [packed] = &*packed else {
        bail!("npm pack made {} packages", packed.len());
    };
    let files = packed.files.iter().map(|file| file.path.clone()).collect();
    Ok((folder.join(&packed.filename), files))
}

/// One line for each file that is listed or packed, but not both.
fn differences(known: &str, files: &BTreeSet<String>) -> Vec<String> {
    let known: BTreeSet<_> = known.lines().map(str::to_owned).collect();
    let gone = known.difference(files).map(|file| format!("  {file}: is gone"));
    let new = files.difference(&known).map(|file| format!("  {file}: is new"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_listed_and_one_that_is_not_packed_are_named() {
        let files = ["README.md".to_owned(), "src/lib.rs".to_owned()].into();
        let known = "LICENSE-MIT\nREADME.md\n";
        assert_eq!(differences(known, &files), ["  LICENSE-MIT: is gone", "  src/lib.rs: is new"]);
        assert!(differences("README.md\nsrc/lib.rs\n", &files).is_empty());
    }
}
