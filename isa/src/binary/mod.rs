//! The binary form, `.lamb`: modules as bytes.
//!
//! Owns the layout and every `bin.*` rule. A module has one encoding: what decodes, encodes to the
//! same bytes. Whether it makes sense is the verifier's. Book: *The binary form*.
//!
//! ```text
//! file     = 89 'L' 'A' 'M'  major  minor  bytes that follow  number of modules  section*
//! section  = id  length  payload
//! texts    1  every text of the file, once, in the order of first use
//! header   2  name, atoms                            each module begins with it
//! literals 3  constant terms
//! refs     4  function references
//! code     5  functions: name, arity, flags, parameters; then labels and instructions of each
//! lines    6  files, locations, lines of functions   may be dropped
//! lambdas  7  identities of funs
//! info     8  what `module_info` answers             may be dropped
//! ```
//! Numbers are little-endian groups of seven bits, shortest form; signed ones and differences fold
//! the sign into bit 0. Sections that would be empty are left out.

mod input;
mod literal;
mod output;
mod wire;

use crate::module::{FunRef, Function, Lambda, Location, Module, Param};
use crate::operand::{AtomId, LitId};
use crate::rule::Rule;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use input::Input;
use output::Output;

/// What a binary file begins with.
pub const MAGIC: [u8; 4] = [0x89, b'L', b'A', b'M'];
/// The major version: files of another are not read.
pub const MAJOR: u8 = 1;
/// The minor version: files of a later one are not read.
pub const MINOR: u8 = 0;

const TEXTS: u8 = 1;
const HEADER: u8 = 2;
const LITERALS: u8 = 3;
const REFERENCES: u8 = 4;
const CODE: u8 = 5;
const LINES: u8 = 6;
const LAMBDAS: u8 = 7;
const INFO: u8 = 8;

/// Why bytes are not modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The broken rule.
    pub rule: Rule,
    /// Where in the file.
    pub offset: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {} [{}]", self.offset, self.message, self.rule)
    }
}

impl core::error::Error for DecodeError {}

/// Whether bytes claim to be this form.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Encodes modules.
///
/// The form leaves out what the table or a reference tells, and writes what they tell: how many
/// sources a kind has (`[]` for missing ones), and how many arguments a call of a reference passes.
/// What verifies has these, and so has what the text form says.
pub fn encode(modules: &[Module]) -> Vec<u8> {
    let mut out = Output::default();
    for module in modules {
        encode_module(&mut out, module);
    }
    let mut rest = Output::default();
    rest.count(modules.len());
    rest.section(TEXTS, |rest| {
        if !out.texts.is_empty() {
            rest.count(out.texts.len());
        }
        for text in &out.texts {
            rest.count(text.len());
            rest.bytes.extend(text.as_bytes());
        }
    });
    let mut file = Output::default();
    file.bytes.extend(MAGIC);
    file.bytes.extend([MAJOR, MINOR]);
    file.count(rest.bytes.len() + out.bytes.len());
    file.bytes.append(&mut rest.bytes);
    file.bytes.append(&mut out.bytes);
    file.bytes
}

/// Decodes modules.
///
/// # Errors
///
/// The first broken rule. Takes time and space in proportion to the input, whatever it holds.
pub fn decode(bytes: &[u8]) -> Result<Vec<Module>, DecodeError> {
    let mut input = Input::new(bytes);
    if input.take(4)? != MAGIC {
        return Err(input.error_at(0, Rule::BinFileMagic, "other bytes", "89 4c 41 4d"));
    }
    let (major, minor) = (input.byte()?, input.byte()?);
    if major != MAJOR || minor > MINOR {
        let found = format_args!("version {major}.{minor}");
        let expected = format_args!("{MAJOR}.0 to {MAJOR}.{MINOR}");
        return Err(input.error_at(4, Rule::BinFileVersion, found, expected));
    }
    input.length()?;
    let modules = input.count()?;
    if input.peek() == Some(TEXTS) {
        input.section(|input| {
            let texts = input.count()?;
            for _ in 0..texts {
                let length = input.count()?;
                input.new_text(length)?;
            }
            Ok(texts != 0)
        })?;
    }
    let mut all = Vec::new();
    for _ in 0..modules {
        all.push(decode_module(&mut input)?);
    }
    input.end_file()?;
    Ok(all)
}

