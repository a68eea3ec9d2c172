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
}

/// The map of these pairs; of equal keys the last counts.
pub fn from_pairs(_heap: &mut Heap, _pairs: &mut [(Term, Term)]) -> Term {
    Term::NIL
}
