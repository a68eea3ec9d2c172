//! Terms a million deep: made, compared, printed, hashed and dropped, without the stack.

use crate::call;
use lam_isa::limits::TEXT_BYTES;
use lam_reference::term::{Map, Term, compare, compare_exact, display};
use std::rc::Rc;

const DEPTH: usize = 1_000_000;

/// A term nested by a function, around an atom.
fn nested(around: impl Fn(Term) -> Term) -> Term {
    (0..DEPTH).fold(Term::atom("end"), |inner, _| around(inner))
}

fn check(around: impl Fn(Term) -> Term, opening: &str) {
    let (a, b) = (nested(&around), nested(&around));
    assert!(compare(&a, &b).is_eq() && compare_exact(&a, &b).is_eq());
    let text = display(&a);
    assert!(text.starts_with(&opening.repeat(3)));
    assert!(text.len() > DEPTH);
    let hash = |term: &Term| call("erlang", "phash2", std::slice::from_ref(term));
    assert_eq!(hash(&a), hash(&b));
    let binary = call("erlang", "term_to_binary", &[a]).expect("bytes");
    assert!(call("erlang", "binary_to_term", &[binary]).expect("a term") == b);
}

#[test]
fn tuples() {
    check(|inner| Term::tuple([inner]), "{");
}

#[test]
fn lists_in_lists() {
    check(|inner| Term::list([inner]), "[");
}

#[test]
fn long_lists() {
    let list = || Term::list((0..DEPTH).map(|_| Term::atom("end")).collect::<Vec<_>>());
    assert!(list() == list());
    // What is longer than a text may be is cut.
    let text = display(&list());
    assert!(text.starts_with("['end', 'end', ") && text.ends_with("..."));
    assert_eq!(text.len(), TEXT_BYTES + "...".len());
}

#[test]
fn maps() {
    let map = |inner| Term::Map(Rc::new([(Term::Int(1), inner)].into_iter().collect::<Map>()));
    check(map, "#{1 => ");
}

#[test]
fn keys_of_maps() {
    let map = |inner| Term::Map(Rc::new([(inner, Term::Int(1))].into_iter().collect::<Map>()));
    let (a, b) = (nested(map), nested(map));
    assert!(a == b);
}

#[test]
fn iolists() {
    let deep = nested(|inner| Term::list([Term::Int(65), inner]));
    assert!(call("erlang", "iolist_to_binary", &[deep]).is_err());
    let deep = (0..DEPTH).fold(Term::Nil, |inner, _| Term::list([Term::Int(65), inner]));
    let text = call("unicode", "characters_to_binary", &[deep, Term::atom("utf8")]);
    assert_eq!(text, Ok(Term::binary("A".repeat(DEPTH))));
}
