//! The machine: processes, the signals between them, and which step may come next.
//!
//! Owns the configuration of the machine as data, the list of enabled choices and the steps. Its
//! fields are named as the variables of the model. Which choice is taken is none of its business:
//! see `schedule` and `explore`. Book: *State*, *Steps, schedules and fairness*.

use crate::code::{Code, Place};
use crate::config::{Config, Time};
use crate::exec::Exec;
use crate::process::{Deadline, Process, Status, Value};
use crate::signal::Signal;
use crate::term::{Atom, Pid, Ref, Term};
use lam_isa::outcome::{Label, Path};
use lam_isa::{Instr, Rule};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// A machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Limits and parameters.
    pub config: Rc<Config>,
    /// The modules.
    pub code: Rc<Code>,
    /// Every process there ever was, by pid.
    pub procs: Vec<Slot>,
    /// The signals on their way, by sender and receiver; no queue is empty.
    pub wires: BTreeMap<(Pid, Pid), VecDeque<Signal>>,
    /// Registered names.
    pub names: BTreeMap<Atom, Pid>,
    /// Started timers, by owner and number.
    pub timers: BTreeMap<(Pid, u32), Timer>,
    /// Calls of external natives that have not answered, by caller and number.
    pub calls: BTreeMap<(Pid, u32), Term>,
    /// What was written to each port.
    pub ports: BTreeMap<String, Vec<u8>>,
    /// What has not been read of each port yet.
    pub inputs: BTreeMap<String, Vec<u8>>,
    /// The atoms that programs have made beyond those of the modules.
    pub atoms: Rc<BTreeSet<Atom>>,
    /// Terms kept for all processes.
    pub persistent: BTreeMap<Term, Term>,
    /// The clock, in nanoseconds since the machine began.
    pub now: u64,
    /// Fuel left, if it is limited.
    pub fuel: Option<u64>,
    /// The processes that ended with an error nobody caught, and their reasons, in order.
    pub crashes: Vec<(Pid, Term)>,
    /// How many processes have not ended.
    pub live: usize,
    /// Whether the process that takes a step has given up its turn.
    pub(crate) yielded: bool,
    /// Set when the machine has ended early.
    pub ended: Option<lam_isa::outcome::End>,
    /// The rules fired so far, if they are being recorded.
    pub fired: Option<BTreeSet<Rule>>,
}

/// A process or what is left of it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Who spawned it, and its number among the spawned; a boot process has its name.
    pub origin: Origin,
    /// The process while it lives; absent, too, while it executes.
    pub live: Option<Box<Process>>,
    /// Its exit reason once it has ended.
    pub reason: Option<Term>,
}

/// Where a process comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The first process of the program.
    Root,
    /// Started beside it at boot.
    Boot(String),
    /// The `number`-th child, from 1, of `parent`.
    Child {
        /// Its parent.
        parent: Pid,
        /// Its number.
        number: u32,
    },
}

/// A started timer.
#[derive(Clone, Debug)]
pub struct Timer {
    /// When it is due, in nanoseconds of the machine's clock.
    pub due: u64,
    /// Its reference.
    pub reference: Ref,
    /// A pid or a registered name.
    pub to: Term,
    /// What it sends.
    pub message: Term,
}

/// Something that may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// A process takes a step.
    Step(Pid),
    /// The oldest signal from one process to another is delivered.
    Deliver {
        /// The sender.
        from: Pid,
        /// The receiver.
        to: Pid,
    },
    /// The receive time-out of a process runs out, or its timer of that number.
    Fire(Pid, Option<u32>),
    /// An external call of a process is answered.
    Complete(Pid, u32),
}

/// What a step did.
#[derive(Clone, Debug)]
pub struct Event {
    /// The choice that was taken.
    pub choice: Choice,
    /// The rule of its effect.
    pub rule: Rule,
    /// The reductions spent.
    pub reductions: u64,
    /// Whether the process gave up its turn in it.
    pub yielded: bool,
}

impl Machine {
    /// A machine with these modules and no process.
    pub fn new(code: Code, config: Config) -> Machine {
        Machine {
            fuel: config.fuel,
            inputs: config.inputs.clone(),
            fired: config.record_rules.then(BTreeSet::new),
            config: Rc::new(config),
            code: Rc::new(code),
            procs: Vec::new(),
            wires: BTreeMap::new(),
            names: BTreeMap::new(),
            timers: BTreeMap::new(),
            calls: BTreeMap::new(),
            ports: BTreeMap::new(),
            atoms: Rc::new(BTreeSet::new()),
            persistent: BTreeMap::new(),
            now: 0,
            crashes: Vec::new(),
            live: 0,
            yielded: false,
            ended: None,
        }
    }

