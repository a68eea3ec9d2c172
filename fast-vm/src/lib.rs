//! The fast machine of LAM: the same meaning as the reference machine, made for running programs.

mod atom;
mod code;
pub mod config;
mod core;
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
mod signal;
mod slots;
mod store;
pub mod solo;
mod sync;
mod term;
mod test;
mod timers;

pub use config::{Config, Host, Mode};
