//! The fast machine of LAM: the same meaning as the reference machine, made for running programs.
//!
//! An application reads a [`Program`] from LAM text or a LAM binary, gives it to a [`Vm`] with a
//! [`Config`] (limits, threads, what the program may reach) and a [`Host`] (where output goes, what
//! time it is, functions of the application that the program may call), and runs it: [`Vm::run`] to
//! the end, on as many threads as [`Config::schedulers`] says, or [`Vm::run_for`] for a while on the
//! thread of the caller, who brings messages in by [`Vm::send`] meanwhile. Afterwards [`Vm::end`] and
//! [`Vm::root`] tell how it went. A program cannot reach anything that the host does not give it, and
//! what it may use is bounded by limits (book: *The host*, *Limits*).
//!
//! ```
#![doc = include_str!("../examples/embed.rs")]
//! ```
//!
//! Terms cross the border as [`Value`]s, which are copies. A machine owns all that it has loaded, and
//! is dropped as a whole; several machines in one application share nothing but the table of atoms.
//! That grows for as long as the operating-system process lives, by at most the atoms of the modules
//! and [`Config::atoms_max`] more for each machine, and panics (`fewer than 2^29 atoms`) beyond that
//! many.

mod atom;
mod code;
pub mod config;
mod core;
mod crew;
mod exception;
mod exec;
#[cfg(all(test, loom))]
mod explored;
mod fast;
mod heap;
mod load;
mod lower;
mod machine;
mod mailbox;
mod names;
pub mod native;
mod op;
mod process;
mod readers;
mod scheduled;
mod scheduler;
#[cfg(all(test, shuttle))]
mod shuffled;
mod signal;
mod slots;
mod store;
mod sync;
mod term;
mod test;
mod timers;
mod value;
mod vm;

pub use config::{Config, Host, Mode, Time};
pub use lam_isa::outcome::{End, Limit, Outcome};
pub use lam_isa::{Capability, Verified};
pub use load::{LoadError, load};
pub use scheduled::{Choice, NotEnabled};
pub use value::Value;
pub use vm::{Frame, Program, Progress, RootEnd, Step, Vm, Waiting};
