//! Printing.

use super::{Pid, Term};

/// The canonical text of a term.
pub fn display(_: Term, _: &dyn Fn(Pid) -> String) -> String {
    String::new()
}
