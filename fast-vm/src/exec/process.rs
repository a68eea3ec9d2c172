//! Process: `spawn` `link` `unlink` `monitor` `demonitor` `exit` `flag` `yield`.

use super::{Exec, Next};
use lam_isa::operand::{Dst, Src};

impl lam_isa::table::Process for Exec<'_> {
    type Out = Next;

    fn spawn(&mut self, _: &Src, _: &Src, _: &Src, _: &Src, _: &Dst) -> Next {
        panic!("pending")
    }

    fn link(&mut self, _: &Src) -> Next {
        panic!("pending")
    }

    fn unlink(&mut self, _: &Src) -> Next {
        panic!("pending")
    }

    fn monitor(&mut self, _: &Src, _: &Src, _: &Src, _: &Dst) -> Next {
        panic!("pending")
    }

    fn demonitor(&mut self, _: &Src, _: &Src, _: &Dst) -> Next {
        panic!("pending")
    }

    fn exit(&mut self, _: &Src, _: &Src) -> Next {
        panic!("pending")
    }

    fn flag(&mut self, _: &Src, _: &Src, _: &Dst) -> Next {
        panic!("pending")
    }

    fn yield_(&mut self) -> Next {
        panic!("pending")
    }
}
