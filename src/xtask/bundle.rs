//! From Rust and hand-written JavaScript to `dist/`, which is what the npm package holds.
//!
//! The same sources give the same bytes in any folder, so that sizes and integrity hashes can be
//! compared. Nothing in here depends on what the widget does.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use rustc_demangle::demangle;
use walrus::{ElementItems, ExportItem, FunctionBuilder, FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

use crate::compile;
use crate::glue;
use crate::integrity;
use crate::names::Names;
use crate::order;
use crate::report::say;
use crate::scripts;
use crate::setup;
use crate::shell::{cargo, installed, run, target_dir};
use crate::size;

pub(crate) const DIST: &str = "dist";
/// Wasm-bindgen's names; `element.js` asks for them.
const GLUE: &str = "mfa_code.js";
const MODULE: &str = "mfa_code_bg.wasm";
/// What wasm-bindgen's own glue calls first.
const START: &str = "__wbindgen_start";
/// The module that ships, with the names of its functions still in it.
const NAMED: &str = "named.wasm";

/// What only descriptions name: how a closure is called, which the glue does by an export, and the
/// tasks of futures, of which the widget has none.
const DESCRIBED: &[&str] =
    &["wasm_bindgen::convert::closures::", "js_sys::futures::", "js_sys::global::"];

/// Loads the glue and the module as a browser would, but for the network.
const LOADS: &str = "\
    const [glue, module] = process.argv.slice(1);\
    const { readFile } = await import('node:fs/promises');\
    const { pathToFileURL } = await import('node:url');\
    const { default: init } = await import(pathToFileURL(glue));\
    await init(await WebAssembly.compile(await readFile(module)));";

/// Builds everything and becomes the demo, which prints its own URL.
pub(crate) fn start() -> Result<()> {
    build()?;
    say("Building the demo site");
    run(&mut cargo(["build", "--package", "mfa-demo"]))?;
    say("Starting the demo site; Ctrl-C ends it");
    let mut demo = Command::new(demo_binary()?);
    // Taking this process's place passes on every signal, not only the one of Ctrl-C.
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut demo)).context("cannot run the demo");
    #[cfg(not(unix))]
    return run(&mut demo);
}

pub(crate) fn demo_binary() -> Result<PathBuf> {
    Ok(target_dir()?.join("debug").join(format!("mfa-demo{}", env::consts::EXE_SUFFIX)))
}

/// Writes `dist/` and prints the sizes. Once is enough: a second call does nothing.
pub(crate) fn build() -> Result<()> {
    static BUILT: AtomicBool = AtomicBool::new(false);
    if BUILT.load(Ordering::Relaxed) {
        return Ok(());
    }
    setup::wasm_target()?;
    setup::npm_packages()?;

    let target = target_dir()?;
    let work = target.join("bundle");
    let dist = work.join(DIST);
    for folder in [&work, &dist] {
        clear(folder)?;
    }

    say("Compiling the widget to WebAssembly");
    let module = compile::widget(&target)?;

    say("Shrinking the WebAssembly and the JavaScript");
    bind(&module, &work)?;
    run(installed("wasm-opt")
        .args(["--flatten", "--rereloop", "-Oz", "--low-memory-unused"])
        .arg("--debuginfo")
        .arg(work.join(MODULE))
        .arg("-o")
        .arg(work.join(NAMED)))?;
    run(installed("wasm-opt")
        .args(["--strip-debug", "-Oz", "--low-memory-unused"])
        .args(["--strip-target-features", "--strip-producers"])
        .arg(work.join(NAMED))
        .arg("-o")
        .arg(work.join(MODULE)))?;
    let ordered = order::ordered(&fs::read(work.join(MODULE))?)?;
    order::stand_apart(&ordered)?;
    fs::write(dist.join(MODULE), ordered).context("cannot write the module")?;
    scripts::write(&work, &dist, &work.join(GLUE), &dist.join(MODULE))?;
    integrity::write(&dist)?;

    run(Command::new("node")
        .args(["--input-type=module", "--eval", LOADS, "--"])
        .args([dist.join(GLUE), dist.join(MODULE)]))
    .context("the WebAssembly does not load")?;

    clear(Path::new(DIST))?;
    for file in all_files(&dist)? {
        copy(&file, &Path::new(DIST).join(file.strip_prefix(&dist)?))?;
    }
    BUILT.store(true, Ordering::Relaxed);
    size::print()
}

