//! The container and its tables: everything in a `.beam` file but the instructions.
//!
//! Owns the chunks: which there are, in the shapes of OTP 20 to 29, and what they hold. Knows
//! nothing of what the code does with them.

use crate::bytes::{self, Cursor};
use crate::error::{Code, Result, TranslateError};
use crate::etf;
use crate::operand;
use lam_isa::Literal;
use lam_isa::limits::ATOM_CHARS;
use std::borrow::Cow;

/// The bytes of a file, unpacked if it was written with the `compressed` option.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    if bytes::is_gzip(bytes) {
        return bytes::gunzip(bytes).map(Cow::Owned);
    }
    if bytes.len() > bytes::UNPACKED_MAX {
        let detail = format!("the file has {} bytes, too many", bytes.len());
        return Err(TranslateError::new(Code::FileLimit, "", 0, detail));
    }
    Ok(Cow::Borrowed(bytes))
}

/// Whether the bytes begin as a `.beam` file does, unpacked or not.
pub(crate) fn is_beam(bytes: &[u8]) -> bool {
    let begins = |bytes: &[u8]| bytes.starts_with(b"FOR1") && bytes.get(8..12) == Some(b"BEAM");
    begins(bytes) || bytes::is_gzip(bytes) && begins(&bytes::gunzip_prefix(bytes, 12))
}

/// The chunks of a file, by the names that are of use here.
#[derive(Debug, Default)]
pub(crate) struct Chunks<'a> {
    found: Vec<(&'static str, &'a [u8])>,
}

/// The chunks that are read; all others are skipped.
const KNOWN: [&str; 11] =
    ["AtU8", "Atom", "Code", "StrT", "ImpT", "ExpT", "FunT", "LitT", "Line", "Attr", "CInf"];

impl<'a> Chunks<'a> {
    pub(crate) fn read(file: &'a [u8]) -> Result<Chunks<'a>> {
        let mut cursor = Cursor::new(file, "");
        if !is_beam(file) {
            return cursor.fail(Code::FileMagic, "not a .beam file: it begins with FOR1 … BEAM");
        }
        cursor.take(4)?;
        let size = cursor.u32()?;
        // The size counts what follows it; bytes after that belong to someone else.
        let Some(body) = usize::try_from(size).ok().and_then(|size| file[8..].get(..size)) else {
            return cursor.fail(
                Code::FileEnd,
                format!(
                    "the file should have {} bytes and has {}",
                    u64::from(size) + 8,
                    file.len()
                ),
            );
        };
        let mut cursor = Cursor::new(body, "");
        cursor.take(4)?;
        let mut chunks = Chunks::default();
        while !cursor.is_empty() {
            let name = cursor.take(4)?;
            let size = cursor.u32()?;
            let data = cursor.take(usize::try_from(size).unwrap_or(usize::MAX))?;
            // The last chunk may lack its padding.
            cursor.take(cursor.left().min(data.len().wrapping_neg() % 4))?;
            if let Some(known) = KNOWN.iter().find(|known| known.as_bytes() == name)
                && chunks.get(known).is_none()
            {
                chunks.found.push((known, data));
            }
        }
        Ok(chunks)
    }

    fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.found.iter().find(|(known, _)| *known == name).map(|(_, data)| *data)
    }

