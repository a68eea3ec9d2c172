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
        machine.slots.place(process);
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

    /// How the first process ended, once it has.
    pub fn root(&self) -> Option<RootEnd> {
        self.machine.root.lock().clone()
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
        inner.process.as_ref().map_or_else(Vec::new, |process| self.texts(process))
    }

    /// Who waits where, and with what in its mailbox, when nothing can happen any more.
    pub fn waiting(&self) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        for slot in 0..self.machine.slots.count() {
            let Some(of) = self.machine.slots.get(slot) else { continue };
            let inner = of.lock();
            let Some(process) = &inner.process else { continue };
            if matches!(process.status, Status::Waiting | Status::Blocked(_)) {
                let (function, line) = process.place().unwrap_or_default();
                waiting.push(Waiting {
                    path: self.machine.path(process.pid).to_string(),
                    function,
                    line,
                    mailbox: self.texts(process),
                });
            }
        }
        waiting
    }

    fn texts(&self, process: &Process) -> Vec<String> {
        let path = |pid| self.machine.path(pid).to_string();
        process.mailbox.terms().map(|term| crate::term::print::display(term, &path)).collect()
    }
}

/// How the first process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootEnd {
    /// Whether its reason was `normal`.
    pub normal: bool,
    /// The reason as text, without the stack trace if it has one.
    pub reason: String,
    /// The calls of the stack trace, the newest first.
    pub frames: Vec<Frame>,
}

/// A call of a stack trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// `module:function/arity`, or with the arguments.
    pub call: String,
    /// File and line, if they are known.
    pub place: Option<(String, i64)>,
}

/// A process that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its name.
    pub path: String,
    /// The function in which it waits, as `module:name/arity`.
    pub function: String,
    /// File and line, if they are known.
    pub line: Option<(String, u32)>,
    /// Its messages, oldest first.
    pub mailbox: Vec<String>,
}

impl RootEnd {
    /// What an exit reason says.
    pub(crate) fn of(reason: Term, show: &dyn Fn(Term) -> String) -> RootEnd {
        let normal = reason.is_atom(crate::atom::NORMAL);
        if let Some([inner, stack]) = reason.as_tuple()
            && let Some(frames) = frames(*stack, show)
        {
            return RootEnd { normal, reason: show(*inner), frames };
        }
        RootEnd { normal, reason: show(reason), frames: Vec::new() }
    }
}

/// The calls of a stack trace; nothing if it is none.
fn frames(stack: Term, show: &dyn Fn(Term) -> String) -> Option<Vec<Frame>> {
    let frame = |frame: Term| {
        let [module, function, arguments, info] = *frame.as_tuple()? else { return None };
        let (module, function) = (module.as_atom()?, function.as_atom()?);
        let name = format!("{}:{}", module.text(), function.text());
        let call = match (arguments.as_small(), arguments.to_vec()) {
            (Some(arity), _) => format!("{name}/{arity}"),
            (None, Some(arguments)) => {
                let arguments: Vec<String> = arguments.into_iter().map(show).collect();
                format!("{name}({})", arguments.join(", "))
            }
            (None, None) => return None,
        };
        let item = |key| {
            info.iter().find_map(|pair| match pair.as_tuple() {
                Some([name, value]) if name.is_atom(key) => Some(*value),
                _ => None,
            })
        };
        let char = |c: Term| char::from_u32(u32::try_from(c.as_small()?).ok()?);
        let file = item(crate::atom::FILE).and_then(|file| file.iter().map(char).collect());
        let line = item(crate::atom::LINE).and_then(Term::as_small);
        Some(Frame { call, place: file.zip(line) })
    };
    stack.to_vec()?.into_iter().map(frame).collect()
}
