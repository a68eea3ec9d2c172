//! Maps, in key order.

use super::{Boxed, Term};
use crate::heap::Heap;

/// A map, seen.
#[derive(Clone, Copy)]
pub struct Map<'h>(Boxed<'h>);

impl<'h> Map<'h> {
    /// The map whose root is this box.
    pub(crate) fn of(boxed: Boxed<'h>) -> Map<'h> {
        Map(boxed)
    }

    /// The value of a key.
    pub fn get(&self, _: Term) -> Option<Term> {
        let _ = self.0;
        None
    }

    /// Whether it has the key.
    pub fn contains(&self, key: Term) -> bool {
        self.get(key).is_some()
    }
}

/// The map with this pair added or replaced.
pub fn put(_: &mut Heap, map: Term, _: Term, _: Term) -> Term {
    map
}

/// The map of these pairs; of equal keys the last counts.
pub fn from_pairs(_heap: &mut Heap, _pairs: &mut [(Term, Term)]) -> Term {
    Term::NIL
}
