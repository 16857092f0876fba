//! The scripts of `dist/`: the hand-written ones and the glue, each shrunk into a file of its own
//! with a map to its source, and the two that are one file each.
//!
//! The sources are laid out in the working folder as they are in the project, so that the maps
//! lead from `dist/` to where the sources are.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bundle::{all_files, copy};
use crate::shell::{installed, run};
use crate::styles;

const SOURCES: &str = "src/widget/js";

/// What takes the place of a file of the same name where everything is one file, and the mock, which
/// is one file too.
const INLINE: &str = "inline";
const MOCK: &str = "mock";

/// Entries for development servers: beside them `index.js` is one file, which they share.
const DEVELOPMENT: &str = "development";

/// The element, and what comes with the module; and a part of each that nothing else needs. One file
/// compresses better than two, and is a request less.
const WITH_PARTS: [&str; 2] = ["element.js", "painted.js"];
const PARTS: [&str; 2] = ["sheet.js", "light-dom.js"];

/// The command that checks an endpoint against the contract.
const CONTRACT: &str = "src/contract";

/// Everything but the module itself, for which there is the glue.
pub(crate) fn write(work: &Path, dist: &Path, glue: &Path, module: &Path) -> Result<()> {
    let root = work.join(SOURCES);
    for file in all_files(Path::new(SOURCES))? {
        let name = file.strip_prefix(SOURCES)?;
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("js") => copy(&styles::shrunk(&file, work)?, &root.join(name))?,
            // Declarations and the manifest.
            Some(_) | None => copy(&file, &dist.join(name))?,
        }
    }
    copy(glue, &root.join(glue.file_name().context("a file has a name")?))?;
    let apart: Vec<_> = all_files(&root)?
        .into_iter()
        .filter(|file| is_module(file))
        .filter(|file| WITH_PARTS.iter().chain(&PARTS).all(|one| *file != root.join(one)))
        .filter(|file| {
            [INLINE, MOCK, DEVELOPMENT].iter().all(|apart| !file.starts_with(root.join(apart)))
        })
        .collect();
    esbuild(&apart, &[option("--outbase=", &root), option("--outdir=", dist)])?;
    for whole in WITH_PARTS {
        let mut options = vec!["--bundle".into(), option("--outfile=", &dist.join(whole))];
        let others =
            WITH_PARTS.iter().map(|name| root.join(name)).filter(|file| !file.ends_with(whole));
        for file in apart.iter().cloned().chain(others) {
            options.push(option("--external:./", file.strip_prefix(&root)?));
        }
        esbuild(&[root.join(whole)], &options)?;
    }

    for folder in [INLINE, MOCK] {
        let folder = root.join(folder);
        for file in all_files(&folder)? {
            copy(&file, &root.join(file.strip_prefix(&folder)?))?;
        }
    }
    fs::write(root.join("module.js"), as_text(&fs::read(module)?)?)?;
    let one = |name: &str| option("--outfile=", &dist.join(name));
    // As the sources lie there, `sideEffects` of our own package.json does not mean them.
    // Parcel prints `\x000` in a template literal as `\00`, which is no JavaScript: the module is full
    // of such bytes, and a string of them comes out whole.
    let whole = ["--bundle", "--ignore-annotations", "--supported:template-literal=false"]
        .map(OsString::from);
    esbuild(&[root.join("inline.js")], &[&whole[..], &[one("inline.js")]].concat())?;
    let index = one(&format!("{DEVELOPMENT}/index.js"));
    esbuild(&[root.join("index.js")], &[&whole[..], &[index]].concat())?;
    let define = Path::new(DEVELOPMENT).join("define.js");
    esbuild(&[root.join(&define)], &[option("--outfile=", &dist.join(&define))])?;
    // In it nothing can call the browser's own `fetch`.
    let instead = ["fetch.js", "date.js"].map(|file| option("--inject:", &root.join(file)));
    esbuild(&[root.join("mock.js")], &[&whole[..], &instead, &[one("mock.js")]].concat())?;

    without_small_maps(dist)?;

    for file in all_files(Path::new(CONTRACT))? {
        copy(&file, &work.join(&file))?;
    }
    esbuild(
        &[work.join(CONTRACT).join("main.js")],
        &["--bundle".into(), "--platform=node".into(), one("contract.js")],
    )
}

/// Each file by itself, unless it is told to bundle: what is loaded later must stay a file of its
/// own.
fn esbuild(files: &[PathBuf], options: &[OsString]) -> Result<()> {
    run(installed("esbuild").args(files).args(options).args([
        "--minify",
        "--sourcemap",
        "--format=esm",
        "--tree-shaking=true",
        "--target=es2022",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
    ]))
}

/// Below this many bytes a script can be read as it is, and a page need not pay for naming its map.
const READABLE: usize = 800;

fn without_small_maps(dist: &Path) -> Result<()> {
    for file in all_files(dist)?.into_iter().filter(|file| is_module(file)) {
        let script = fs::read_to_string(&file)?;
        let Some((code, _)) = script.split_once("//# sourceMappingURL=") else { continue };
        if code.len() < READABLE {
            fs::write(&file, code)?;
            fs::remove_file(file.with_extension("js.map"))?;
        }
    }
    Ok(())
}

/// The module as a script that has it as a text, of a character for each byte. Compressed, that is
/// a sixth smaller than Base64, which hides from a compressor what repeats.
fn as_text(module: &[u8]) -> Result<String> {
    let text: String = module.iter().copied().map(char::from).collect();
    Ok(format!("export default {};", serde_json::to_string(&text)?))
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

fn is_module(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "js")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_the_module_is_one_character_of_the_text() {
        let all: Vec<u8> = (0..=255).collect();
        let script = as_text(&all).unwrap();
        let text = script.strip_prefix("export default ").unwrap().strip_suffix(';').unwrap();
        let text: String = serde_json::from_str(text).unwrap();
        let bytes: Vec<_> = text.chars().map(u32::from).collect();
        assert_eq!(bytes, (0..=255).collect::<Vec<u32>>());
    }
}
