//! Natives on tuples.

use super::{Env, Exception, PureTable, proper};
use crate::op::tuple;
use crate::term::{Term, integer};
use lam_isa::limits::TUPLE_SIZE;

/// The natives of this theme.
pub const TABLE: PureTable = &[
    ("erlang", "list_to_tuple", 1, list_to_tuple),
    ("erlang", "tuple_to_list", 1, tuple_to_list),
    ("erlang", "setelement", 3, setelement),
    ("erlang", "make_tuple", 2, make_tuple),
    ("erlang", "make_tuple", 3, make_tuple_of),
    ("erlang", "append_element", 2, append_element),
    ("erlang", "insert_element", 3, insert_element),
    ("erlang", "delete_element", 2, delete_element),
];

/// Whether a tuple may have so many elements (`term.tuple.size`).
fn allowed(size: usize) -> Result<(), Exception> {
    let allowed = u32::try_from(size).is_ok_and(|size| size <= TUPLE_SIZE);
    if allowed { Ok(()) } else { Err(Exception::badarg()) }
}

/// The elements of a tuple to which one more is to be added.
fn with_room(term: &Term) -> Result<Vec<Term>, Exception> {
    let elements = tuple(term)?;
    allowed(elements.len() + 1)?;
    Ok(elements.to_vec())
}

/// The index of a position counted from 1, at most `last`.
fn index(position: &Term, last: usize) -> Result<usize, Exception> {
    let index = integer::to_usize(position).and_then(|position| position.checked_sub(1));
    index.filter(|index| *index < last).ok_or_else(Exception::badarg)
}

fn list_to_tuple(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let elements = proper(&args[0])?;
    allowed(elements.len())?;
    Ok(Term::tuple(elements))
}

fn tuple_to_list(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::list(tuple(&args[0])?.to_vec()))
}

fn setelement(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = tuple(&args[1])?.to_vec();
    let index = index(&args[0], elements.len())?;
    elements[index] = args[2].clone();
    Ok(Term::tuple(elements))
}

fn make_tuple(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    Ok(Term::tuple(copies(&args[0], &args[1])?))
}

/// As many copies of a term as a tuple may have elements.
fn copies(count: &Term, term: &Term) -> Result<Vec<Term>, Exception> {
    let count = integer::to_usize(count).ok_or_else(Exception::badarg)?;
    allowed(count)?;
    Ok(vec![term.clone(); count])
}

/// `make_tuple(Size, Default, [{Position, Term}])`: of several terms for one position, the last.
fn make_tuple_of(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = copies(&args[0], &args[1])?;
    for placed in proper(&args[2])? {
        let [position, term] = tuple(&placed)? else { return Err(Exception::badarg()) };
        let index = index(position, elements.len())?;
        elements[index] = term.clone();
    }
    Ok(Term::tuple(elements))
}

fn append_element(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = with_room(&args[0])?;
    elements.push(args[1].clone());
    Ok(Term::tuple(elements))
}

fn insert_element(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = with_room(&args[1])?;
    let index = index(&args[0], elements.len() + 1)?;
    elements.insert(index, args[2].clone());
    Ok(Term::tuple(elements))
}

fn delete_element(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = tuple(&args[1])?.to_vec();
    let index = index(&args[0], elements.len())?;
    elements.remove(index);
    Ok(Term::tuple(elements))
}
