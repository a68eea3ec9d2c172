//! Verification of the error family.

use super::state::Value;
use super::step::{Next, Out, Step};
use crate::kind::Raise;
use crate::operand::{Dst, Label, Src, XReg, YSlot};
use crate::table::Error;
use alloc::vec::Vec;

impl Error for Step<'_, '_> {
    type Out = Out;

    fn try_(&mut self, slot: &YSlot, handler: &Label) -> Out {
        self.write(Dst::Y(*slot), Value::Handler(*handler))?;
        Ok(Next::On)
    }

    fn raise(&mut self, kind: &Raise, args: &Vec<Src>) -> Out {
        match kind {
            Raise::Same | Raise::Dynamic => {
                let (trace, terms) = args.split_last().expect("`val.operand.count` holds");
                self.terms(terms)?;
                self.trace(*trace)?;
            }
            _ => self.terms(args)?,
        }
        self.raises()?;
        if *kind == Raise::Dynamic {
            // What is not a class is not raised: `x0` says so.
            return self.result(Dst::X(XReg(0)));
        }
        Ok(Next::Stop)
    }
}
