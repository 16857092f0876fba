//! From Rust to WebAssembly: the widget as it ships, before it is bound to JavaScript.
//!
//! It is the compiler's own target with one thing changed, a standard library that is built with
//! the widget, and a few words to the code generator: docs/decisions/0010 has what each is worth.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::setup::WASM;
use crate::shell::{cargo, read, run};

/// The target's own name, which cargo takes from the file that describes it.
const TARGET: &str = "wasm32-multivalue";

/// What is changed in [`WASM`]: a function that returns two numbers returns them, instead of
/// writing them to the stack in memory for its caller to read.
const CHANGED: [(&str, &str); 2] =
    [("features", "+multivalue"), ("llvm-abiname", "experimental-mv")];

/// A structure is copied by one instruction, not by two for each eight bytes of it; and nothing is
/// computed in two places so that it need not be in a third.
const SMALLER: [&str; 3] = ["max-store-memcpy=1", "enable-pre=false", "enable-load-pre=false"];

/// Opens cargo's and rustc's unstable options. The compiler is pinned, so they cannot change.
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// Compiles the widget, and says where the module is.
pub(crate) fn widget(target: &Path) -> Result<PathBuf> {
    let mut flags = vec![
        // The default of 1 MiB is most of the memory that a page would pay for. No story has it
        // deeper than 3 KiB. Stack, data and what one element allocates are one page of memory.
        OsString::from("-Clink-arg=-zstack-size=16384"),
        // A panic is a trap: what it would print, nobody would read.
        OsString::from("-Zunstable-options"),
        OsString::from("-Cpanic=immediate-abort"),
    ];
    flags.extend(SMALLER.map(|word| OsString::from(format!("-Cllvm-args=-{word}"))));
    for (from, to) in folders()? {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(from);
        flag.push("=");
        flag.push(to);
        flags.push(flag);
    }
    let flags = flags.join("\x1f".as_ref());
    let description = target.join(TARGET).with_extension("json");
    fs::write(&description, multivalue(&described(WASM)?)?)
        .with_context(|| format!("cannot write {}", description.display()))?;
    run(cargo(["rustc", "--package", "mfa-code", "--lib", "--profile", "wasm"])
        .arg("--target")
        .arg(&description)
        // With an rlib beside it cargo would leave out the link-time optimization.
        .args(["--crate-type", "cdylib", "-Zjson-target-spec"])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .env(UNSTABLE.0, UNSTABLE.1)
        // For this call alone: as a setting it would also rebuild what is native.
        .env("CARGO_ENCODED_RUSTFLAGS", flags))?;
    Ok(target.join(TARGET).join("wasm/mfa_code.wasm"))
}

/// A target as the compiler describes it.
fn described(target: &str) -> Result<String> {
    read(
        Command::new("rustc")
            .args(["-Zunstable-options", "--print=target-spec-json", "--target", target])
            .env(UNSTABLE.0, UNSTABLE.1),
    )
}

/// The target with what is [`CHANGED`].
fn multivalue(described: &str) -> Result<String> {
    let mut target: Map<String, Value> =
        serde_json::from_str(described).context("rustc describes no target")?;
    for (name, value) in CHANGED {
        if let Some(theirs) = target.insert(name.to_owned(), value.into()) {
            bail!("the target has {name} by itself by now, {theirs}");
        }
    }
    Ok(serde_json::to_string_pretty(&target)?)
}

/// Folders whose names would get into the panic messages, from general to particular.
fn folders() -> Result<Vec<(PathBuf, String)>> {
    let project = env::current_dir().context("cannot tell the project's folder")?;
    let home = env::home_dir().context("there is no home folder")?;
    let cargo_home = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let registries = cargo_home.join("registry/src");
    let registries = fs::read_dir(&registries)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read {}", registries.display()))?;

    let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let version = read(Command::new("rustc").arg("-vV"))?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .context("rustc -vV does not name its commit")?;
    // With the rust-src component installed rustc names its folder instead of this one.
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");

    let mut folders = vec![(home, "/home".into()), (library, format!("/rustc/{commit}"))];
    // Each registry or mirror has a folder of its own name.
    folders.extend(registries.iter().map(|registry| (registry.path(), "/cargo".into())));
    folders.push((project, "/mfa-code".into()));
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_the_compilers_own_with_two_values_more() {
        let own: Map<String, Value> = serde_json::from_str(&described(WASM).unwrap()).unwrap();
        let mut ours: Map<String, Value> =
            serde_json::from_str(&multivalue(&described(WASM).unwrap()).unwrap()).unwrap();
        for (name, value) in CHANGED {
            assert_eq!(ours.remove(name), Some(value.into()));
        }
        assert_eq!(ours, own);
    }

    #[test]
    fn a_target_that_has_them_by_itself_is_an_error() {
        let error = multivalue(r#"{"features": "+simd128"}"#).unwrap_err().to_string();
        assert!(error.contains("features by itself"), "{error}");
    }
}