    fn cursor(&self, name: &'static str) -> Option<Cursor<'a>> {
        self.get(name).map(|data| Cursor::new(data, name))
    }

    fn required(&self, name: &'static str) -> Result<Cursor<'a>> {
        self.cursor(name).ok_or_else(|| {
            let detail = format!("the file has no chunk {name}");
            TranslateError::new(Code::ChunkMissing, name, 0, detail)
        })
    }

    /// The atoms: the first, of index 1, names the module.
    pub(crate) fn atoms(&self) -> Result<Vec<Box<str>>> {
        let (mut cursor, utf8) = match self.cursor("AtU8") {
            Some(cursor) => (cursor, true),
            None => (self.cursor("Atom").map_or_else(|| self.required("AtU8"), Ok)?, false),
        };
        // From OTP 28 on the count is negative and lengths are written as operands are.
        let count = cursor.u32()?.cast_signed();
        let wide = count < 0;
        let count = cursor.promised(count.unsigned_abs().into(), 1)?;
        let mut atoms = Vec::with_capacity(count);
        for _ in 0..count {
            let before = cursor.clone();
            let size = if wide { operand::length(&mut cursor)? } else { cursor.u8()?.into() };
            let text = cursor.take(size)?;
            let text: Box<str> = if utf8 {
                match std::str::from_utf8(text) {
                    Ok(text) => text.into(),
                    Err(_) => {
                        return before.fail(Code::AtomText, "the text of an atom is not UTF-8");
                    }
                }
            } else {
                text.iter().map(|byte| char::from(*byte)).collect::<String>().into()
            };
            if text.chars().count() > ATOM_CHARS {
                return before.fail(Code::AtomText, "an atom has more than 255 characters");
            }
            atoms.push(text);
        }
        if atoms.is_empty() {
            return cursor.fail(Code::AtomIndex, "no atom names the module");
        }
        Ok(atoms)
    }

    /// A table of triples of 32-bit numbers; empty if the chunk is missing.
    fn triples(&self, name: &'static str) -> Result<Vec<[u32; 3]>> {
        let Some(mut cursor) = self.cursor(name) else { return Ok(Vec::new()) };
        let count = cursor.count(12)?;
        (0..count).map(|_| Ok([cursor.u32()?, cursor.u32()?, cursor.u32()?])).collect()
    }

    fn lambdas(&self) -> Result<Vec<LambdaEntry>> {
        let Some(mut cursor) = self.cursor("FunT") else { return Ok(Vec::new()) };
        let count = cursor.count(24)?;
        (0..count)
            .map(|_| {
                cursor.take(8)?;
                let label = cursor.u32()?;
                let index = cursor.u32()?;
                let free = cursor.u32()?;
                let unique = cursor.u32()?;
                Ok(LambdaEntry { label, index, free, unique })
            })
            .collect()
    }

    /// The literals, compressed (up to OTP 27) or not.
    fn literals(&self, cells: &mut usize) -> Result<Vec<Literal>> {
        let Some(mut cursor) = self.cursor("LitT") else { return Ok(Vec::new()) };
        let size = cursor.u32()?;
        let packed = cursor.rest();
        let unpacked = match size {
            0 => Cow::Borrowed(packed),
            size => {
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                Cow::Owned(bytes::unzip(packed, size, "LitT")?)
            }
        };
        let mut cursor = Cursor::new(&unpacked, "LitT");
        let count = cursor.count(4)?;
        (0..count)
            .map(|_| {
                let size = cursor.count(1)?;
                let at = cursor.at();
                let mut term = Cursor::new(cursor.take(size)?, "LitT");
                etf::literal(&mut term, cells)
                    .map_err(|error| TranslateError { offset: at + error.offset, ..error })
            })
            .collect()
    }

    /// The term that a chunk holds, if it is there.
    pub(crate) fn term(&self, name: &'static str, cells: &mut usize) -> Result<Option<Literal>> {
        match self.cursor(name) {
            Some(mut cursor) => etf::literal(&mut cursor, cells).map(Some),
            None => Ok(None),
        }
    }

    /// Where in the chunk the instructions begin, and how many functions its header promises.
    fn code_header(&self) -> Result<(usize, u32)> {
        let mut cursor = self.required("Code")?;
        let size = cursor.count(1)?;
        let mut header = Cursor::new(cursor.take(size)?, "Code");
        let version = header.u32()?;
        if version != 0 {
            return header
                .fail(Code::ChunkVersion, format!("instruction set {version} is unknown"));
        }
        header.take(8)?;
        let functions = header.u32()?;
        Ok((cursor.at(), functions))
    }
}

/// A lambda, as the `FunT` chunk tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LambdaEntry {
    pub(crate) label: u32,
    pub(crate) index: u32,
    pub(crate) free: u32,
    pub(crate) unique: u32,
}

/// A function of some module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mfa {
    pub(crate) module: u32,
    pub(crate) name: u32,
    pub(crate) arity: u8,
}

