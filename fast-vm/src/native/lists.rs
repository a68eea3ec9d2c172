//! Natives on lists. Each goes through a list once and never copies it to look at it.

use super::{PureTable, proper};
use crate::atom::Atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;
use crate::term::integer::to_usize;
use crate::term::order::{compare, compare_exact, equal};
use std::cmp::Ordering;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "++", 2, append),
    ("erlang", "append", 2, append),
    ("erlang", "--", 2, subtract),
    ("erlang", "subtract", 2, subtract),
    ("lists", "reverse", 2, reverse),
    ("lists", "member", 2, member),
    ("lists", "keyfind", 3, keyfind),
    ("lists", "keymember", 3, keymember),
    ("lists", "keysearch", 3, keysearch),
];

/// The elements of the first, then the second whatever it is.
fn append(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let count = args[0].length().ok_or_else(Exception::badarg)?;
    Ok(core.heap().list_of(count, args[0].iter(), args[1]))
}

/// Up to so many elements are left out by comparing each with each.
const FEW: usize = 8;

/// For each element of the second, the first one of the first that is the same is left out.
fn subtract(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let count = args[0].length().ok_or_else(Exception::badarg)?;
    let mut unwanted = proper(args[1])?;
    let mut kept = Vec::with_capacity(count);
    if unwanted.len() <= FEW {
        for element in args[0].iter() {
            match unwanted.iter().position(|other| equal(element, *other)) {
                Some(at) => {
                    unwanted.swap_remove(at);
                }
                None => kept.push(element),
            }
        }
    } else {
        let mut unwanted = counted(unwanted);
        for element in args[0].iter() {
            let found = unwanted.binary_search_by(|(other, _)| by_word(*other, element));
            match found.ok().map(|at| &mut unwanted[at].1) {
                Some(left) if *left > 0 => *left -= 1,
                _ => kept.push(element),
            }
        }
    }
    if kept.len() == count {
        return Ok(args[0]);
    }
    Ok(core.heap().list_of(kept.len(), kept.into_iter(), Term::NIL))
}

/// Different terms and how often each is there, sorted by `by_word`.
fn counted(mut terms: Vec<Term>) -> Vec<(Term, usize)> {
    terms.sort_unstable_by(|a, b| by_word(*a, *b));
    let mut counted: Vec<(Term, usize)> = Vec::new();
    for term in terms {
        match counted.last_mut() {
            Some((last, count)) if by_word(*last, term).is_eq() => *count += 1,
            _ => counted.push((term, 1)),
        }
    }
    counted
}

/// Some order in which only the same terms are equal: terms that are no objects are compared by
/// their words, which are the same if and only if the terms are.
fn by_word(a: Term, b: Term) -> Ordering {
    match (a.is_pointer(), b.is_pointer()) {
        (true, true) => compare_exact(a, b),
        (false, false) => a.0.cmp(&b.0),
        (a, b) => a.cmp(&b),
    }
}

fn reverse(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let heap = core.heap();
    let mut elements = args[0].iter();
    let reversed = elements.by_ref().fold(args[1], |tail, head| heap.cons(head, tail));
    if elements.rest() == Term::NIL { Ok(reversed) } else { Err(Exception::badarg()) }
}

/// Looks for the first element of which something holds; a list that ends improperly before is a
/// bad argument.
fn find(list: Term, holds: impl Fn(Term) -> bool) -> Result<Option<Term>, Exception> {
    let mut elements = list.iter();
    match elements.find(|element| holds(*element)) {
        Some(found) => Ok(Some(found)),
        None if elements.rest() == Term::NIL => Ok(None),
        None => Err(Exception::badarg()),
    }
}

fn member(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let wanted = args[0];
    let found = if wanted.is_pointer() {
        find(args[1], |element| equal(element, wanted))
    } else {
        find(args[1], |element| element == wanted)
    };
    Ok(Term::boolean(found?.is_some()))
}

/// The first tuple of a list whose element at a position equals a key by value.
fn keyed_tuple(args: &[Term]) -> Result<Option<Term>, Exception> {
    let position = to_usize(args[1]).and_then(|position| position.checked_sub(1));
    let position = position.ok_or_else(Exception::badarg)?;
    let wanted = args[0];
    let key = |element: Term| element.as_tuple()?.get(position).copied();
    if wanted.is_pointer() || wanted.is_small() {
        let same = |key: Term| key == wanted || compare(key, wanted).is_eq();
        find(args[2], |element| key(element).is_some_and(same))
    } else {
        find(args[2], |element| key(element) == Some(wanted))
    }
}

fn keyfind(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    Ok(keyed_tuple(args)?.unwrap_or(Term::boolean(false)))
}

fn keymember(_: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::boolean(keyed_tuple(args)?.is_some()))
}

fn keysearch(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let value = Term::atom(Atom::new("value"));
    let found = keyed_tuple(args)?.map(|tuple| core.heap().tuple(&[value, tuple]));
    Ok(found.unwrap_or(Term::boolean(false)))
}
