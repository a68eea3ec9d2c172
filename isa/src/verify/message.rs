//! Verification of the message family.

use super::Broken;
use super::state::{Shape, Value};
use super::step::{Next, Out, Step};
use crate::kind::Mark;
use crate::limits;
use crate::operand::{Dst, Else, Label, Src};
use crate::rule::Rule;
use crate::table::Message;
use alloc::vec::Vec;

impl Message for Step<'_, '_> {
    type Out = Out;

    fn send(&mut self, to: &Src, message: &Src, dst: &Dst) -> Out {
        self.term(*to)?;
        let shape = self.term(*message)?;
        self.raises()?;
        self.safepoint();
        self.write(*dst, Value::Term(shape))?;
        Ok(Next::On)
    }

    fn recv(&mut self, dst: &Dst, other: &Label) -> Out {
        self.safepoint();
        self.state.held = false;
        self.branch(*other)?;
        self.state.held = true;
        self.result(*dst)
    }

    fn accept(&mut self) -> Out {
        if !self.state.held {
            return Err(Broken::new(
                Rule::ValAcceptHeld,
                "a path to `accept` on which no message is held",
                "`recv` before it on every path",
            ));
        }
        self.state.held = false;
        Ok(Next::On)
    }

    fn wait(&mut self, timeout: &Src, to: &Else) -> Out {
        self.term(*timeout)?;
        let infinite = matches!(timeout, Src::Atom(it) if self.flow.module.atom(*it) == "infinity");
        let constant = matches!(timeout, Src::Int(n) if is_time(*n));
        if !infinite && !constant {
            self.raises()?;
        }
        self.safepoint();
        self.state.held = false;
        if let Some(label) = to {
            self.branch(*label)?;
        }
        Ok(if infinite { Next::Stop } else { Next::On })
    }

    fn mark(&mut self, kind: &Mark, args: &Vec<Src>, dst: &Dst) -> Out {
        self.terms(args)?;
        if *kind == Mark::Reserve {
            self.write(*dst, Value::Term(Shape::Nil))?;
        }
        Ok(Next::On)
    }
}

fn is_time(ms: i64) -> bool {
    (0..=i64::from(limits::TIMEOUT_MAX_MS)).contains(&ms)
}
