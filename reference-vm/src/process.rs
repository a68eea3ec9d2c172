//! A process: everything that its instructions may read or change.
//!
//! The field names are those of the book's *State of the machine* and of the model.

use crate::code::Place;
use crate::native::Class;
use crate::term::{Atom, BitReader, Pid, Ref, Term};
use lam_isa::operand::Label;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// What a register or slot holds.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing: the register is dead.
    #[default]
    Dead,
    /// A term.
    Term(Term),
    /// A handler; only slots hold it.
    Handler(Label),
    /// A match context: its number among the process's contexts.
    Context(u32),
    /// The trace of an exception, as its handler receives it.
    Trace(Rc<RawTrace>),
}

/// What a handler knows of where its exception came from.
#[derive(Clone, Debug)]
pub struct RawTrace {
    /// The class, for `raise same`.
    pub class: Class,
    /// The frames, innermost first.
    pub frames: Frames,
}

/// The frames of a raw trace.
#[derive(Clone, Debug)]
pub enum Frames {
    /// Recorded when the exception was raised.
    Recorded(Vec<TraceFrame>),
    /// Given by the program, and kept as it is (`raise dynamic`, `erlang:raise/3`).
    Given(Term),
}

/// One frame of a stack trace.
#[derive(Clone, Debug)]
pub struct TraceFrame {
    /// The module.
    pub module: Atom,
    /// The function.
    pub name: Atom,
    /// Its arity, or the list of its arguments.
    pub arity: Term,
    /// The rest: file and line, `error_info`.
    pub info: Term,
}

/// A caller that waits for a result.
#[derive(Clone, Debug)]
pub struct Activation {
    /// Where it goes on.
    pub ret: Place,
    /// Its Y slots.
    pub y: Vec<Value>,
}

/// Whether a process can take a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// It can.
    Ready,
    /// It stands at a `wait` that has nothing to look at.
    Waiting,
    /// It stands at a call of a native that has not answered; the number names the call.
    Blocked(u32),
    /// Its next step ends it with this reason.
    Exiting(Term),
}

/// Who gets `DOWN` when a process ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Watcher {
    /// The monitor.
    pub reference: Ref,
    /// The watching process.
    pub pid: Pid,
    /// What `DOWN` says was watched: the pid, or `{Name, Node}`.
    pub item: Term,
}

/// A monitor, at the process that watches.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The watched process.
    pub pid: Pid,
    /// The first element of its `DOWN`, usually that atom.
    pub tag: Term,
}

/// How long an alias lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    /// Until `unalias`.
    Explicit,
    /// Until `unalias` or the end of its monitor.
    Demonitor,
    /// Until the first message through it, which also ends its monitor.
    ReplyDemonitor,
    /// Until the first message through it.
    Reply,
}

/// The time-out of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// No time-out runs.
    None,
    /// It runs out at this time, in nanoseconds of the machine's clock.
    At(u64),
}

/// Flags that `flag` sets and nothing else reads, with their defaults.
pub type Flags = BTreeMap<&'static str, Term>;

