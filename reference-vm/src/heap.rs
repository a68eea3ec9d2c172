//! The size of heaps: how many words live terms take (`lim.heap.exceeded`).
//!
//! Words are those of the book's *Limits*, not of this machine's representation: a cell is two
//! words, a tuple one and its elements, a float two. Shared parts count once.

use crate::process::{Process, Value};
use crate::term::{Fun, Term};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The words of a bitstring besides those of its bytes.
pub const BITS_HEAD_WORDS: u64 = 2;

/// The words of a term, those of its parts not counted.
pub fn own_words(term: &Term) -> u64 {
    match term {
        Term::Int(n) if lam_isa::operand::is_small(*n) => 0,
        Term::Int(_) | Term::Float(_) => 2,
        Term::Big(n) => 1 + n.bits().div_ceil(64),
        Term::Atom(_) | Term::Nil | Term::Pid(_) => 0,
        Term::Cons(_) => 2,
        Term::Tuple(elements) => 1 + elements.len() as u64,
        Term::Map(map) => 2 + 2 * map.len() as u64,
        Term::Bits(bits) => BITS_HEAD_WORDS + bits.byte_length().div_ceil(8) as u64,
        Term::Fun(fun) => match &**fun {
            Fun::Local { captured, .. } => 2 + captured.len() as u64,
            Fun::External { .. } => 2,
        },
        Term::Ref(_) => 3,
    }
}

/// The words of an activation with so many slots: a place to return to, and the slots.
pub fn activation_words(slots: usize) -> u64 {
    1 + slots as u64
}

/// The live words of a process: its activations, and what its registers, slots, mailbox and
/// dictionary lead to.
pub fn live_words(process: &Process) -> u64 {
    let mut seen = BTreeSet::new();
    let activations = process.stack.iter().map(|activation| activation_words(activation.y.len()));
    let mut words = activations.sum::<u64>() + process.y.len() as u64;
    let slots = process.stack.iter().flat_map(|activation| activation.y.iter());
    let held = process.x.iter().chain(&process.y).chain(slots).filter_map(|value| match value {
        Value::Term(term) => Some(term),
        _ => None,
    });
    let dictionary = process.dictionary.iter().flat_map(|(key, value)| [key, value]);
    let mut todo: Vec<&Term> = held.chain(&process.mailbox).chain(dictionary).collect();
    while let Some(term) = todo.pop() {
        let new = match term {
            Term::Cons(rc) => seen.insert(Rc::as_ptr(rc) as usize),
            Term::Tuple(rc) => seen.insert(Rc::as_ptr(rc) as usize),
            Term::Map(rc) => seen.insert(Rc::as_ptr(rc) as usize),
            Term::Fun(rc) => seen.insert(Rc::as_ptr(rc) as usize),
            Term::Bits(rc) => seen.insert(Rc::as_ptr(rc) as usize),
            _ => true,
        };
        if !new {
            continue;
        }
        words += own_words(term);
        match term {
            Term::Cons(cons) => todo.extend([&cons.head, &cons.tail]),
            Term::Tuple(elements) => todo.extend(elements.iter()),
            Term::Map(map) => {
                todo.extend(map.iter().flat_map(|(key, value)| [key, value]));
            }
            Term::Fun(fun) => {
                if let Fun::Local { captured, .. } = &**fun {
                    todo.extend(captured);
                }
            }
            _ => {}
        }
    }
    words
}
