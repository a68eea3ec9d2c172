//! Running a program: what an application does with the fast machine.
//!
//! Owns the way from a program to its end: loading, running to the end, for some reductions or by a
//! schedule, messages from outside, and what is told afterwards. What happens in between is the
//! business of `scheduler`, `crew` and `scheduled`. Book: *The host*, *Observation*.

use crate::atom::Atom;
use crate::config::{Config, Host, Mode};
use crate::heap::Heap;
use crate::machine::{Machine, Origin, ROOT};
use crate::mailbox::{Post, Signal};
use crate::process::{Process, Saved, Status};
use crate::scheduled::{Choice, NotEnabled, Random, Stepper};
use crate::scheduler::{self, Scheduler};
use crate::term::Term;
use crate::term::copy::Packer;
use crate::value::Value;
use lam_isa::outcome::{End, Fate, Label, Limit, Outcome};
use lam_isa::{Rule, Verified};
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

impl Program {
    /// A program that starts with `main/0` of its first module; the fields say otherwise.
    pub fn new(modules: Vec<Arc<Verified>>) -> Program {
        let module = modules.first().map_or_else(String::new, |module| module.name().to_owned());
        Program { modules, module, function: "main".into(), arguments: Vec::new() }
    }

    /// The same, of the modules of a LAM binary or, with the feature `text`, of a LAM text.
    ///
    /// ```
    /// let mut program = lam_fast::Program::load(b"
    /// module double
    /// export twice/1
    ///
    /// function twice/1
    ///     op add x0, x0 -> x0
    ///     ret 0
    /// ")?;
    /// program.function = "twice".into();
    /// program.arguments = vec![lam_fast::Value::Int(21)];
    ///
    /// let wrong = lam_fast::Program::load(b"module m\nfunction main/0\n    rett 0\n");
    /// assert!(wrong.unwrap_err().to_string().starts_with("text.name.unknown: 3:5: "));
    /// # Ok::<(), lam_fast::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are no program, or a module does not verify (`text.*`, `bin.*`, `val.*`).
    pub fn load(bytes: &[u8]) -> Result<Program, crate::LoadError> {
        crate::load(bytes).map(Program::new)
    }
}

/// A machine with a program. It may be dropped at any point of a run for a while; what it has loaded
/// and made goes with it.
pub struct Vm {
    machine: Arc<Machine>,
    /// Who gives the turns of a machine that is run for a while at a time.
    alone: Option<Scheduler>,
    /// Who takes the steps of a scheduled machine.
    stepper: Option<Stepper>,
}

/// Where a machine stands that was run for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do at once.
    Ready,
    /// Nothing can happen before so many nanoseconds have passed, or a message comes from outside;
    /// `None` if no timer runs.
    Idle(Option<u64>),
    /// The machine has ended early: it was halted, or a limit is reached.
    Ended,
}

