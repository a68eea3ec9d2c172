//! The reference machine of LAM: the specification as an interpreter.
//!
//! A transition system: [`Machine::enabled`] lists what may happen next, [`Machine::step`] does it
//! and names the rule that fired. On that stand the schedules of [`schedule`], the exhaustive
//! search of [`explore`] and the replay of other machines' schedules. Its fields and rules have
//! the names of the book and of the model; it is written to be read. There are no threads, no
//! clock and no input or output in it: equal choices give equal runs. Book: *State*,
//! *Steps, schedules and fairness*.

pub mod code;
pub mod config;
mod digest;
mod exec;
pub mod explore;
mod heap;
pub mod machine;
pub mod native;
pub mod op;
pub mod outcome;
pub mod process;
pub mod schedule;
pub mod signal;
pub mod term;
pub mod test;

pub use config::{Config, Host, Time};
pub use explore::{Exploration, explore};
pub use machine::{Choice, Event, Machine};
pub use schedule::{Run, Schedule, replay, run};
