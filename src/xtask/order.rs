//! In which order the functions of the module stand, which changes nothing of what they do.
//!
//! Those of a kind beside each other: a compressor finds again what it has just seen. And those
//! that JavaScript calls side by side: V8 names such a function after its number, and keeps the
//! texts of numbers in a table of 128 by their last seven bits. The first two of ours that met in
//! one place would have it make a table of 8,192, which is 65 kB on the heap of every page.

use anyhow::{Context, Result, anyhow, bail};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, MemArg, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExternalKind, FunctionSectionReader,
    ImportSectionReader, Parser, Payload, TypeRef,
};

/// How many numbers that follow each other have places of their own.
const APART: u32 = 128;

/// The module with its functions in order: by their types, the shorter first, and last those that
/// JavaScript calls.
pub(crate) fn ordered(module: &[u8]) -> Result<Vec<u8>> {
    let mut order = Order::of(module)?;
    let mut ordered = Module::new();
    order
        .parse_core_module(&mut ordered, Parser::new(0), module)
        .map_err(|error| anyhow!("the module cannot be put in order: {error}"))?;
    Ok(ordered.finish())
}

/// Fails where two of the functions that JavaScript calls would meet.
pub(crate) fn stand_apart(module: &[u8]) -> Result<()> {
    let mut at = [None; APART as usize];
    for (name, number) in exported(module)? {
        let place = usize::try_from(number % APART).context("fits")?;
        if let Some(other) = at[place].replace(name) {
            bail!("the exports {other} and {name} meet in V8's table of numbers");
        }
    }
    Ok(())
}

/// The names and numbers of the functions that JavaScript calls.
fn exported(module: &[u8]) -> Result<Vec<(&str, u32)>> {
    let mut exported = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ExportSection(exports) = payload? else { continue };
        for export in exports {
            let export = export?;
            if export.kind == ExternalKind::Func {
                exported.push((export.name, export.index));
            }
        }
    }
    Ok(exported)
}

/// How many functions are imported. They have the first numbers.
pub(crate) fn functions_of(imports: ImportSectionReader<'_>) -> Result<u32> {
    let mut count = 0;
    for import in imports.into_imports() {
        count += u32::from(matches!(import?.ty, TypeRef::Func(_)));
    }
    Ok(count)
}

struct Order {
    /// Imported functions have the first numbers, and keep them.
    imported: u32,
    /// Of the others who comes first, who second and so on, as they are counted among themselves.
    places: Vec<usize>,
    /// Of each of them the number that it gets.
    numbers: Vec<u32>,
}

impl Order {
    fn of(module: &[u8]) -> Result<Self> {
        let (mut imported, mut types, mut lengths) = (0, Vec::<u32>::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Payload::ImportSection(imports) = payload {
                imported += functions_of(imports)?;
            } else if let Payload::FunctionSection(functions) = payload {
                types = functions.into_iter().collect::<Result<_, _>>()?;
            } else if let Payload::CodeSectionEntry(body) = payload {
                lengths.push(body.range().len());
            }
        }
        let exported = exported(module)?;
        let mut places: Vec<usize> = (0..lengths.len()).collect();
        let is_called = |at| {
            exported
                .iter()
                .any(|(_, number)| number.checked_sub(imported) == u32::try_from(at).ok())
        };
        places.sort_by_key(|&at| (is_called(at), types.get(at).copied(), lengths[at]));
        let mut numbers = vec![0; places.len()];
        for (at, number) in places.iter().zip(imported..) {
            numbers[*at] = number;
        }
        Ok(Self { imported, places, numbers })
    }
}

impl Reencode for Order {
    type Error = anyhow::Error;

