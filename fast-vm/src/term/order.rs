//! The order of terms.

use super::Term;
use std::cmp::Ordering;

/// The term order.
pub fn compare(a: Term, b: Term) -> Ordering {
    a.0.cmp(&b.0)
}

/// Whether two terms are the same.
pub fn equal(a: Term, b: Term) -> bool {
    a == b
}
