//! The `Code` chunk: where its functions are, and the module that they become.

use crate::bytes::Cursor;
use crate::chunk::{Chunks, Tables, arity_of};
use crate::error::{Code, Result, TranslateError};
use crate::lower;
use crate::opcode as op;
use crate::operand::{self, Arg, Generic};
use crate::parameter;
use crate::pool::Pool;
use crate::returning;
use lam_isa::{Lambda, Module};
use std::collections::HashSet;

/// How many instructions the code of one file may have.
const INSTRUCTIONS_MAX: usize = 4 << 20;

/// A function of the file, not yet translated.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// Its name, an index into the atoms of the file.
    name: u32,
    arity: u8,
    /// The label of its `func_info`, where no clause matches.
    clause: u32,
    /// The label behind it.
    entry: u32,
    /// The `line` before `func_info`.
    line: Option<u64>,
    /// Where its code begins and ends.
    start: usize,
    end: usize,
}

/// Translates the code and everything that belongs to it.
pub(crate) fn module(chunks: &Chunks<'_>, tables: &Tables<'_>) -> Result<Module> {
    let heads = split(tables)?;
    let mut pool = Pool::new(tables);
    for (index, head) in (0..).zip(&heads) {
        if pool.entries.insert(head.entry, index).is_some() {
            let detail = format!("label {} is the entry of two functions", head.entry);
            return Err(TranslateError::new(Code::LabelDuplicate, "Code", head.start, detail));
        }
    }
    for head in &heads {
        let name = format!("{}/{}", tables.atom(head.name), head.arity);
        let function = function(&mut pool, head)
            .map_err(|error| TranslateError { function: Some(name.into()), ..error })?;
        pool.module.functions.push(function);
    }
    export(&mut pool, &heads)?;
    lambdas(&mut pool);
    returning::close(&mut pool.module);
    parameter::declare(&mut pool.module);
    for (chunk, key) in [("Attr", "attributes"), ("CInf", "compile")] {
        if let Some(term) = chunks.term(chunk, &mut pool.cells)? {
            let entry = (pool.atom(key), pool.literal_id(term));
            pool.module.info.push(entry);
        }
    }
    Ok(pool.module)
}

/// Finds the functions: reads every instruction once and keeps none.
fn split(tables: &Tables<'_>) -> Result<Vec<Head>> {
    let mut cursor = Cursor::from(tables.code, "Code", tables.code_start);
    let mut heads: Vec<Head> = Vec::new();
    // The label that may belong to the next `func_info`, and what has come since.
    let mut pending: Option<(u32, usize)> = None;
    let mut line = None;
    let mut count = 0;
    loop {
        if cursor.is_empty() {
            return cursor.fail(Code::ChunkEnd, "the code has no int_code_end");
        }
        let instruction = operand::instruction(&mut cursor)?;
        count += 1;
        if count > INSTRUCTIONS_MAX {
            let detail = format!("there are more than {INSTRUCTIONS_MAX} instructions");
            return cursor.fail(Code::CountLimit, detail);
        }
        let fail =
            |code, detail: &str| Err(TranslateError::new(code, "Code", instruction.at, detail));
        match (instruction.op(), &instruction.args[..]) {
            (op::LABEL, [label]) => {
                let Some(label) = label_number(label) else {
                    return fail(Code::OperandKind, "the operand of label is a number above 0");
                };
                pending = Some((label, instruction.at));
                line = None;
            }
            (op::LINE, [index]) => line = Some(line_index(index)),
            (op::FUNC_INFO, [_, name, arity]) => {
                let Some((clause, start)) = pending.take() else {
                    return fail(Code::FunctionShape, "func_info has no label before it");
                };
                if let Some(last) = heads.last_mut() {
                    last.end = start;
                }
                let (Arg::Atom(name), Arg::Number(arity)) = (name, arity) else {
                    return fail(Code::OperandKind, "func_info takes atoms and an arity");
                };
                if tables.atoms.len() <= *name as usize {
                    return fail(Code::AtomIndex, "the name of a function is no atom");
                }
                let arity = arity_of(u32::try_from(*arity).unwrap_or(u32::MAX), "Code")
                    .map_err(|error| TranslateError { offset: instruction.at, ..error })?;
                let name = *name;
                let start = cursor.at();
                let mut ahead = cursor.clone();
                let next = operand::instruction(&mut ahead)?;
                let entry = match (next.op(), next.args.first().and_then(label_number)) {
                    (op::LABEL, Some(entry)) => entry,
                    _ => return fail(Code::FunctionShape, "func_info has no label behind it"),
                };
                heads.push(Head {
                    name,
                    arity,
                    clause,
                    entry,
                    line: line.take(),
                    start,
                    end: start,
                });
            }
            (op::INT_CODE_END, _) => {
                if let Some(last) = heads.last_mut() {
                    last.end = instruction.at;
                }
                break;
            }
            // These may stand between a label and the func_info that it belongs to.
            (op::EXECUTABLE_LINE | op::DEBUG_LINE | op::ON_LOAD, _) => {}
            _ if heads.is_empty() => {
                return fail(Code::FunctionShape, "an instruction before the first function");
            }
            _ => pending = None,
        }
    }
    if heads.len() != tables.functions as usize {
        let detail =
            format!("{} functions are promised, {} are there", tables.functions, heads.len());
        return cursor.fail(Code::FunctionShape, detail);
    }
    Ok(heads)
}

