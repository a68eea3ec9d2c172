//! Compute: `op` `test`.

use super::control::leave;
use super::dispatch::{self, Code};
use super::operand::{Source, Target};
use super::{M, Operation, go_slow};
use crate::term::{Header, Kind, Term, order, tag};
use std::marker::PhantomData;

/// What a binary operation makes of two small integers, as words.
pub(crate) trait Arithmetic {
    /// The result; `None` if the whole meaning must decide.
    fn small(a: u64, b: u64) -> Option<u64>;

    /// The result for two floats, if there is one.
    fn float(a: f64, b: f64) -> Option<f64>;
}

/// The sum.
pub(crate) struct Add;
/// The difference.
pub(crate) struct Sub;
/// The product.
pub(crate) struct Mul;
/// The float quotient.
pub(crate) struct Fdiv;
/// The integer quotient.
pub(crate) struct Div;
/// The remainder.
pub(crate) struct Rem;
/// Bitwise and.
pub(crate) struct Band;
/// Bitwise or.
pub(crate) struct Bor;
/// Bitwise exclusive or.
pub(crate) struct Bxor;
/// Shift to the left.
pub(crate) struct Bsl;
/// Shift to the right.
pub(crate) struct Bsr;

/// The words of small integers are eight times their value.
const UNIT: u64 = 8;

#[inline(always)]
const fn both_small(a: u64, b: u64) -> bool {
    (a | b) & tag::MASK == 0
}

impl Arithmetic for Add {
    #[inline(always)]
    fn small(a: u64, b: u64) -> Option<u64> {
        let (sum, overflow) = (a as i64).overflowing_add(b as i64);
        (both_small(a, b) && !overflow).then_some(sum as u64)
    }

    #[inline(always)]
    fn float(a: f64, b: f64) -> Option<f64> {
        Some(a + b)
    }
}

impl Arithmetic for Sub {
    #[inline(always)]
    fn small(a: u64, b: u64) -> Option<u64> {
        let (difference, overflow) = (a as i64).overflowing_sub(b as i64);
        (both_small(a, b) && !overflow).then_some(difference as u64)
    }

    #[inline(always)]
    fn float(a: f64, b: f64) -> Option<f64> {
        Some(a - b)
    }
}

impl Arithmetic for Mul {
    #[inline(always)]
    fn small(a: u64, b: u64) -> Option<u64> {
        let (product, overflow) = (a as i64 >> 3).overflowing_mul(b as i64);
        (both_small(a, b) && !overflow).then_some(product as u64)
    }

    #[inline(always)]
    fn float(a: f64, b: f64) -> Option<f64> {
        Some(a * b)
    }
}

impl Arithmetic for Fdiv {
    #[inline(always)]
    fn small(_: u64, _: u64) -> Option<u64> {
        None
    }

    #[inline(always)]
    fn float(a: f64, b: f64) -> Option<f64> {
        Some(a / b)
    }
}

macro_rules! integers_only {
    ($($Name:ident |$a:ident, $b:ident| $value:expr;)*) => {$(
        impl Arithmetic for $Name {
            #[inline(always)]
            fn small($a: u64, $b: u64) -> Option<u64> {
                if both_small($a, $b) { $value } else { None }
            }

            #[inline(always)]
            fn float(_: f64, _: f64) -> Option<f64> {
                None
            }
        }
    )*};
}

integers_only! {
    // The quotient of the smallest small integer and -1 is not small; the whole meaning knows.
    Div |a, b| if b == 0 || b as i64 == -(UNIT as i64) { None } else { Some(((a as i64 / b as i64) << 3) as u64) };
    Rem |a, b| if b == 0 || b as i64 == -(UNIT as i64) { None } else { Some((a as i64 % b as i64) as u64) };
    Band |a, b| Some(a & b);
    Bor |a, b| Some(a | b);
    Bxor |a, b| Some(a ^ b);
    Bsl |a, b| {
        let shift = b / UNIT;
        let value = if shift < 60 { (a as i64) << shift } else { 0 };
        (shift < 60 && value >> shift == a as i64).then_some(value as u64)
    };
    Bsr |a, b| {
        let shift = b as i64 >> 3;
        (shift >= 0).then(|| (a as i64 >> shift.min(63)) as u64 & !tag::MASK)
    };
}

