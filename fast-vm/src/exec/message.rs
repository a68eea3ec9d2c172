//! Message: `send` `recv` `accept` `wait` `mark`.

use super::{Exec, Next};
use lam_isa::kind::Mark;
use lam_isa::operand::{Dst, Else, Label, Src};

impl lam_isa::table::Message for Exec<'_> {
    type Out = Next;

    fn send(&mut self, _: &Src, _: &Src, _: &Dst) -> Next {
        panic!("pending")
    }

    fn recv(&mut self, _: &Dst, _: &Label) -> Next {
        panic!("pending")
    }

    fn accept(&mut self) -> Next {
        panic!("pending")
    }

    fn wait(&mut self, _: &Src, _: &Else) -> Next {
        panic!("pending")
    }

    fn mark(&mut self, _: &Mark, _: &Vec<Src>, _: &Dst) -> Next {
        panic!("pending")
    }
}
