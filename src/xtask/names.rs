//! Short names for what passes between the WebAssembly module and its glue.
//!
//! wasm-bindgen's names are for people, and browsers load them at every visit: 2.7 kB of brotli in
//! a widget of this kind. Both sides are renamed at once, and a name that does not stand where it
//! must is an error: this never guesses.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// The name by which the glue calls the module's exports.
const EXPORTS: &str = "wasm";

/// The names on both sides, before and after.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Names {
    /// By name as wasm-bindgen made them.
    pub(crate) imports: BTreeMap<String, String>,
    /// Without those that the glue never calls: the module need not keep them.
    pub(crate) exports: BTreeMap<String, String>,
    /// The one module that everything is imported from.
    pub(crate) module: (String, String),
}

impl Names {
    /// Gives each name of the module the shortest that is free, in the order given.
    pub(crate) fn new<'a>(
        js: &str,
        imports: impl IntoIterator<Item = (&'a str, &'a str)>,
        exports: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut names = Self { module: (String::new(), short(0)), ..Self::default() };
        for (module, name) in imports {
            if names.module.0.is_empty() {
                names.module.0 = module.to_owned();
            } else if names.module.0 != module {
                bail!("{name} is imported from {module}, the others from {}", names.module.0);
            }
            names.imports.insert(name.to_owned(), short(names.imports.len()));
        }
        let called: Vec<_> = words(js).filter(|word| word.is_export(js)).map(|w| w.text).collect();
        for name in exports {
            if called.contains(&name) {
                names.exports.insert(name.to_owned(), short(names.exports.len()));
            }
        }
        Ok(names)
    }

    /// The glue with the short names.
    pub(crate) fn shorten(&self, js: &str) -> Result<String> {
        let mut out = String::with_capacity(js.len());
        let mut copied = 0;
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for word in words(js) {
            let short = if word.is_export(js) {
                match self.exports.get(word.text) {
                    Some(short) => short,
                    None => bail!("the glue calls {}, which the module does not export", word.text),
                }
            } else if let (true, Some(short)) = (word.is_key(js), self.imports.get(word.text)) {
                *seen.entry(word.text).or_default() += 1;
                short
            } else {
                continue;
            };
            out.push_str(&js[copied..word.at]);
            out.push_str(short);
            copied = word.at + word.text.len();
        }
        out.push_str(&js[copied..]);

        for name in self.imports.keys() {
            match seen.get(&**name) {
                Some(1) => {}
                Some(_) => bail!("the glue defines the import {name} more than once"),
                None => bail!("the glue does not define the import {name}"),
            }
        }
        let (long, short) = &self.module;
        let (long, short) = (format!("{long:?}:"), format!("{short:?}:"));
        if !self.imports.is_empty() && out.matches(&long).count() != 1 {
            bail!("the glue does not name the imported module {long} once");
        }
        Ok(out.replace(&long, &short))
    }
}

/// An identifier, or another run of its letters, and where it stands.
struct Word<'a> {
    at: usize,
    text: &'a str,
}

impl Word<'_> {
    /// `wasm.text`, but not `other.wasm.text`.
    fn is_export(&self, js: &str) -> bool {
        let Some(object) = js[..self.at].strip_suffix('.') else {
            return false;
        };
        object.strip_suffix(EXPORTS).is_some_and(|before| !before.ends_with(is_of_word_or_dot))
    }

    /// `text:`, a key of an object.
    fn is_key(&self, js: &str) -> bool {
        js[self.at + self.text.len()..].starts_with(':')
    }
}

fn words(js: &str) -> impl Iterator<Item = Word<'_>> {
    js.split(|c| !is_of_word(c)).filter(|text| !text.is_empty()).map(|text| {
        let at = text.as_ptr().addr() - js.as_ptr().addr();
        Word { at, text }
    })
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn is_of_word_or_dot(c: char) -> bool {
    is_of_word(c) || c == '.'
}

/// `a` to `z`, `A` to `Z`, then `aa` and so on.
fn short(mut index: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = Vec::new();
    loop {
        name.push(char::from(LETTERS[index % LETTERS.len()]));
        match (index / LETTERS.len()).checked_sub(1) {
            Some(rest) => index = rest,
            None => return name.into_iter().rev().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JS: &str = r#"
        const import0 = {
            __wbg_type_5f9c: function(arg0) { return pass(arg0.type, wasm.__wbindgen_malloc); },
            __wbg_then_656f: function(arg0) { return arg0.then(); },
        };
        return { "./mfa_code_bg.js": import0 };
        export function start() { return wasm.start(wasm.memory.buffer); }
        const start = { start: instance.wasm.start };"#;
    const MODULE: &str = "./mfa_code_bg.js";

    fn names() -> Result<Names> {
        let imports = [(MODULE, "__wbg_then_656f"), (MODULE, "__wbg_type_5f9c")];
        Names::new(JS, imports, ["memory", "start", "__abort_handler", "__wbindgen_malloc"])
    }

    #[test]
    fn both_sides_get_the_same_short_names_and_nothing_else_changes() {
        let js = names().unwrap().shorten(JS).unwrap();
        let expected = r#"
        const import0 = {
            b: function(arg0) { return pass(arg0.type, wasm.c); },
            a: function(arg0) { return arg0.then(); },
        };
        return { "a": import0 };
        export function start() { return wasm.b(wasm.a.buffer); }
        const start = { start: instance.wasm.start };"#;
        assert_eq!(js, expected);
    }

    #[test]
    fn an_export_that_the_glue_never_calls_is_left_out() {
        assert!(!names().unwrap().exports.contains_key("__abort_handler"));
    }

    #[test]
    fn a_call_of_what_the_module_does_not_export_is_an_error() {
        let names = Names::new(JS, [], ["memory"]).unwrap();
        let error = names.shorten(JS).unwrap_err();
        assert!(error.to_string().contains("__wbindgen_malloc"), "{error}");
    }

    #[test]
    fn an_import_that_the_glue_does_not_define_is_an_error() {
        let names = Names::new(JS, [(MODULE, "__wbg_gone_1234")], ["memory"]).unwrap();
        let error = names.shorten("wasm.memory").unwrap_err();
        assert!(error.to_string().contains("__wbg_gone_1234"), "{error}");
    }

    #[test]
    fn imports_from_two_modules_are_an_error() {
        let error = Names::new(JS, [(MODULE, "a"), ("env", "b")], []).unwrap_err();
        assert!(error.to_string().contains("b is imported from env"), "{error}");
    }

    #[test]
    fn short_names_never_repeat() {
        assert_eq!([0, 25, 26, 51, 52, 53].map(short), ["a", "z", "A", "Z", "aa", "ab"]);
        let mut all: Vec<_> = (0..6000).map(short).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 6000);
    }
}
