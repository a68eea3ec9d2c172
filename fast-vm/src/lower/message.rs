//! Message: `recv` `accept`.

use super::Writer;
use crate::fast::dispatch::Code as Operation;
use crate::fast::table;
use lam_isa::operand::Dst;

impl Writer<'_> {
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
}
