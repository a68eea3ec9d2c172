//! Writing one instruction.

use super::layout::{Layout, Place};
use super::lexeme;
use super::literal::{self, Style};
use crate::module::{FunRef, Module};
use crate::operand::{AtomId, Dst, Label, LitId, RefId, Src};

/// Writes operands one after the other. Indexes out of range, which the verifier rejects, are
/// written as `?`.
pub(super) struct Writer<'m> {
    pub(super) out: String,
    pub(super) layout: Layout,
    module: &'m Module,
}

impl<'m> Writer<'m> {
    pub(super) fn new(module: &'m Module, out: String) -> Writer<'m> {
        Writer { out, layout: Layout::new(), module }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn gap(&mut self, place: Place) {
        let gap = self.layout.gap(place);
        self.text(gap.text());
    }

    pub(super) fn number(&mut self, number: impl ToString) {
        self.out.push_str(&number.to_string());
    }

    pub(super) fn items<T>(
        &mut self,
        brackets: [&str; 2],
        items: &[T],
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.text(brackets[0]);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            write(self, item);
        }
        self.text(brackets[1]);
    }

    pub(super) fn atom(&mut self, atom: AtomId) {
        let known = usize::try_from(atom.0).ok().and_then(|at| self.module.atoms.get(at));
        match known {
            Some(text) => lexeme::write_atom(&mut self.out, text),
            None => self.text("?"),
        }
    }

    pub(super) fn literal(&mut self, literal: LitId) {
        let known = usize::try_from(literal.0).ok().and_then(|at| self.module.literals.get(at));
        match known {
            Some(literal) => literal::write(&mut self.out, literal, Style::Readable),
            None => self.text("?"),
        }
    }

    pub(super) fn source(&mut self, source: Src) {
        match source {
            Src::X(x) => self.out.push_str(&format!("x{}", x.0)),
            Src::Y(y) => self.out.push_str(&format!("y{}", y.0)),
            Src::Int(value) => self.number(value),
            Src::Atom(atom) => self.atom(atom),
            Src::Nil => self.text("[]"),
            Src::Lit(literal) => self.literal(literal),
        }
    }

    pub(super) fn destination(&mut self, destination: Dst) {
        match destination {
            Dst::X(x) => self.source(Src::X(x)),
            Dst::Y(y) => self.source(Src::Y(y)),
            Dst::Discard => self.text("_"),
        }
    }

    pub(super) fn label(&mut self, label: Label) {
        self.out.push_str(&label_name(label));
    }

    /// Writes a function; gives its arity.
    pub(super) fn function(&mut self, reference: RefId) -> Option<u8> {
        match self.module.reference(reference) {
            Some(FunRef::Local(index)) => {
                let index = usize::try_from(index).ok();
                let Some(function) = index.and_then(|at| self.module.functions.get(at)) else {
                    self.text("?");
                    return None;
                };
                self.atom(function.name);
                self.out.push_str(&format!("/{}", function.arity));
                Some(function.arity)
            }
            Some(FunRef::External { module, name, arity }) => {
                self.atom(module);
                self.text(":");
                self.atom(name);
                self.out.push_str(&format!("/{arity}"));
                Some(arity)
            }
            None => {
                self.text("?");
                None
            }
        }
    }
}

/// The name of a label in printed text.
pub(super) fn label_name(label: Label) -> String {
    if label == Label::CLAUSE { "clause".to_owned() } else { format!("L{}", label.0) }
}
