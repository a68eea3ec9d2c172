//! Natives on maps, and the order of their keys.

use super::{PureTable, proper};
use crate::atom;
use crate::core::Core;
use crate::exception::Exception;
use crate::op;
use crate::term::order::compare_keys;
use crate::term::{Term, integer, map};

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
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

/// What a native gives.
type Answer = Result<Term, Exception>;

fn find(core: &mut Core, args: &[Term]) -> Answer {
    Ok(match op::map(core.heap(), args[1])?.get(args[0]) {
        Some(value) => core.heap().tuple(&[Term::atom(atom::OK), value]),
        None => Term::atom(atom::ERROR),
    })
}

/// Of several pairs of one key, the last.
fn from_list(core: &mut Core, args: &[Term]) -> Answer {
    let pair = |pair: Term| match op::tuple(pair)? {
        [key, value] => Ok((*key, *value)),
        _ => Err(Exception::badarg()),
    };
    let mut pairs = proper(args[0])?.into_iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    Ok(map::from_pairs(core.heap(), &mut pairs))
}

fn from_keys(core: &mut Core, args: &[Term]) -> Answer {
    let mut pairs: Vec<_> = proper(args[0])?.into_iter().map(|key| (key, args[1])).collect();
    Ok(map::from_pairs(core.heap(), &mut pairs))
}

fn keys(core: &mut Core, args: &[Term]) -> Answer {
    let keys: Vec<Term> = op::map(core.heap(), args[0])?.keys().collect();
    Ok(core.heap().list(keys))
}

fn values(core: &mut Core, args: &[Term]) -> Answer {
    let values: Vec<Term> = op::map(core.heap(), args[0])?.values().collect();
    Ok(core.heap().list(values))
}

/// The pairs of both; of those of one key, the second map's.
fn merge(core: &mut Core, args: &[Term]) -> Answer {
    op::map(core.heap(), args[0])?;
    op::map(core.heap(), args[1])?;
    Ok(map::merge(core.heap(), args[0], args[1]))
}

fn put(core: &mut Core, args: &[Term]) -> Answer {
    op::map(core.heap(), args[2])?;
    Ok(map::put(core.heap(), args[2], args[0], args[1]))
}

fn remove(core: &mut Core, args: &[Term]) -> Answer {
    op::map(core.heap(), args[1])?;
    Ok(map::remove(core.heap(), args[1], args[0]))
}

fn take(core: &mut Core, args: &[Term]) -> Answer {
    Ok(match op::map(core.heap(), args[1])?.get(args[0]) {
        Some(value) => {
            let rest = map::remove(core.heap(), args[1], args[0]);
            core.heap().tuple(&[value, rest])
        }
        None => Term::atom(atom::ERROR),
    })
}

fn update(core: &mut Core, args: &[Term]) -> Answer {
    if !op::map(core.heap(), args[2])?.contains(args[0]) {
        return Err(Exception::error_with(core.heap(), atom::BADKEY, args[0]));
    }
    Ok(map::put(core.heap(), args[2], args[0], args[1]))
}

/// Iteration: the path of an iterator is the number of pairs it has given. With `iterator`, the
/// next pair and the iterator after it; with a list, all further pairs onto that list.
fn map_next(core: &mut Core, args: &[Term]) -> Answer {
    let map = args[1].as_map().ok_or_else(Exception::badarg)?;
    let path = integer::to_usize(args[0]).filter(|path| *path <= map.len());
    let path = path.ok_or_else(Exception::badarg)?;
    let heap = core.heap();
    if args[2] == Term::NIL || args[2].is_cons() {
        let pairs = map.iter().skip(path).map(|(key, value)| heap.tuple(&[key, value]));
        let pairs: Vec<Term> = pairs.collect();
        return Ok(heap.list_onto(pairs, args[2]));
    }
    if !args[2].is_atom(atom::ITERATOR) {
        return Err(Exception::badarg());
    }
    Ok(match map.nth(path) {
        Some((key, value)) => {
            let after = integer::from_usize(heap, path + 1);
            let next = heap.cons(after, args[1]);
            heap.tuple(&[key, value, next])
        }
        None => Term::atom(atom::NONE),
    })
}

/// The order of two map keys as -1, 0 or 1.
fn cmp_term(_: &mut Core, args: &[Term]) -> Answer {
    Ok(Term::small(compare_keys(args[0], args[1]) as i64))
}
