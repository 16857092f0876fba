//! wasm-bindgen's JavaScript without what nothing of ours calls.
//!
//! It is made for every browser and every way to load a module. Ours is loaded by `load.js`, in
//! browsers that have reference types, and so everything that these brought.

use anyhow::{Context, Result, bail};

/// From here on it is about loading.
const LOADING: &str = "let wasmModule, wasmInstance, wasm;";

/// Fills the table of what JavaScript has handed over. wasm-bindgen has the module call it when it
/// starts; `load.js` starts nothing twice, so the loader does it itself.
const FILLING: &str = "__wbindgen_init_externref_table: function() {\n";

/// Where the loader does it.
const STARTED: &str = "wasm.__wbindgen_start();\n";

/// Takes a compiled module. Once is enough: what waits for it twice gets the same exports.
const LOADER: &str = "\
let wasm;
let started;
function init(module) {
    return started ??= WebAssembly.instantiate(module, __wbg_get_imports()).then(instance => {
        wasm = instance.exports;
        wasm.__wbindgen_start();
        return wasm;
    }).catch(error => {
        started = undefined;
        throw error;
    });
}

export { init as default };
";

/// What is there, and what does for us.
const SIMPLER: &[(&str, &str)] = &[
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || \
         (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== \
         wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
    (
        "cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0",
        "cachedUint8ArrayMemory0?.buffer !== wasm.memory.buffer",
    ),
    (
        "(typeof FinalizationRegistry === 'undefined')\n\
         ? { register: () => {}, unregister: () => {} }\n\
         : new",
        "new",
    ),
    // Every call of ours hands over the way to make the place larger.
    (
        "\
if (realloc === undefined) {
const buf = cachedTextEncoder.encode(arg);
const ptr = malloc(buf.length, 1) >>> 0;
getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
WASM_VECTOR_LEN = buf.length;
return ptr;
}
",
        "",
    ),
    // Safari's decoder fails after two gigabytes, which no code entry ever reads.
    (
        "\
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
",
        "",
    ),
    (
        "\
numBytesDecoded += bytes.length;
if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
numBytesDecoded = bytes.length;
}
",
        "",
    ),
    ("if (Symbol.dispose) Widget.prototype[Symbol.dispose] = Widget.prototype.free;\n", ""),
    (
        "\
if (!('encodeInto' in cachedTextEncoder)) {
cachedTextEncoder.encodeInto = function (arg, view) {
const buf = cachedTextEncoder.encode(arg);
view.set(buf);
return {
read: arg.length,
written: buf.length
};
};
}
",
        "",
    ),
];

/// The glue with a loader for a module that is compiled already, and without crutches.
pub(crate) fn with_our_loader(js: &str) -> Result<String> {
    let (before, _) = js
        .split_once(LOADING)
        .with_context(|| format!("wasm-bindgen's glue has no `{LOADING}` any more"))?;
    // Its indentation is of no rule.
    let mut glue: String = before.lines().flat_map(|line| [line.trim(), "\n"]).collect();
    for (theirs, ours) in SIMPLER {
        if !glue.contains(theirs) {
            bail!("wasm-bindgen's glue has no `{theirs}` any more");
        }
        glue = glue.replace(theirs, ours);
    }
    let (before, filling) = glue
        .split_once(FILLING)
        .with_context(|| format!("wasm-bindgen's glue has no `{FILLING}` any more"))?;
    let (filling, after) = filling.split_once("},\n").context("a function has an end")?;
    Ok([before, after, &LOADER.replace(STARTED, filling)].concat())
}

/// The imports as methods, `name(…) {…}` instead of `name: function(…) {…}`.
pub(crate) fn as_methods(js: &str) -> String {
    js.replace(": function(", "(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glue_that_is_not_as_it_was_is_an_error() {
        let error = with_our_loader("let wasm;").unwrap_err().to_string();
        assert!(error.contains("let wasmModule"), "{error}");
        let error = with_our_loader(LOADING).unwrap_err().to_string();
        assert!(error.contains("cachedDataViewMemory0"), "{error}");
    }

    #[test]
    fn everything_from_the_loader_on_is_ours() {
        let glue = with_our_loader(&glue("async function load() {}")).unwrap();
        let (_, end) = LOADER.split_once(STARTED).unwrap();
        assert!(glue.ends_with(end) && !glue.contains("load()"), "{glue}");
    }

    #[test]
    fn the_loader_fills_the_table_instead_of_the_module() {
        let glue = with_our_loader(&glue("")).unwrap();
        assert!(!glue.contains(FILLING) && !glue.contains("__wbindgen_start"), "{glue}");
        assert!(glue.contains("wasm = instance.exports;\n        fill();\n"), "{glue}");
    }

    /// As wasm-bindgen makes it, as far as it matters here.
    fn glue(loading: &str) -> String {
        let crutches: String = SIMPLER.iter().map(|(theirs, _)| *theirs).collect();
        format!("{crutches}{FILLING}fill();\n}},\n{LOADING}{loading}")
    }

    #[test]
    fn an_import_is_a_method() {
        assert_eq!(
            as_methods("{ a: function(arg0) { return arg0; } }"),
            "{ a(arg0) { return arg0; } }"
        );
    }
}
