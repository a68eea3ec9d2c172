//! Message: `send` `recv` `accept` `wait`.

use super::Writer;
use crate::atom;
use crate::fast::dispatch::Code as Operation;
use crate::fast::table;
use lam_isa::operand::{Dst, Else, Src};

impl Writer<'_> {
    pub fn send(&mut self) -> bool {
        self.unless_probed(Operation::Send)
    }

    pub fn recv(&mut self, dst: &Dst) -> bool {
        let to = self.target(dst);
        let site = self.site_word();
        self.emit(&table::LOOK, &[to], &[site]);
        true
    }

    pub fn accept(&mut self) -> bool {
        self.operation(Operation::Accept);
        true
    }

    pub fn wait(&mut self, timeout: &Src, to: &Else) -> bool {
        let Src::Atom(timeout) = timeout else { return false };
        let waits = self.module.atom(*timeout) == atom::INFINITY;
        waits && to.is_some_and(|to| to.0 > 0) && self.unless_probed(Operation::Wait)
    }

    /// The whole meaning of the instruction with its usual case first, where steps are not compared.
    fn unless_probed(&mut self, operation: Operation) -> bool {
        if self.code.has_probes() {
            return false;
        }
        self.operation(operation);
        self.here();
        true
    }
}
