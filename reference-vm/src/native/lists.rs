//! Natives on lists.

use super::{Env, Exception, PureTable, proper};
use crate::term::{Term, compare, integer};
use std::collections::BTreeMap;

/// The natives of this theme.
pub const TABLE: PureTable = &[
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
fn append(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let elements = proper(&args[0])?;
    Ok(Term::list_onto(elements, args[1].clone()))
}

/// For each element of the second, the first one of the first that is the same is left out.
fn subtract(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let elements = proper(&args[0])?;
    let mut left_out: BTreeMap<Term, usize> = BTreeMap::new();
    for element in proper(&args[1])? {
        *left_out.entry(element).or_default() += 1;
    }
    let mut kept = Vec::new();
    for element in elements {
        match left_out.get_mut(&element) {
            Some(count) if *count > 0 => *count -= 1,
            _ => kept.push(element),
        }
    }
    Ok(Term::list(kept))
}

fn reverse(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let reversed = proper(&args[0])?.into_iter();
    Ok(reversed.fold(args[1].clone(), |tail, head| Term::cons(head, tail)))
}

/// Looks for the first cell of which something holds; a list that ends improperly before is a bad
/// argument.
fn find_cell(list: &Term, holds: impl Fn(&Term) -> bool) -> Result<Option<Term>, Exception> {
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        if holds(&cons.head) {
            return Ok(Some(cons.head.clone()));
        }
        rest = &cons.tail;
    }
    if matches!(rest, Term::Nil) { Ok(None) } else { Err(Exception::badarg()) }
}

fn member(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let found = find_cell(&args[1], |element| *element == args[0])?;
    Ok(Term::boolean(found.is_some()))
}

/// The first tuple of a list whose element at a position equals a key by value.
fn keyed_tuple(args: &[Term]) -> Result<Option<Term>, Exception> {
    let position = integer::to_usize(&args[1]).and_then(|position| position.checked_sub(1));
    let position = position.ok_or_else(Exception::badarg)?;
    find_cell(&args[2], |element| {
        let key = element.as_tuple().and_then(|elements| elements.get(position));
        key.is_some_and(|key| compare(key, &args[0]).is_eq())
    })
}

fn keyfind(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(keyed_tuple(args)?.unwrap_or(Term::boolean(false)))
}

fn keymember(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::boolean(keyed_tuple(args)?.is_some()))
}

fn keysearch(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let found = keyed_tuple(args)?.map(|tuple| Term::tuple([Term::atom("value"), tuple]));
    Ok(found.unwrap_or(Term::boolean(false)))
}