fn encode_module(out: &mut Output, module: &Module) {
    out.section(HEADER, |out| {
        out.number(module.name.0.into());
        out.count(module.atoms.len());
        module.atoms.iter().for_each(|atom| out.text(atom));
    });
    out.section(LITERALS, |out| out.list(&module.literals, literal::write));
    out.section(REFERENCES, |out| {
        out.list(&module.references, |out, reference| match *reference {
            FunRef::Local(index) => {
                out.number(0);
                out.number(index.into());
            }
            FunRef::External { module, name, arity } => {
                out.number(u64::from(module.0) + 1);
                out.number(name.0.into());
                out.bytes.push(arity);
            }
        });
    });
    out.section(CODE, |out| encode_functions(out, module));
    let lines = module.functions.iter().any(|function| !function.lines.is_empty());
    if lines || !module.files.is_empty() || !module.locations.is_empty() {
        out.section(LINES, |out| encode_lines(out, module));
    }
    let lambdas: Vec<(u32, Lambda)> = (0..)
        .zip(&module.functions)
        .filter_map(|(index, function)| Some((index, function.lambda?)))
        .collect();
    out.section(LAMBDAS, |out| {
        let mut last = -1;
        out.list(&lambdas, |out, (index, lambda)| {
            out.number(i64::from(*index).abs_diff(last) - 1);
            last = i64::from(*index);
            out.number(lambda.index.into());
            out.bytes.extend(lambda.unique.to_le_bytes());
        });
    });
    out.section(INFO, |out| {
        out.list(&module.info, |out, (key, literal)| {
            out.number(key.0.into());
            out.number(literal.0.into());
        });
    });
}

fn decode_module(input: &mut Input<'_>) -> Result<Module, DecodeError> {
    let mut module = Module::default();
    if input.peek() != Some(HEADER) {
        return Err(input.not_a_section(HEADER));
    }
    input.section(|input| {
        module.name = AtomId(input.u32()?);
        for _ in 0..input.count()? {
            module.atoms.push(input.text()?.into());
        }
        Ok(true)
    })?;
    let mut last = HEADER;
    while let Some(id) = input.peek().filter(|id| *id != HEADER) {
        if !(TEXTS..=INFO).contains(&id) {
            return Err(input.error(
                Rule::BinSectionUnknown,
                format_args!("section {id}"),
                "1 to 8",
            ));
        }
        if id <= last {
            return Err(input.not_a_section(last + 1));
        }
        last = id;
        input.section(|input| match id {
            LITERALS => input.list(&mut module.literals, literal::read),
            REFERENCES => input.list(&mut module.references, decode_reference),
            CODE => decode_functions(input, &mut module),
            LINES => decode_lines(input, &mut module),
            LAMBDAS => decode_lambdas(input, &mut module),
            _ => input
                .list(&mut module.info, |input| Ok((AtomId(input.u32()?), LitId(input.u32()?)))),
        })?;
    }
    Ok(module)
}

fn decode_reference(input: &mut Input<'_>) -> Result<FunRef, DecodeError> {
    Ok(match input.optional()? {
        None => FunRef::Local(input.u32()?),
        Some(module) => FunRef::External {
            module: AtomId(module),
            name: AtomId(input.u32()?),
            arity: input.byte()?,
        },
    })
}

const EXPORTED: u64 = 1;
const PARAMS: u64 = 2;

/// What all functions are, then the labels and code of each.
fn encode_functions(out: &mut Output, module: &Module) {
    out.arities = arities(module);
    out.list(&module.functions, |out, function| {
        out.number(function.name.0.into());
        let params = !function.params.is_empty();
        let flags = u64::from(function.exported) * EXPORTED + u64::from(params) * PARAMS;
        out.number(u64::from(function.arity) * 4 + flags);
        if params {
            out.count(function.params.len());
            out.bytes.extend(function.params.iter().map(|param| *param as u8));
        }
    });
    for function in &module.functions {
        let mut last = 0;
        out.list_even_empty(&function.labels, |out, label| out.difference(&mut last, *label));
        out.list_even_empty(&function.code, wire::write);
    }
}

