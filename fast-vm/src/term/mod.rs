//! Terms: one tagged word each.
//!
//! Owns the tags, the layout of the objects that words point to, and ways to look at them. Objects
//! lie in the heap of a process, in a message on its way, or among the literals of a module; they
//! never change, but for the position of a match context. Who allocates and moves them is the
//! business of `heap`. Book: *Terms*.
//!
//! ```text
//! ...000  small integer, 61 bits          ...100  pid: serial in the upper half, slot below
//! ...001  list cell: head, tail           ...101  the empty list
//! ...010  box: a header and its words     ...110  moved: where the object went (collector only)
//! ...011  atom                            ...111  header: size in words, kind, 111
//! ```
//!
//! A word is only ever held between two safepoints: there the collector may move what it points
//! to, and whoever wants to keep it must let the collector see it (registers, stack, mailbox). All
//! accessors here rely on that and on nothing else.

#[cfg(test)]
pub(crate) mod any;
pub mod bits;
pub mod copy;
pub mod float;
pub mod integer;
pub mod map;
pub mod order;
pub mod print;
#[cfg(test)]
mod tests;

use crate::atom::Atom;
use crate::code::FunEntry;
use std::marker::PhantomData;

/// A term, or what the collector may meet in its place: a header or a moved object's new address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Term(pub(crate) u64);

/// The largest small integer; [`SMALL_MIN`] is the smallest. Larger ones are boxed.
pub const SMALL_MAX: i64 = (1 << 60) - 1;
/// The smallest small integer.
pub const SMALL_MIN: i64 = -(1 << 60);

/// The lowest three bits of a word.
pub(crate) mod tag {
    pub const MASK: u64 = 7;
    pub const SMALL: u64 = 0;
    pub const CONS: u64 = 1;
    pub const BOXED: u64 = 2;
    pub const ATOM: u64 = 3;
    pub const PID: u64 = 4;
    pub const NIL: u64 = 5;
    pub const MOVED: u64 = 6;
    pub const HEADER: u64 = 7;
}

/// What a box is. The words behind the header of a kind below `FLOAT` are all terms, or look like
/// small integers; those of the others are raw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The elements.
    Tuple,
    /// A leaf of a map, and the whole map if it is small. Layout: see `map`.
    MapLeaf,
    /// An inner node of a map. Layout: see `map`.
    MapInner,
    /// `[entry, captured…]`: the entry is the address of a `code::FunEntry`.
    Fun,
    /// `[module, name, arity]`.
    External,
    /// `[creator, number]`.
    Reference,
    /// `[address of a bits::Shared]`: bytes outside the heap, reference-counted.
    Shared,
    /// `[bytes, offset, length]`: a part of a `Shared` or `Bytes` box, in bits.
    Slice,
    /// `[bytes, position, end, start]`: a match context, in bits. The position changes.
    Context,
    /// `[class, given or nil, frame…]`: a raw trace, see `exec::error`.
    Trace,
    /// `[bits of the f64]`.
    Float,
    /// `[sign, magnitude…]`: an integer that is not small, least significant word first.
    Big,
    /// `[length in bits, bytes…]`: a bitstring of a few bytes.
    Bytes,
}

impl Kind {
    const ALL: [Kind; 13] = [
        Kind::Tuple,
        Kind::MapLeaf,
        Kind::MapInner,
        Kind::Fun,
        Kind::External,
        Kind::Reference,
        Kind::Shared,
        Kind::Slice,
        Kind::Context,
        Kind::Trace,
        Kind::Float,
        Kind::Big,
        Kind::Bytes,
    ];

    /// Whether the words behind the header are no terms.
    pub const fn is_raw(self) -> bool {
        self as u8 >= Kind::Float as u8
    }
}

/// The header of a box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header(u64);

impl Header {
    /// A header of a kind with so many words behind it.
    pub const fn new(kind: Kind, words: usize) -> Header {
        Header((words as u64) << 8 | (kind as u64) << 3 | tag::HEADER)
    }

    /// Whether it is the header of such a box.
    #[inline(always)]
    pub const fn is(self, kind: Kind) -> bool {
        self.0 as u8 == (kind as u8) << 3 | tag::HEADER as u8
    }

