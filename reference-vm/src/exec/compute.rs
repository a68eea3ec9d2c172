//! Compute: `op` `test`.

use super::Exec;
use crate::native::Exception;
use crate::process::{TraceFrame, Value};
use crate::term::{Atom, Term};
use lam_isa::Rule;
use lam_isa::kind::{Op, Test};
use lam_isa::operand::{Dst, Else, Label, Src};
use lam_isa::table::Compute;

impl Compute for Exec<'_> {
    type Out = Rule;

    fn op(&mut self, kind: &Op, args: &Vec<Src>, dst: &Dst, other: &Else) -> Rule {
        self.machine.fire(Rule::ExecOp(*kind));
        let result = match kind {
            Op::Stacktrace => Ok(self.stacktrace(&args[0])),
            Op::SelfPid => Ok(Term::Pid(self.pid)),
            Op::Get => {
                let key = self.read(&args[0]);
                Ok(self.me.dictionary.get(&key).cloned().unwrap_or(Term::atom("undefined")))
            }
            _ => {
                let args = self.read_all(args);
                crate::op::evaluate(*kind, &args, self.machine).map_err(|failure| (failure, args))
            }
        };

        match (result, other) {
            (Ok(value), _) => {
                self.allocate(crate::heap::own_words(&value));
                self.write(dst, value);
                self.next();
                Rule::ExecOpValue
            }
            (Err(_), Some(label)) => {
                self.goto(*label);
                Rule::ExecOpElse
            }
            (Err((exception, args)), None) => {
                let frame = self.op_frame(*kind, args);
                self.note_limit(&exception);
                self.raise_with(Rule::ExecOpRaise, exception, frame)
            }
        }
    }

    fn test(&mut self, kind: &Test, args: &Vec<Src>, other: &Label) -> Rule {
        self.machine.fire(Rule::ExecTest(*kind));
        let args = self.read_all(args);

        if crate::test::holds(*kind, &args) {
            self.next();
            Rule::ExecTestHolds
        } else {
            self.goto(*other);
            Rule::ExecTestElse
        }
    }
}

impl Exec<'_> {
    /// The frame of an operation that fails, as if a function of that name had been called.
    fn op_frame(&self, kind: Op, args: Vec<Term>) -> Option<TraceFrame> {
        let name = kind.info().erlang;
        // Float arithmetic is no function, nor is what the compiler proves to be float division.
        if name.is_empty() {
            return None;
        }
        Some(self.native_frame(Atom::new("erlang"), Atom::new(name), args))
    }

    /// `system_limit` from arithmetic is the limit on integers.
    fn note_limit(&mut self, exception: &Exception) {
        if exception.reason.is_atom("system_limit") {
            self.machine.fire(Rule::LimIntegerBits);
        }
    }

    /// The raw trace as a list; a term is that list already.
    fn stacktrace(&self, src: &Src) -> Term {
        match self.read_value(src) {
            Value::Trace(trace) => super::trace_term(&trace),
            Value::Term(term) => term,
            _ => Term::Nil,
        }
    }
}
