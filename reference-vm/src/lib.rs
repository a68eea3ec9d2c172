//! The reference machine of LAM: the specification as an interpreter.

pub mod native;
pub mod op;
pub mod term;
pub mod test;
