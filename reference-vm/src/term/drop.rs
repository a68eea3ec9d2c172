//! Dropping terms without recursion, so that a list of a million cells, or a tuple nested as
//! deeply, does not overflow the stack.

use super::{Cons, Fun, Map, Term, Tuple};
use std::rc::Rc;

/// Empties what is dropped into a work list and takes it apart piece by piece.
fn take_apart(mut pieces: Vec<Term>) {
    while let Some(piece) = pieces.pop() {
        match piece {
            Term::Cons(mut rc) => {
                if let Some(cons) = Rc::get_mut(&mut rc) {
                    push(&mut pieces, &mut cons.head);
                    push(&mut pieces, &mut cons.tail);
                }
            }
            Term::Tuple(mut rc) => {
                if let Some(elements) = Rc::get_mut(&mut rc) {
                    pieces.append(&mut elements.0);
                }
            }
            Term::Map(mut rc) => {
                if let Some(map) = Rc::get_mut(&mut rc) {
                    for (key, value) in map.take() {
                        pieces.extend([key, value]);
                    }
                }
            }
            Term::Fun(mut rc) => {
                if let Some(Fun::Local { captured, .. }) = Rc::get_mut(&mut rc) {
                    pieces.append(captured);
                }
            }
            _ => {}
        }
    }
}

fn push(pieces: &mut Vec<Term>, term: &mut Term) {
    if is_compound(term) {
        pieces.push(std::mem::replace(term, Term::Nil));
    }
}

fn is_compound(term: &Term) -> bool {
    matches!(term, Term::Cons(_) | Term::Tuple(_) | Term::Map(_) | Term::Fun(_))
}

impl Drop for Cons {
    fn drop(&mut self) {
        if is_compound(&self.head) || is_compound(&self.tail) {
            let mut pieces = Vec::new();
            push(&mut pieces, &mut self.head);
            push(&mut pieces, &mut self.tail);
            take_apart(pieces);
        }
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        if self.iter().any(is_compound) {
            take_apart(std::mem::take(&mut self.0));
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if self.iter().any(|(key, value)| is_compound(key) || is_compound(value)) {
            take_apart(self.take().into_iter().flat_map(|(key, value)| [key, value]).collect());
        }
    }
}

impl Drop for Fun {
    fn drop(&mut self) {
        if let Fun::Local { captured, .. } = self {
            take_apart(std::mem::take(captured));
        }
    }
}
