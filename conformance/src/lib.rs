//! The conformance suite of LAM: cases, and the judge that runs them on a machine.
//!
//! A case is a file of LAM text that anyone can run, with a header and its complete set of
//! outcomes in comments; its id is its path below `conformance/cases`. The reference machine is
//! the oracle: it computes the outcomes, the file states them, and they must be equal.
//! Book: *Observation*, *The model*.

pub mod case;
pub mod generate;
pub mod judge;
pub mod search;
pub mod shown;
pub mod tla;
pub mod tlc;
pub mod trace;

pub use case::{Case, Expected};
pub use judge::{Verdict, judge};
