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

/// A tuple, unless it is too long (`term.tuple.size`).
fn built(elements: Vec<Term>) -> Result<Term, Exception> {
    if u32::try_from(elements.len()).is_ok_and(|size| size <= TUPLE_SIZE) {
        Ok(Term::tuple(elements))
    } else {
        Err(Exception::badarg())
    }
}

/// The index of a position counted from 1, at most `last`.
fn index(position: &Term, last: usize) -> Result<usize, Exception> {
    let index = integer::to_usize(position).and_then(|position| position.checked_sub(1));
    index.filter(|index| *index < last).ok_or_else(Exception::badarg)
}

fn list_to_tuple(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    built(proper(&args[0])?)
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
    let count = integer::to_usize(count).filter(|count| *count <= TUPLE_SIZE as usize);
    Ok(vec![term.clone(); count.ok_or_else(Exception::badarg)?])
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
    let mut elements = tuple(&args[0])?.to_vec();
    elements.push(args[1].clone());
    built(elements)
}

fn insert_element(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = tuple(&args[1])?.to_vec();
    let index = index(&args[0], elements.len() + 1)?;
    elements.insert(index, args[2].clone());
    built(elements)
}

fn delete_element(_: &mut dyn Env, args: &[Term]) -> Result<Term, Exception> {
    let mut elements = tuple(&args[1])?.to_vec();
    let index = index(&args[0], elements.len())?;
    elements.remove(index);
    Ok(Term::tuple(elements))
}
