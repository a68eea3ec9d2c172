//! Verification of the bits family.

use super::Broken;
use super::state::Value;
use super::step::{Next, Out, Step};
use crate::kind::{Command, Segment};
use crate::operand::{Dst, Else, Reg, Src};
use crate::rule::Rule;
use crate::table::Bits;
use alloc::vec::Vec;

impl Bits for Step<'_, '_> {
    type Out = Out;

    fn bmake(&mut self, segments: &Vec<Segment>, dst: &Dst, other: &Else) -> Out {
        for segment in segments {
            self.term(segment.value)?;
            segment.size.map_or(Ok(()), |size| self.term(size).map(|_| ()))?;
        }
        self.fails(*other)?;
        self.result(*dst)
    }

    fn bmatch(&mut self, context: &Reg, other: &Else, commands: &Vec<Command>) -> Out {
        self.proved = true;
        if let Reg::Y(slot) = context {
            self.slot(*slot)?;
        }
        for command in commands {
            match command {
                Command::Start(src) => self.start(*context, *src, *other)?,
                _ => self.command(*context, command, *other)?,
            }
        }
        Ok(Next::On)
    }
}

impl Step<'_, '_> {
    fn start(&mut self, context: Reg, src: Src, other: Else) -> Result<(), Broken> {
        match self.value(src)? {
            Value::Context => {}
            // A context starts again, so what fails to start is a term.
            Value::MaybeContext => {
                let known = self.state.clone();
                match src {
                    Src::X(x) => self.state.x.set(x.0, Value::ANY),
                    Src::Y(y) => self.state.set_slot(y.0, Value::ANY),
                    _ => {}
                }
                self.fails(other)?;
                self.state = known;
            }
            _ => {
                self.term(src)?;
                self.fails(other)?;
            }
        }
        self.write(context.into(), Value::Context)
    }

    fn command(&mut self, context: Reg, command: &Command, other: Else) -> Result<(), Broken> {
        match self.value(context.into())? {
            Value::Context => {}
            Value::MaybeContext => {
                self.proved = false;
                self.raises()?;
                self.write(context.into(), Value::Context)?;
            }
            value => {
                let found = format_args!("{} as match context", value.name());
                return Err(Broken::new(Rule::ValContextOperand, found, "a match context"));
            }
        }
        let (size, dst) = match *command {
            Command::Start(_)
            | Command::AtLeast { .. }
            | Command::Exactly(_)
            | Command::Bits(_) => (None, Dst::Discard),
            Command::Integer { size, dst, .. } | Command::Float { size, dst, .. } => {
                (Some(size), dst)
            }
            Command::Binary { size, dst, .. } => (size, dst),
            Command::Utf { dst, .. } | Command::Tail(dst) | Command::Pos(dst) => (None, dst),
            Command::Skip { size, .. } => (size, Dst::Discard),
            Command::SetPos(src) => (Some(src), Dst::Discard),
        };
        if let Some(size) = size {
            self.term(size)?;
        }
        // An integer of too many bits raises in any case (`exec.bmatch.raise`).
        if matches!(command, Command::Integer { .. }) && other.is_some() {
            self.raises()?;
        }
        if !matches!(command, Command::Tail(_) | Command::Pos(_)) {
            self.fails(other)?;
        }
        self.write(dst, Value::ANY)
    }
}
