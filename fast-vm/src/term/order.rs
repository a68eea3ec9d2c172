//! The order of terms, and the two equalities.
//!
//! Owns comparison: by value, in which 1 and 1.0 are equal, and by key, in which only the same
//! terms are. The same word is the same term, so nothing that two terms share is looked into.
//! Compares without recursion: depth costs memory and no stack. Book: *Terms*.

use super::{Kind, Term, View, float, integer, map, tag};
use crate::code::FunEntry;
use std::cmp::Ordering;

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
#[inline]
pub fn compare(a: Term, b: Term) -> Ordering {
    compare_fast(a, b).unwrap_or_else(|| compare_slow(a, b, By::Value))
}

/// The order of map keys: the term order with every integer before every float, inside keys too,
/// and -0.0 before 0.0 (`term.order.keys`).
#[inline]
pub fn compare_keys(a: Term, b: Term) -> Ordering {
    compare_fast(a, b).unwrap_or_else(|| compare_slow(a, b, By::Key))
}

/// An order in which only the same term is equal: `=:=` (`term.equal.exact`). It is that of map
/// keys.
#[inline]
pub fn compare_exact(a: Term, b: Term) -> Ordering {
    compare_keys(a, b)
}

/// What the words alone tell, in either order.
#[inline(always)]
fn compare_fast(a: Term, b: Term) -> Option<Ordering> {
    if a == b {
        Some(Ordering::Equal)
    } else if a.is_small() && b.is_small() {
        // Both have the same tag bits, so their words compare as they do.
        Some((a.0 as i64).cmp(&(b.0 as i64)))
    } else {
        None
    }
}

/// Whether both are equal by value: `==` (`term.equal.value`).
#[inline]
pub fn equal_value(a: Term, b: Term) -> bool {
    compare(a, b).is_eq()
}

/// Whether both are the same term: `=:=` (`term.equal.exact`).
#[inline]
pub fn equal(a: Term, b: Term) -> bool {
    // Two terms that are no pointers, or not of one tag, are the same only if their words are.
    a == b || (a.is_pointer() && a.tag() == b.tag() && equal_inside(a, b))
}

/// Parts of two terms that are still to be compared for being the same.
enum Pair<'h> {
    Terms(Term, Term),
    Slices(&'h [Term], &'h [Term]),
    Maps(map::Iter<'h>, map::Iter<'h>),
}

#[inline(never)]
fn equal_inside(a: Term, b: Term) -> bool {
    let mut waiting = Vec::new();
    if !equal_outside(a, b, &mut waiting) {
        return false;
    }
    while let Some(pair) = waiting.last_mut() {
        let next = match pair {
            Pair::Terms(a, b) => {
                let pair = (*a, *b);
                waiting.pop();
                Some(pair)
            }
            Pair::Slices([a, rest_a @ ..], [b, rest_b @ ..]) => {
                let next = (*a, *b);
                *pair = Pair::Slices(rest_a, rest_b);
                Some(next)
            }
            Pair::Slices(..) => None,
            Pair::Maps(pairs_a, pairs_b) => {
                match pairs_a.skip_shared(pairs_b).then(|| pairs_a.next().zip(pairs_b.next())) {
                    Some(Some(((key_a, value_a), (key_b, value_b)))) => {
                        waiting.push(Pair::Terms(value_a, value_b));
                        Some((key_a, key_b))
                    }
                    _ => None,
                }
            }
        };
        match next {
            None => drop(waiting.pop()),
            Some((a, b)) if a == b => {}
            Some((a, b)) => {
                if !a.is_pointer() || a.tag() != b.tag() || !equal_outside(a, b, &mut waiting) {
                    return false;
                }
            }
        }
    }
    true
}

