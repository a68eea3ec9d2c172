//! Bits: `bmake` `bmatch`.

use super::{Exec, Next};
use lam_isa::kind::{Command, Segment};
use lam_isa::operand::{Dst, Else, Reg};

impl lam_isa::table::Bits for Exec<'_> {
    type Out = Next;

    fn bmake(&mut self, _: &Vec<Segment>, _: &Dst, _: &Else) -> Next {
        panic!("pending")
    }

    fn bmatch(&mut self, _: &Reg, _: &Else, _: &Vec<Command>) -> Next {
        panic!("pending")
    }
}
