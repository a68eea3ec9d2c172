//! Values: terms as a Rust program holds them, outside any heap.

use crate::atom::Atom;
use crate::heap::Heap;
use crate::term::integer::to_i64;
use crate::term::{Term, View, map};

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

    /// What a term says, if values can say it: no pids, references, funs, integers above 64 bits or
    /// odd bits, and nested at most [`DEPTH`](Self::DEPTH) deep.
    pub(crate) fn of(term: Term) -> Option<Value> {
        Value::within(term, Self::DEPTH)
    }

    /// How deep a term may be nested that becomes a value.
    pub const DEPTH: u32 = 100;

    fn within(term: Term, depth: u32) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let all = |terms: &[Term]| -> Option<Vec<Value>> {
            terms.iter().map(|term| Value::within(*term, depth)).collect()
        };
        Some(match term.view() {
            View::Small(_) | View::Big(_) => Value::Int(to_i64(term)?),
            View::Float(x) => Value::Float(x),
            View::Atom(atom) => Value::Atom(atom.text().into()),
            View::Bits(bits) => Value::Binary(bits.as_binary()?.into_owned()),
            View::Nil | View::Cons(..) => Value::List(all(&term.to_vec()?)?),
            View::Tuple(terms) => Value::Tuple(all(terms)?),
            View::Map(map) => {
                let pair =
                    |(key, value)| Some((Value::within(key, depth)?, Value::within(value, depth)?));
                Value::Map(map.iter().map(pair).collect::<Option<_>>()?)
            }
            _ => return None,
        })
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
