//! What a page loads, to the byte.
//!
//! `tests/size.json` is a snapshot, not a limit: a change shows its bytes in its own diff. The
//! compressors are of the version in `Cargo.lock`, so the numbers are the same on every machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::ops::Add;
use std::path::Path;

use anyhow::{Context, Result, bail};
use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};

use crate::bundle::{self, DIST};

const SNAPSHOT: &str = "tests/size.json";

/// What a page names in its `<script>`, and what that loads later, when a code is asked for.
const FIRST: &str = "define.js";
const LATER: &[&str] = &["mfa_code.js", "mfa_code_bg.wasm"];

/// Goals in bytes of brotli: before the field is usable, and before a code can be entered.
const EAGER_GOAL: usize = 4_000;
const ALL_GOAL: usize = 30_000;

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Bytes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Sizes {
    files: BTreeMap<String, Bytes>,
    /// `define.js` and what it imports at once.
    eager: Bytes,
    /// That, and what is loaded before a code can be entered.
    all: Bytes,
}

/// Prints the sizes of `dist/` beside the goals.
pub(crate) fn print() -> Result<()> {
    println!("{}", measure()?.table());
    Ok(())
}

/// Builds `dist/` and compares it with the snapshot, or writes the snapshot.
pub(crate) fn check(bless: bool) -> Result<()> {
    bundle::build()?;
    let sizes = measure()?;
    if bless {
        let text = serde_json::to_string_pretty(&sizes)?;
        fs::write(SNAPSHOT, text + "\n").with_context(|| format!("cannot write {SNAPSHOT}"))?;
        println!("{SNAPSHOT} is written.");
        return Ok(());
    }
    let text = fs::read_to_string(SNAPSHOT)
        .with_context(|| format!("cannot read {SNAPSHOT}; `cargo xtask size --bless` writes it"))?;
    let known: Sizes =
        serde_json::from_str(&text).with_context(|| format!("{SNAPSHOT} is not a snapshot"))?;
    let differences = sizes.differences(&known);
    if !differences.is_empty() {
        bail!(
            "the sizes are not those of {SNAPSHOT}:\n{}\n\
             If that is meant, `cargo xtask size --bless` takes them over.",
            differences.join("\n")
        );
    }
    println!("The same as {SNAPSHOT}.");
    Ok(())
}

fn measure() -> Result<Sizes> {
    let dist = Path::new(DIST);
    let mut contents = BTreeMap::new();
    for file in bundle::files(dist)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".js") || name.ends_with(".wasm") {
            contents.insert(name, fs::read(&file)?);
        }
    }
    Sizes::of(&contents)
}

impl Sizes {
    fn of(contents: &BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let mut files = BTreeMap::new();
        for (name, content) in contents {
            files.insert(name.clone(), Bytes::of(content)?);
        }
        let sum = |names: &BTreeSet<String>| -> Result<Bytes> {
            names.iter().try_fold(Bytes::default(), |sum, name| {
                let bytes = files.get(name).with_context(|| format!("{DIST}/{name} is missing"))?;
                Ok(sum + *bytes)
            })
        };
        let mut loaded = at_once(FIRST, contents);
        let eager = sum(&loaded)?;
        if let Some(late) = LATER.iter().find(|name| loaded.contains(**name)) {
            bail!("{FIRST} loads {late} at once, which must wait until a code is asked for");
        }
        loaded.extend(LATER.iter().map(|name| (*name).to_owned()));
        let all = sum(&loaded)?;
        Ok(Self { files, eager, all })
    }

    fn table(&self) -> String {
        let mut text = format!("{:<20} {:>9} {:>9} {:>9}\n", "", "raw", "gzip", "brotli");
        let mut line = |name: &str, bytes: &Bytes, note: &str| {
            let Bytes { raw, gzip, brotli } = bytes;
            text.push_str(&format!("{name:<20} {raw:>9} {gzip:>9} {brotli:>9}{note}\n"));
        };
        for (name, bytes) in &self.files {
            line(name, bytes, "");
        }
        line("eager", &self.eager, &goal(self.eager.brotli, EAGER_GOAL));
        line("all before entry", &self.all, &goal(self.all.brotli, ALL_GOAL));
        text.truncate(text.trim_end().len());
        text
    }

