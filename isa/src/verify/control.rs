//! Verification of the control family.

use super::Broken;
use super::operands::callee;
use super::state::{Guard, Shape, Value};
use super::step::{Next, Out, Step};
use crate::kind::SwitchKind;
use crate::limits;
use crate::module::{FunRef, Param};
use crate::operand::{Arity, Case, FrameChange, Label, Src, Target, XReg};
use crate::rule::Rule;
use crate::table::Control;
use alloc::vec::Vec;

impl Control for Step<'_, '_> {
    type Out = Out;

    fn jump(&mut self, to: &Label) -> Out {
        self.branch(*to)?;
        Ok(Next::Stop)
    }

    fn switch(
        &mut self,
        kind: &SwitchKind,
        value: &Src,
        other: &Label,
        cases: &Vec<(Case, Label)>,
    ) -> Out {
        self.term(*value)?;
        self.branch(*other)?;
        for (case, label) in cases {
            let shape = match (kind, case) {
                (SwitchKind::Arity, Case::Int(n)) => {
                    Some(Shape::Tuple(u32::try_from(*n).unwrap_or(0)))
                }
                (SwitchKind::Value, Case::Nil) => Some(Shape::Nil),
                _ => None,
            };
            self.branch_knowing(*label, *value, shape)?;
        }
        Ok(Next::Stop)
    }

    fn call(&mut self, target: &Target, arity: &Arity) -> Out {
        self.enters(target, arity)?;
        self.raises()?;
        self.returned()
    }

    fn tail(&mut self, target: &Target, arity: &Arity, frame: &u32) -> Out {
        self.enters(target, arity)?;
        self.leaves(*frame)?;
        if self.state.guard() != Guard::None {
            return Err(Broken::new(
                Rule::ValTailHandler,
                "a tail call from a frame with a handler",
                "a frame without handlers",
            ));
        }
        Ok(Next::Stop)
    }

    fn ret(&mut self, frame: &u32) -> Out {
        self.term(Src::X(XReg(0)))?;
        self.leaves(*frame)?;
        Ok(Next::Stop)
    }

    fn frame(&mut self, change: &FrameChange) -> Out {
        let frame = self.state.frame;
        match *change {
            FrameChange::Push(slots) if frame == 0 => self.state.push_frame(slots),
            FrameChange::Push(_) => {
                return Err(Broken::new(
                    Rule::ValFramePush,
                    format_args!("a frame pushed onto one of {frame} slots"),
                    "no frame",
                ));
            }
            FrameChange::Drop(slots) if slots <= frame => self.state.drop_slots(slots),
            FrameChange::Drop(slots) => {
                return Err(Broken::new(
                    Rule::ValFrameDrop,
                    format_args!("{slots} slots dropped"),
                    format_args!("at most {frame}"),
                ));
            }
        }
        Ok(Next::On)
    }

    fn need(&mut self, words: &u32, live: &u32) -> Out {
        let live = u16::try_from(*live).ok().filter(|live| *live <= limits::X_REGISTERS);
        let Some(live) = live else {
            return Err(Broken::new(Rule::ValNeedLive, "more than 1,024 live registers", "fewer"));
        };
        if let Some(dead) = (0..live).find(|x| self.state.x.get(*x) == Value::Undefined) {
            return Err(Broken::new(
                Rule::ValNeedLive,
                format_args!("{} in x{dead}", Value::Undefined.name()),
                format_args!("values in all {live} live registers"),
            ));
        }
        self.state.x.truncate(live);
        self.state.credit = *words;
        Ok(Next::On)
    }
}

impl Step<'_, '_> {
    /// The target and the arguments of a call.
    fn enters(&mut self, target: &Target, arity: &Arity) -> Result<(), Broken> {
        let module = self.flow.module;
        let params: &[Param] = match target {
            Target::Fun(reference) => match module.reference(*reference) {
                Some(FunRef::Local(index)) => {
                    callee(module, index).map_or(&[], |local| &local.params)
                }
                _ => &[],
            },
            Target::Value(fun) => {
                self.term(*fun)?;
                &[]
            }
            Target::Named(of, name) => {
                self.terms(&[*of, *name])?;
                &[]
            }
        };
        match arity {
            Arity::Count(count) => self.arguments(*count, params),
            Arity::List(list) => self.term(*list).map(|_| ()),
        }
    }

    /// The frame that `tail` and `ret` say they drop.
    fn leaves(&self, frame: u32) -> Result<(), Broken> {
        if frame == u32::from(self.state.frame) {
            return Ok(());
        }
        Err(Broken::new(
            Rule::ValFrameSize,
            format_args!("a frame of {frame} slots dropped"),
            format_args!("all {}", self.state.frame),
        ))
    }
}
