//! Outcomes: what can be said of a machine from outside. Book: *Observation*.

use crate::code::Code;
use crate::config::Config;
use crate::machine::{Choice, Machine, Origin};
use crate::process::{Deadline, Status};
use crate::term::{Atom, Pid, Term, display_with};
use lam_isa::Verified;
use lam_isa::outcome::{End, Fate, Outcome};
use std::sync::Arc;

impl Machine {
    /// A machine with these modules whose root process calls `module:function(args)`.
    pub fn boot(
        modules: impl IntoIterator<Item = Arc<Verified>>,
        config: Config,
        call: (&str, &str, Vec<Term>),
    ) -> Machine {
        let mut code = Code::default();
        for module in modules {
            code.add(module);
        }
        let mut machine = Machine::new(code, config);
        let (module, function, args) = call;
        machine.add_process(Origin::Root, (Atom::new(module), Atom::new(function), args), None);
        machine
    }

    /// Whether nothing can happen any more (`end.machine.quiet`).
    pub fn is_quiet(&self) -> bool {
        let stuck = |process: &crate::process::Process| match process.status {
            Status::Waiting => process.deadline == Deadline::None,
            Status::Blocked(_) => true,
            Status::Ready | Status::Exiting(_) => false,
        };
        self.wires.is_empty()
            && self.timers.is_empty()
            && self.calls.is_empty()
            && self.procs.iter().filter_map(|slot| slot.live.as_deref()).all(stuck)
    }

    /// The canonical text of a term: pids and references by spawn path.
    pub fn show(&self, term: &Term) -> String {
        display_with(term, &|pid| self.path(pid).to_string())
    }

    /// All that can be observed (`end.outcome.processes`).
    pub fn outcome(&self) -> Outcome {
        let end = self.ended.unwrap_or(End::Quiet);
        let fate = |slot: &crate::machine::Slot| match (&slot.reason, &slot.live) {
            (Some(reason), _) => Fate::Exited(self.show(reason)),
            (None, Some(process)) if self.ended.is_none() => {
                Fate::Waiting(process.mailbox.iter().map(|message| self.show(message)).collect())
            }
            (None, _) => Fate::Running,
        };
        let processes = (self.procs.iter().zip(0..))
            .map(|(slot, number)| (self.path(Pid(number)), fate(slot)))
            .collect();
        Outcome { ports: self.ports.clone(), processes, end }
    }

    /// The function in which a process stands, as `module:name/arity`.
    pub fn waits_at(&self, path: &lam_isa::outcome::Path) -> Option<String> {
        let mut pids = (0..).take(self.procs.len()).map(Pid);
        let process = self.process(pids.find(|pid| self.path(*pid) == *path)?)?;
        let module = &process.place.module;
        let (name, arity) = module.name_of(process.place.function);
        Some(format!("{}:{}/{arity}", module.name.text(), name.text()))
    }

    /// The exit reason of a process that has ended.
    pub fn exit_reason(&self, pid: Pid) -> Option<&Term> {
        self.procs.get(crate::code::at(pid.0))?.reason.as_ref()
    }

    /// The enabled choice of that label, as text.
    pub fn choice(&self, label: &str) -> Option<Choice> {
        self.enabled().into_iter().find(|choice| self.label(*choice).to_string() == label)
    }
}
