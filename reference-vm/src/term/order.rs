//! The order of terms, and the two equalities.
//!
//! Owns comparison: by value, in which 1 and 1.0 are equal, and by key, in which only the same
//! terms are. Compares without recursion, so depth costs memory and no stack. Book: *Terms*.

use super::{Fun, Term, float, integer};
use std::cmp::Ordering;
use std::rc::Rc;

/// How numbers of different kinds compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// By value (`term.order.numbers`).
    Value,
    /// Every integer before every float (`term.order.keys`).
    Key,
}

/// The term order: number < atom < reference < fun < pid < tuple < map < nil < list < bitstring
/// (`term.order.types`). Equal by value is `==` (`term.equal.value`).
pub fn compare(a: &Term, b: &Term) -> Ordering {
    compare_by(a, b, By::Value)
}

/// An order in which only the same term is equal: `=:=` (`term.equal.exact`). It is that of map
/// keys.
pub fn compare_exact(a: &Term, b: &Term) -> Ordering {
    compare_by(a, b, By::Key)
}

/// The order of map keys: the term order with every integer before every float, inside keys too,
/// and -0.0 before 0.0 (`term.order.keys`).
pub fn compare_keys(a: &Term, b: &Term) -> Ordering {
    compare_by(a, b, By::Key)
}

/// Compares pair after pair; what compound terms are made of waits on the stack.
fn compare_by<'a>(a: &'a Term, b: &'a Term, by: By) -> Ordering {
    let mut waiting = vec![(a, b, by)];
    while let Some((a, b, by)) = waiting.pop() {
        let order = compare_outside(a, b, by, &mut waiting);
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Compares what can be told without looking inside, and puts the inner pairs on the stack, the
/// first to be compared last.
fn compare_outside<'a>(
    a: &'a Term,
    b: &'a Term,
    by: By,
    waiting: &mut Vec<(&'a Term, &'a Term, By)>,
) -> Ordering {
    match (a, b) {
        _ if a.is_number() && b.is_number() => compare_numbers(a, b, by),
        (Term::Atom(a), Term::Atom(b)) => a.cmp(b),
        (Term::Ref(a), Term::Ref(b)) => a.cmp(b),
        (Term::Pid(a), Term::Pid(b)) => a.cmp(b),
        (Term::Bits(a), Term::Bits(b)) => a.cmp(b),
        (Term::Fun(a), Term::Fun(b)) => {
            let (order, inner_a, inner_b) = compare_funs(a, b);
            waiting.extend(pairs(inner_a, inner_b, by).rev());
            order
        }
        (Term::Cons(a), Term::Cons(b)) => {
            if !Rc::ptr_eq(a, b) {
                waiting.push((&a.tail, &b.tail, by));
                waiting.push((&a.head, &b.head, by));
            }
            Ordering::Equal
        }
        (Term::Tuple(a), Term::Tuple(b)) => {
            if a.len() == b.len() && !Rc::ptr_eq(a, b) {
                waiting.extend(pairs(a, b, by).rev());
            }
            a.len().cmp(&b.len())
        }
        (Term::Map(a), Term::Map(b)) => {
            if a.len() == b.len() && !Rc::ptr_eq(a, b) {
                // Keys always by key, also when values are compared by value.
                waiting.extend(a.values().zip(b.values()).map(|(a, b)| (a, b, by)).rev());
                waiting.extend(a.keys().zip(b.keys()).map(|(a, b)| (a, b, By::Key)).rev());
            }
            a.len().cmp(&b.len())
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

/// The pairs of elements of two slices.
fn pairs<'a>(
    a: &'a [Term],
    b: &'a [Term],
    by: By,
) -> impl DoubleEndedIterator<Item = (&'a Term, &'a Term, By)> + ExactSizeIterator {
    a.iter().zip(b).map(move |(a, b)| (a, b, by))
}

/// The place of a term's type in the order.
fn rank(term: &Term) -> u8 {
    match term {
        Term::Int(_) | Term::Big(_) | Term::Float(_) => 0,
        Term::Atom(_) => 1,
        Term::Ref(_) => 2,
        Term::Fun(_) => 3,
        Term::Pid(_) => 5,
        Term::Tuple(_) => 6,
        Term::Map(_) => 7,
        Term::Nil => 8,
        Term::Cons(_) => 9,
        Term::Bits(_) => 10,
    }
}

fn compare_numbers(a: &Term, b: &Term, by: By) -> Ordering {
    match (a, b, by) {
        (Term::Float(a), Term::Float(b), By::Key) => float::compare_exact(*a, *b),
        (Term::Float(a), Term::Float(b), By::Value) => float::compare_value(*a, *b),
        (Term::Float(_), _, By::Key) => Ordering::Greater,
        (_, Term::Float(_), By::Key) => Ordering::Less,
        (Term::Float(a), b, By::Value) => float::compare_integer(b, *a).reverse(),
        (a, Term::Float(b), By::Value) => float::compare_integer(a, *b),
        _ => integer::compare(a, b).unwrap_or(Ordering::Equal),
    }
}

/// The order of two funs before their captured values, and these (`term.order.funs`): local funs
/// first, by module, index, unique and number of captured values; then external ones, by module,
/// name and arity.
fn compare_funs<'a>(a: &'a Fun, b: &'a Fun) -> (Ordering, &'a [Term], &'a [Term]) {
    match (a, b) {
        (
            Fun::Local { module: m, index: i, unique: u, function: f, captured: c, .. },
            Fun::Local { module: n, index: j, unique: v, function: g, captured: d, .. },
        ) => ((m, i, u, f, c.len()).cmp(&(n, j, v, g, d.len())), c, d),
        (
            Fun::External { module: m, name: f, arity: a },
            Fun::External { module: n, name: g, arity: b },
        ) => ((m, f, a).cmp(&(n, g, b)), &[], &[]),
        (Fun::Local { .. }, Fun::External { .. }) => (Ordering::Less, &[], &[]),
        (Fun::External { .. }, Fun::Local { .. }) => (Ordering::Greater, &[], &[]),
    }
}
