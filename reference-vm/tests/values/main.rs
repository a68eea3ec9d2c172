//! Tests of the values of the reference machine: their order, arithmetic, text, bits, and the
//! natives that only compute.

mod answers;
mod any;
mod deep;
mod kinds;
mod laws;
mod layout;
mod limits;
mod read;
mod shown;

use lam_reference::native::{Env, Exception};
use lam_reference::term::{Atom, Pid, Term};

/// A machine that knows every atom it has been asked for, and processes by number.
#[derive(Default)]
struct Bare {
    atoms: std::collections::BTreeSet<String>,
}

impl Env for Bare {
    fn new_atom(&mut self, text: &str) -> Result<Atom, Exception> {
        if text.chars().count() > lam_isa::limits::ATOM_CHARS {
            return Err(Exception::system_limit());
        }
        self.atoms.insert(text.into());
        Ok(Atom::new(text))
    }

    fn existing_atom(&self, text: &str) -> Option<Atom> {
        (self.atoms.contains(text) || ["erlang", ""].contains(&text)).then(|| Atom::new(text))
    }

    fn integer_bits(&self) -> u64 {
        lam_isa::limits::INTEGER_BITS
    }

    fn bytes_max(&self) -> usize {
        1 << 30
    }

    fn note(&mut self, _: lam_isa::Rule) {}

    fn path(&self, pid: Pid) -> String {
        format!("0.{}", pid.0)
    }

    fn node(&self) -> Atom {
        Atom::new("nonode@nohost")
    }

    fn pid_at(&self, path: &str) -> Option<Pid> {
        path.strip_prefix("0.")?.parse().ok().map(Pid).filter(|pid| self.knows(*pid))
    }

    fn knows(&self, pid: Pid) -> bool {
        pid.0 < 3
    }
}

/// Calls a native: its value or `class:reason`.
fn call(module: &str, name: &str, args: &[Term]) -> Result<Term, (String, Term)> {
    let arity = u8::try_from(args.len()).expect("few arguments");
    let native = lam_reference::native::pure(module, name, arity)
        .unwrap_or_else(|| panic!("no native {module}:{name}/{arity}"));
    native(&mut Bare::default(), args).map_err(|e| (e.class.text().into(), e.reason))
}
