//! Dropping terms without recursion, so that a list of a million cells, or a tuple nested as
//! deeply, does not overflow the stack.

use super::map::Node;
use super::{Cons, Fun, Term, Tuple};
use std::rc::Rc;

/// Takes terms apart piece by piece; what they hold joins the work list before they are dropped.
fn take_apart(mut pieces: Vec<Term>) {
    let mut nodes = Vec::new();
    loop {
        if let Some(piece) = pieces.pop() {
            take_term(piece, &mut pieces, &mut nodes);
        } else if let Some(node) = nodes.pop() {
            take_node(node, &mut pieces, &mut nodes);
        } else {
            return;
        }
    }
}

fn take_term(piece: Term, pieces: &mut Vec<Term>, nodes: &mut Vec<Rc<Node>>) {
    match piece {
        Term::Cons(mut rc) => {
            if let Some(cons) = Rc::get_mut(&mut rc) {
                push(pieces, &mut cons.head);
                push(pieces, &mut cons.tail);
            }
        }
        Term::Tuple(mut rc) => {
            if let Some(elements) = Rc::get_mut(&mut rc) {
                pieces.append(&mut elements.0);
            }
        }
        Term::Map(mut rc) => {
            if let Some(map) = Rc::get_mut(&mut rc) {
                nodes.extend(map.take());
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

fn take_node(mut rc: Rc<Node>, pieces: &mut Vec<Term>, nodes: &mut Vec<Rc<Node>>) {
    if let Some(node) = Rc::get_mut(&mut rc) {
        push(pieces, &mut node.key);
        push(pieces, &mut node.value);
        nodes.extend(node.left.take());
        nodes.extend(node.right.take());
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

/// The depth of a balanced tree is no danger, but that of the terms in it is.
impl Drop for Node {
    fn drop(&mut self) {
        if is_compound(&self.key) || is_compound(&self.value) {
            let mut pieces = Vec::new();
            push(&mut pieces, &mut self.key);
            push(&mut pieces, &mut self.value);
            take_apart(pieces);
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
