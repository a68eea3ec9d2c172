//! One instruction's share in the data-flow: what families use to read, write and branch.

use super::Broken;
use super::flow::Flow;
use super::state::{Guard, Shape, State, Value};
use crate::module::Param;
use crate::operand::{Dst, Label, Src, XReg, YSlot};
use crate::rule::Rule;
use alloc::format;
use alloc::string::String;

/// Where execution goes on after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// At the next instruction too.
    On,
    /// Only at labels, or nowhere in this function.
    Stop,
}

/// What a family's handler says: how to go on, or which rule the instruction breaks.
pub(super) type Out = Result<Next, Broken>;

/// An instruction about to be followed, and the state before it, which becomes that after it.
pub(super) struct Step<'s, 'm> {
    pub(super) flow: &'s mut Flow<'m>,
    pub(super) state: State,
    /// Whether the shapes that it wants are proved.
    pub(super) proved: bool,
    /// The handler that it may raise into.
    pub(super) handler: Option<(YSlot, Label)>,
}

impl Step<'_, '_> {
    /// What a source holds.
    pub(super) fn value(&self, src: Src) -> Result<Value, Broken> {
        if let Src::Y(y) = src {
            self.slot(y)?;
        }
        let Some(value) = self.state.place(src) else {
            return Ok(Value::Term(match src {
                Src::Nil => Shape::Nil,
                Src::Lit(id) => self.flow.literal(id),
                _ => Shape::Any,
            }));
        };
        let rule = match (value, src) {
            (Value::Handler(_), _) => Rule::ValSlotKind,
            (Value::Conflict, _) | (Value::Undefined, Src::Y(_)) => Rule::ValSlotConflict,
            (Value::Undefined, _) => Rule::ValRegisterUndefined,
            _ => return Ok(value),
        };
        Err(Broken::new(rule, format_args!("{} in {}", value.name(), name(src)), "a value"))
    }

    /// The shape of a source that must be a term.
    pub(super) fn term(&self, src: Src) -> Result<Shape, Broken> {
        let value = self.value(src)?;
        let rule = match value {
            Value::Term(shape) => return Ok(shape),
            Value::Trace => Rule::ValTraceOperand,
            _ => Rule::ValContextOperand,
        };
        Err(Broken::new(rule, format_args!("{} in {}", value.name(), name(src)), "a term"))
    }

    /// Several sources that must be terms.
    pub(super) fn terms(&self, sources: &[Src]) -> Result<(), Broken> {
        sources.iter().try_for_each(|src| self.term(*src).map(|_| ()))
    }

    /// A source that may be a raw trace or a term.
    pub(super) fn trace(&self, src: Src) -> Result<(), Broken> {
        match self.value(src)? {
            Value::Trace => Ok(()),
            _ => self.term(src).map(|_| ()),
        }
    }

    /// The slot must be in the frame.
    pub(super) fn slot(&self, slot: YSlot) -> Result<(), Broken> {
        if slot.0 < self.state.frame {
            return Ok(());
        }
        let expected = format_args!("a frame of more than {} slots", self.state.frame);
        Err(Broken::new(Rule::ValSlotRange, format_args!("y{}", slot.0), expected))
    }

    /// Writes a destination.
    pub(super) fn write(&mut self, dst: Dst, value: Value) -> Result<(), Broken> {
        match dst {
            Dst::X(x) => self.state.x.set(x.0, value),
            Dst::Y(y) => {
                self.slot(y)?;
                self.state.set_slot(y.0, value);
            }
            Dst::Discard => {}
        }
        Ok(())
    }

    /// Writes a term of any shape.
    pub(super) fn result(&mut self, dst: Dst) -> Out {
        self.write(dst, Value::ANY)?;
        Ok(Next::On)
    }

    /// The path to a label on which nothing else is known.
    pub(super) fn branch(&mut self, label: Label) -> Result<(), Broken> {
        self.flow.branch(label, &self.state)
    }

    /// The path to a label on which a source has this shape.
    pub(super) fn branch_knowing(
        &mut self,
        label: Label,
        src: Src,
        shape: Option<Shape>,
    ) -> Result<(), Broken> {
        let Some(shape) = shape else { return self.branch(label) };
        let mut state = self.state.clone();
        state.learn(src, shape);
        self.flow.branch(label, &state)
    }

    /// The instruction may raise here. Whether its shapes are proved makes no difference, so that
    /// what is accepted does not depend on how much a verifier proves.
    pub(super) fn raises(&mut self) -> Result<(), Broken> {
        match self.state.guard() {
            Guard::None => Ok(()),
            Guard::Handler(slot, label) => {
                self.handler = Some((YSlot(slot), label));
                let state = self.state.handled(slot);
                self.flow.branch(label, &state)
            }
            Guard::Conflict(slot) => Err(Broken::new(
                Rule::ValTryConflict,
                format_args!("what may raise while y{slot} holds a handler on some paths only"),
                "the same handler on every path",
            )),
        }
    }

    /// The instruction goes to a label on failure, or raises without one.
    pub(super) fn fails(&mut self, other: Option<Label>) -> Result<(), Broken> {
        match other {
            Some(label) => self.branch(label),
            None => self.raises(),
        }
    }

    /// Uses words of the credit.
    pub(super) fn spend(&mut self, words: usize) -> Result<(), Broken> {
        let left = u32::try_from(words).ok().and_then(|words| self.state.credit.checked_sub(words));
        let Some(left) = left else {
            let expected = format_args!("at most {}", self.state.credit);
            return Err(Broken::new(
                Rule::ValCreditShort,
                format_args!("a use of {words} words"),
                expected,
            ));
        };
        self.state.credit = left;
        Ok(())
    }

    /// The arguments of a call: `x0` and so on, each what the callee declares.
    pub(super) fn arguments(&self, count: u8, params: &[Param]) -> Result<(), Broken> {
        for at in 0..count {
            let value = self.state.x.get(at.into());
            let param = params.get(usize::from(at)).copied().unwrap_or_default();
            let rule = match (value, param) {
                (Value::Term(_), _) | (Value::Trace, Param::Trace) => continue,
                (Value::Context | Value::MaybeContext, Param::Context) => continue,
                (Value::Context | Value::MaybeContext, _) => Rule::ValContextArgument,
                (Value::Trace, _) => Rule::ValTraceArgument,
                _ => Rule::ValCallArguments,
            };
            return Err(Broken::new(
                rule,
                format_args!("{} as argument x{at}", value.name()),
                match param {
                    Param::Term => "a term",
                    Param::Context => "a term or a match context",
                    Param::Trace => "a raw trace or a term",
                },
            ));
        }
        Ok(())
    }

    /// A safepoint after which no X register is left.
    pub(super) fn safepoint(&mut self) {
        self.state.x = Default::default();
        self.state.credit = 0;
    }

    /// A safepoint after which only the result is left, in `x0`.
    pub(super) fn returned(&mut self) -> Out {
        self.safepoint();
        self.state.held = false;
        self.result(Dst::X(XReg(0)))
    }
}

fn name(src: Src) -> String {
    match src {
        Src::X(x) => format!("x{}", x.0),
        Src::Y(y) => format!("y{}", y.0),
        Src::Int(n) => format!("{n}"),
        Src::Atom(atom) => format!("atom {}", atom.0),
        Src::Nil => "[]".into(),
        Src::Lit(id) => format!("literal {}", id.0),
    }
}
