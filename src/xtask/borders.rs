//! Which package may stand on which: the borders that keep a credential out of the browser and one
//! misreading out of every test.
//!
//! Cargo says what is really linked; a look at the manifests would miss what comes with others.

use anyhow::{Result, bail};

use crate::setup::WASM;
use crate::shell::{cargo, read};

/// A package and what must not be among its dependencies, however deep.
struct Border {
    package: &'static str,
    target: Option<&'static str>,
    without: &'static [&'static str],
    because: &'static str,
}

const SERVERS: &[&str] =
    &["axum", "hyper", "hyper-util", "isahc", "mfa-proxy", "reqwest", "tokio", "ureq"];

const BORDERS: &[Border] = &[
    Border {
        package: "mfa-code",
        target: Some(WASM),
        without: SERVERS,
        because: "what runs in the browser cannot call the vendor",
    },
    Border {
        package: "mfa-core",
        target: None,
        without: &["js-sys", "mfa-code", "mfa-emulator", "mfa-proxy", "tokio", "web-sys"],
        because: "the rules do no I/O",
    },
    Border {
        package: "mfa-emulator",
        target: None,
        without: &["mfa-code", "mfa-core", "mfa-demo", "mfa-proxy"],
        because: "it must not repeat our own misreading of the source document",
    },
    Border {
        package: "mfa-proxy",
        target: None,
        without: &["mfa-code", "mfa-demo", "mfa-emulator"],
        because: "it runs where nothing is for show",
    },
];

/// Fails at the first border that is crossed.
pub(crate) fn check() -> Result<()> {
    for border in BORDERS {
        let mut tree = cargo(["tree", "--locked", "--edges=normal", "--prefix=none"]);
        tree.args(["--package", border.package]);
        if let Some(target) = border.target {
            tree.args(["--target", target]);
        }
        let crossed = crossed(&read(&mut tree)?, border.without);
        if !crossed.is_empty() {
            bail!(
                "{} depends on {}, and must not: {}. See the way with `cargo tree -p {} -i {}`",
                border.package,
                crossed.join(", "),
                border.because,
                border.package,
                crossed[0]
            );
        }
        println!("{} stands without {}", border.package, border.without.join(", "));
    }
    Ok(())
}

/// The forbidden packages in what `cargo tree --prefix=none` printed.
fn crossed<'a>(tree: &str, without: &[&'a str]) -> Vec<&'a str> {
    let present: Vec<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    without.iter().copied().filter(|name| present.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "mfa-code v0.1.0 (/mfa-code)\nserde v1.0.229\nhyper-util v0.1.21 (*)\n";

    #[test]
    fn a_forbidden_package_deep_in_the_tree_is_found_by_its_whole_name() {
        assert_eq!(crossed(TREE, SERVERS), ["hyper-util"]);
    }

    #[test]
    fn a_tree_within_its_borders_passes() {
        assert_eq!(crossed(TREE, &["axum", "hyper", "mfa-core"]), [""; 0]);
    }
}