    /// Adds a process that stands before the call of `module:function(args)`.
    pub fn add_process(
        &mut self,
        origin: Origin,
        call: (Atom, Atom, Vec<Term>),
        group_leader: Option<Pid>,
    ) -> Pid {
        let (module, function, args) = call;
        let pid = Pid(u32::try_from(self.procs.len()).expect("lim.process.count is below 2^32"));
        let arity = u8::try_from(args.len()).unwrap_or(u8::MAX);
        let start = crate::exec::start_place();
        let registers = vec![Term::Atom(module), Term::Atom(function), Term::list(args)];
        let mut process = Process::new(start, registers, group_leader.unwrap_or(pid));
        process.initial_call = (module, function, arity);
        self.live += 1;
        self.procs.push(Slot { origin, live: Some(Box::new(process)), reason: None });
        pid
    }

    /// The process, while it lives.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.procs.get(crate::code::at(pid.0))?.live.as_deref()
    }

    /// The same, to be changed.
    pub fn process_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.slot(pid).live.as_deref_mut()
    }

    /// Whether the process has not ended.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.procs.get(crate::code::at(pid.0)).is_some_and(|slot| slot.reason.is_none())
    }

    /// The slot of a process.
    pub(crate) fn slot(&mut self, pid: Pid) -> &mut Slot {
        &mut self.procs[crate::code::at(pid.0)]
    }

    /// The spawn path of a process (`term.pid.path`).
    pub fn path(&self, pid: Pid) -> Path {
        let mut children = Vec::new();
        let mut at = pid;
        loop {
            match &self.procs[crate::code::at(at.0)].origin {
                Origin::Root => {
                    children.reverse();
                    return Path { boot: None, children };
                }
                Origin::Boot(name) => {
                    children.reverse();
                    return Path { boot: Some(name.clone()), children };
                }
                Origin::Child { parent, number } => {
                    children.push(*number);
                    at = *parent;
                }
            }
        }
    }

    /// The exported function that a late call enters; its module is loaded if it can be.
    pub(crate) fn exported(&mut self, module: Atom, name: Atom, arity: u8) -> Option<Place> {
        if self.code.module(module).is_none() {
            let loaded = self.code.loader.as_ref()?.load(module.text())?;
            Rc::make_mut(&mut self.code).add(loaded);
        }
        self.code.exported(module, name, arity)
    }

    /// Puts a signal on its wire. What a process sends to itself never comes here.
    pub(crate) fn emit(&mut self, from: Pid, to: Pid, signal: Signal) {
        debug_assert_ne!(from, to, "sig.self.once");
        self.wires.entry((from, to)).or_default().push_back(signal);
    }

    /// Notes that a rule fired.
    pub(crate) fn fire(&mut self, rule: Rule) -> Rule {
        if let Some(fired) = &mut self.fired {
            fired.insert(rule);
        }
        rule
    }

    /// The enabled choices, in the order of the schedule language (`sched.choice.order`).
    pub fn enabled(&self) -> Vec<Choice> {
        if self.ended.is_some() {
            return Vec::new();
        }
        let mut steps = Vec::new();
        let mut timeouts = Vec::new();
        for (slot, number) in self.procs.iter().zip(0..) {
            let Some(process) = &slot.live else { continue };
            match process.status {
                Status::Ready | Status::Exiting(_) => steps.push(Choice::Step(Pid(number))),
                Status::Waiting if process.deadline != Deadline::None => {
                    timeouts.push(Choice::Fire(Pid(number), None));
                }
                Status::Waiting | Status::Blocked(_) => {}
            }
        }
        timeouts.extend(self.timers.keys().map(|(pid, n)| Choice::Fire(*pid, Some(*n))));
        steps.extend(self.wires.keys().map(|(from, to)| Choice::Deliver { from: *from, to: *to }));
        steps.extend(self.calls.keys().map(|(pid, n)| Choice::Complete(*pid, *n)));
        if self.config.time == Time::Virtual {
            self.keep_due(&mut timeouts, steps.is_empty());
        }
        steps.append(&mut timeouts);
        let rank = |choice: &Choice| match choice {
            Choice::Step(pid) => (0, self.path(*pid), None, 0),
            Choice::Deliver { from, to } => (1, self.path(*to), Some(self.path(*from)), 0),
            Choice::Fire(pid, n) => (2, self.path(*pid), None, n.unwrap_or(0)),
            Choice::Complete(pid, n) => (3, self.path(*pid), None, *n),
        };
        steps.sort_by_cached_key(rank);
        steps
    }

    /// Keeps the timers that are due; if nothing else can happen, those that are due first
    /// (`sched.time.virtual`).
    fn keep_due(&self, timeouts: &mut Vec<Choice>, idle: bool) {
        let first = timeouts.iter().map(|choice| self.due_of(*choice)).min().unwrap_or(u64::MAX);
        let until = if idle { first.max(self.now) } else { self.now };
        timeouts.retain(|choice| self.due_of(*choice) <= until);
    }

    /// When a timer or time-out is due.
    fn due_of(&self, choice: Choice) -> u64 {
        let due = match choice {
            Choice::Fire(pid, None) => self.process(pid).and_then(|p| match p.deadline {
                Deadline::At(due) => Some(due),
                Deadline::None => None,
            }),
            Choice::Fire(pid, Some(number)) => self.timers.get(&(pid, number)).map(|t| t.due),
            _ => None,
        };
        due.unwrap_or(u64::MAX)
    }

    /// The label of a choice (`sched.choice.labels`).
    pub fn label(&self, choice: Choice) -> Label {
        match choice {
            Choice::Step(pid) => Label::Step(self.path(pid)),
            Choice::Deliver { from, to } => {
                Label::Deliver { to: self.path(to), from: self.path(from) }
            }
            Choice::Fire(pid, number) => Label::Fire(self.path(pid), number),
            Choice::Complete(pid, number) => Label::Complete(self.path(pid), number),
        }
    }

    /// Takes an enabled choice.
    ///
    /// # Panics
    /// If the choice is not enabled: that is a mistake of the caller, see [`Machine::enabled`].
    pub fn step(&mut self, choice: Choice) -> Event {
        let (rule, reductions) = match choice {
            Choice::Step(pid) => self.step_process(pid, None),
            Choice::Deliver { from, to } => (self.deliver(from, to), 0),
            Choice::Fire(pid, None) => (self.fire_timeout(pid), 0),
            Choice::Fire(pid, Some(number)) => (self.fire_timer(pid, number), 0),
            Choice::Complete(pid, number) => (self.complete_call(pid, number), 0),
        };
        self.finish_step(choice, rule, reductions)
    }

    /// `s:P` as part of a turn that has cost `spent` reductions so far: the step ends with the
    /// turn, if that is sooner (`sched.budget.quantum`).
    pub(crate) fn step_in_turn(&mut self, pid: Pid, spent: u64) -> Event {
        let (rule, reductions) = self.step_process(pid, Some(spent));
        self.finish_step(Choice::Step(pid), rule, reductions)
    }

    fn finish_step(&mut self, choice: Choice, rule: Rule, reductions: u64) -> Event {
        if self.config.time == Time::Virtual {
            self.now += reductions * self.config.reduction_ns;
        }
        self.fire(rule);
        let yielded = std::mem::take(&mut self.yielded);
        Event { choice, rule, reductions, yielded }
    }

    /// The process that a choice makes runnable, if it makes any.
    pub(crate) fn concerned(&self, choice: Choice) -> Option<Pid> {
        match choice {
            Choice::Step(pid)
            | Choice::Fire(pid, None)
            | Choice::Complete(pid, _)
            | Choice::Deliver { to: pid, .. } => Some(pid),
            Choice::Fire(pid, Some(number)) => {
                self.timers.get(&(pid, number)).and_then(|timer| self.destination(&timer.to))
            }
        }
    }

    /// The process that a pid or a registered name stands for.
    fn destination(&self, to: &Term) -> Option<Pid> {
        match to {
            Term::Pid(pid) => Some(*pid),
            Term::Atom(name) => self.names.get(name).copied(),
            _ => None,
        }
    }

    /// `s:P`: one effect and the local instructions after it (`sched.step.effect`), or the end.
    fn step_process(&mut self, pid: Pid, turn: Option<u64>) -> (Rule, u64) {
        let process = self.slot(pid).live.take().expect("sched.choice.order: P can take a step");
        if let Status::Exiting(reason) = &process.status {
            let reason = reason.clone();
            self.end_process(pid, *process, reason);
            return (Rule::SchedStepEnd, 0);
        }
        let before = process.reductions;
        let mut exec = Exec { machine: self, pid, me: process };
        let rule = exec.run_step(turn);
        let me = exec.me;
        let spent = me.reductions - before;
        self.slot(pid).live = Some(me);
        (rule, spent)
    }

    /// `d:Q<P`: the oldest signal arrives (`sched.deliver.oldest`).
    fn deliver(&mut self, from: Pid, to: Pid) -> Rule {
        let queue = self.wires.get_mut(&(from, to)).expect("the wire has a signal");
        let signal = queue.pop_front().expect("no queue on a wire is empty");
        if queue.is_empty() {
            self.wires.remove(&(from, to));
        }
        self.fire(Rule::SchedDeliverOldest);
        self.arrive(from, to, signal)
    }

    /// `f:P`: the receive gives up waiting (`exec.wait.timeout`).
    fn fire_timeout(&mut self, pid: Pid) -> Rule {
        self.fire(Rule::ExecWaitTimeout);
        let process = self.process_mut(pid).expect("f:P is enabled for a waiting process");
        let due = match process.deadline {
            Deadline::At(due) => due,
            Deadline::None => 0,
        };
        process.status = Status::Ready;
        process.place.pc += 1;
        process.cursor = 0;
        process.deadline = Deadline::None;
        self.now = self.now.max(due);
        Rule::SchedTimerFire
    }

    /// `f:P#n`: a started timer sends its message (`sig.timer.message`).
    fn fire_timer(&mut self, pid: Pid, number: u32) -> Rule {
        self.fire(Rule::SchedTimerFire);
        let timer = self.timers.remove(&(pid, number)).expect("f:P#n is enabled while it runs");
        self.now = self.now.max(timer.due);
        match self.destination(&timer.to).filter(|to| self.is_alive(*to)) {
            Some(to) => {
                self.enqueue(to, timer.message);
                Rule::SigTimerMessage
            }
            None => Rule::SigTimerDead,
        }
    }

    /// `c:P#n`: the host answers a call (`sched.host.complete`).
    fn complete_call(&mut self, pid: Pid, number: u32) -> Rule {
        let request = self.calls.remove(&(pid, number)).expect("c:P#n is enabled while it waits");
        let answer = crate::native::answer(self, &request);
        if self.process(pid).is_some() {
            self.answer(pid, answer);
        }
        Rule::SchedHostComplete
    }

    /// A native that blocked gives its value: to `x0`, as a call returns (`exec.host.value`).
    pub(crate) fn answer(&mut self, pid: Pid, value: Term) {
        let Some(process) = self.slot(pid).live.take() else { return };
        let mut exec = Exec { machine: self, pid, me: process };
        exec.me.status = Status::Ready;
        exec.finish_native(value);
        let me = exec.me;
        self.slot(pid).live = Some(me);
    }

    /// A message enters the mailbox of a live process, or ends it if there is no room
    /// (`lim.mailbox.full`).
    pub(crate) fn enqueue(&mut self, to: Pid, message: Term) {
        let limit = self.config.mailbox_max;
        let process = self.process_mut(to).expect("the receiver lives");
        if process.mailbox.len() >= limit {
            self.fire(Rule::LimMailboxFull);
            self.kill(to, Term::tuple([Term::atom("system_limit"), Term::atom("mailbox")]));
        } else {
            process.enqueue(message);
        }
    }

    /// The place, from now, of a time-out: in nanoseconds of the clock.
    pub(crate) fn due(&self, timeout_ms: u64) -> u64 {
        self.now.saturating_add(timeout_ms.saturating_mul(1_000_000))
    }
}

/// Whether `recv` at this place looks at the end of the mailbox in a step of its own
/// (`sched.receive.end`): unless its label is the `wait` that comes back to it.
pub(crate) fn looks_at_end(me: &Process) -> bool {
    let Instr::Recv { other, .. } = me.place.instr() else { return false };
    if me.cursor < me.mailbox.len() {
        return false;
    }
    let Some(at) = me.place.target(*other) else { return true };
    let wait = Place { pc: at, ..me.place.clone() };
    match wait.instr() {
        Instr::Wait { timeout, to: Some(to) } => {
            let returns = me.place.target(*to) == Some(me.place.pc);
            let poll = match crate::exec::peek(me, timeout) {
                Some(Value::Term(Term::Int(0))) => true,
                Some(_) => false,
                None => matches!(timeout, lam_isa::operand::Src::Int(0)),
            };
            !returns || poll
        }
        _ => true,
    }
}