/// Says whether there are any.
fn decode_functions(input: &mut Input<'_>, module: &mut Module) -> Result<bool, DecodeError> {
    let some = input.list(&mut module.functions, decode_head)?;
    input.arities = arities(module);
    for function in &mut module.functions {
        let mut last = 0;
        input.list(&mut function.labels, |input| input.difference(&mut last))?;
        input.list(&mut function.code, wire::read)?;
    }
    Ok(some)
}

fn decode_head(input: &mut Input<'_>) -> Result<Function, DecodeError> {
    let mut function = Function { name: AtomId(input.u32()?), ..Function::default() };
    let arity_and_flags = input.number()?;
    let Ok(arity) = u8::try_from(arity_and_flags / 4) else {
        let found = arity_and_flags / 4;
        return Err(input.error(Rule::BinNumberRange, found, "an arity of at most 255"));
    };
    function.arity = arity;
    function.exported = arity_and_flags & EXPORTED != 0;
    if arity_and_flags & PARAMS != 0 {
        let some = input.list(&mut function.params, |input| match input.byte()? {
            0 => Ok(Param::Term),
            1 => Ok(Param::Context),
            2 => Ok(Param::Trace),
            n => Err(input.error(Rule::BinOperandTag, format_args!("parameter {n}"), "0 to 2")),
        })?;
        if !some {
            return Err(input.error(Rule::BinSectionEmpty, "an empty list of parameters", "none"));
        }
    }
    Ok(function)
}

/// The arity of each reference, which calls leave out.
fn arities(module: &Module) -> Vec<u8> {
    let arity = |reference: &FunRef| match *reference {
        FunRef::Local(index) => {
            module.functions.get(index as usize).map_or(0, |function| function.arity)
        }
        FunRef::External { arity, .. } => arity,
    };
    module.references.iter().map(arity).collect()
}

fn encode_lines(out: &mut Output, module: &Module) {
    out.count(module.files.len());
    module.files.iter().for_each(|file| out.text(file));
    let mut last = 0;
    out.list_even_empty(&module.locations, |out, location| {
        out.number(location.file.into());
        out.difference(&mut last, location.line);
    });
    for function in &module.functions {
        let (mut at, mut place) = (0, 0);
        out.list_even_empty(&function.lines, |out, (instruction, location)| {
            out.difference(&mut at, *instruction);
            out.difference(&mut place, *location);
        });
    }
}

/// Says whether it holds anything.
fn decode_lines(input: &mut Input<'_>, module: &mut Module) -> Result<bool, DecodeError> {
    let mut some = input.list(&mut module.files, |input| input.text().map(Into::into))?;
    let mut last = 0;
    some |= input.list(&mut module.locations, |input| {
        Ok(Location { file: input.u32()?, line: input.difference(&mut last)? })
    })?;
    for function in &mut module.functions {
        let (mut at, mut place) = (0, 0);
        some |= input.list(&mut function.lines, |input| {
            Ok((input.difference(&mut at)?, input.difference(&mut place)?))
        })?;
    }
    Ok(some)
}

/// Says whether it holds anything.
fn decode_lambdas(input: &mut Input<'_>, module: &mut Module) -> Result<bool, DecodeError> {
    let count = input.count()?;
    let mut next = 0_usize;
    for _ in 0..count {
        let index = next.saturating_add(input.u32()? as usize);
        let lambda = Lambda { index: input.u32()?, unique: u32::from_le_bytes(input.array()?) };
        let functions = module.functions.len();
        let Some(function) = module.functions.get_mut(index) else {
            let expected = format_args!("one below {functions}");
            let found = format_args!("a lambda of function {index}");
            return Err(input.error(Rule::BinNumberRange, found, expected));
        };
        function.lambda = Some(lambda);
        next = index.saturating_add(1);
    }
    Ok(count != 0)
}