/// Whether two pointers of one tag can be the same term as far as their first level tells; what is
/// inside is put on the stack.
#[inline(always)]
fn equal_outside<'h>(a: Term, b: Term, waiting: &mut Vec<Pair<'h>>) -> bool {
    if a.tag() == tag::CONS {
        return equal_lists(a, b, waiting);
    }
    let (Some(x), Some(y)) = (a.as_boxed(), b.as_boxed()) else { return false };
    let kinds = (x.header().kind(), y.header().kind());
    match kinds {
        (Kind::Float | Kind::Big, _) => x.header() == y.header() && x.words() == y.words(),
        (Kind::Tuple | Kind::Fun | Kind::External | Kind::Reference, _) => {
            if x.header() != y.header() {
                return false;
            }
            let (mut x, mut y) = (x.terms(), y.terms());
            if kinds.0 == Kind::Fun {
                let (Some((entry_x, captured_x)), Some((entry_y, captured_y))) =
                    (a.as_fun(), b.as_fun())
                else {
                    return false;
                };
                if fun_identity(entry_x) != fun_identity(entry_y) {
                    return false;
                }
                (x, y) = (captured_x, captured_y);
            }
            waiting.push(Pair::Slices(x, y));
            true
        }
        (Kind::MapLeaf | Kind::MapInner, Kind::MapLeaf | Kind::MapInner) => {
            let (x, y) = (map::Map::of(x), map::Map::of(y));
            if x.len() != y.len() {
                return false;
            }
            match (x.flat(), y.flat()) {
                (Some((keys_x, values_x)), Some((keys_y, values_y))) => {
                    waiting.push(Pair::Slices(values_x, values_y));
                    if !std::ptr::eq(keys_x, keys_y) {
                        waiting.push(Pair::Slices(keys_x, keys_y));
                    }
                }
                _ => waiting.push(Pair::Maps(x.iter(), y.iter())),
            }
            true
        }
        (Kind::Bytes | Kind::Slice | Kind::Shared, Kind::Bytes | Kind::Slice | Kind::Shared) => {
            match (a.view(), b.view()) {
                (View::Bits(a), View::Bits(b)) => a.same(&b),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Goes along two lists as far as their heads are the same words.
fn equal_lists(mut a: Term, mut b: Term, waiting: &mut Vec<Pair<'_>>) -> bool {
    while let (Some((head_a, tail_a)), Some((head_b, tail_b))) = (a.as_cons(), b.as_cons()) {
        if head_a != head_b {
            if !head_a.is_pointer() || head_a.tag() != head_b.tag() {
                return false;
            }
            waiting.push(Pair::Terms(tail_a, tail_b));
            waiting.push(Pair::Terms(head_a, head_b));
            return true;
        }
        (a, b) = (tail_a, tail_b);
        if a == b {
            return true;
        }
    }
    waiting.push(Pair::Terms(a, b));
    true
}

/// Parts of two terms that are still to be compared, and how.
enum Inner<'h> {
    Terms(Term, Term, By),
    Slices(&'h [Term], &'h [Term], By),
    Keys(map::Iter<'h>, map::Iter<'h>),
    Values(map::Iter<'h>, map::Iter<'h>, By),
}

#[inline(never)]
fn compare_slow(a: Term, b: Term, by: By) -> Ordering {
    let mut waiting = Vec::new();
    let order = compare_outside(a, b, by, &mut waiting);
    if order.is_ne() {
        return order;
    }
    while let Some(inner) = waiting.last_mut() {
        let next = match inner {
            Inner::Terms(a, b, by) => {
                let pair = (*a, *b, *by);
                waiting.pop();
                Some(pair)
            }
            Inner::Slices([a, rest_a @ ..], [b, rest_b @ ..], by) => {
                let next = (*a, *b, *by);
                *inner = Inner::Slices(rest_a, rest_b, next.2);
                Some(next)
            }
            Inner::Slices(..) => None,
            Inner::Keys(a, b) => {
                let more = a.skip_shared(b);
                more.then(|| a.next().zip(b.next())).flatten().map(|(a, b)| (a.0, b.0, By::Key))
            }
            Inner::Values(a, b, by) => {
                let more = a.skip_shared(b);
                more.then(|| a.next().zip(b.next())).flatten().map(|(a, b)| (a.1, b.1, *by))
            }
        };
        let Some((a, b, by)) = next else {
            waiting.pop();
            continue;
        };
        let order = compare_fast(a, b).unwrap_or_else(|| compare_outside(a, b, by, &mut waiting));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Compares what can be told without looking inside, and puts what is inside on the stack.
fn compare_outside<'h>(a: Term, b: Term, by: By, waiting: &mut Vec<Inner<'h>>) -> Ordering {
    let (left, right): (View<'h>, View<'h>) = (a.view(), b.view());
    match (left, right) {
        (View::Atom(a), View::Atom(b)) => a.cmp(&b),
        (View::Cons(..), View::Cons(..)) => compare_lists(a, b, by, waiting),
        (View::Tuple(a), View::Tuple(b)) => {
            if a.len() == b.len() {
                waiting.push(Inner::Slices(a, b, by));
            }
            a.len().cmp(&b.len())
        }
        (View::Bits(a), View::Bits(b)) => a.compare(&b),
        (View::Map(a), View::Map(b)) => {
            if a.len() == b.len() {
                // Keys always by key, also when values are compared by value; all keys first.
                match (a.flat(), b.flat()) {
                    (Some((keys_a, values_a)), Some((keys_b, values_b))) => {
                        waiting.push(Inner::Slices(values_a, values_b, by));
                        if !std::ptr::eq(keys_a, keys_b) {
                            waiting.push(Inner::Slices(keys_a, keys_b, By::Key));
                        }
                    }
                    _ => {
                        waiting.push(Inner::Values(a.iter(), b.iter(), by));
                        waiting.push(Inner::Keys(a.iter(), b.iter()));
                    }
                }
            }
            a.len().cmp(&b.len())
        }
        (View::Pid(a), View::Pid(b)) => a.cmp(&b),
        (View::Ref(a), View::Ref(b)) => a.cmp(&b),
        (View::Fun(_), View::Fun(_)) => compare_funs(a, b, by, waiting),
        (View::External(m, f, a), View::External(n, g, b)) => (m, f, a).cmp(&(n, g, b)),
        (View::Fun(_), View::External(..)) => Ordering::Less,
        (View::External(..), View::Fun(_)) => Ordering::Greater,
        (View::Float(a), View::Float(b)) => match by {
            By::Key => float::compare_exact(a, b),
            By::Value => float::compare_value(a, b),
        },
        (View::Float(float), View::Small(_) | View::Big(_)) => match by {
            By::Key => Ordering::Greater,
            By::Value => float::compare_integer(b, float).reverse(),
        },
        (View::Small(_) | View::Big(_), View::Float(float)) => match by {
            By::Key => Ordering::Less,
            By::Value => float::compare_integer(a, float),
        },
        _ => integer::compare(a, b).unwrap_or_else(|| rank(&left).cmp(&rank(&right))),
    }
}

/// Goes along two lists as far as their words tell.
fn compare_lists<'h>(mut a: Term, mut b: Term, by: By, waiting: &mut Vec<Inner<'h>>) -> Ordering {
    while let (Some((head_a, tail_a)), Some((head_b, tail_b))) = (a.as_cons(), b.as_cons()) {
        match compare_fast(head_a, head_b) {
            Some(Ordering::Equal) => {}
            Some(order) => return order,
            None => {
                waiting.push(Inner::Terms(tail_a, tail_b, by));
                waiting.push(Inner::Terms(head_a, head_b, by));
                return Ordering::Equal;
            }
        }
        (a, b) = (tail_a, tail_b);
        if a == b {
            return Ordering::Equal;
        }
    }
    waiting.push(Inner::Terms(a, b, by));
    Ordering::Equal
}

/// The place of a term's type in the order.
fn rank(view: &View<'_>) -> u8 {
    match view {
        View::Small(_) | View::Big(_) | View::Float(_) => 0,
        View::Atom(_) => 1,
        View::Ref(_) => 2,
        View::Fun(_) | View::External(..) => 3,
        View::Pid(_) => 5,
        View::Tuple(_) => 6,
        View::Map(_) => 7,
        View::Nil => 8,
        View::Cons(..) => 9,
        View::Bits(_) => 10,
        View::Other => 11,
    }
}

/// What identifies a fun besides its captured values (`term.fun.identity`), in the order of
/// comparison.
fn fun_identity(entry: &FunEntry) -> (crate::atom::Atom, u32, u32, u32) {
    (entry.module, entry.index, entry.unique, entry.function().index)
}

/// The order of two funs made by `fun` (`term.order.funs`); their captured values wait.
fn compare_funs<'h>(a: Term, b: Term, by: By, waiting: &mut Vec<Inner<'h>>) -> Ordering {
    let (Some((entry_a, captured_a)), Some((entry_b, captured_b))) = (a.as_fun(), b.as_fun())
    else {
        return Ordering::Equal;
    };
    let counts = captured_a.len().cmp(&captured_b.len());
    let order = fun_identity(entry_a).cmp(&fun_identity(entry_b)).then(counts);
    if order.is_eq() {
        waiting.push(Inner::Slices(captured_a, captured_b, by));
    }
    order
}
