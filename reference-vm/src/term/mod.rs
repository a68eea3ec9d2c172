//! Terms: the values that programs compute with.
//!
//! Owns their representation: immutable, shared by reference counts, compared and dropped without
//! recursion. Knows nothing of processes. Book: *Terms*.

mod atom;
mod bits;
mod drop;
pub mod float;
pub mod integer;
mod map;
mod order;
mod print;

pub use atom::Atom;
pub use bits::{BitReader, BitWriter, Bits, code_point, decode_utf8};
pub use map::Map;
pub use order::{compare, compare_exact, compare_keys};
pub use print::{display, display_with, quote};

use num_bigint::BigInt;
use std::rc::Rc;

/// A term.
#[derive(Clone, Debug)]
pub enum Term {
    /// An integer of at most 64 bits.
    Int(i64),
    /// An integer of more than 64 bits; never one that `Int` could hold.
    Big(Rc<BigInt>),
    /// A finite float.
    Float(f64),
    /// An atom.
    Atom(Atom),
    /// The empty list.
    Nil,
    /// A list cell.
    Cons(Rc<Cons>),
    /// A tuple.
    Tuple(Rc<Tuple>),
    /// A map.
    Map(Rc<Map>),
    /// A bitstring.
    Bits(Rc<Bits>),
    /// A fun.
    Fun(Rc<Fun>),
    /// A process identifier.
    Pid(Pid),
    /// A reference.
    Ref(Ref),
}

/// A list cell.
#[derive(Debug)]
pub struct Cons {
    /// Its head.
    pub head: Term,
    /// Its tail.
    pub tail: Term,
}

/// The elements of a tuple.
#[derive(Debug)]
pub struct Tuple(Vec<Term>);

impl std::ops::Deref for Tuple {
    type Target = [Term];

    fn deref(&self) -> &[Term] {
        &self.0
    }
}

/// A process identifier: the number of the process in its machine. What is printed and compared
/// across runs is the process's spawn path, which the machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(pub u32);

/// A reference: who made it, and its number among those that process made, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref {
    /// The maker.
    pub creator: Pid,
    /// Its number.
    pub number: u32,
}

/// A fun.
#[derive(Debug)]
pub enum Fun {
    /// Made by `fun` of a function and captured values.
    Local {
        /// Its module.
        module: Atom,
        /// The index of its function in that version of the module.
        function: u32,
        /// Which version of the module, counted from 0 as modules are added.
        version: u32,
        /// Its arity, captured values not counted.
        arity: u8,
        /// Its number among the lambdas of the module.
        index: u32,
        /// The hash that is printed.
        unique: u32,
        /// The captured values.
        captured: Vec<Term>,
    },
    /// `fun Module:Name/Arity`, bound at each call.
    External {
        /// The module.
        module: Atom,
        /// The function.
        name: Atom,
        /// Its arity.
        arity: u8,
    },
}

impl Fun {
    /// How many arguments it takes.
    pub fn arity(&self) -> u8 {
        match self {
            Fun::Local { arity, .. } | Fun::External { arity, .. } => *arity,
        }
    }

    /// Its module.
    pub fn module(&self) -> Atom {
        match self {
            Fun::Local { module, .. } | Fun::External { module, .. } => *module,
        }
    }
}

impl Term {
    /// The atom of that text.
    pub fn atom(text: &str) -> Term {
        Term::Atom(Atom::new(text))
    }

    /// `true` or `false`.
    pub fn boolean(value: bool) -> Term {
        Term::atom(if value { "true" } else { "false" })
    }

    /// A list cell.
    pub fn cons(head: Term, tail: Term) -> Term {
        Term::Cons(Rc::new(Cons { head, tail }))
    }

    /// A tuple.
    pub fn tuple(elements: impl Into<Vec<Term>>) -> Term {
        Term::Tuple(Rc::new(Tuple(elements.into())))
    }

    /// A proper list.
    pub fn list<I>(elements: I) -> Term
    where
        I: IntoIterator<Item = Term>,
        I::IntoIter: DoubleEndedIterator,
    {
        Term::list_onto(elements, Term::Nil)
    }

    /// A list of these elements and then `tail`.
    pub fn list_onto<I>(elements: I, tail: Term) -> Term
    where
        I: IntoIterator<Item = Term>,
        I::IntoIter: DoubleEndedIterator,
    {
        elements.into_iter().rev().fold(tail, |tail, head| Term::cons(head, tail))
    }

    /// The list of the characters of a text.
    pub fn string(text: &str) -> Term {
        Term::list(text.chars().map(|c| Term::Int(i64::from(u32::from(c)))).collect::<Vec<_>>())
    }

    /// A binary.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Term {
        Term::Bits(Rc::new(Bits::from_bytes(bytes.into())))
    }

    /// The integer, in its one representation.
    pub fn integer(value: impl Into<BigInt>) -> Term {
        let value = value.into();
        match i64::try_from(&value) {
            Ok(small) => Term::Int(small),
            Err(_) => Term::Big(Rc::new(value)),
        }
    }

    /// The elements of a proper list; `None` for anything else.
    pub fn to_vec(&self) -> Option<Vec<Term>> {
        let mut elements = Vec::new();
        let mut rest = self;
        loop {
            match rest {
                Term::Nil => return Some(elements),
                Term::Cons(cons) => {
                    elements.push(cons.head.clone());
                    rest = &cons.tail;
                }
                _ => return None,
            }
        }
    }

    /// The elements of a tuple.
    pub fn as_tuple(&self) -> Option<&[Term]> {
        match self {
            Term::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The atom that it is.
    pub fn as_atom(&self) -> Option<Atom> {
        match self {
            Term::Atom(atom) => Some(*atom),
            _ => None,
        }
    }

    /// The integer that it is, if it fits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Term::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// Whether it is this atom.
    pub fn is_atom(&self, text: &str) -> bool {
        matches!(self, Term::Atom(atom) if atom.text() == text)
    }

    /// The boolean that it is.
    pub fn as_boolean(&self) -> Option<bool> {
        match self.as_atom()?.text() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Term::Int(_) | Term::Big(_) | Term::Float(_))
    }
}

/// The same term: `=:=`. 1 and 1.0 differ, and so do 0.0 and -0.0 (`term.equal.exact`).
impl PartialEq for Term {
    fn eq(&self, other: &Term) -> bool {
        compare_exact(self, other).is_eq()
    }
}

impl Eq for Term {}

/// An arbitrary total order in which only the same terms are equal, for sets and map keys: that of
/// map keys (`term.order.keys`).
impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Term) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Term {
    fn cmp(&self, other: &Term) -> std::cmp::Ordering {
        compare_keys(self, other)
    }
}
