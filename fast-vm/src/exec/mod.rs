//! Executing instructions: the whole meaning of each, in one file per family.
//!
//! This is the path that every instruction can take; `fast` has shorter ones for the cases that
//! programs are made of, and hands over to this one whenever something is unusual. A handler reads
//! its operands, does what the book says and leaves the place to go on in `Core::pc`.

mod bits;
mod compute;
pub(crate) mod control;
mod data;
pub(crate) mod error;
mod message;
mod native;
mod process;

pub(crate) use process::Done;

use crate::code::Site;
use crate::core::Core;
use crate::exception::Exception;
use crate::process::Status;
use crate::term::Term;
use lam_isa::operand::{Dst, Else, Label, Src};

/// What the interpreter does after a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Goes on at `Core::pc`.
    Go,
    /// Stops: the process waits, blocks, ends or has given up its turn, as `Process::status` and
    /// `Core::yielded` say. Alive are the X registers of `Process::saved`, which the handler set.
    Stop,
}

/// An instruction that is executed: the core, and what is known of the instruction.
pub(crate) struct Exec<'c> {
    /// The core; `sp`, `pc` and the heap's top are up to date.
    pub core: &'c mut Core,
    /// The instruction.
    pub site: &'c Site,
}

impl Exec<'_> {
    /// Executes the instruction.
    pub fn run(&mut self) -> Next {
        self.site.instr().visit(self)
    }

    /// Goes on with the next instruction.
    pub fn next(&mut self) -> Next {
        self.core.pc = self.site.next;
        Next::Go
    }

    /// Goes to a label; label 0 raises `function_clause` (`exec.clause.raise`).
    pub fn goto(&mut self, label: Label) -> Next {
        if label == Label::CLAUSE {
            return self.raise_clause();
        }
        self.core.pc = self.site.function().target(label);
        Next::Go
    }

    /// Goes to a label, or raises.
    pub fn or_else(&mut self, other: &Else, exception: Exception) -> Next {
        match other {
            Some(label) => self.goto(*label),
            None => self.raise(exception),
        }
    }

    /// The term of a source, or what else a register holds (a context, a raw trace).
    pub fn read(&self, src: &Src) -> Term {
        match src {
            Src::X(x) => self.core.x[usize::from(x.0)],
            // SAFETY: val.slot.range: the frame has this slot.
            Src::Y(y) => Term(unsafe { *self.core.sp.add(usize::from(y.0)) }),
            Src::Int(n) => Term::small(*n),
            Src::Atom(atom) => Term::atom(self.site.module().atom(*atom)),
            Src::Nil => Term::NIL,
            Src::Lit(literal) => self.site.module().literal(*literal),
        }
    }

    /// The terms of sources.
    pub fn read_all(&self, sources: &[Src]) -> Vec<Term> {
        sources.iter().map(|src| self.read(src)).collect()
    }

    /// Writes a term to a destination.
    pub fn write(&mut self, dst: &Dst, term: Term) {
        match dst {
            Dst::Discard => {}
            Dst::X(x) => self.core.x[usize::from(x.0)] = term,
            // SAFETY: val.slot.range: the frame has this slot.
            Dst::Y(y) => unsafe { *self.core.sp.add(usize::from(y.0)) = term.0 },
        }
    }

    /// Ends an instruction of class effect: writes the result, after which every other X register is
    /// dead, and goes on. This is a safepoint: the heap may be collected and the turn may end.
    pub fn finish(&mut self, dst: &Dst, term: Term) -> Next {
        self.write(dst, term);
        self.core.pc = self.site.next;
        let saved = match dst {
            Dst::X(x) => crate::process::Saved { first: x.0, count: 1 },
            _ => crate::process::Saved::default(),
        };
        self.core.safepoint(saved)
    }

    /// Stops with a status; no X register is alive.
    pub fn stop(&mut self, status: Status) -> Next {
        self.core.me.status = status;
        self.core.me.saved = crate::process::Saved::default();
        Next::Stop
    }
}
