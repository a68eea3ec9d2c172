//! The fast machine of LAM: the same meaning as the reference machine, made for running programs.

mod atom;
mod code;
pub mod config;
mod core;
mod crew;
mod exception;
mod exec;
mod fast;
mod heap;
mod lower;
mod machine;
mod mailbox;
mod names;
pub mod native;
mod op;
mod process;
mod scheduled;
mod scheduler;
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
pub use lam_isa::Capability;
pub use scheduled::{Choice, NotEnabled};
pub use value::Value;
pub use vm::{Frame, Program, Progress, RootEnd, Step, Vm, Waiting};