/// An operation of two numbers. Layout: `[op, a, b, target, site]`.
pub(crate) struct Binary<O, A, B, D>(PhantomData<(O, A, B, D)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target> Operation for Binary<O, A, B, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (a, b) = (A::get(&m, 1), B::get(&m, 2));
            match O::small(a, b) {
                Some(value) => {
                    D::set(&mut m, 3, value);
                    m.pc = m.pc.add(5);
                    m
                }
                None => go_slow(m, 4),
            }
        }
    }
}

/// An operation of two numbers that may well be floats. Layout as for [`Binary`].
pub(crate) struct Numbers<O, A, B, D>(PhantomData<(O, A, B, D)>);

impl<O: Arithmetic, A: Source, B: Source, D: Target> Operation for Numbers<O, A, B, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (a, b) = (A::get(&m, 1), B::get(&m, 2));
            if !both_small(a, b) {
                // What `need` has promised stays free.
                if m.hp.wrapping_add(2 + crate::heap::OWED) <= (*m.core).limit
                    && let Some(x) = float(a)
                    && let Some(y) = float(b)
                    && let Some(value) = O::float(x, y)
                    && value.is_finite()
                {
                    *m.hp = FLOAT;
                    *m.hp.add(1) = value.to_bits();
                    let term = Term::boxed(m.hp);
                    m.hp = m.hp.add(2);
                    D::set(&mut m, 3, term.0);
                    m.pc = m.pc.add(5);
                    return m;
                }
            } else if let Some(value) = O::small(a, b) {
                D::set(&mut m, 3, value);
                m.pc = m.pc.add(5);
                return m;
            }
            go_slow(m, 4)
        }
    }
}

/// The header of a float.
const FLOAT: u64 = Header::new(Kind::Float, 1).word();

/// The float that a word is.
#[inline(always)]
unsafe fn float(word: u64) -> Option<f64> {
    let term = Term(word);
    if term.tag() != tag::BOXED {
        return None;
    }
    // SAFETY: a word tagged as a box points to a header, and a float has a word behind it.
    unsafe {
        let at = term.address();
        (*at == FLOAT).then(|| f64::from_bits(*at.add(1)))
    }
}

/// A float stays itself. Layout: `[op, a, target, site]`.
pub(crate) struct Fconv<A, D>(PhantomData<(A, D)>);

impl<A: Source, D: Target> Operation for Fconv<A, D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let a = A::get(&m, 1);
            if float(a).is_none() {
                return go_slow(m, 3);
            }
            D::set(&mut m, 2, a);
            m.pc = m.pc.add(4);
        }
        m
    }
}

/// The process itself. Layout: `[op, target]`.
pub(crate) struct SelfPid<D>(PhantomData<D>);

impl<D: Target> Operation for SelfPid<D> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let pid = Term::pid((*m.core).me.pid);
            D::set(&mut m, 1, pid.0);
            m.pc = m.pc.add(2);
        }
        m
    }
}

/// A predicate of two terms.
pub(crate) trait Comparison {
    /// Of two small integers.
    fn small(a: i64, b: i64) -> bool;
    /// Of any two terms.
    fn other(a: Term, b: Term) -> bool;
    /// The operation that compares any two.
    const SLOWLY: Code;
}

/// Before in the term order.
pub(crate) struct Lt;
/// After or equal.
pub(crate) struct Ge;
/// Equal by value.
pub(crate) struct Eq;
/// Not equal by value.
pub(crate) struct Ne;

macro_rules! comparisons {
    ($($Name:ident |$a:ident, $b:ident| $small:expr, $other:ident, $code:ident;)*) => {$(
        impl Comparison for $Name {
            #[inline(always)]
            fn small($a: i64, $b: i64) -> bool {
                $small
            }

            #[inline(always)]
            fn other(a: Term, b: Term) -> bool {
                order::compare(a, b).$other()
            }

            const SLOWLY: Code = Code::$code;
        }
    )*};
}