    /// One line for each file and total that is not as it was.
    fn differences(&self, known: &Self) -> Vec<String> {
        let names: BTreeSet<_> = self.files.keys().chain(known.files.keys()).collect();
        let files =
            names.into_iter().map(|name| (&**name, known.files.get(name), self.files.get(name)));
        let totals = [
            ("eager", Some(&known.eager), Some(&self.eager)),
            ("all before entry", Some(&known.all), Some(&self.all)),
        ];
        files
            .chain(totals)
            .filter(|(_, was, is)| was != is)
            .map(|(name, was, is)| match (was, is) {
                (Some(was), Some(is)) => format!("  {name}: was {was}, is {is}"),
                (None, Some(is)) => format!("  {name}: is new, {is}"),
                (Some(_), None) | (None, None) => format!("  {name}: is gone"),
            })
            .collect()
    }
}

impl Bytes {
    fn of(content: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content)?;

        let mut brotli = Vec::new();
        let mut writer = CompressorWriter::new(&mut brotli, content.len().max(1), 11, 22);
        writer.write_all(content)?;
        drop(writer);

        Ok(Self { raw: content.len(), gzip: gzip.finish()?.len(), brotli: brotli.len() })
    }
}

impl Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

impl std::fmt::Display for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} raw, {} gzip, {} brotli", self.raw, self.gzip, self.brotli)
    }
}

fn goal(brotli: usize, goal: usize) -> String {
    let verdict = if brotli <= goal { "within" } else { "OVER" };
    format!("  {verdict} the goal of {goal}")
}

/// The module and all that it imports statically, however far down.
fn at_once(first: &str, contents: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let mut loaded = BTreeSet::new();
    let mut waiting = vec![first.to_owned()];
    while let Some(name) = waiting.pop() {
        if let Some(content) = contents.get(&name) {
            waiting.extend(static_imports(&String::from_utf8_lossy(content)));
        }
        if !loaded.insert(name) {
            waiting.retain(|next| !loaded.contains(next));
        }
    }
    loaded
}

/// The neighbours that a minified module imports or re-exports by a statement. `import(…)` is a
/// call, and loads later.
fn static_imports(js: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, opening) in js.match_indices("\"./") {
        let before = &js[..at];
        let statement = before.ends_with("from") || before.ends_with("import");
        let rest = &js[at + opening.len()..];
        if let (true, Some((name, _))) = (statement, rest.split_once('"')) {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(define: &str) -> BTreeMap<String, Vec<u8>> {
        let files = [
            ("define.js", define),
            ("element.js", "const m=()=>import(\"./mfa_code.js\");export{m};"),
            ("index.js", "export*from\"./element.js\";"),
            ("mfa_code.js", "export default 1;"),
            ("mfa_code_bg.wasm", "\0asm"),
        ];
        files.map(|(name, content)| (name.to_owned(), content.as_bytes().to_vec())).into()
    }

    #[test]
    fn what_is_imported_by_a_call_is_not_loaded_at_once() {
        let js =
            "import{a}from\"./a.js\";import\"./b.js\";export*from\"./c.js\";import(\"./d.js\")";
        assert_eq!(static_imports(js), ["a.js", "b.js", "c.js"]);
    }

    #[test]
    fn the_eager_part_is_the_element_and_the_rest_comes_later() {
        let sizes = Sizes::of(&dist("import{m}from\"./element.js\";m")).unwrap();
        assert_eq!(sizes.eager, sizes.files["define.js"] + sizes.files["element.js"]);
        let later = sizes.files["mfa_code.js"] + sizes.files["mfa_code_bg.wasm"];
        assert_eq!(sizes.all, sizes.eager + later);
    }

    #[test]
    fn loading_the_glue_at_once_is_an_error() {
        let error = Sizes::of(&dist("import\"./mfa_code.js\"")).unwrap_err();
        assert!(error.to_string().contains("loads mfa_code.js at once"), "{error}");
    }

    #[test]
    fn a_difference_of_one_byte_is_named_with_both_sizes() {
        let known = Sizes::of(&dist("import\"./element.js\"")).unwrap();
        let sizes = Sizes::of(&dist("import\"./element.js\";")).unwrap();
        let differences = sizes.differences(&known);
        assert_eq!(differences.len(), 3, "{differences:?}");
        assert!(differences[0].starts_with("  define.js: was 20 raw"), "{differences:?}");
        assert!(differences[0].contains("is 21 raw"), "{differences:?}");
        assert!(known.differences(&known).is_empty());
    }

    #[test]
    fn a_new_file_and_one_that_is_gone_are_differences() {
        let known = Sizes::of(&dist("import\"./element.js\"")).unwrap();
        let mut more = dist("import\"./element.js\"");
        more.insert("extra.js".into(), b"1".to_vec());
        let sizes = Sizes::of(&more).unwrap();
        assert!(sizes.differences(&known)[0].starts_with("  extra.js: is new, 1 raw"));
        assert_eq!(known.differences(&sizes), ["  extra.js: is gone"]);
    }
}
