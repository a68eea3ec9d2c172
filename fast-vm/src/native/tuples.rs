//! Natives on tuples.

use super::{PureTable, proper};
use crate::core::Core;
use crate::exception::Exception;
use crate::term::Term;
use crate::term::integer::to_usize;
use lam_isa::limits::TUPLE_SIZE;

/// The natives of this theme.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "list_to_tuple", 1, list_to_tuple),
    ("erlang", "tuple_to_list", 1, tuple_to_list),
    ("erlang", "setelement", 3, setelement),
    ("erlang", "make_tuple", 2, make_tuple),
    ("erlang", "make_tuple", 3, make_tuple_of),
    ("erlang", "append_element", 2, append_element),
    ("erlang", "insert_element", 3, insert_element),
    ("erlang", "delete_element", 2, delete_element),
];

/// The elements of a tuple.
fn tuple<'h>(term: Term) -> Result<&'h [Term], Exception> {
    term.as_tuple().ok_or_else(Exception::badarg)
}

/// A size that a tuple may have (`term.tuple.size`).
fn allowed(size: usize) -> Result<usize, Exception> {
    let allowed = u32::try_from(size).is_ok_and(|size| size <= TUPLE_SIZE);
    if allowed { Ok(size) } else { Err(Exception::badarg()) }
}

/// The index of a position counted from 1, at most `last`.
fn index(position: Term, last: usize) -> Result<usize, Exception> {
    let index = to_usize(position).and_then(|position| position.checked_sub(1));
    index.filter(|index| *index < last).ok_or_else(Exception::badarg)
}

fn list_to_tuple(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let size = allowed(args[0].length().ok_or_else(Exception::badarg)?)?;
    Ok(core.heap().tuple_of(size, args[0].iter()))
}

fn tuple_to_list(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let elements = tuple(args[0])?;
    Ok(core.heap().list_of(elements.len(), elements.iter().copied(), Term::NIL))
}

/// A tuple of some elements, one more, and some others.
fn joined(core: &mut Core, before: &[Term], between: &[Term], behind: &[Term]) -> Term {
    let size = before.len() + between.len() + behind.len();
    core.heap().tuple_of(size, [before, between, behind].into_iter().flatten().copied())
}

fn setelement(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let elements = tuple(args[1])?;
    let index = index(args[0], elements.len())?;
    Ok(joined(core, &elements[..index], &args[2..], &elements[index + 1..]))
}

fn make_tuple(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let size = size(args[0])?;
    Ok(core.heap().tuple_of(size, std::iter::repeat_n(args[1], size)))
}

/// The size of a tuple to be made.
fn size(term: Term) -> Result<usize, Exception> {
    allowed(to_usize(term).ok_or_else(Exception::badarg)?)
}

/// `make_tuple(Size, Default, [{Position, Term}])`: of several terms for one position, the last.
fn make_tuple_of(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = vec![args[1]; size(args[0])?];
    for placed in proper(args[2])? {
        let &[position, term] = tuple(placed)? else { return Err(Exception::badarg()) };
        let index = index(position, elements.len())?;
        elements[index] = term;
    }
    Ok(core.heap().tuple(&elements))
}

fn append_element(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let elements = tuple(args[0])?;
    allowed(elements.len() + 1)?;
    Ok(joined(core, elements, &args[1..], &[]))
}

fn insert_element(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let elements = tuple(args[1])?;
    let index = index(args[0], allowed(elements.len() + 1)?)?;
    Ok(joined(core, &elements[..index], &args[2..], &elements[index..]))
}

fn delete_element(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    let elements = tuple(args[1])?;
    let index = index(args[0], elements.len())?;
    Ok(joined(core, &elements[..index], &[], &elements[index + 1..]))
}