comparisons! {
    Lt |a, b| a < b, is_lt, LtSlowly;
    Ge |a, b| a >= b, is_ge, GeSlowly;
    Eq |a, b| a == b, is_eq, EqSlowly;
    Ne |a, b| a != b, is_ne, NeSlowly;
}

/// Goes on if a comparison holds. Layout: `[test, a, b, else]`. What it goes on with may be known: the
/// operation that stands behind it, for when other terms than small integers are compared.
pub(crate) struct Compare<O, A, B, T = ThenNext>(PhantomData<(O, A, B, T)>);

impl<O: Comparison, A: Source, B: Source, T: Then> Operation for Compare<O, A, B, T> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (a, b) = (A::get(&m, 1), B::get(&m, 2));
            if !both_small(a, b) {
                return go_compare(m, O::SLOWLY, a, b);
            }
            if O::small(a as i64, b as i64) {
                return T::go(m);
            }
            m.pc = m.address(3);
        }
        m
    }
}

/// What a comparison that holds goes on with.
pub(crate) trait Then {
    /// Goes on behind the comparison.
    ///
    /// # Safety
    /// As for [`Operation::run`].
    unsafe fn go(m: M) -> M;
}

/// Whatever stands there.
pub(crate) struct ThenNext;
/// A `Ret`.
pub(crate) struct ThenRet;
/// A `MoveRet`.
pub(crate) struct ThenMoveRet<S>(PhantomData<S>);

impl Then for ThenNext {
    #[inline(always)]
    unsafe fn go(mut m: M) -> M {
        // SAFETY: the caller's promise.
        m.pc = unsafe { m.pc.add(4) };
        m
    }
}

impl Then for ThenRet {
    #[inline(always)]
    unsafe fn go(mut m: M) -> M {
        // SAFETY: the caller's promise; the frame has so many slots.
        unsafe {
            m.sp = m.sp.add(m.operand(5) as usize);
            leave(m)
        }
    }
}

impl<S: Source> Then for ThenMoveRet<S> {
    #[inline(always)]
    unsafe fn go(mut m: M) -> M {
        // SAFETY: the caller's promise; the frame has so many slots.
        unsafe {
            m.x0 = S::get(&m, 5);
            m.sp = m.sp.add(m.operand(6) as usize);
            leave(m)
        }
    }
}

/// A small integer is at least one constant and at most another. Layout: as for [`Compare`] with the
/// term and the lower, then as for it with the upper and the term, which stands there as an operation
/// of its own, for when the term is no small integer.
pub(crate) struct Within<A>(PhantomData<A>);

impl<A: Source> Operation for Within<A> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (a, low, high) = (A::get(&m, 1), m.operand(2), m.operand(5));
            if !both_small(a, low) {
                return go_compare(m, Ge::SLOWLY, a, low);
            }
            m.pc = if (a as i64) < low as i64 {
                m.address(3)
            } else if a as i64 > high as i64 {
                m.address(7)
            } else {
                m.pc.add(8)
            };
        }
        m
    }
}

/// Hands over to an operation that compares any two terms, for one with the layout of [`Compare`].
///
/// # Safety
/// As for [`Operation::run`].
#[inline(always)]
unsafe fn go_compare(mut m: M, code: Code, a: u64, b: u64) -> M {
    // SAFETY: the caller's promise.
    unsafe { (*m.core).pending = [a, b, m.pc.add(4).expose_provenance() as u64, m.operand(3)] }
    m.pc = dispatch::alone(code);
    m
}

/// Compares any two terms.
pub(crate) struct Slowly<O>(PhantomData<O>);

impl<O: Comparison> Operation for Slowly<O> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; `go_compare` has left the terms and the ways to go on.
        unsafe {
            let [a, b, then, other] = (*m.core).pending;
            let to = if compare_slowly::<O>(a, b) { then } else { other };
            m.pc = std::ptr::with_exposed_provenance(to as usize);
        }
        m
    }
}

#[inline(never)]
extern "C" fn compare_slowly<O: Comparison>(a: u64, b: u64) -> bool {
    O::other(Term(a), Term(b))
}

/// Whether any two terms are the same, as a comparison.
pub(crate) struct SameTerms<const SAME: bool>;

impl<const SAME: bool> Comparison for SameTerms<SAME> {
    fn small(a: i64, b: i64) -> bool {
        (a == b) == SAME
    }

