//! Random values.

use dashu_int::IBig;
use lam_reference::term::{Bits, Fun, Map, Pid, Ref, Term, integer};
use quickcheck::{Arbitrary, Gen};
use std::rc::Rc;

/// A random term; small numbers are likely, so that equal ones meet.
#[derive(Clone, Debug)]
pub struct Any(pub Term);

impl Arbitrary for Any {
    fn arbitrary(g: &mut Gen) -> Any {
        Any(any(g, 3))
    }
}

fn any(g: &mut Gen, depth: u32) -> Term {
    let shapes: &[u8] =
        if depth == 0 { &[0, 1, 2, 3, 4, 9] } else { &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9] };
    let some =
        |g: &mut Gen| (0..u8::arbitrary(g) % 4).map(|_| any(g, depth - 1)).collect::<Vec<_>>();
    match g.choose(shapes).expect("shapes") {
        0 => Term::Int(i64::from(i8::arbitrary(g) % 4)),
        1 => Term::Float(f64::from(i8::arbitrary(g) % 8) / 2.0),
        2 => number(g),
        3 => Term::atom(g.choose(&["a", "b", "ab", "", "é"]).expect("texts")),
        4 => bits(g),
        5 => Term::tuple(some(g)),
        6 => Term::list(some(g)),
        7 => Term::list_onto(some(g), any(g, depth - 1)),
        8 => Term::Map(Rc::new(
            some(g).into_iter().map(|key| (key, any(g, depth - 1))).collect::<Map>(),
        )),
        _ => identity(g),
    }
}

/// A number of any size, often at the edge of a representation.
fn number(g: &mut Gen) -> Term {
    let edges = [1_i64 << 53, (1 << 53) + 1, i64::MAX, i64::MIN, 0];
    match u8::arbitrary(g) % 4 {
        0 => Term::Int(*g.choose(&edges).expect("edges")),
        1 => integer::value(&Term::Int(i64::arbitrary(g)))
            .map(|n| Term::integer(&*n * i64::arbitrary(g)))
            .expect("an integer"),
        2 => Term::Float(*g.choose(&[0.0, -0.0, 9_007_199_254_740_992.0, 1e300]).expect("floats")),
        _ => Term::Float(finite(g)),
    }
}

fn finite(g: &mut Gen) -> f64 {
    let float = f64::from_bits(u64::arbitrary(g));
    if float.is_finite() { float } else { 1.0 }
}

fn bits(g: &mut Gen) -> Term {
    let bytes = Vec::<u8>::arbitrary(g);
    let length = bytes.len() * 8;
    let start = if length == 0 { 0 } else { usize::arbitrary(g) % length };
    let part = Bits::from_bytes(bytes).part(start, (length - start).min(20)).expect("inside");
    Term::Bits(Rc::new(part))
}

fn identity(g: &mut Gen) -> Term {
    let number = u32::from(u8::arbitrary(g) % 3);
    let module = lam_reference::term::Atom::new("m");
    match u8::arbitrary(g) % 4 {
        0 => Term::Pid(Pid(number)),
        1 => Term::Ref(Ref { creator: Pid(0), number }),
        2 => {
            Term::Fun(Rc::new(Fun::External { module, name: module, arity: u8::arbitrary(g) % 2 }))
        }
        _ => Term::Fun(Rc::new(Fun::Local {
            module,
            function: 0,
            version: 0,
            arity: 1,
            index: number,
            unique: 7,
            captured: vec![Term::Int(i64::from(number))],
        })),
    }
}

/// A random integer in this representation and in that of another library.
#[derive(Clone, Debug)]
pub struct Number(pub Term, pub IBig);

impl Arbitrary for Number {
    fn arbitrary(g: &mut Gen) -> Number {
        let mut value = IBig::from(*g.choose(&[0, 1, -1, i64::MAX, i64::MIN, 77]).expect("edges"));
        for _ in 0..u8::arbitrary(g) % 6 {
            value = value * IBig::from(i64::arbitrary(g)) + IBig::from(i32::arbitrary(g));
        }
        Number(read(&value), value)
    }
}

/// The same integer as a term.
pub fn read(value: &IBig) -> Term {
    integer::from_text(value.to_string().as_bytes(), 10, u64::MAX).expect("digits")
}
