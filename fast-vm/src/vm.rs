//! Running a program: what an application does with the fast machine.

use crate::atom::Atom;
use crate::config::{Config, Host};
use crate::machine::{Machine, Origin, ROOT};
use crate::process::{Process, Saved, Status};
use crate::scheduler;
use crate::term::Term;
use crate::value::Value;
use lam_isa::Verified;
use lam_isa::outcome::{End, Fate, Outcome};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A program: modules, and the function that its first process calls.
#[derive(Clone, Debug)]
pub struct Program {
    /// The modules; others are asked of the host when they are called.
    pub modules: Vec<Arc<Verified>>,
    /// The module of the first function.
    pub module: String,
    /// Its name.
    pub function: String,
    /// Its arguments.
    pub arguments: Vec<Value>,
}

/// A machine with a program.
pub struct Vm {
    machine: Arc<Machine>,
}

impl Vm {
    /// A machine that stands before the first step of a program.
    pub fn new(program: &Program, config: Config, host: Arc<dyn Host>) -> Vm {
        let machine = Arc::new(Machine::new(config, host));
        for module in &program.modules {
            machine.code.add(module.clone());
        }
        let pid = machine.slots.claim();
        debug_assert_eq!(pid, ROOT);
        if machine.config.paths {
            machine.note_origin(pid, Origin::Root);
        }
        let mut process = Box::new(Process::new(pid, machine.code.start().entry, pid));
        let arguments: Vec<Term> =
            program.arguments.iter().map(|value| value.build(&mut process.heap)).collect();
        let arity = u8::try_from(arguments.len()).unwrap_or(u8::MAX);
        let arguments = process.heap.list(arguments);
        let (module, function) = (Atom::new(&program.module), Atom::new(&program.function));
        for register in [arguments, Term::atom(function), Term::atom(module)] {
            process.push(register.0);
        }
        process.saved = Saved { first: 0, count: 3 };
        process.initial_call = (module, function, arity);
        machine.live.store(1, Ordering::Relaxed);
        if let Some(mut slot) = machine.slots.lock(pid) {
            slot.process = Some(process);
        }
        machine.crew.injector.push(pid.slot);
        Vm { machine }
    }

    /// Runs the program until nothing can happen any more, it halts, or a limit is reached.
    pub fn run(&self) {
        scheduler::run(&self.machine);
    }

    /// How it ended.
    pub fn end(&self) -> End {
        self.machine.ended.lock().unwrap_or(End::Quiet)
    }

    /// The exit reason of the first process, as text, once it has ended.
    pub fn root_reason(&self) -> Option<String> {
        self.machine.reasons.lock().get(&ROOT.slot).cloned()
    }

    /// The processes that ended with an error nobody caught, and their reasons, in order.
    pub fn crashes(&self) -> Vec<(String, String)> {
        let crashes = self.machine.crashes.lock().clone();
        crashes.into_iter().map(|(pid, why)| (self.machine.path(pid).to_string(), why)).collect()
    }

    /// All that can be observed of a machine that keeps paths (`end.outcome.processes`).
    pub fn outcome(&self) -> Outcome {
        let ended = *self.machine.ended.lock();
        let reasons = self.machine.reasons.lock().clone();
        let mut processes = std::collections::BTreeMap::new();
        for slot in 0..self.machine.slots.count() {
            let pid = crate::term::Pid { serial: 0, slot };
            let path = self.machine.path(pid);
            let fate = match reasons.get(&slot) {
                Some(reason) => Fate::Exited(reason.clone()),
                None if ended.is_none() => Fate::Waiting(self.mailbox(slot)),
                None => Fate::Running,
            };
            processes.insert(path, fate);
        }
        Outcome {
            ports: self.machine.ports.lock().clone(),
            processes,
            end: ended.unwrap_or(End::Quiet),
        }
    }

    fn mailbox(&self, slot: u32) -> Vec<String> {
        let Some(slot) = self.machine.slots.get(slot) else { return Vec::new() };
        let inner = slot.lock();
        let Some(process) = &inner.process else { return Vec::new() };
        let show =
            |term| crate::term::print::display(term, &|pid| self.machine.path(pid).to_string());
        process.mailbox.terms().map(show).collect()
    }

    /// Who waits for what, when nothing can happen any more: path and function of each process.
    pub fn waiting(&self) -> Vec<(String, String)> {
        let mut waiting = Vec::new();
        for slot in 0..self.machine.slots.count() {
            let Some(of) = self.machine.slots.get(slot) else { continue };
            let inner = of.lock();
            let Some(process) = &inner.process else { continue };
            if matches!(process.status, Status::Waiting | Status::Blocked(_)) {
                let path = self.machine.path(process.pid).to_string();
                waiting.push((path, process.place().unwrap_or_default()));
            }
        }
        waiting
    }
}
