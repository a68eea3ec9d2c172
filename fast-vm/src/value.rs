//! Values: terms as a Rust program holds them, outside any heap.

use crate::atom::Atom;
use crate::heap::Heap;
use crate::term::{Term, map};

/// A value to give to a program, or that one has given.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer of at most 64 bits.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// An atom, by its text.
    Atom(String),
    /// A binary.
    Binary(Vec<u8>),
    /// A proper list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A map; of equal keys the last counts.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// A text as Erlang's strings are: a list of code points.
    pub fn string(text: &str) -> Value {
        Value::List(text.chars().map(|c| Value::Int(i64::from(u32::from(c)))).collect())
    }

    /// The term in a heap.
    pub(crate) fn build(&self, heap: &mut Heap) -> Term {
        let all = |heap: &mut Heap, values: &[Value]| -> Vec<Term> {
            values.iter().map(|value| value.build(heap)).collect()
        };
        match self {
            Value::Int(n) => heap.integer(*n),
            Value::Float(x) => heap.float(*x),
            Value::Atom(text) => Term::atom(Atom::new(text)),
            Value::Binary(bytes) => heap.binary(bytes),
            Value::List(values) => {
                let terms = all(heap, values);
                heap.list(terms)
            }
            Value::Tuple(values) => {
                let terms = all(heap, values);
                heap.tuple(&terms)
            }
            Value::Map(pairs) => {
                let mut pairs: Vec<(Term, Term)> =
                    pairs.iter().map(|(key, value)| (key.build(heap), value.build(heap))).collect();
                map::from_pairs(heap, &mut pairs)
            }
        }
    }
}