/// A step that a scheduled machine has taken.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What was chosen.
    pub choice: Choice,
    /// Whether there was nothing else to choose (`sched.choice.forced`).
    pub forced: bool,
    /// The rule by which the state has changed.
    pub rule: Rule,
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
        (process.started_with, process.started_arity) = ((module, function), arity);
        machine.live.store(1, Ordering::Relaxed);
        machine.slots.place(process);
        let stepper = match machine.config.mode {
            Mode::Free => {
                machine.crew.injector.push(pid.slot);
                None
            }
            Mode::Scheduled => Some(Stepper::new(machine.clone())),
        };
        Vm { machine, alone: None, stepper }
    }

    /// Runs the program until nothing can happen any more (`end.machine.quiet`), it halts, or a limit
    /// is reached, on [`Config::schedulers`] threads of which this is one; it waits where only time
    /// can go on. A scheduled machine takes the first enabled choice each time, on this thread.
    pub fn run(&mut self) {
        match self.stepper {
            None => scheduler::run(&self.machine),
            Some(_) => self.choose(u64::MAX, &mut |_, _| {}, |_, _| 0),
        }
    }

    /// What may happen next in a scheduled machine, in the order of the book
    /// (`sched.choice.order`); nothing if it has ended, or is not scheduled.
    pub fn enabled(&mut self) -> Vec<Choice> {
        self.stepper.as_mut().map_or_else(Vec::new, Stepper::enabled)
    }

    /// The name of a choice (`sched.choice.labels`) of this machine.
    ///
    /// # Panics
    /// If the machine is not scheduled, so that it has no choices.
    pub fn label(&self, choice: Choice) -> Label {
        self.stepper.as_ref().expect("a choice comes from a scheduled machine").label(choice)
    }

    /// Takes a choice, and says by which rule the state has changed. One that is not enabled changes
    /// nothing.
    pub fn step(&mut self, choice: Choice) -> Option<Rule> {
        self.stepper.as_mut()?.step(choice)
    }

    /// Runs a scheduled machine to its end, or for at most `steps_max` steps; a seed decides at each
    /// choice point (`sched.policy.seeded`). `observe` sees the machine after every step.
    pub fn run_seeded(&mut self, seed: u64, steps_max: u64, observe: &mut dyn FnMut(&Vm, Step)) {
        let mut random = Random(seed);
        self.choose(steps_max, observe, |_, enabled| random.below(enabled.len()));
    }

    /// The same, where a script decides at each choice point, and behind its end the first enabled
    /// label is taken (`sched.policy.scripted`).
    ///
    /// # Errors
    /// If a label is not enabled where it stands; the machine stays there.
    pub fn run_scripted(
        &mut self,
        script: &[String],
        steps_max: u64,
        observe: &mut dyn FnMut(&Vm, Step),
    ) -> Result<(), NotEnabled> {
        let (mut at, mut wrong) = (0, None);
        self.choose(steps_max, observe, |vm, enabled| {
            let Some(label) = script.get(at) else { return 0 };
            let labels = || enabled.iter().map(|choice| vm.label(*choice).to_string());
            let found = labels().position(|found| found == *label).unwrap_or_else(|| {
                let (label, enabled) = (label.clone(), labels().collect());
                wrong = Some(NotEnabled { at, label, enabled });
                usize::MAX
            });
            at += 1;
            found
        });
        wrong.map_or(Ok(()), Err)
    }

    /// Lets `pick` decide wherever more than one choice is enabled (`sched.choice.forced`); it gives
    /// no place of a choice to stop.
    fn choose(
        &mut self,
        steps_max: u64,
        observe: &mut dyn FnMut(&Vm, Step),
        mut pick: impl FnMut(&Vm, &[Choice]) -> usize,
    ) {
        for _ in 0..steps_max {
            let enabled = self.enabled();
            let (choice, forced) = match enabled.as_slice() {
                [] => return,
                [only] => (*only, true),
                several => match several.get(pick(self, several)) {
                    Some(choice) => (*choice, false),
                    None => return,
                },
            };
            let rule = self.step(choice).expect("an enabled choice can be taken");
            observe(self, Step { choice, forced, rule });
        }
        self.machine.end(End::Exhausted(Limit::Steps));
    }

    /// Runs a free machine on this thread for about so many reductions (a call of a function costs
    /// one, `sched.cost.table`), and never waits: at the end of what can be done the host decides
    /// what to wait for. It may stop in the middle of a process's turn, which goes on with the next
    /// call.
    ///
    /// ```
    /// use lam_fast::{Capability, Config, Host, Program, Progress, Value, Vm};
    /// # struct Terminal;
    /// # impl Host for Terminal {
    /// #     fn write(&self, _: &str, bytes: &[u8]) { print!("{}", String::from_utf8_lossy(bytes)) }
    /// #     fn monotonic_ns(&self) -> u64 { 0 }
    /// #     fn system_ns(&self) -> u64 { 0 }
    /// # }
    ///
    /// let program = Program::load(b"
    /// module ear
    /// export main/0
    ///
    /// function main/0
    ///     frame +0
    ///     op self -> x1
    ///     move ear -> x0
    ///     call erlang:register/2
    /// listen:
    ///     recv -> x0 else idle
    ///     accept
    ///     call erlang:display/1
    ///     ret 0
    /// idle:
    ///     wait infinity else listen
    /// ")?;
    /// let granted = [Capability::Output].into();
    /// let config = Config { granted, ..Config::default() };
    /// let mut vm = Vm::new(&program, config, std::sync::Arc::new(Terminal));
    /// assert_eq!(vm.run_for(10_000), Progress::Idle(None)); // It listens.
    /// assert!(vm.send("ear", &Value::Atom("hello".into())));
    /// vm.run_for(10_000);
    /// assert!(vm.root().is_some_and(|root| root.normal));
    /// # Ok::<(), lam_fast::LoadError>(())
    /// ```
    pub fn run_for(&mut self, reductions: u64) -> Progress {
        let machine = &self.machine;
        let alone = self.alone.get_or_insert_with(|| Scheduler::new(machine.clone(), 0));
        let mut left = reductions;
        while !machine.stopped.load(Ordering::Acquire) {
            if left == 0 {
                return Progress::Ready;
            }
            if !alone.turn() {
                alone.fire_due();
                if alone.core.queue.len() == 0 {
                    let due = machine.timers.with(|timers| timers.next_due());
                    return Progress::Idle(due.map(|due| due.saturating_sub(machine.now())));
                }
            }
            // A turn that spends nothing is work, too.
            left = left.saturating_sub(u64::try_from(alone.core.spent()).unwrap_or(0).max(1));
        }
        Progress::Ended
    }

    /// Sends a message to the process of that registered name in a free machine; says whether
    /// there was one. For a machine that is run for a while at a time; see [`run_for`](Self::run_for).
    pub fn send(&self, name: &str, message: &Value) -> bool {
        let to = Atom::existing(name).and_then(|name| self.machine.named(name));
        let Some(to) = to else { return false };
        let mut heap = Heap::new(0);
        let message = message.build(&mut heap);
        let post = Post::new(&mut Packer::default(), &heap, ROOT, Signal::Message, 0, message);
        let sent = self.machine.slots.post(to, post);
        if let Ok(true) = sent {
            self.machine.crew.inject(to.slot);
        }
        sent.is_ok()
    }

    /// How it ended; [`End::Quiet`] also before it has.
    pub fn end(&self) -> End {
        self.machine.ended.lock().unwrap_or(End::Quiet)
    }

    /// How the first process ended, once it has.
    pub fn root(&self) -> Option<RootEnd> {
        self.machine.root.lock().clone()
    }

    /// The last processes, at most 1,024, that ended with an error nobody caught, and their reasons,
    /// in order.
    pub fn crashes(&self) -> Vec<(String, String)> {
        let crashes = self.machine.crashes.lock().clone();
        crashes.into_iter().map(|(pid, why)| (self.machine.path(pid).to_string(), why)).collect()
    }

    /// All that can be observed of a machine that keeps paths and fates (`end.outcome.processes`).
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
        let slot = self.machine.slots.get(slot);
        slot.and_then(|slot| slot.look(|process| self.texts(process))).unwrap_or_default()
    }

    /// Who waits where, and with what in its mailbox, when nothing can happen any more.
    pub fn waiting(&self) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        for slot in 0..self.machine.slots.count() {
            let Some(slot) = self.machine.slots.get(slot) else { continue };
            waiting.extend(slot.look(|process| self.stands(process)).flatten());
        }
        waiting
    }

    fn stands(&self, process: &Process) -> Option<Waiting> {
        if !matches!(process.status, Status::Waiting | Status::Blocked) {
            return None;
        }
        let (function, line) = process.place().unwrap_or_default();
        Some(Waiting {
            path: self.machine.path(process.pid).to_string(),
            function,
            line,
            mailbox: self.texts(process),
        })
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
