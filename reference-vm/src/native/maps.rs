//! Natives on maps, and the order of their keys.

use super::{Env, Exception, PureTable, proper};
use crate::op::{map, tuple};
use crate::term::{Map, Term, compare_keys, integer};
use std::rc::Rc;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("maps", "find", 2, find),
    ("maps", "from_list", 1, from_list),
    ("maps", "from_keys", 2, from_keys),
    ("maps", "keys", 1, keys),
    ("maps", "values", 1, values),
    ("maps", "merge", 2, merge),
    ("maps", "put", 3, put),
    ("maps", "remove", 2, remove),
    ("maps", "take", 2, take),
    ("maps", "update", 3, update),
    ("erts_internal", "map_next", 3, map_next),
    ("erts_internal", "cmp_term", 2, cmp_term),
];

fn built(map: Map) -> Term {
    Term::Map(Rc::new(map))
}

fn find(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(match map(&args[1])?.get(&args[0]) {
        Some(value) => Term::tuple([Term::atom("ok"), value.clone()]),
        None => Term::atom("error"),
    })
}

/// Of several pairs of one key, the last.
fn from_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut map = Map::new();
    for pair in proper(&args[0])? {
        let [key, value] = tuple(&pair)? else { return Err(Exception::badarg()) };
        map.insert(key.clone(), value.clone());
    }
    Ok(built(map))
}

fn from_keys(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let keys = proper(&args[0])?.into_iter();
    Ok(built(keys.map(|key| (key, args[1].clone())).collect()))
}

fn keys(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::list(map(&args[0])?.keys().cloned()))
}

fn values(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::list(map(&args[0])?.values().cloned()))
}

/// The pairs of both; of those of one key, the second map's.
fn merge(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut merged = map(&args[0])?.clone();
    merged.merge(map(&args[1])?);
    Ok(built(merged))
}

fn put(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut map = map(&args[2])?.clone();
    map.insert(args[0].clone(), args[1].clone());
    Ok(built(map))
}

fn remove(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut map = map(&args[1])?.clone();
    map.remove(&args[0]);
    Ok(built(map))
}

fn take(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut map = map(&args[1])?.clone();
    Ok(match map.remove(&args[0]) {
        Some(value) => Term::tuple([value, built(map)]),
        None => Term::atom("error"),
    })
}

fn update(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut map = map(&args[2])?.clone();
    if !map.contains(&args[0]) {
        return Err(Exception::error_with("badkey", args[0].clone()));
    }
    map.insert(args[0].clone(), args[1].clone());
    Ok(built(map))
}

/// Iteration: the path of an iterator is the number of pairs it has given. With `iterator`, the
/// next pair and the iterator after it; with a list, all further pairs onto that list.
fn map_next(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let Term::Map(map) = &args[1] else { return Err(Exception::badarg()) };
    let path = integer::to_usize(&args[0]).ok_or_else(Exception::badarg)?;
    if path > map.len() {
        return Err(Exception::badarg());
    }
    match &args[2] {
        list @ (Term::Nil | Term::Cons(_)) => {
            let pair = |(key, value): (&Term, &Term)| Term::tuple([key.clone(), value.clone()]);
            let pairs: Vec<Term> = map.iter().skip(path).map(pair).collect();
            Ok(Term::list_onto(pairs, list.clone()))
        }
        iterator if iterator.is_atom("iterator") => Ok(match map.nth(path) {
            Some((key, value)) => {
                let next = Term::cons(integer::from_usize(path + 1), args[1].clone());
                Term::tuple([key.clone(), value.clone(), next])
            }
            None => Term::atom("none"),
        }),
        _ => Err(Exception::badarg()),
    }
}

/// The order of two map keys as -1, 0 or 1.
fn cmp_term(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::Int(compare_keys(&args[0], &args[1]) as i64))
}
