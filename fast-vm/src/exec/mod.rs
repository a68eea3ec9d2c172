//! Executing instructions.