/// A live process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Whether it can take a step.
    pub status: Status,
    /// The instruction it stands before.
    pub place: Place,
    /// The X registers; those beyond the end are dead.
    pub x: Vec<Value>,
    /// The Y slots of the top activation.
    pub y: Vec<Value>,
    /// The callers, outermost first.
    pub stack: Vec<Activation>,
    /// The match contexts that registers and slots refer to.
    pub contexts: BTreeMap<u32, BitReader>,
    /// The number of the next context.
    pub next_context: u32,
    /// Words of heap that may still be allocated without `need`.
    pub credit: u32,
    /// The messages, oldest first.
    pub mailbox: VecDeque<Term>,
    /// How many of them the current receive has looked at.
    pub cursor: usize,
    /// The time-out of the current receive.
    pub deadline: Deadline,
    /// The processes it is linked with.
    pub links: BTreeSet<Pid>,
    /// Unlinks not yet acknowledged, and their ids.
    pub unlinking: BTreeMap<Pid, u32>,
    /// The id of the last unlink.
    pub unlinks: u32,
    /// Who watches it, oldest first.
    pub watchers: Vec<Watcher>,
    /// Whom it watches.
    pub watching: BTreeMap<Ref, Watch>,
    /// Its aliases.
    pub aliases: BTreeMap<Ref, Alias>,
    /// Whether exit signals become messages.
    pub trap_exit: bool,
    /// Its other flags.
    pub flags: Flags,
    /// Its dictionary.
    pub dictionary: BTreeMap<Term, Term>,
    /// The process that its output goes to.
    pub group_leader: Pid,
    /// How many processes it has spawned.
    pub children: u32,
    /// How many references it has made.
    pub references: u32,
    /// How many timers it has started.
    pub timers: u32,
    /// How many calls of external natives it has made.
    pub calls: u32,
    /// Reductions it has spent.
    pub reductions: u64,
    /// The budget of a greedy process, in reductions a turn.
    pub budget: Option<Budget>,
    /// Module, function and arity it was started with.
    pub initial_call: (Atom, Atom, u8),
    /// Words it has allocated since its live heap was last measured.
    pub allocated: u64,
}

/// What `flag greedy` granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// So many reductions a turn.
    Reductions(u32),
    /// It runs to completion.
    Infinite,
}

impl Process {
    /// A process that stands at `place` with these arguments, and has nothing yet.
    pub fn new(place: Place, args: Vec<Term>, group_leader: Pid) -> Process {
        let initial_call = (place.module.name, Atom::new("start"), 0);
        Process {
            status: Status::Ready,
            place,
            x: args.into_iter().map(Value::Term).collect(),
            y: Vec::new(),
            stack: Vec::new(),
            contexts: BTreeMap::new(),
            next_context: 0,
            credit: 0,
            mailbox: VecDeque::new(),
            cursor: 0,
            deadline: Deadline::None,
            links: BTreeSet::new(),
            unlinking: BTreeMap::new(),
            unlinks: 0,
            watchers: Vec::new(),
            watching: BTreeMap::new(),
            aliases: BTreeMap::new(),
            trap_exit: false,
            flags: Flags::new(),
            dictionary: BTreeMap::new(),
            group_leader,
            children: 0,
            references: 0,
            timers: 0,
            calls: 0,
            reductions: 0,
            budget: None,
            initial_call,
            allocated: 0,
        }
    }

    /// A fresh reference made by this process, whose pid is `me`.
    pub fn new_reference(&mut self, me: Pid) -> Ref {
        self.references += 1;
        Ref { creator: me, number: self.references }
    }

    /// A message enters the mailbox; a process that waits for one looks at it.
    pub fn enqueue(&mut self, message: Term) {
        self.mailbox.push_back(message);
        if self.status == Status::Waiting
            && let lam_isa::Instr::Wait { to: Some(label), .. } = self.place.instr()
        {
            let label = *label;
            self.place.goto(label);
            self.status = Status::Ready;
        }
    }

    /// How much a turn may cost (`sched.budget.quantum`): what `flag greedy` granted, or the
    /// quantum.
    pub fn turn_reductions(&self, quantum: u32) -> u64 {
        match self.budget {
            None => u64::from(quantum),
            Some(Budget::Reductions(reductions)) => u64::from(reductions),
            Some(Budget::Infinite) => u64::MAX,
        }
    }

    /// Forgets the contexts that no register or slot refers to.
    pub fn sweep_contexts(&mut self) {
        let slots = self.stack.iter().flat_map(|activation| activation.y.iter());
        let live: BTreeSet<u32> = (self.x.iter().chain(&self.y).chain(slots))
            .filter_map(|value| match value {
                Value::Context(number) => Some(*number),
                _ => None,
            })
            .collect();
        self.contexts.retain(|number, _| live.contains(number));
    }
}
