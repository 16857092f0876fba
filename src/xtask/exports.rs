//! Where the functions that JavaScript calls stand among all of the module's.
//!
//! V8 names such a function after its number, and keeps the texts of numbers in a table of 128 by
//! their last seven bits. The first two that meet in one place have it make a table of 8,192, which
//! is 65 kB on the heap of every page. Side by side, none of ours meet.

use std::path::Path;

use anyhow::{Context, Result, bail};
use walrus::{ExportItem, Module};
use wasmparser::{ExternalKind, Parser, Payload};

/// How many numbers that follow each other have places of their own.
const APART: u32 = 128;

/// `wasm-opt` sorts by name, and then puts what is used most first: what only JavaScript calls is
/// used once, and stands last.
pub(crate) const LAST: char = '~';

/// Has `wasm-opt` put them side by side. It has made one of those that are alike by now.
pub(crate) fn name(module: &Path) -> Result<()> {
    let mut wasm = Module::from_file(module)?;
    name_in(&mut wasm);
    wasm.emit_wasm_file(module)
}

fn name_in(wasm: &mut Module) {
    let exported = wasm.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(function) => Some(function),
        ExportItem::Memory(_)
        | ExportItem::Table(_)
        | ExportItem::Global(_)
        | ExportItem::Tag(_) => None,
    });
    for function in exported.collect::<Vec<_>>() {
        let name = &mut wasm.funcs.get_mut(function).name;
        *name = Some(format!("{LAST}{}", name.as_deref().unwrap_or_default()));
    }
}

/// Fails where two of the functions that JavaScript calls would meet.
pub(crate) fn stand_apart(module: &[u8]) -> Result<()> {
    let mut at = [None; APART as usize];
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ExportSection(exports) = payload? else { continue };
        for export in exports {
            let export = export?;
            if export.kind != ExternalKind::Func {
                continue;
            }
            let place = usize::try_from(export.index % APART).context("fits")?;
            if let Some(other) = at[place].replace(export.name) {
                bail!("the exports {other} and {} meet in V8's table of numbers", export.name);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of so many functions, of which two are exported.
    fn module(count: u8, exported: [u8; 2]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0".to_vec();
        // Their types, below 128 of them one byte for the number.
        let leb = |number: u8| if number < 128 { vec![number] } else { vec![number, 1] };
        let section = |id: u8, body: Vec<u8>| {
            let length = body.len();
            let length = [(length & 127) as u8 | 128, (length >> 7) as u8];
            [vec![id], length.to_vec(), body].concat()
        };
        module.extend(section(3, [leb(count), vec![0; count.into()]].concat()));
        let export = |name: &[u8], index| [vec![1], name.to_vec(), vec![0], leb(index)].concat();
        let exports = [vec![2], export(b"a", exported[0]), export(b"b", exported[1])].concat();
        module.extend(section(7, exports));
        let bodies = [2, 0, 0x0b].repeat(count.into());
        module.extend(section(10, [leb(count), bodies].concat()));
        module
    }

    #[test]
    fn what_is_called_from_outside_may_not_meet() {
        stand_apart(&module(140, [1, 128])).unwrap();
        let error = stand_apart(&module(140, [1, 129])).unwrap_err().to_string();
        assert!(error.contains("a and b"), "{error}");
    }

    #[test]
    fn what_is_called_from_outside_gets_the_last_of_all_names() {
        let mut wasm = Module::from_buffer(&module(2, [0, 1])).unwrap();
        name_in(&mut wasm);
        let names = wasm.funcs.iter().map(|function| function.name.clone().unwrap_or_default());
        assert!(names.into_iter().all(|name| name.starts_with(LAST)));
    }
}
