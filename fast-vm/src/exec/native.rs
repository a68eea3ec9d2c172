//! Native: `host`, and natives that are called as functions.

use super::control::Callee;
use super::{Exec, Next};
use crate::atom::{self, Atom};
use crate::exception::Exception;
use crate::native::{Native as Found, Reply, call_host};
use crate::process::{Saved, Status};
use crate::term::Term;
use lam_isa::operand::RefId;
use lam_isa::table::Native;
use lam_isa::{FunRef, Rule};

impl Native for Exec<'_> {
    type Out = Next;

    fn host(&mut self, function: &RefId) -> Next {
        let module = self.site.module();
        let FunRef::External { module: m, name, arity } = module.reference(*function) else {
            panic!("val.host.external: a native is named by an external reference");
        };
        let (m, name) = (module.atom(m), module.atom(name));
        let native = self.core.machine.code.cell(m, name, arity).native;
        self.call_native(native.unwrap_or(Found::Ungranted), m, name, arity)
    }
}

impl Exec<'_> {
    /// Calls a native with the arguments in the first X registers.
    pub fn call_native(&mut self, native: Found, module: Atom, name: Atom, arity: u8) -> Next {
        const FEW: usize = 8;
        let count = usize::from(arity);
        if count > FEW {
            let args = self.core.x[..count].to_vec();
            return self.call_native_with(native, module, name, &args);
        }
        let mut args = [Term::NIL; FEW];
        args[..count].copy_from_slice(&self.core.x[..count]);
        self.call_native_with(native, module, name, &args[..count])
    }

    fn call_native_with(&mut self, native: Found, module: Atom, name: Atom, args: &[Term]) -> Next {
        let reply = match native {
            Found::Pure(compute) => match compute(self.core, args) {
                Ok(value) => Reply::Value(value),
                Err(exception) => Reply::Raise(exception),
            },
            Found::Bound(_, run) => {
                // A native that raises in the name of its caller must know where it is.
                self.core.site = self.site;
                run(self.core, args)
            }
            Found::Host => call_host(self.core, module, name, args),
            Found::Ungranted => {
                self.core.fire(Rule::ExecHostUndef);
                let args = self.core.heap().list(args.iter().copied());
                let frame = [Term::atom(module), Term::atom(name), args, Term::NIL];
                return self.raise_below(frame, Exception::error(atom::UNDEF));
            }
        };
        match reply {
            Reply::Value(value) => {
                self.core.fire(Rule::ExecHostValue);
                self.core.x[0] = value;
                self.core.pc = self.after();
                self.core.safepoint(Saved { first: 0, count: 1 })
            }
            Reply::Raise(exception) => {
                self.core.fire(Rule::ExecHostRaise);
                self.raise_as(module, name, args, exception)
            }
            // What it has done to the process is all there is to do.
            Reply::Done => {
                self.core.fire(Rule::ExecHostRaise);
                match self.core.me.status {
                    Status::Ready => Next::Go,
                    _ => Next::Stop,
                }
            }
            Reply::Tail(callee, args) => self.go_on_as(&callee, &args),
            Reply::Block => {
                self.core.fire(Rule::ExecHostBlock);
                self.core.pc = self.after();
                self.core.me.saved = Saved::default();
                Next::Stop
            }
        }
    }

    /// Where a native's value goes: behind the call, or to the caller of a tail call.
    fn after(&mut self) -> *const u64 {
        match self.tail_frame() {
            None => self.site.next,
            Some(slots) => {
                self.core.drop_slots(slots);
                std::ptr::with_exposed_provenance(self.core.pop() as usize)
            }
        }
    }

    /// The call of a native becomes the call of another function (`exec.host.tail`).
    fn go_on_as(&mut self, callee: &[Term], args: &[Term]) -> Next {
        if std::mem::take(&mut self.core.restarted) {
            let site = self.core.machine.code.start_site();
            return Exec { core: self.core, site }.go_on_as(callee, args);
        }
        let Ok(arity) = u8::try_from(args.len()) else {
            return self.raise(Exception::system_limit());
        };
        self.core.x[..args.len()].copy_from_slice(args);
        match self.callee(callee, arity) {
            Callee::Function(entry) => {
                match self.tail_frame() {
                    Some(slots) => self.core.drop_slots(slots),
                    None => self.core.push(self.site.next.expose_provenance() as u64),
                }
                self.core.pc = entry;
                // SAFETY: an entry of a function.
                let arity = unsafe { super::control::function_at(entry) }.arity;
                self.core.safepoint(Saved { first: 0, count: u16::from(arity) })
            }
            Callee::Native(native, module, name, arity) => {
                self.call_native(native, module, name, arity)
            }
            Callee::Fails(exception, Some(frame)) => self.raise_below(frame, exception),
            Callee::Fails(exception, None) => self.raise(exception),
        }
    }
}
