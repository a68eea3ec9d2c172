//! Native: `host`, and natives that are called as functions.

use super::{Callee, Exec};
use crate::native::{Exception, Native as Found, Reply};
use crate::process::{Status, TraceFrame, Value};
use crate::term::{Atom, Term};
use lam_isa::operand::RefId;
use lam_isa::table::Native;
use lam_isa::{FunRef, Instr, Rule};

impl Native for Exec<'_> {
    type Out = Rule;

    fn host(&mut self, function: &RefId) -> Rule {
        let module = &self.me.place.module;
        let FunRef::External { module: m, name, arity } = module.reference(*function) else {
            panic!("val.host.external: a native is named by an external reference");
        };
        let (m, name) = (module.atom(m), module.atom(name));
        self.me.credit = 0;
        self.call_native(m, name, arity)
    }
}

impl Exec<'_> {
    /// Calls a native with the arguments in `x0`, `x1`, …
    pub(super) fn call_native(&mut self, module: Atom, name: Atom, arity: u8) -> Rule {
        let args = self.arguments(arity);
        let Some(found) = self.machine.native(module, name, arity) else {
            let frame = TraceFrame { module, name, arity: Term::list(args), info: Term::Nil };
            let exception = Exception::error("undef");
            return self.raise_with(Rule::ExecHostUndef, exception, Some(frame));
        };
        let reply = match found {
            Found::Pure(compute) => match compute(self.machine, &args) {
                Ok(value) => Reply::Value(value),
                Err(exception) => Reply::Raise(exception),
            },
            Found::Bound(_, _, run) => run(self, &args),
        };
        match reply {
            Reply::Value(value) => {
                self.allocate(crate::heap::own_words(&value));
                self.finish_native(value);
                Rule::ExecHostValue
            }
            Reply::Raise(exception) => {
                let frame = self.native_frame(module, name, args);
                self.raise_with(Rule::ExecHostRaise, exception, Some(frame))
            }
            Reply::Done => Rule::ExecHostRaise,
            Reply::Tail(callee, args) => self.go_on_as(callee, args),
            Reply::Block => Rule::ExecHostBlock,
        }
    }

    /// The call of a native becomes the call of another function (`exec.host.tail`).
    fn go_on_as(&mut self, callee: Vec<Term>, args: Vec<Term>) -> Rule {
        let Ok(arity) = u8::try_from(args.len()) else {
            return self.raise(Rule::ExecHostRaise, Exception::system_limit());
        };
        self.me.x = args.into_iter().map(Value::Term).collect();
        let tail = matches!(self.me.place.instr(), Instr::Tail { .. });
        let mut ret = self.me.place.clone();
        ret.pc += 1;
        match self.enter_callee(callee, arity) {
            Callee::Entered => {
                let y = std::mem::take(&mut self.me.y);
                if !tail {
                    self.me.stack.push(crate::process::Activation { ret, y });
                }
                Rule::ExecHostTail
            }
            Callee::Native(module, name, arity) => self.call_native(module, name, arity),
            Callee::Fails(rule, exception, frame) => self.raise_with(rule, exception, frame),
        }
    }

    /// Blocks until the answer to a question comes (`exec.host.block`).
    pub(crate) fn block(&mut self) -> Reply {
        self.me.calls += 1;
        self.me.status = Status::Blocked(self.me.calls);
        Reply::Block
    }
}
