//! Verification of the compute family.

use super::state::Shape;
use super::step::{Next, Out, Step};
use crate::kind::{Op, Test};
use crate::operand::{Dst, Else, Label, Src};
use crate::table::Compute;
use alloc::vec::Vec;

impl Compute for Step<'_, '_> {
    type Out = Out;

    fn op(&mut self, kind: &Op, args: &Vec<Src>, dst: &Dst, other: &Else) -> Out {
        if *kind == Op::Stacktrace {
            args.iter().try_for_each(|arg| self.trace(*arg))?;
        } else {
            self.terms(args)?;
        }
        if let Some(label) = other {
            self.branch(*label)?;
        } else if !never_raises(*kind) {
            self.raises()?;
        }
        self.result(*dst)
    }

    fn test(&mut self, kind: &Test, args: &Vec<Src>, other: &Label) -> Out {
        self.terms(args)?;
        let value = args[0];
        let size = match args.get(1) {
            Some(Src::Int(n)) => u32::try_from(*n).unwrap_or(0),
            _ => 0,
        };
        let list = self.term(value)? == Shape::List;
        let (holds, fails) = match kind {
            Test::IsNil => (Some(Shape::Nil), list.then_some(Shape::Cons)),
            Test::IsCons => (Some(Shape::Cons), list.then_some(Shape::Nil)),
            Test::IsList => (Some(Shape::List), None),
            Test::IsTuple => (Some(Shape::Tuple(0)), None),
            Test::Arity | Test::Tagged => (Some(Shape::Tuple(size)), None),
            Test::IsMap => (Some(Shape::Map), None),
            Test::EqExact => match self.term(args[1])? {
                Shape::Any => (None, None),
                shape => (Some(shape), None),
            },
            _ => (None, None),
        };
        self.branch_knowing(*other, value, fails)?;
        if let Some(shape) = holds {
            self.state.learn(value, shape);
        }
        Ok(Next::On)
    }
}

/// Whether an operation has a value whatever its sources.
fn never_raises(kind: Op) -> bool {
    use Op::*;
    matches!(
        kind,
        Eq | Ne
            | Lt
            | Le
            | Gt
            | Ge
            | EqExact
            | NeExact
            | Max
            | Min
            | SelfPid
            | Node
            | Get
            | IsAtom
            | IsBinary
            | IsBitstring
            | IsBoolean
            | IsFloat
            | IsFunction
            | IsInteger
            | IsList
            | IsMap
            | IsNumber
            | IsPid
            | IsPort
            | IsReference
            | IsTuple
            | Stacktrace
    )
}
