//! Verification of the process family.

use super::Broken;
use super::step::{Next, Out, Step};
use crate::operand::{Dst, Src};
use crate::table::Process;

impl Process for Step<'_, '_> {
    type Out = Out;

    fn spawn(&mut self, module: &Src, function: &Src, args: &Src, options: &Src, dst: &Dst) -> Out {
        self.signal(&[*module, *function, *args, *options])?;
        self.result(*dst)
    }

    fn link(&mut self, pid: &Src) -> Out {
        self.signal(&[*pid])
    }

    fn unlink(&mut self, pid: &Src) -> Out {
        self.signal(&[*pid])
    }

    fn monitor(&mut self, kind: &Src, item: &Src, options: &Src, dst: &Dst) -> Out {
        self.signal(&[*kind, *item, *options])?;
        self.result(*dst)
    }

    fn demonitor(&mut self, reference: &Src, options: &Src, dst: &Dst) -> Out {
        self.signal(&[*reference, *options])?;
        // What `flush` removes from the mailbox may be the message held.
        self.state.held = false;
        self.result(*dst)
    }

    fn exit(&mut self, pid: &Src, reason: &Src) -> Out {
        self.signal(&[*pid, *reason])
    }

    fn flag(&mut self, name: &Src, value: &Src, dst: &Dst) -> Out {
        self.signal(&[*name, *value])?;
        self.result(*dst)
    }

    fn yield_(&mut self) -> Out {
        self.safepoint();
        Ok(Next::On)
    }
}

impl Step<'_, '_> {
    /// A safepoint that reads terms and may raise.
    fn signal(&mut self, sources: &[Src]) -> Result<Next, Broken> {
        self.terms(sources)?;
        self.raises()?;
        self.safepoint();
        Ok(Next::On)
    }
}
