//! Control: `jump` `switch` `call` `tail` `ret` `frame` `need`.

use super::Writer;
use crate::fast::dispatch::Code as Operation;
use lam_isa::FunRef;
use lam_isa::operand::Target;
use std::ptr;

impl Writer<'_> {
    pub fn call(&mut self, target: &Target) -> bool {
        let Target::Fun(reference) = target else { return false };
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
                    return false;
                }
                self.operation(Operation::CallCell);
                self.words.push(ptr::from_ref(cell).expose_provenance() as u64);
                self.here();
            }
        }
        true
    }

    pub fn tail(&mut self, target: &Target, frame: u32) -> bool {
        let Target::Fun(reference) = target else { return false };
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
                    return false;
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

    /// The entry of a function of the module, as an operand.
    fn entry_of(&mut self, function: u32) {
        self.calls.push(self.words.len());
        self.words.push(u64::from(function));
    }
}