    /// How many words follow.
    pub const fn words(self) -> usize {
        (self.0 >> 8) as usize
    }

    /// What it is the header of.
    pub const fn kind(self) -> Kind {
        Kind::ALL[(self.0 >> 3 & 31) as usize]
    }

    /// Whether the words behind it are no terms.
    #[inline(always)]
    pub(crate) const fn is_raw(self) -> bool {
        self.0 as u8 >= (Kind::Float as u8) << 3
    }

    pub(crate) const fn word(self) -> u64 {
        self.0
    }

    pub(crate) const fn of(word: u64) -> Header {
        Header(word)
    }
}

/// A process: its slot in the table of processes, and how many the slot had before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Pid {
    /// How many processes the slot had before.
    pub serial: u32,
    /// The slot, below 2^29.
    pub slot: u32,
}

/// A reference: who made it, and its number among those that this process made, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ref {
    /// The maker.
    pub creator: Pid,
    /// Its number.
    pub number: u64,
}

/// A box, seen as the words behind its header.
#[derive(Clone, Copy)]
pub struct Boxed<'h> {
    address: *const u64,
    seen: PhantomData<&'h [Term]>,
}

/// A term, taken apart one level. The lifetime is that of the look: until the next safepoint.
#[derive(Clone, Copy)]
pub enum View<'h> {
    /// An integer of at most 61 bits.
    Small(i64),
    /// A larger one.
    Big(Boxed<'h>),
    /// A float.
    Float(f64),
    /// An atom.
    Atom(Atom),
    /// The empty list.
    Nil,
    /// A list cell: head and tail.
    Cons(Term, Term),
    /// A tuple.
    Tuple(&'h [Term]),
    /// A map; see `map`.
    Map(map::Map<'h>),
    /// A bitstring.
    Bits(bits::Bits<'h>),
    /// A fun made by `fun`.
    Fun(Boxed<'h>),
    /// `fun Module:Name/Arity`.
    External(Atom, Atom, u8),
    /// A process.
    Pid(Pid),
    /// A reference.
    Ref(Ref),
    /// No term: a match context, a raw trace, or a dead register.
    Other,
}

impl<'h> Boxed<'h> {
    /// The box at an address.
    ///
    /// # Safety
    /// A header and its words must be there for as long as the lifetime says.
    pub(crate) unsafe fn at(address: *const u64) -> Boxed<'h> {
        Boxed { address, seen: PhantomData }
    }

    /// Its header.
    pub fn header(self) -> Header {
        // SAFETY: `at` promises a header here.
        Header(unsafe { *self.address })
    }

    /// The words behind the header, as terms; only for kinds that are not raw.
    pub fn terms(self) -> &'h [Term] {
        debug_assert!(!self.header().kind().is_raw());
        // SAFETY: `at` promises so many words, and every word is a `Term`.
        unsafe { std::slice::from_raw_parts(self.address.add(1).cast(), self.header().words()) }
    }

    /// The words behind the header.
    pub fn words(self) -> &'h [u64] {
        // SAFETY: `at` promises so many words.
        unsafe { std::slice::from_raw_parts(self.address.add(1), self.header().words()) }
    }

    /// Where its header is.
    pub(crate) fn address(self) -> *const u64 {
        self.address
    }

    /// The box as a term.
    pub fn term(self) -> Term {
        Term::boxed(self.address)
    }
}

impl Term {
    /// `[]`.
    pub const NIL: Term = Term(tag::NIL);
    /// What a dead register or slot holds.
    pub(crate) const DEAD: Term = Term(8 | tag::NIL);

    /// A small integer.
    ///
    /// # Panics
    /// In debug builds, if it has more than 61 bits.
    #[inline(always)]
    pub const fn small(n: i64) -> Term {
        debug_assert!(SMALL_MIN <= n && n <= SMALL_MAX);
        Term((n as u64) << 3)
    }

    /// A small integer, if it has at most 61 bits.
    #[inline(always)]
    pub const fn try_small(n: i64) -> Option<Term> {
        if SMALL_MIN <= n && n <= SMALL_MAX { Some(Term::small(n)) } else { None }
    }

    /// An atom.
    #[inline(always)]
    pub const fn atom(atom: Atom) -> Term {
        Term(atom.bits() | tag::ATOM)
    }

    /// `true` or `false`.
    #[inline(always)]
    pub fn boolean(value: bool) -> Term {
        Term::atom(Atom::from(value))
    }

    /// A process identifier.
    pub const fn pid(pid: Pid) -> Term {
        Term((pid.serial as u64) << 32 | (pid.slot as u64) << 3 | tag::PID)
    }

    /// The box at an address.
    pub(crate) fn boxed(address: *const u64) -> Term {
        Term(address as u64 | tag::BOXED)
    }

    /// The list cell at an address.
    pub(crate) fn cell(address: *const u64) -> Term {
        Term(address as u64 | tag::CONS)
    }

    #[inline(always)]
    pub(crate) const fn tag(self) -> u64 {
        self.0 & tag::MASK
    }

    /// Where the object of a cell or box is.
    #[inline(always)]
    pub(crate) fn address(self) -> *mut u64 {
        (self.0 & !tag::MASK) as usize as *mut u64
    }

    /// Whether it is a small integer.
    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.tag() == tag::SMALL
    }

    /// Whether it points to an object.
    #[inline(always)]
    pub(crate) const fn is_pointer(self) -> bool {
        matches!(self.tag(), tag::CONS | tag::BOXED)
    }

    /// The small integer that it is.
    #[inline(always)]
    pub const fn as_small(self) -> Option<i64> {
        if self.is_small() { Some(self.0 as i64 >> 3) } else { None }
    }

    /// The atom that it is.
    #[inline(always)]
    pub const fn as_atom(self) -> Option<Atom> {
        if self.tag() == tag::ATOM { Some(Atom::from_bits(self.0)) } else { None }
    }

    /// Whether it is this atom.
    #[inline(always)]
    pub fn is_atom(self, atom: Atom) -> bool {
        self == Term::atom(atom)
    }

    /// The boolean that it is.
    pub fn as_boolean(self) -> Option<bool> {
        self.as_atom()?.as_boolean()
    }

    /// The process that it is.
    pub const fn as_pid(self) -> Option<Pid> {
        if self.tag() == tag::PID {
            Some(Pid { serial: (self.0 >> 32) as u32, slot: (self.0 as u32) >> 3 })
        } else {
            None
        }
    }

    /// Whether it is a list cell.
    #[inline(always)]
    pub const fn is_cons(self) -> bool {
        self.tag() == tag::CONS
    }

    /// Head and tail of a list cell.
    #[inline(always)]
    pub fn as_cons(self) -> Option<(Term, Term)> {
        if !self.is_cons() {
            return None;
        }
        // SAFETY: a word tagged as a cell points to one until the next safepoint.
        unsafe {
            let cell = self.address();
            Some((Term(*cell), Term(*cell.add(1))))
        }
    }

    /// The box that it is.
    #[inline(always)]
    pub fn as_boxed<'h>(self) -> Option<Boxed<'h>> {
        if self.tag() == tag::BOXED {
            // SAFETY: a word tagged as a box points to one until the next safepoint.
            Some(unsafe { Boxed::at(self.address()) })
        } else {
            None
        }
    }

    /// The box that it is, if it is of that kind.
    #[inline(always)]
    pub fn as_kind<'h>(self, kind: Kind) -> Option<Boxed<'h>> {
        self.as_boxed().filter(|boxed| boxed.header().is(kind))
    }

    /// The elements of a tuple.
    #[inline(always)]
    pub fn as_tuple<'h>(self) -> Option<&'h [Term]> {
        Some(self.as_kind(Kind::Tuple)?.terms())
    }

    /// The float that it is.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        Some(f64::from_bits(self.as_kind(Kind::Float)?.words()[0]))
    }

    /// The map that it is.
    #[inline(always)]
    pub fn as_map<'h>(self) -> Option<map::Map<'h>> {
        let boxed = self.as_boxed()?;
        let header = boxed.header();
        (header.is(Kind::MapLeaf) || header.is(Kind::MapInner)).then(|| map::Map::of(boxed))
    }

    /// The bitstring that it is.
    #[inline]
    pub fn as_bits<'h>(self) -> Option<bits::Bits<'h>> {
        match self.view() {
            View::Bits(bits) => Some(bits),
            _ => None,
        }
    }

    /// The reference that it is.
    pub fn as_ref(self) -> Option<Ref> {
        match self.view() {
            View::Ref(reference) => Some(reference),
            _ => None,
        }
    }

    /// What a fun made by `fun` was made of, and the values that it captured.
    pub(crate) fn as_fun<'h>(self) -> Option<(&'h FunEntry, &'h [Term])> {
        let [entry, captured @ ..] = self.as_kind(Kind::Fun)?.terms() else { return None };
        // SAFETY: the first word of a fun is the address of its entry, which lives as long as the
        // machine.
        Some((unsafe { &*std::ptr::with_exposed_provenance(entry.0 as usize) }, captured))
    }

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        self.is_small()
            || self.as_boxed().is_some_and(|b| matches!(b.header().kind(), Kind::Float | Kind::Big))
    }

    /// Whether it is an integer.
    pub fn is_integer(self) -> bool {
        self.is_small() || self.as_kind(Kind::Big).is_some()
    }

    /// Whether it is a fun.
    pub fn is_fun(self) -> bool {
        self.as_boxed().is_some_and(|b| matches!(b.header().kind(), Kind::Fun | Kind::External))
    }

    /// One level of it.
    pub fn view<'h>(self) -> View<'h> {
        match self.tag() {
            tag::SMALL => View::Small(self.0 as i64 >> 3),
            tag::ATOM => View::Atom(Atom::from_bits(self.0)),
            tag::PID => self.as_pid().map_or(View::Other, View::Pid),
            tag::CONS => self.as_cons().map_or(View::Other, |(head, tail)| View::Cons(head, tail)),
            tag::NIL if self == Term::NIL => View::Nil,
            tag::BOXED => {
                // SAFETY: a word tagged as a box points to one until the next safepoint.
                let boxed = unsafe { Boxed::at(self.address()) };
                boxed.view()
            }
            _ => View::Other,
        }
    }

    /// The elements of a list, and what its last cell ends with.
    pub fn iter(self) -> List {
        List { rest: self }
    }

    /// The elements of a proper list; `None` for anything else.
    pub fn to_vec(self) -> Option<Vec<Term>> {
        let mut list = self.iter();
        let elements: Vec<Term> = list.by_ref().collect();
        (list.rest == Term::NIL).then_some(elements)
    }

    /// The number of elements of a proper list.
    pub fn length(self) -> Option<usize> {
        let mut list = self.iter();
        let count = list.by_ref().count();
        (list.rest == Term::NIL).then_some(count)
    }
}