    fn function_index(&mut self, number: u32) -> Result<u32, Error<anyhow::Error>> {
        let Some(own) = number.checked_sub(self.imported) else { return Ok(number) };
        let found = usize::try_from(own).ok().and_then(|own| self.numbers.get(own));
        found.copied().ok_or_else(|| Error::UserError(anyhow!("there is no function {number}")))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<anyhow::Error>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for at in &self.places {
            functions.function(types[*at]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<anyhow::Error>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for at in self.places.clone() {
            self.parse_function_body(code, bodies[at].clone())?;
        }
        Ok(())
    }

    /// One could name functions by their numbers, which nobody would change.
    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<anyhow::Error>> {
        Err(Error::UserError(anyhow!("the custom section {} is not understood", section.name())))
    }

    /// How an address is aligned is a hint, and none is always right. V8 takes none; on 32-bit
    /// ARM others may be slower for it.
    fn mem_arg(&mut self, arg: wasmparser::MemArg) -> Result<MemArg, Error<anyhow::Error>> {
        let memory_index = self.memory_index(arg.memory)?;
        Ok(MemArg { offset: arg.offset, align: 0, memory_index })
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        EntityType, ExportKind, ExportSection, Function, ImportSection, TypeSection, ValType,
    };
    use wasmparser::Operator;

    use super::*;

    /// Of so many functions, of which two are exported.
    fn module(count: u32, exported: [u32; 2]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for _ in 0..count {
            functions.function(0);
            code.function(&body(|_| {}));
        }
        let mut exports = ExportSection::new();
        for (name, number) in ["a", "b"].into_iter().zip(exported) {
            exports.export(name, ExportKind::Func, number);
        }
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    fn body(write: impl FnOnce(&mut wasm_encoder::InstructionSink<'_>)) -> Function {
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        write(&mut instructions);
        instructions.end();
        body
    }

    /// What each function does first: it loads from a number of its own, or calls.
    fn first_of_each(module: &[u8]) -> Vec<String> {
        let mut first = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let Payload::CodeSectionEntry(body) = payload.unwrap() else { continue };
            let operator = body.get_operators_reader().unwrap().read().unwrap();
            first.push(if let Operator::Call { function_index } = operator {
                format!("call {function_index}")
            } else if let Operator::I32Const { value } = operator {
                format!("const {value}")
            } else {
                format!("{operator:?}")
            });
        }
        first
    }

    #[test]
    fn those_of_a_type_stand_together_the_shorter_first_and_those_that_are_called_last() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);
        let mut imports = ImportSection::new();
        imports.import("from", "outside", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let load = |value, times| {
            body(|it| {
                for _ in 0..times {
                    it.i32_const(value);
                    it.i32_load(MemArg { offset: 0, align: 2, memory_index: 0 }).drop();
                }
            })
        };
        // Numbers 1 to 5; the import has 0.
        for (kind, body) in [
            (1, load(1, 1)),
            (0, load(2, 3)),
            (0, load(3, 1)),
            (0, load(4, 2)),
            (1, body(|it| _ = it.call(2).call(0))),
        ] {
            functions.function(kind);
            code.function(&body);
        }
        let mut exports = ExportSection::new();
        exports.export("called", ExportKind::Func, 3);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports);
        module.section(&code);

        let ordered = ordered(&module.finish()).unwrap();
        // 4, 2 and 5, 1 and the exported 3; and what called the second now calls where that went.
        assert_eq!(first_of_each(&ordered), ["const 4", "const 2", "call 2", "const 1", "const 3"]);
        assert_eq!(exported(&ordered).unwrap(), [("called", 5)]);
    }

    #[test]
    fn an_alignment_is_not_told() {
        let load = |align| {
            let mut module = Module::new();
            let mut types = TypeSection::new();
            types.ty().function([], []);
            let mut code = CodeSection::new();
            code.function(&body(|it| {
                it.i32_const(0).i32_load(MemArg { offset: 4, align, memory_index: 0 }).drop();
            }));
            let mut functions = FunctionSection::new();
            functions.function(0);
            module.section(&types).section(&functions).section(&code);
            module.finish()
        };
        assert_eq!(ordered(&load(2)).unwrap(), load(0));
    }

    #[test]
    fn what_is_no_module_or_has_more_in_it_is_an_error() {
        assert!(ordered(b"\0asm\x01\0\0\0\x03").is_err());
        let error = ordered(b"\0asm\x01\0\0\0\0\x02\x01a").unwrap_err().to_string();
        assert!(error.contains("section a"), "{error}");
    }

    #[test]
    fn what_is_called_from_outside_may_not_meet() {
        stand_apart(&module(140, [1, 128])).unwrap();
        let error = stand_apart(&module(140, [1, 129])).unwrap_err().to_string();
        assert!(error.contains("a and b"), "{error}");
        stand_apart(&ordered(&module(140, [1, 129])).unwrap()).unwrap();
    }
}
