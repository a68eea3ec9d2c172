//! Compute: `op` `test`.

use super::{Exec, Next};
use crate::term::Term;
use crate::{atom, op, test};
use lam_isa::kind::{Op, Test};
use lam_isa::operand::{Dst, Else, Label, Src};
use lam_isa::table::Compute;

impl Compute for Exec<'_> {
    type Out = Next;

    fn op(&mut self, kind: &Op, args: &Vec<Src>, dst: &Dst, other: &Else) -> Next {
        let args = self.read_all(args);
        let value = match kind {
            Op::SelfPid => Ok(Term::pid(self.core.pid())),
            Op::Get => {
                Ok(match self.core.me.dictionary.as_map().and_then(|map| map.get(args[0])) {
                    Some(value) => value,
                    None => Term::atom(atom::UNDEFINED),
                })
            }
            Op::Stacktrace => Ok(self.core.trace_list(args[0])),
            _ => op::evaluate(*kind, &args, self.core),
        };

        match (value, other) {
            (Ok(value), _) => {
                self.write(dst, value);
                self.next()
            }
            (Err(_), Some(label)) => self.goto(*label),
            (Err(exception), None) => {
                let name = crate::atom::Atom::new(kind.info().erlang);
                if name == atom::EMPTY {
                    return self.raise(exception);
                }
                self.raise_as(atom::ERLANG, name, &args, exception)
            }
        }
    }

    fn test(&mut self, kind: &Test, args: &Vec<Src>, other: &Label) -> Next {
        let args = self.read_all(args);
        if test::holds(*kind, &args) { self.next() } else { self.goto(*other) }
    }
}
