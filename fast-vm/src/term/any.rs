//! Random terms for tests: a description that can be built in any heap, and shrinks.

use super::bits::Shared;
use super::{Pid, Ref, Term, integer, map};
use crate::atom::Atom;
use crate::heap::Heap;
use dashu_int::IBig;
use quickcheck::{Arbitrary, Gen};

/// A term to be built. Values are few, so that equal and almost equal terms are frequent.
#[derive(Clone, Debug)]
pub(crate) enum Any {
    Int(i128),
    Float(f64),
    Atom(u8),
    Pid(u32, u32),
    Ref(u32, u64),
    External(u8, u8, u8),
    Nil,
    List(Vec<Any>, Box<Any>),
    Tuple(Vec<Any>),
    Map(Vec<(Any, Any)>),
    /// Bytes, and how many bits at the beginning and at the end are left out.
    Bits(Vec<u8>, u8, u8),
}

const TEXTS: [&str; 8] = ["a", "b", "abcd", "abcde", "abcdf", "", "é", "true"];

const NUMBERS: [i128; 14] = [
    0,
    1,
    -1,
    2,
    1 << 53,
    (1 << 53) + 1,
    (1 << 60) - 1,
    1 << 60,
    -(1 << 60),
    -(1 << 60) - 1,
    1 << 63,
    (1 << 64) + 1,
    -(1 << 64),
    1 << 100,
];

const FLOATS: [f64; 10] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1.5,
    9_007_199_254_740_992.0,
    1152921504606846976.0,
    1e30,
    -1e30,
    1e-300,
];

impl Any {
    /// Builds it.
    pub fn build(&self, heap: &mut Heap) -> Term {
        match self {
            Any::Int(n) => integer::make(heap, &IBig::from(*n)),
            Any::Float(float) => heap.float(*float),
            Any::Atom(index) => Term::atom(atom(*index)),
            Any::Pid(serial, slot) => Term::pid(Pid { serial: *serial, slot: *slot }),
            Any::Ref(slot, number) => {
                heap.reference(Ref { creator: Pid { serial: 0, slot: *slot }, number: *number })
            }
            Any::External(module, name, arity) => heap.external(atom(*module), atom(*name), *arity),
            Any::Nil => Term::NIL,
            Any::List(elements, tail) => {
                let elements: Vec<Term> = elements.iter().map(|any| any.build(heap)).collect();
                let tail = tail.build(heap);
                heap.list_onto(elements, tail)
            }
            Any::Tuple(elements) => {
                let elements: Vec<Term> = elements.iter().map(|any| any.build(heap)).collect();
                heap.tuple(&elements)
            }
            Any::Map(pairs) => {
                let mut pairs: Vec<(Term, Term)> =
                    pairs.iter().map(|(key, value)| (key.build(heap), value.build(heap))).collect();
                map::from_pairs(heap, &mut pairs)
            }
            Any::Bits(bytes, front, back) => {
                let whole = heap.binary(bytes);
                let length = bytes.len() * 8;
                let start = usize::from(*front).min(length);
                let end = length - usize::from(*back).min(length - start);
                heap.part(whole, start, end - start).expect("a part of it")
            }
        }
    }

    /// A term with at most so many levels.
    fn of_depth(g: &mut Gen, depth: u32) -> Any {
        let some = |g: &mut Gen| {
            let count = usize::arbitrary(g) % 4;
            (0..count).map(|_| Any::of_depth(g, depth - 1)).collect::<Vec<_>>()
        };
        let kinds = if depth == 0 { 8 } else { 11 };
        match u8::arbitrary(g) % kinds {
            0 => Any::Int(*g.choose(&NUMBERS).expect("there are some")),
            1 => Any::Float(*g.choose(&FLOATS).expect("there are some")),
            2 => Any::Atom(u8::arbitrary(g)),
            3 => Any::Pid(u32::arbitrary(g) % 2, u32::arbitrary(g) % 2),
            4 => Any::Ref(u32::arbitrary(g) % 2, u64::arbitrary(g) % 2),
            5 => Any::External(u8::arbitrary(g), u8::arbitrary(g), u8::arbitrary(g) % 2),
            6 => Any::Nil,
            7 => {
                let length = *g.choose(&[0, 1, 2, 9, 70]).expect("there are some");
                let byte = u8::arbitrary(g) % 2 * 0xa5;
                Any::Bits(vec![byte; length], u8::arbitrary(g) % 10, u8::arbitrary(g) % 10)
            }
            8 => Any::List(some(g), Box::new(Any::of_depth(g, depth - 1))),
            9 => Any::Tuple(some(g)),
            _ => {
                let count = *g.choose(&[0, 1, 2, 3, 40]).expect("there are some");
                let key = |g: &mut Gen| match bool::arbitrary(g) {
                    true => Any::Int(i128::from(u8::arbitrary(g))),
                    false => Any::of_depth(g, depth - 1),
                };
                Any::Map((0..count).map(|_| (key(g), Any::of_depth(g, 0))).collect())
            }
        }
    }
}

fn atom(index: u8) -> Atom {
    Atom::new(TEXTS[usize::from(index) % TEXTS.len()])
}

impl Arbitrary for Any {
    fn arbitrary(g: &mut Gen) -> Any {
        let depth = u32::arbitrary(g) % 4;
        Any::of_depth(g, depth)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Any>> {
        let inner: Vec<Any> = match self {
            Any::List(elements, tail) => elements.iter().chain([&**tail]).cloned().collect(),
            Any::Tuple(elements) => elements.clone(),
            Any::Map(pairs) => pairs.iter().flat_map(|(k, v)| [k.clone(), v.clone()]).collect(),
            _ => Vec::new(),
        };
        match self.clone() {
            Any::List(elements, tail) => {
                let fewer = elements.shrink().map(move |e| Any::List(e, tail.clone()));
                Box::new(inner.into_iter().chain(fewer))
            }
            Any::Tuple(elements) => {
                Box::new(inner.into_iter().chain(elements.shrink().map(Any::Tuple)))
            }
            Any::Map(pairs) => Box::new(inner.into_iter().chain(pairs.shrink().map(Any::Map))),
            _ => Box::new(std::iter::empty()),
        }
    }
}

/// The text of a term whose processes are spelled by slot and serial number.
pub(crate) fn text(term: Term) -> String {
    super::print::display(term, &|pid| format!("{}.{}", pid.slot, pid.serial))
}

/// How many boxes refer to the bytes of this binary, which is long enough to lie outside heaps.
pub(crate) fn references(binary: Term) -> usize {
    let bytes = binary.as_boxed().expect("a box").terms()[0];
    let shared = bytes.as_kind(super::Kind::Shared).expect("outside").words()[0];
    // SAFETY: the box is alive, and keeps it alive.
    unsafe { &*std::ptr::with_exposed_provenance::<Shared>(shared as usize) }.references()
}
