//! Exceptions before they have a trace. Book: *Exceptions*.

use crate::atom::{self, Atom};
use crate::heap::Heap;
use crate::term::Term;

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
    pub const fn atom(self) -> Atom {
        match self {
            Class::Error => atom::ERROR,
            Class::Exit => atom::EXIT,
            Class::Throw => atom::THROW,
        }
    }

    /// The class of that name.
    pub fn named(name: Term) -> Option<Class> {
        match name.as_atom()? {
            atom::ERROR => Some(Class::Error),
            atom::EXIT => Some(Class::Exit),
            atom::THROW => Some(Class::Throw),
            _ => None,
        }
    }
}

/// An exception.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// Its class.
    pub class: Class,
    /// Its reason.
    pub reason: Term,
}

impl Exception {
    /// Class `error` with this atom as the reason.
    pub const fn error(reason: Atom) -> Exception {
        Exception { class: Class::Error, reason: Term::atom(reason) }
    }

    /// `error:badarg`.
    pub const fn badarg() -> Exception {
        Exception::error(atom::BADARG)
    }

    /// `error:badarith`.
    pub const fn badarith() -> Exception {
        Exception::error(atom::BADARITH)
    }

    /// `error:system_limit`.
    pub const fn system_limit() -> Exception {
        Exception::error(atom::SYSTEM_LIMIT)
    }

    /// `error:{Kind, Value}`.
    pub fn error_with(heap: &mut Heap, kind: Atom, value: Term) -> Exception {
        Exception { class: Class::Error, reason: heap.tuple(&[Term::atom(kind), value]) }
    }
}
