//! What a page loads, to the byte.
//!
//! The totals are those of a page in English. Another language is on demand: `locale.js` and the
//! one module that it then imports are listed, and are in no total.
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
use crate::contributors::Contributors;

const SNAPSHOT: &str = "tests/size.json";

/// What a page names in its `<script>`. All else is loaded by it, at once or later.
const FIRST: &str = "define.js";

/// What must not hold the field up: fetched beside it, and needed only once a code is asked for.
const LATER: &[&str] = &["mfa_code.js", "mfa_code_bg.wasm", "painted.js"];

/// The way to the other languages, loaded only where a page asks for one, and what is loaded only
/// after a failure.
const ON_DEMAND: &[&str] = &["locale.js", "remedy.js"];

/// Goals in bytes of brotli: before the field is usable, and before a code can be entered.
const EAGER_GOAL: usize = 4_500;
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
    /// That, and what is loaded before a code can be entered, in English.
    all: Bytes,
    /// The files of `all`.
    #[serde(skip)]
    loaded: BTreeSet<String>,
}

/// Prints the sizes of `dist/` beside the goals.
pub(crate) fn print() -> Result<()> {
    println!("{}", measure()?.table());
    Ok(())
}

/// Builds `dist/`, says what it is made of, and compares it with the snapshot, or writes the
/// snapshot.
pub(crate) fn check(bless: bool) -> Result<()> {
    bundle::build()?;
    let sizes = measure()?;
    let scripts = sizes.loaded.iter().filter(|name| name.ends_with(".js"));
    let scripts = scripts.map(|name| (name.clone(), sizes.files[name].raw)).collect();
    println!("\n{}\n", Contributors::of(&bundle::named_module()?, scripts)?);
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
    let mut contents = BTreeMap::new();
    for file in bundle::all_files(Path::new(DIST))? {
        let name = file.strip_prefix(DIST)?.to_string_lossy().replace('\\', "/");
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
        let at_once = loaded(contents, |named| named.at_once);
        let all = loaded(contents, |named| named.at_once || !ON_DEMAND.contains(&named.file));
        let mut later = LATER.iter().chain(ON_DEMAND);
        if let Some(hasty) = later.find(|name| at_once.contains(**name)) {
            bail!(
                "{FIRST} imports {hasty}, which would hold the field up: load it with `import()`"
            );
        }
        if let Some(lost) = LATER.iter().find(|name| !all.contains(**name)) {
            bail!("{FIRST} never leads to {lost}");
        }
        if let Some(language) = all.iter().find(|name| name.starts_with("locales/")) {
            bail!("{FIRST} leads to {language} by another way than locale.js");
        }
        Ok(Self { eager: sum(&at_once)?, all: sum(&all)?, loaded: all, files })
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

/// What [`FIRST`] leads to, however far down, along the ways that count.
fn loaded(contents: &BTreeMap<String, Vec<u8>>, counts: fn(&Named) -> bool) -> BTreeSet<String> {
    let mut loaded = BTreeSet::new();
    let mut waiting = vec![FIRST.to_owned()];
    while let Some(name) = waiting.pop() {
        let content = contents.get(&name).filter(|_| !loaded.contains(&name));
        if let Some(js) = content.and_then(|content| str::from_utf8(content).ok()) {
            waiting.extend(neighbours(js).filter(counts).map(|named| named.file.to_owned()));
        }
        loaded.insert(name);
    }
    loaded
}

/// A file beside a module, as the module names it.
struct Named<'a> {
    file: &'a str,
    /// By an `import` or `export` statement; `import(…)` is a call, and loads later.
    at_once: bool,
}

/// Every `"./file"` in a minified module.
fn neighbours(js: &str) -> impl Iterator<Item = Named<'_>> {
    js.match_indices("\"./").filter_map(|(at, opening)| {
        let before = &js[..at];
        let (file, _) = js[at + opening.len()..].split_once('"')?;
        Some(Named { file, at_once: before.ends_with("from") || before.ends_with("import") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(define: &str) -> BTreeMap<String, Vec<u8>> {
        let files = [
            ("define.js", define),
            ("element.js", "import{m}from\"./load.js\";export{m};"),
            (
                "load.js",
                "const m=()=>import(\"./mfa_code.js\"),w=\"./mfa_code_bg.wasm\",\
                 p=()=>import(\"./painted.js\");export{m,p};",
            ),
            ("painted.js", "export const C=1;"),
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
        let found: Vec<_> = neighbours(js).map(|named| (named.file, named.at_once)).collect();
        assert_eq!(found, [("a.js", true), ("b.js", true), ("c.js", true), ("d.js", false)]);
    }

    #[test]
    fn the_eager_part_is_the_element_and_the_rest_comes_later() {
        let sizes = Sizes::of(&dist("import{m}from\"./element.js\";m")).unwrap();
        let eager = sizes.files["define.js"] + sizes.files["element.js"] + sizes.files["load.js"];
        assert_eq!(sizes.eager, eager);
        let later = LATER.iter().fold(Bytes::default(), |sum, name| sum + sizes.files[*name]);
        assert_eq!(sizes.all, sizes.eager + later);
    }

    #[test]
    fn loading_the_glue_at_once_is_an_error() {
        let error = Sizes::of(&dist("import\"./mfa_code.js\"")).unwrap_err();
        assert!(error.to_string().contains("imports mfa_code.js"), "{error}");
    }

    #[test]
    fn another_language_is_listed_and_in_no_total() {
        let entry = "import{m}from\"./element.js\";m,()=>import(\"./locale.js\")";
        let mut files = dist(entry);
        let known = Sizes::of(&files).unwrap();
        files.insert("locale.js".into(), b"export const w=()=>import(\"./locales/de.js\");".into());
        files.insert("locales/de.js".into(), b"export default{};".into());
        let sizes = Sizes::of(&files).unwrap();
        assert_eq!((sizes.eager, sizes.all), (known.eager, known.all));
        assert_eq!(sizes.files["locales/de.js"].raw, 17);

        files.insert("define.js".into(), b"import\"./element.js\";import\"./locale.js\"".into());
        let error = Sizes::of(&files).unwrap_err().to_string();
        assert!(error.contains("define.js imports locale.js"), "{error}");

        let entry = b"import\"./element.js\";import(\"./locales/de.js\")";
        files.insert("define.js".into(), entry.into());
        let error = Sizes::of(&files).unwrap_err().to_string();
        assert!(error.contains("leads to locales/de.js by another way"), "{error}");
    }

    #[test]
    fn a_page_that_never_gets_to_the_wasm_is_an_error() {
        let error = Sizes::of(&dist("1")).unwrap_err();
        assert!(error.to_string().contains("never leads to mfa_code.js"), "{error}");
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