/// Where a build leaves the module with its names.
pub(crate) fn named_module() -> Result<PathBuf> {
    Ok(target_dir()?.join("bundle").join(NAMED))
}

/// Writes the module and the JavaScript that binds it, with short names between the two.
fn bind(module: &Path, to: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.typescript(false).demangle(false).remove_producers_section(true);
    let mut output = bindgen.input_path(module).generate_output()?;
    let snippets = output.snippets().values().map(Vec::len).sum::<usize>();
    if snippets + output.local_modules().len() > 0 {
        bail!("the widget imports JavaScript of its own, which dist/ has no place for");
    }

    let js = glue::with_our_loader(output.js())?;
    let wasm = output.wasm_mut();
    trap_descriptors(wasm);
    without_a_start(wasm)?;
    let names = Names::new(
        &js,
        wasm.imports.iter().map(|import| (&*import.module, &*import.name)),
        wasm.exports.iter().map(|export| &*export.name),
    )?;
    for import in wasm.imports.iter_mut() {
        import.module.clone_from(&names.module.1);
        import.name.clone_from(&names.imports[&import.name]);
    }
    let mut uncalled = Vec::new();
    for export in wasm.exports.iter_mut() {
        match names.exports.get(&export.name) {
            Some(short) => export.name.clone_from(short),
            None => uncalled.push(export.id()),
        }
    }
    for export in uncalled {
        wasm.exports.delete(export);
    }
    fs::write(to.join(MODULE), wasm.emit_wasm()).context("cannot write the module")?;
    let js = glue::as_methods(&names.shorten(&js)?);
    fs::write(to.join(GLUE), js).context("cannot write the glue")
}

/// What the module would call when it starts is the loader's, see [`glue`].
fn without_a_start(wasm: &mut Module) -> Result<()> {
    let start = wasm.exports.iter().find(|export| export.name == START);
    let start = start.with_context(|| format!("the module exports no {START} any more"))?;
    let ExportItem::Function(function) = start.item else { bail!("{START} is no function") };
    let FunctionKind::Import(import) = &wasm.funcs.get(function).kind else {
        bail!("{START} is more than the filling of a table");
    };
    let import = import.import;
    let export = start.id();
    wasm.exports.delete(export);
    wasm.imports.delete(import);
    wasm.funcs.delete(function);
    Ok(())
}

/// wasm-bindgen reads the types of closures out of functions that describe them, and leaves what
/// these named in the module's table: code that nothing calls, kept since it could be. A trap in
/// its place lets `wasm-opt` drop it.
fn trap_descriptors(wasm: &mut Module) {
    let mut builder = FunctionBuilder::new(&mut wasm.types, &[], &[]);
    builder.func_body().unreachable();
    let trap = builder.finish(vec![], &mut wasm.funcs);
    for element in wasm.elements.iter_mut() {
        let ElementItems::Functions(functions) = &mut element.items else { continue };
        for function in functions {
            let name = wasm.funcs.get(*function).name.as_deref().unwrap_or_default();
            // Not what only takes their types: a closure of ours names them too.
            let name = format!("{:#}", demangle(name));
            if DESCRIBED.iter().any(|described| name.starts_with(described)) {
                *function = trap;
            }
        }
    }
}

/// The files of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The files of a folder and of those in it.
pub(crate) fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = files(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(all_files(&path)?);
        }
    }
    all.sort();
    Ok(all)
}

/// Copies a file, and makes the folder for it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a file stands in a folder")?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(from, to))
        .with_context(|| format!("cannot write {}", to.display()))?;
    Ok(())
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
