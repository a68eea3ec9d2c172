//! The contract of LAM, the Little Actor Machine.
//!
//! Everything that two parts of LAM must agree on is here and nowhere else: the instruction table
//! and its operands, modules, their text and binary formats, verification, limits, rule ids, the
//! form of outcomes and schedules, capabilities. There is no machine here.
//! Book: *All instructions*, *Modules*.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod binary;
pub mod capability;
pub mod kind;
pub mod limits;
pub mod link;
pub mod module;
pub mod operand;
pub mod outcome;
pub mod rule;
pub mod spec;
pub mod table;
#[cfg(feature = "text")]
pub mod text;
pub mod verify;

pub use capability::Capability;
pub use module::{BitString, FunRef, Function, Lambda, Literal, Location, Module, Param};
pub use rule::Rule;
pub use table::{Family, INSTRUCTIONS, Instr};
pub use verify::{Verified, VerifyError, verify};
