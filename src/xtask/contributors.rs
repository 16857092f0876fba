//! What the bytes of a page are made of: the largest functions and data of the module, and the
//! scripts, each as one.
//!
//! Raw bytes: what a compressor makes of one function depends on all the others.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, NameSectionReader, Naming, Parser, Payload};

use crate::order::functions_of;

/// How many are listed.
const LISTED: usize = 12;

/// What a page loads, the largest part first.
#[derive(Debug)]
pub(crate) struct Contributors {
    parts: Vec<(String, usize)>,
    all: usize,
}

impl Contributors {
    /// `module` is the one that ships, before its names were taken off; `scripts` go with it.
    pub(crate) fn of(module: &Path, scripts: Vec<(String, usize)>) -> Result<Self> {
        let module =
            fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
        let mut parts = scripts;
        parts.extend(parts_of(&module).context("the module cannot be taken apart")?);
        parts.sort_by(|(one, size), (other, than)| than.cmp(size).then(one.cmp(other)));
        let all = parts.iter().map(|(_, size)| size).sum();
        Ok(Self { parts, all })
    }
}

impl fmt::Display for Contributors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The largest contributors to all before entry, in raw bytes:")?;
        for (name, size) in self.parts.iter().take(LISTED) {
            #[allow(clippy::cast_precision_loss, reason = "of some thousands")]
            let share = *size as f64 * 100.0 / self.all as f64;
            write!(f, "\n{size:>9} {share:>5.1} %  {name}")?;
        }
        let rest = self.parts.get(LISTED..).unwrap_or_default();
        let bytes: usize = rest.iter().map(|(_, size)| size).sum();
        write!(f, "\n{bytes:>9}          in {} more", rest.len())
    }
}

/// Functions and pieces of data by name, and what the rest of the module holds.
fn parts_of(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let (mut functions, mut data) = (Vec::new(), Vec::new());
    let (mut imported, mut names, mut rest) = (0, BTreeMap::new(), module.len());
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ImportSection(imports) = payload {
            imported += functions_of(imports)?;
        } else if let Payload::CodeSectionEntry(body) = payload {
            functions.push(body.range().len());
        } else if let Payload::DataSection(pieces) = payload {
            for piece in pieces {
                data.push(piece?.range.len());
            }
        } else if let Payload::CustomSection(section) = payload
            && let KnownCustom::Name(known) = section.as_known()
        {
            // It does not ship.
            rest -= section.range().len();
            names.extend(names_of(known)?);
        }
    }
    rest -= functions.iter().chain(&data).sum::<usize>();
    let functions = (imported..).zip(functions).map(|(index, size)| {
        let name = names.remove(&index).unwrap_or_else(|| format!("function {index}"));
        (name, size)
    });
    let data = data.into_iter().enumerate();
    let data = data.map(|(at, size)| (format!("texts and other data, piece {at}"), size));
    let other = ("imports, exports, types and tables of the module".to_owned(), rest);
    Ok(functions.chain(data).chain([other]).collect())
}

/// The functions' names by their numbers.
fn names_of(known: NameSectionReader<'_>) -> Result<Vec<(u32, String)>> {
    let mut names = Vec::new();
    for kind in known {
        if let Name::Function(functions) = kind? {
            for naming in functions {
                let Naming { index, name } = naming?;
                names.push((index, format!("{:#}", demangle(name))));
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One import, a function that is called `long`, one without a name, and some data.
    fn module() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (id, content) in [
            (1, &b"\x01\x60\0\0"[..]),
            (2, b"\x01\x01a\x01b\0\0"),
            (3, b"\x02\0\0"),
            (5, b"\x01\0\x01"),
            (10, b"\x02\x05\0\x01\x01\x01\x0b\x02\0\x0b"),
            (11, b"\x01\0\x41\0\x0b\x03abc"),
            (0, b"\x04name\x01\x07\x01\x01\x04long"),
        ] {
            module.extend([id, u8::try_from(content.len()).unwrap()]);
            module.extend(content);
        }
        module
    }

    #[test]
    fn functions_have_their_names_and_the_imported_ones_are_not_among_them() {
        let parts: BTreeMap<_, _> = parts_of(&module()).unwrap().into_iter().collect();
        assert_eq!((parts["long"], parts["function 2"]), (5, 2));
        assert_eq!(parts.len(), 4, "{parts:?}");
    }

    #[test]
    fn the_largest_is_named_first_and_what_is_not_named_is_counted() {
        let file = std::env::temp_dir().join(format!("contributors-{}.wasm", std::process::id()));
        fs::write(&file, module()).unwrap();
        let scripts = (0..12).map(|at| (format!("{at}.js"), 100 + at)).collect();
        let found = Contributors::of(&file, scripts);
        fs::remove_file(&file).unwrap();
        let text = found.unwrap().to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 14, "{text}");
        assert!(lines[1].ends_with("11.js") && lines[12].ends_with("0.js"), "{text}");
        assert!(lines[13].ends_with("in 4 more"), "{text}");
    }
}
