//! Temporary: one process alone.

use crate::atom::Atom;
use crate::config::{Config, Host};
use crate::core::Core;
use crate::machine::Machine;
use crate::process::{Process, Saved, Status};
use crate::term::Term;
use lam_isa::Verified;
use std::sync::Arc;

/// Runs one process to its end.
pub fn solo(
    modules: Vec<Arc<Verified>>,
    config: Config,
    host: Arc<dyn Host>,
    m: &str,
    f: &str,
    arg: Option<i64>,
) -> String {
    let machine = Arc::new(Machine::new(config, host));
    for module in modules {
        machine.code.add(module);
    }
    let mut core = Core::new(machine.clone());
    let pid = machine.slots.claim();
    let mut process = Box::new(Process::new(pid, machine.code.start().entry, pid));
    let arg = match arg {
        None => Term::NIL,
        Some(n) => process.heap.cons(Term::small(n), Term::NIL),
    };
    process.push(arg.0);
    process.push(Term::atom(Atom::new(f)).0);
    process.push(Term::atom(Atom::new(m)).0);
    process.saved = Saved { first: 0, count: 3 };
    let mut turns = 0u64;
    loop {
        core.enter(process, 4000);
        core.run();
        turns += 1;
        if core.me.status != Status::Ready {
            let text = core.show(core.me.reason);
            let collections = core.me.heap.collections;
            return format!(
                "{:?} {text} after {turns} turns, {collections:?} collections, x0 {:?}",
                core.me.status, core.x[0]
            );
        }
        process = core.leave();
    }
}