/// The number of a `label` instruction, which compilers write as a plain number.
fn label_number(arg: &Arg) -> Option<u32> {
    match arg {
        Arg::Number(label) => u32::try_from(*label).ok().filter(|n| *n > 0 && *n < u32::MAX / 2),
        _ => None,
    }
}

/// The index of a `line` instruction; anything odd is "no place".
fn line_index(arg: &Arg) -> u64 {
    match arg {
        Arg::Number(index) => *index,
        _ => 0,
    }
}

fn function(pool: &mut Pool<'_>, head: &Head) -> Result<lam_isa::Function> {
    let mut cursor =
        Cursor::from(&pool.tables.code[..head.end.max(head.start)], "Code", head.start);
    let mut body: Vec<Generic> = Vec::new();
    while !cursor.is_empty() {
        body.push(operand::instruction(&mut cursor)?);
    }
    let mut function = lower::function(pool, head.arity, head.clause, head.line, &body)?;
    function.name = pool.file_atom(head.name);
    function.arity = head.arity;
    Ok(function)
}

fn export(pool: &mut Pool<'_>, heads: &[Head]) -> Result<()> {
    for (name, arity, label) in &pool.tables.exports {
        let index = pool.entries.get(label).and_then(|index| usize::try_from(*index).ok());
        match index.map(|index| (index, &heads[index])) {
            Some((index, head)) if head.name == *name && head.arity == *arity => {
                pool.module.functions[index].exported = true;
            }
            _ => {
                let detail = format!(
                    "{}/{arity} is exported at label {label}, which is not its entry",
                    pool.tables.atom(*name)
                );
                return Err(TranslateError::new(Code::LabelUnknown, "ExpT", 0, detail));
            }
        }
    }
    Ok(())
}

/// Gives functions that funs are made of their identity.
fn lambdas(pool: &mut Pool<'_>) {
    let mut taken = HashSet::new();
    for lambda in &pool.tables.lambdas {
        let index = pool.entries.get(&lambda.label).and_then(|index| usize::try_from(*index).ok());
        let function = index.and_then(|index| pool.module.functions.get_mut(index));
        if let Some(function) = function
            && function.lambda.is_none()
            && taken.insert(lambda.index)
        {
            function.lambda = Some(Lambda { index: lambda.index, unique: lambda.unique });
        }
    }
}
