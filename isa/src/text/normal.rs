//! The normal form of a module: the one that its text gives back.

use super::operands;
use super::order;
use super::tables::Tables;
use crate::module::{FunRef, Function, Module, Param};
use crate::operand::{AtomId, Label, LitId, RefId, Src};

/// Puts a module into its normal form, which means the same.
///
/// In a module of normal form
/// * every table holds what is used, once, in the order of first use. A module uses its name, then
///   its info, then function by function the name and the operands of each instruction, an
///   instruction's place before it; an external reference uses its atoms where it is first used;
/// * constants that fit an operand, which are small integers, atoms and `[]`, are operands and not
///   literals; the pairs of map literals are in key order;
/// * labels are numbered by where they stand, those of one place as before;
/// * `params` is empty when all parameters are terms.
///
/// For a module `m` that verifies, `parse(&print(&[normalize(m)]))` gives back the normal form.
/// Indexes out of range, which the verifier rejects, become entries of the tables that read `?`.
pub fn normalize(module: Module) -> Module {
    let mut tables = Tables::default();
    let mut names = Names { old: &module, new: &mut tables, labels: Vec::new() };
    let mut name = module.name;
    names.atom(&mut name);
    let mut info = module.info.clone();
    for (key, value) in &mut info {
        names.atom(key);
        names.literal(value);
    }
    let functions = module.functions.iter().map(|function| names.function(function)).collect();
    Module { name, info, functions, ..tables.module }
}

/// Replaces the indexes of an old module by those of a new one.
pub(super) struct Names<'m> {
    old: &'m Module,
    new: &'m mut Tables,
    /// The new number of each label of the function, from label 1.
    labels: Vec<u32>,
}

impl Names<'_> {
    fn function(&mut self, function: &Function) -> Function {
        let mut labels: Vec<(u32, u32)> = function.labels.iter().copied().zip(1..).collect();
        labels.sort_unstable();
        self.labels = vec![0; labels.len()];
        for ((_, old), new) in labels.iter().zip(1..) {
            if let Some(slot) = usize::try_from(old - 1).ok().and_then(|i| self.labels.get_mut(i)) {
                *slot = new;
            }
        }
        let mut name = function.name;
        self.atom(&mut name);
        let mut lines = function.lines.iter().peekable();
        let mut places = Vec::new();
        let mut code = function.code.clone();
        for (at, instr) in (0_u32..).zip(&mut code) {
            while let Some((from, location)) = lines.next_if(|(from, _)| *from <= at) {
                places.push((*from, self.location(*location)));
            }
            operands::rename(instr, self);
        }
        let plain = function.params.iter().all(|param| *param == Param::Term);
        Function {
            name,
            arity: function.arity,
            exported: function.exported,
            params: if plain { Vec::new() } else { function.params.clone() },
            lambda: function.lambda,
            code,
            labels: labels.into_iter().map(|(at, _)| at).collect(),
            lines: places,
        }
    }

    fn location(&mut self, index: u32) -> u32 {
        let at = |index: u32| usize::try_from(index).ok();
        let location = at(index).and_then(|index| self.old.locations.get(index));
        let file = location.and_then(|place| self.old.files.get(at(place.file)?));
        self.new.location(file.map_or("?", |file| file), location.map_or(0, |place| place.line))
    }

    pub(super) fn atom(&mut self, atom: &mut AtomId) {
        *atom = self.new.atom(self.old.atom(*atom));
    }

    pub(super) fn literal(&mut self, literal: &mut LitId) {
        let index = usize::try_from(literal.0).ok();
        let sorted = index.and_then(|at| self.old.literals.get(at)).map(order::sorted);
        let unknown = || crate::module::Literal::Atom("?".into());
        *literal = self.new.literal(sorted.unwrap_or_else(unknown));
    }

    pub(super) fn source(&mut self, source: &mut Src) {
        match source {
            Src::X(_) | Src::Y(_) | Src::Int(_) | Src::Nil => {}
            Src::Atom(atom) => self.atom(atom),
            Src::Lit(literal) => {
                let index = usize::try_from(literal.0).ok();
                if let Some(literal) = index.and_then(|at| self.old.literals.get(at)) {
                    *source = self.new.constant(order::sorted(literal));
                } else {
                    self.literal(literal);
                }
            }
        }
    }

    pub(super) fn reference(&mut self, reference: &mut RefId) {
        let named = match self.old.reference(*reference) {
            Some(FunRef::External { mut module, mut name, arity }) => {
                self.atom(&mut module);
                self.atom(&mut name);
                FunRef::External { module, name, arity }
            }
            Some(local) => local,
            None => FunRef::Local(u32::MAX),
        };
        *reference = self.new.reference(named);
    }

    pub(super) fn label(&mut self, label: &mut Label) {
        let index = label.0.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        if let Some(new) = index.and_then(|index| self.labels.get(index)) {
            *label = Label(*new);
        }
    }
}
