//! Control: `jump` `switch` `call` `tail` `ret` `frame` `need`.

use super::Writer;
use crate::code::Cell;
use crate::fast::choice::At;
use crate::fast::dispatch::Code as Operation;
use crate::fast::table;
use crate::heap::OWED;
use crate::term::Term;
use lam_isa::kind::SwitchKind;
use lam_isa::operand::{Arity, Case, Dst, FrameChange, Label, Src, Target, YSlot};
use lam_isa::{FunRef, Instr};
use std::ptr;

impl Writer<'_> {
    pub fn call(&mut self, target: &Target, arity: &Arity) -> bool {
        let Target::Fun(reference) = target else { return self.call_value(target, arity, None) };
        match self.module.reference(*reference) {
            FunRef::Local(index) => {
                self.operation(Operation::CallLocal);
                self.entry_of(index);
                self.here();
            }
            FunRef::External { module, name, arity } => {
                let (module, name) = (self.module.atom(module), self.module.atom(name));
                let cell = self.code.cell(module, name, arity);
                if cell.native.is_some() {
                    return self.call_native(cell);
                }
                self.operation(Operation::CallCell);
                self.words.push(ptr::from_ref(cell).expose_provenance() as u64);
                self.here();
            }
        }
        true
    }

    pub fn tail(&mut self, target: &Target, arity: &Arity, frame: u32) -> bool {
        let Target::Fun(reference) = target else {
            return self.call_value(target, arity, Some(frame));
        };
        match self.module.reference(*reference) {
            FunRef::Local(index) => {
                self.operation(Operation::TailLocal);
                self.entry_of(index);
                self.words.push(u64::from(frame));
            }
            FunRef::External { module, name, arity } => {
                let (module, name) = (self.module.atom(module), self.module.atom(name));
                let cell = self.code.cell(module, name, arity);
                if cell.native.is_some() {
                    return self.call_native(cell);
                }
                self.operation(Operation::TailCell);
                self.words.push(ptr::from_ref(cell).expose_provenance() as u64);
                self.words.push(u64::from(frame));
                self.here();
            }
        }
        true
    }

    pub fn ret(&mut self, frame: u32) -> bool {
        self.operation(Operation::Ret);
        self.words.push(u64::from(frame));
        true
    }

    /// A call of a native, in tail position or not: its site knows.
    fn call_native(&mut self, cell: &Cell) -> bool {
        self.operation(Operation::CallNative);
        self.words.push(ptr::from_ref(cell).expose_provenance() as u64);
        self.here();
        true
    }

    /// A call of a fun with so many arguments.
    fn call_value(&mut self, target: &Target, arity: &Arity, frame: Option<u32>) -> bool {
        let (Target::Value(fun), Arity::Count(count)) = (target, arity) else { return false };
        let place = self.source(fun);
        if place.0 == At::C {
            return false;
        }
        match frame {
            None => {
                self.operation(Operation::CallFunAny);
                self.any(place);
                self.words.push(u64::from(*count));
            }
            Some(frame) => {
                self.operation(Operation::TailFunAny);
                self.any(place);
                self.words.push(u64::from(*count));
                self.words.push(u64::from(frame));
            }
        }
        self.here();
        true
    }

    pub fn jump(&mut self, to: Label) -> bool {
        if to == Label::CLAUSE {
            return false;
        }
        self.operation(Operation::Jump);
        self.jump_to(to);
        true
    }

    pub fn switch(
        &mut self,
        kind: SwitchKind,
        value: &Src,
        other: Label,
        cases: &[(Case, Label)],
    ) -> bool {
        let place = self.source(value);
        if kind == SwitchKind::Arity || place.0 == At::C {
            return false;
        }
        let word = |case: &Case| match case {
            Case::Int(n) => Term::small(*n).0,
            Case::Atom(atom) => Term::atom(self.module.atom(*atom)).0,
            Case::Nil => Term::NIL.0,
        };
        let mut cases: Vec<(u64, Label)> =
            cases.iter().map(|(case, label)| (word(case), *label)).collect();
        // Few are found sooner one by one.
        let choice = if cases.len() > FEW_CASES {
            cases.sort_unstable();
            &table::SWITCH_SORTED
        } else {
            &table::SWITCH
        };
        self.emit(choice, &[place], &[]);
        self.jump_or_clause(other);
        self.words.push(4 + 2 * cases.len() as u64);
        for (word, label) in cases {
            self.words.push(word);
            self.jump_or_clause(label);
        }
        true
    }

    pub fn frame(&mut self, change: FrameChange, next: Option<&Instr>) -> bool {
        match change {
            FrameChange::Push(slots) => {
                let filled = next.is_some_and(|next| fills(next, slots));
                self.operation(if filled { Operation::FrameRaw } else { Operation::Frame });
                self.words.push(u64::from(slots));
            }
            FrameChange::Drop(slots) => {
                self.operation(Operation::Drop);
                self.words.push(u64::from(slots));
            }
        }
        true
    }

    pub fn need(&mut self, words: u32) -> bool {
        if words as usize > OWED {
            return false;
        }
        self.operation(Operation::Need);
        self.words.push(u64::from(words) * 8);
        self.here();
        true
    }

    /// The entry of a function of the module, as an operand.
    pub(super) fn entry_of(&mut self, function: u32) {
        self.calls.push(self.words.len());
        self.words.push(u64::from(function));
    }
}

/// The most cases that are looked at one by one.
const FEW_CASES: usize = 8;

/// Whether an instruction is a move that writes all of these slots, and reads none.
fn fills(instr: &Instr, slots: u16) -> bool {
    let Instr::Move { pairs } = instr else { return false };
    let written = |slot| pairs.iter().any(|(_, dst)| *dst == Dst::Y(YSlot(slot)));
    let reads = pairs.iter().any(|(src, _)| matches!(src, Src::Y(_)));
    !reads && (0..slots).all(written)
}
