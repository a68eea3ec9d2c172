//! The tables of the module that is being made: each thing once, in the order of first use.

use crate::chunk::{Mfa, Tables};
use crate::error::Result;
use crate::line::Place;
use lam_isa::operand::{AtomId, LitId, RefId, Src, is_small};
use lam_isa::{FunRef, Literal, Location, Module};
use std::collections::HashMap;

/// The module so far, and what is already in its tables.
pub(crate) struct Pool<'a> {
    pub(crate) tables: &'a Tables<'a>,
    pub(crate) module: Module,
    /// Functions by entry label.
    pub(crate) entries: HashMap<u32, u32>,
    atoms: HashMap<Box<str>, AtomId>,
    literals: HashMap<Literal, LitId>,
    /// The literals of the file that have been mentioned, each cloned and compared only once.
    file_literals: Vec<Option<Src>>,
    /// What of the cells budget is left for terms outside `LitT`.
    pub(crate) cells: usize,
    references: HashMap<FunRef, RefId>,
    files: HashMap<Box<str>, u32>,
    locations: HashMap<Location, u32>,
}

/// Table sizes are bounded by the bytes of a file, which are fewer than 2^32.
fn id(size: usize) -> u32 {
    u32::try_from(size).expect("a table has fewer entries than a file has bytes")
}

impl<'a> Pool<'a> {
    pub(crate) fn new(tables: &'a Tables<'a>) -> Pool<'a> {
        let mut pool = Pool {
            tables,
            module: Module::default(),
            entries: HashMap::new(),
            atoms: HashMap::new(),
            literals: HashMap::new(),
            file_literals: vec![None; tables.literals.len()],
            cells: tables.cells,
            references: HashMap::new(),
            files: HashMap::new(),
            locations: HashMap::new(),
        };
        pool.module.name = pool.file_atom(0);
        pool
    }

    pub(crate) fn atom(&mut self, text: &str) -> AtomId {
        if let Some(atom) = self.atoms.get(text) {
            return *atom;
        }
        let atom = AtomId(id(self.module.atoms.len()));
        self.module.atoms.push(text.into());
        self.atoms.insert(text.into(), atom);
        atom
    }

    /// An atom of the file, whose index the reader has checked or which reads as the empty atom.
    pub(crate) fn file_atom(&mut self, index: u32) -> AtomId {
        let tables = self.tables;
        self.atom(tables.atom(index))
    }

    /// A literal of the file as a source; `None` if there is none of that index.
    pub(crate) fn file_literal(&mut self, index: u32) -> Option<Src> {
        let at = usize::try_from(index).ok()?;
        if let Some(source) = self.file_literals.get(at)? {
            return Some(*source);
        }
        let source = self.source(self.tables.literals[at].clone());
        self.file_literals[at] = Some(source);
        Some(source)
    }

    /// Takes cells for a literal that the code makes; says whether there were as many.
    pub(crate) fn spend(&mut self, cells: usize) -> bool {
        let left = self.cells.checked_sub(cells);
        self.cells = left.unwrap_or_default();
        left.is_some()
    }

    pub(crate) fn literal_id(&mut self, literal: Literal) -> LitId {
        if let Some(found) = self.literals.get(&literal) {
            return *found;
        }
        let new = LitId(id(self.module.literals.len()));
        self.module.literals.push(literal.clone());
        self.literals.insert(literal, new);
        new
    }

    /// A term as a source: immediate where that is possible.
    pub(crate) fn source(&mut self, literal: Literal) -> Src {
        match literal {
            Literal::Int(small) if is_small(small) => Src::Int(small),
            Literal::Nil => Src::Nil,
            Literal::Atom(text) => Src::Atom(self.atom(&text)),
            literal => Src::Lit(self.literal_id(literal)),
        }
    }

    pub(crate) fn reference(&mut self, function: FunRef) -> RefId {
        if let Some(found) = self.references.get(&function) {
            return *found;
        }
        let new = RefId(id(self.module.references.len()));
        self.module.references.push(function);
        self.references.insert(function, new);
        new
    }

    /// A reference to a function of any module, by name.
    pub(crate) fn external(&mut self, module: &str, name: &str, arity: u8) -> RefId {
        let module = self.atom(module);
        let name = self.atom(name);
        self.reference(FunRef::External { module, name, arity })
    }

    pub(crate) fn imported(&mut self, mfa: Mfa) -> RefId {
        let module = self.file_atom(mfa.module);
        let name = self.file_atom(mfa.name);
        self.reference(FunRef::External { module, name, arity: mfa.arity })
    }

    /// The index of a place in the module's `locations`.
    pub(crate) fn location(&mut self, place: Place<'_>) -> Result<u32> {
        let own = format!("{}.erl", self.tables.atom(0));
        let file = place.file.unwrap_or(&own);
        let file = match self.files.get(file) {
            Some(found) => *found,
            None => {
                let new = id(self.module.files.len());
                self.module.files.push(file.into());
                self.files.insert(file.into(), new);
                new
            }
        };
        let location = Location { file, line: place.line };
        if let Some(found) = self.locations.get(&location) {
            return Ok(*found);
        }
        let new = id(self.module.locations.len());
        self.module.locations.push(location);
        self.locations.insert(location, new);
        Ok(new)
    }
}