    fn other(a: Term, b: Term) -> bool {
        order::equal(a, b) == SAME
    }

    const SLOWLY: Code = if SAME { Code::SameSlowly } else { Code::DifferSlowly };
}

/// Goes on if two terms are the same (or are not, for `SAME` false). Layout: `[test, a, b, else]`.
pub(crate) struct Same<A, B, const SAME: bool>(PhantomData<(A, B)>);

impl<A: Source, B: Source, const SAME: bool> Operation for Same<A, B, SAME> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let (a, b) = (Term(A::get(&m, 1)), Term(B::get(&m, 2)));
            if a != b && a.is_pointer() && b.is_pointer() {
                return go_compare(m, SameTerms::<SAME>::SLOWLY, a.0, b.0);
            }
            m.pc = if (a == b) == SAME { m.pc.add(4) } else { m.address(3) };
        }
        m
    }
}

/// Goes on if a term is the same as a constant that is no pointer. Layout: `[test, a, b, else]`.
pub(crate) struct Is<A, const SAME: bool>(PhantomData<A>);

impl<A: Source, const SAME: bool> Operation for Is<A, SAME> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            let same = A::get(&m, 1) == m.operand(2);
            m.pc = if same == SAME { m.pc.add(4) } else { m.address(3) };
        }
        m
    }
}

/// A predicate of one word, that looks at no more than a header.
pub(crate) trait Shape {
    /// Whether it holds.
    fn holds(term: Term) -> bool;
}

macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $Name:ident |$term:ident| $holds:expr;)*) => {$(
        $(#[doc = $doc])*
        pub(crate) struct $Name;

        impl Shape for $Name {
            #[inline(always)]
            fn holds($term: Term) -> bool {
                $holds
            }
        }
    )*};
}

shapes! {
    /// A list cell.
    IsCons |term| term.is_cons();
    /// A list cell or `[]`.
    IsList |term| term.is_cons() || term == Term::NIL;
    /// A tuple.
    IsTuple |term| term.as_kind(Kind::Tuple).is_some();
    /// An integer.
    IsInteger |term| term.is_small() || term.as_kind(Kind::Big).is_some();
    /// An atom.
    IsAtom |term| term.tag() == tag::ATOM;
    /// A map.
    IsMap |term| term.as_kind(Kind::MapLeaf).is_some() || term.as_kind(Kind::MapInner).is_some();
    /// A process.
    IsPid |term| term.tag() == tag::PID;
    /// A float.
    IsFloat |term| term.as_kind(Kind::Float).is_some();
}

/// Goes on if a term has a shape. Layout: `[test, a, else]`.
pub(crate) struct Has<O, A>(PhantomData<(O, A)>);

impl<O: Shape, A: Source> Operation for Has<O, A> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`.
        unsafe {
            m.pc = if O::holds(Term(A::get(&m, 1))) { m.pc.add(3) } else { m.address(2) };
        }
        m
    }
}

/// Goes on if a term is a box with this header. Layout: `[test, a, header, else]`.
pub(crate) struct HasHeader<A>(PhantomData<A>);

impl<A: Source> Operation for HasHeader<A> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; a word tagged as a box points to a header.
        unsafe {
            let term = Term(A::get(&m, 1));
            let holds = term.tag() == tag::BOXED && *term.address() == m.operand(2);
            m.pc = if holds { m.pc.add(4) } else { m.address(3) };
        }
        m
    }
}

/// Goes on if a term is a tuple with this header whose first element is this word. Layout:
/// `[test, a, header, first, else]`.
pub(crate) struct HasTag<A>(PhantomData<A>);

impl<A: Source> Operation for HasTag<A> {
    #[inline(always)]
    unsafe fn run(mut m: M) -> M {
        // SAFETY: the promise of `run`; a tuple with this header has a first element.
        unsafe {
            let term = Term(A::get(&m, 1));
            let holds = term.tag() == tag::BOXED
                && *term.address() == m.operand(2)
                && *term.address().add(1) == m.operand(3);
            m.pc = if holds { m.pc.add(5) } else { m.address(4) };
        }
        m
    }
}
