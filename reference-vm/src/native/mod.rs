//! Natives: functions of the host, called as any function is (`exec.host.link`).
//!
//! Owns the table of natives this machine has, by theme, and the form of a native. Natives that
//! only compute are [`Native::Pure`] and see nothing of the machine but an [`Env`]; the others are
//! with the part of the machine they belong to. Book: *The host*.

use crate::term::{Atom, Pid, Term};

/// The class of an exception (`exec.raise.class`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something is wrong.
    Error,
    /// The process wants to end.
    Exit,
    /// A non-local return.
    Throw,
}

impl Class {
    /// The atom of the class.
    pub fn text(self) -> &'static str {
        match self {
            Class::Error => "error",
            Class::Exit => "exit",
            Class::Throw => "throw",
        }
    }
}

/// An exception before it has a trace.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its class.
    pub class: Class,
    /// Its reason.
    pub reason: Term,
}

impl Exception {
    /// Class `error` with this atom as the reason.
    pub fn error(reason: &str) -> Exception {
        Exception { class: Class::Error, reason: Term::atom(reason) }
    }

    /// `error:badarg`.
    pub fn badarg() -> Exception {
        Exception::error("badarg")
    }

    /// `error:badarith`.
    pub fn badarith() -> Exception {
        Exception::error("badarith")
    }

    /// `error:system_limit`.
    pub fn system_limit() -> Exception {
        Exception::error("system_limit")
    }

    /// `error:{Kind, Value}`.
    pub fn error_with(kind: &str, value: Term) -> Exception {
        Exception { class: Class::Error, reason: Term::tuple([Term::atom(kind), value]) }
    }
}

/// What a pure native may know of the machine.
pub trait Env {
    /// The atom of that text, unless there would be too many (`lim.atom.count`) or it is too long:
    /// `system_limit`.
    fn new_atom(&mut self, text: &str) -> Result<Atom, Exception>;

    /// The atom of that text if the machine has it.
    fn existing_atom(&self, text: &str) -> Option<Atom>;

    /// The largest number of bits of an integer (`lim.integer.bits`).
    fn integer_bits(&self) -> u64;

    /// The spawn path of a process, for printing.
    fn path(&self, pid: Pid) -> String;

    /// The name of this node.
    fn node(&self) -> Atom;
}

/// A native that only computes.
pub type Pure = fn(&mut dyn Env, &[Term]) -> Result<Term, Exception>;
