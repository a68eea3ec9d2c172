//! Modules: code and its tables, in the form that every format is read into and written from.
//!
//! Owns the shape of a module and of its literals. Whether a module makes sense is decided by
//! `verify`; nothing executes a [`Module`], only a `Verified` one. Book: *Modules*.

use crate::operand::{AtomId, Label, LitId, RefId};
use crate::table::Instr;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// One module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// Its name, an index into `atoms`.
    pub name: AtomId,
    /// The texts of its atoms, distinct, each at most `limits::ATOM_CHARS` characters.
    pub atoms: Vec<Box<str>>,
    /// Its constant terms.
    pub literals: Vec<Literal>,
    /// The functions its code refers to.
    pub references: Vec<FunRef>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Source files that `locations` speak of.
    pub files: Vec<Box<str>>,
    /// Places in source files that the line tables of functions speak of.
    pub locations: Vec<Location>,
    /// What `Module:module_info(Key)` answers beyond what the tables tell: `attributes`,
    /// `compile`, `md5`.
    pub info: Vec<(AtomId, LitId)>,
}

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Index into the module's `files`.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
}

/// What an index of `references` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunRef {
    /// A function of the same version of this module, an index into `functions`.
    Local(u32),
    /// An exported function of a module, or a native; bound at each call.
    External {
        /// The module.
        module: AtomId,
        /// The function.
        name: AtomId,
        /// Its arity.
        arity: u8,
    },
}

/// What a parameter of a function may receive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Param {
    /// Any term.
    #[default]
    Term,
    /// A term or a match context.
    Context,
    /// A raw trace or a term.
    Trace,
}

/// One function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: AtomId,
    /// How many parameters it has, captured values of a fun included.
    pub arity: u8,
    /// Whether other modules may call it.
    pub exported: bool,
    /// What its parameters may receive; empty when all are terms, else `arity` long.
    pub params: Vec<Param>,
    /// What makes funs of this function distinct, if there are any.
    pub lambda: Option<Lambda>,
    /// Its code.
    pub code: Vec<Instr>,
    /// Label `n` (from 1) stands before instruction `labels[n - 1]`.
    pub labels: Vec<u32>,
    /// Instruction index and index into the module's `locations`, ascending: the place of that
    /// instruction and of those after it, up to the next entry.
    pub lines: Vec<(u32, u32)>,
}

impl Function {
    /// The index of the instruction that `label` stands before; `None` for label 0 and for
    /// labels that the function does not have.
    pub fn target(&self, label: Label) -> Option<u32> {
        let index = usize::try_from(label.0.checked_sub(1)?).ok()?;
        self.labels.get(index).copied()
    }
}

/// The identity of the funs made of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lambda {
    /// Its number among the module's lambdas; funs compare by it.
    pub index: u32,
    /// A hash that changes with the code; funs print it.
    pub unique: u32,
}

/// A constant term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Literal {
    /// An integer of at most 64 bits.
    Int(i64),
    /// A larger integer.
    Big {
        /// Below zero.
        negative: bool,
        /// Its absolute value, least significant byte first, no zero byte last.
        magnitude: Vec<u8>,
    },
    /// A finite float, as its bits.
    Float(u64),
    /// An atom.
    Atom(Box<str>),
    /// The empty list.
    Nil,
    /// A non-empty list: its elements and its tail, which is not a list (`Nil` if proper).
    List(Vec<Literal>, Box<Literal>),
    /// A tuple.
    Tuple(Vec<Literal>),
    /// A map: distinct keys and their values, in any order.
    Map(Vec<(Literal, Literal)>),
    /// A bitstring.
    Bits(BitString),
    /// An external fun.
    Fun {
        /// Its module.
        module: Box<str>,
        /// Its name.
        name: Box<str>,
        /// Its arity.
        arity: u8,
    },
}

/// A bitstring: bytes, and how many bits of them count.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitString {
    /// The bits, most significant first; unused bits of the last byte are zero.
    pub bytes: Vec<u8>,
    /// How many bits: at most `8 * bytes.len()`, more than `8 * (bytes.len() - 1)`.
    pub bits: u64,
}

impl From<&[u8]> for BitString {
    fn from(bytes: &[u8]) -> BitString {
        BitString { bytes: bytes.into(), bits: bytes.len() as u64 * 8 }
    }
}

impl Module {
    /// The text of an atom; an index out of range, which the verifier rejects, reads as `?`.
    pub fn atom(&self, atom: AtomId) -> &str {
        usize::try_from(atom.0).ok().and_then(|i| self.atoms.get(i)).map_or("?", |text| text)
    }

    /// The name of the module.
    pub fn name(&self) -> &str {
        self.atom(self.name)
    }

    /// What a reference stands for.
    pub fn reference(&self, reference: RefId) -> Option<FunRef> {
        self.references.get(usize::try_from(reference.0).ok()?).copied()
    }

    /// The function of that name and arity.
    pub fn function(&self, name: &str, arity: u8) -> Option<&Function> {
        self.functions.iter().find(|f| f.arity == arity && self.atom(f.name) == name)
    }

    /// The index of an atom, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> AtomId {
        let at = self.atoms.iter().position(|atom| &**atom == text).unwrap_or_else(|| {
            self.atoms.push(text.into());
            self.atoms.len() - 1
        });
        AtomId(u32::try_from(at).expect("a module has fewer than 2^32 atoms"))
    }

    /// `module:function/arity` of a function, as messages show it.
    pub fn function_name(&self, function: &Function) -> String {
        alloc::format!("{}:{}/{}", self.name(), self.atom(function.name), function.arity)
    }
}