impl<'h> Boxed<'h> {
    fn view(self) -> View<'h> {
        match self.header().kind() {
            Kind::Tuple => View::Tuple(self.terms()),
            Kind::MapLeaf | Kind::MapInner => View::Map(map::Map::of(self)),
            Kind::Fun => View::Fun(self),
            Kind::External => {
                let [module, name, arity] = *self.terms() else { return View::Other };
                match (module.as_atom(), name.as_atom(), arity.as_small()) {
                    (Some(module), Some(name), Some(arity)) => {
                        View::External(module, name, arity as u8)
                    }
                    _ => View::Other,
                }
            }
            Kind::Reference => {
                let [creator, number] = *self.terms() else { return View::Other };
                match (creator.as_pid(), number.as_small()) {
                    (Some(creator), Some(number)) => {
                        View::Ref(Ref { creator, number: number as u64 })
                    }
                    _ => View::Other,
                }
            }
            Kind::Shared | Kind::Slice | Kind::Bytes => View::Bits(bits::Bits::of(self)),
            Kind::Context | Kind::Trace => View::Other,
            Kind::Float => View::Float(f64::from_bits(self.words()[0])),
            Kind::Big => View::Big(self),
        }
    }
}

/// The elements of a list, first to last.
#[derive(Clone)]
pub struct List {
    rest: Term,
}

impl List {
    /// What has not been gone through: after the last element, `[]` if the list is proper.
    pub fn rest(&self) -> Term {
        self.rest
    }
}

impl Iterator for List {
    type Item = Term;

    #[inline]
    fn next(&mut self) -> Option<Term> {
        let (head, tail) = self.rest.as_cons()?;
        self.rest = tail;
        Some(head)
    }
}

impl std::fmt::Debug for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