/// The tables of a file, read and checked. Atoms are indexes into `atoms`, counted from 0.
#[derive(Debug)]
pub(crate) struct Tables<'a> {
    pub(crate) atoms: Vec<Box<str>>,
    pub(crate) imports: Vec<Mfa>,
    /// Name, arity and entry label.
    pub(crate) exports: Vec<(u32, u8, u32)>,
    pub(crate) lambdas: Vec<LambdaEntry>,
    pub(crate) literals: Vec<Literal>,
    pub(crate) strings: &'a [u8],
    pub(crate) lines: crate::line::Lines,
    /// The `Code` chunk, and where in it the instructions begin.
    pub(crate) code: &'a [u8],
    pub(crate) code_start: usize,
    pub(crate) functions: u32,
    /// What of the cells budget is left for other terms.
    pub(crate) cells: usize,
}

impl<'a> Tables<'a> {
    /// The tables that a linker needs: names, imports and exports.
    pub(crate) fn interface(chunks: &Chunks<'a>) -> Result<Tables<'a>> {
        let atoms = chunks.atoms()?;
        let imports = chunks
            .triples("ImpT")?
            .into_iter()
            .map(|[module, name, arity]| {
                Ok(Mfa {
                    module: atom_index(&atoms, module, "ImpT")?,
                    name: atom_index(&atoms, name, "ImpT")?,
                    arity: arity_of(arity, "ImpT")?,
                })
            })
            .collect::<Result<_>>()?;
        let exports = chunks
            .triples("ExpT")?
            .into_iter()
            .map(|[name, arity, label]| {
                Ok((atom_index(&atoms, name, "ExpT")?, arity_of(arity, "ExpT")?, label))
            })
            .collect::<Result<_>>()?;
        Ok(Tables {
            atoms,
            imports,
            exports,
            lambdas: Vec::new(),
            literals: Vec::new(),
            strings: &[],
            lines: crate::line::Lines::default(),
            code: &[],
            code_start: 0,
            functions: 0,
            cells: etf::CELLS_MAX,
        })
    }

    pub(crate) fn read(chunks: &Chunks<'a>) -> Result<Tables<'a>> {
        let mut tables = Tables::interface(chunks)?;
        tables.lambdas = chunks.lambdas()?;
        tables.literals = chunks.literals(&mut tables.cells)?;
        tables.strings = chunks.get("StrT").unwrap_or_default();
        if let Some(mut cursor) = chunks.cursor("Line") {
            tables.lines = crate::line::Lines::read(&mut cursor)?;
        }
        (tables.code_start, tables.functions) = chunks.code_header()?;
        tables.code = chunks.get("Code").unwrap_or_default();
        Ok(tables)
    }

    /// The text of an atom of `atoms`.
    pub(crate) fn atom(&self, index: u32) -> &str {
        usize::try_from(index).ok().and_then(|i| self.atoms.get(i)).map_or("", |text| text)
    }
}

/// Index 1 of a file is index 0 here.
fn atom_index(atoms: &[Box<str>], index: u32, chunk: &'static str) -> Result<u32> {
    match index.checked_sub(1) {
        Some(at) if usize::try_from(at).is_ok_and(|at| at < atoms.len()) => Ok(at),
        _ => {
            let detail = format!("there is no atom {index}, the table has {}", atoms.len());
            Err(TranslateError::new(Code::AtomIndex, chunk, 0, detail))
        }
    }
}

pub(crate) fn arity_of(arity: u32, chunk: &'static str) -> Result<u8> {
    u8::try_from(arity).map_err(|_| {
        let detail = format!("arity {arity} is above 255");
        TranslateError::new(Code::ArityRange, chunk, 0, detail)
    })
}
