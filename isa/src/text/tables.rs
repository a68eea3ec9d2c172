//! The tables of a module while it is being filled: every entry once, in the order of first use.

use crate::module::{FunRef, Literal, Location, Module};
use crate::operand::{AtomId, LitId, RefId, Src, is_small};
use std::collections::HashMap;

/// A module whose tables can be searched by value.
#[derive(Default)]
pub(super) struct Tables {
    /// The module so far.
    pub(super) module: Module,
    atoms: HashMap<Box<str>, u32>,
    literals: HashMap<Literal, u32>,
    references: HashMap<FunRef, u32>,
    files: HashMap<Box<str>, u32>,
    locations: HashMap<Location, u32>,
}

/// The index of an entry, which is added if it is new.
fn entry<T: Clone + Eq + core::hash::Hash>(
    table: &mut Vec<T>,
    indexes: &mut HashMap<T, u32>,
    value: T,
) -> u32 {
    *indexes.entry(value).or_insert_with_key(|value| {
        table.push(value.clone());
        u32::try_from(table.len() - 1).expect("a text of less than 2^32 bytes fills no table")
    })
}

impl Tables {
    pub(super) fn atom(&mut self, text: &str) -> AtomId {
        match self.atoms.get(text) {
            Some(index) => AtomId(*index),
            None => AtomId(entry(&mut self.module.atoms, &mut self.atoms, text.into())),
        }
    }

    pub(super) fn literal(&mut self, literal: Literal) -> LitId {
        LitId(entry(&mut self.module.literals, &mut self.literals, literal))
    }

    pub(super) fn reference(&mut self, reference: FunRef) -> RefId {
        RefId(entry(&mut self.module.references, &mut self.references, reference))
    }

    /// The index of a place in a source file.
    pub(super) fn location(&mut self, file: &str, line: u32) -> u32 {
        let file = entry(&mut self.module.files, &mut self.files, file.into());
        entry(&mut self.module.locations, &mut self.locations, Location { file, line })
    }

    /// The operand of a constant: in the operand itself if it fits, else in the literal table.
    pub(super) fn constant(&mut self, literal: Literal) -> Src {
        match literal {
            Literal::Int(value) if is_small(value) => Src::Int(value),
            Literal::Atom(text) => Src::Atom(self.atom(&text)),
            Literal::Nil => Src::Nil,
            other => Src::Lit(self.literal(other)),
        }
    }
}
