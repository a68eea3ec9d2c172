//! A machine that takes one step at a time, each chosen from outside: for comparing machines.
//!
//! Owns the list of what may come next, the steps, and the runs that a seed or a script decides. A
//! process lies in its slot between two steps; one core does all of them. Book:
//! *Steps, schedules and fairness*.

use crate::config::Time;
use crate::core::Core;
use crate::machine::Machine;
use crate::mailbox::{Post, Signal};
use crate::native::port;
use crate::process::{Process, Status};
use crate::term::{Pid, Term};
use crate::timers::{Alarm, Key};
use lam_isa::Rule;
use lam_isa::outcome::{Label, Path};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// More reductions than a step spends: where it ends does not depend on turns.
const NO_TURNS: i64 = i64::MAX / 2;

/// Nanoseconds of virtual time that a reduction takes.
const REDUCTION_NS: u64 = 1_000;

/// Something that may happen next (`sched.choice.labels`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice(What);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A process takes a step.
    Step(Pid),
    /// The oldest signal from one process to another is delivered.
    Deliver {
        /// The sender.
        from: Pid,
        /// The receiver.
        to: Pid,
    },
    /// The receive of a process times out, or its timer of that number fires.
    Fire(Pid, Option<u32>),
    /// A call of an external native is answered.
    Complete(Pid, u32),
}

/// A label of a script that is not enabled (`sched.policy.scripted`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEnabled {
    /// Its place in the script, from 0.
    pub at: usize,
    /// The label.
    pub label: String,
    /// What was enabled there.
    pub enabled: Vec<String>,
}

impl fmt::Display for NotEnabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enabled = self.enabled.join(" ");
        write!(f, "label {} of the schedule, `{}`, is not enabled; ", self.at + 1, self.label)?;
        write!(f, "enabled are: {enabled} (sched.policy.scripted)")
    }
}

impl std::error::Error for NotEnabled {}

/// The one scheduler of such a machine.
pub(crate) struct Stepper {
    core: Box<Core>,
    /// The paths of those that live, by slot.
    paths: HashMap<u32, Path>,
    /// How many slots it has seen.
    born: u32,
    /// The slots of those that live, by path.
    living: Vec<u32>,
}

impl Stepper {
    /// For a machine that has not taken a step.
    pub fn new(machine: Arc<Machine>) -> Stepper {
        Stepper { core: Core::new(machine), paths: HashMap::new(), born: 0, living: Vec::new() }
    }

    fn machine(&self) -> &Machine {
        &self.core.machine
    }

    /// What may come next, in the order of the book (`sched.choice.order`).
    pub fn enabled(&mut self) -> Vec<Choice> {
        self.meet_the_born();
        let machine = self.core.machine.clone();
        let (mut choices, mut timeouts) = (Vec::new(), Vec::new());
        if machine.stopped.load(Relaxed) {
            return choices;
        }
        self.living.retain(|slot| {
            let pid = Pid { serial: 0, slot: *slot };
            let slot = machine.slots.live(pid);
            let standing = slot.and_then(|slot| slot.look(|p| (p.status, p.deadline)));
            let Some((status, deadline)) = standing else {
                self.paths.remove(&pid.slot);
                return false;
            };
            match status {
                Status::Ready | Status::Exiting => choices.push(Choice(What::Step(pid))),
                Status::Waiting => {
                    let timeout = |due| (due, Choice(What::Fire(pid, None)));
                    timeouts.extend(deadline.map(timeout));
                }
                Status::Blocked | Status::Ended => {}
            }
            true
        });

        let steps = choices.len();
        let wires = machine.wires.lock();
        let signals = wires.keys().map(|(from, to)| Choice(What::Deliver { from: *from, to: *to }));
        choices.extend(signals);
        drop(wires);
        if !machine.timers.is_empty() {
            machine.timers.with(|timers| {
                timeouts.extend(timers.iter().filter_map(|(_, due, alarm)| match alarm {
                    Alarm::Message(timer) => {
                        let fire = What::Fire(timer.reference.creator, Some(timer.number));
                        Some((due, Choice(fire)))
                    }
                    Alarm::Receive(_) => None,
                }));
            });
        }
        let requests = machine.requests.lock();
        choices.extend(requests.keys().map(|(pid, n)| Choice(What::Complete(*pid, *n))));
        drop(requests);
        let until = match machine.config.time {
            Time::Free => u64::MAX,
            Time::Virtual => {
                let first = timeouts.iter().map(|(due, _)| *due).min().unwrap_or(0);
                machine.now().max(if choices.is_empty() { first } else { 0 })
            }
        };
        choices.extend(timeouts.iter().filter(|(due, _)| *due <= until).map(|(_, fire)| *fire));
        // The steps are in order already.
        choices[steps..].sort_unstable_by(|a, b| self.compare(*a, *b));
        choices
    }

    /// The order of choices other than steps.
    fn compare(&self, a: Choice, b: Choice) -> Ordering {
        let rank = |choice: Choice| match choice.0 {
            What::Step(pid) => (0, self.path(pid), None, 0),
            What::Deliver { from, to } => (1, self.path(to), Some(self.path(from)), 0),
            What::Fire(pid, number) => (2, self.path(pid), None, number.unwrap_or(0)),
            What::Complete(pid, number) => (3, self.path(pid), None, number),
        };
        rank(a).cmp(&rank(b))
    }

    fn path(&self, pid: Pid) -> Cow<'_, Path> {
        match self.paths.get(&pid.slot) {
            Some(path) => Cow::Borrowed(path),
            None => Cow::Owned(self.machine().path(pid)),
        }
    }

    /// Learns the paths of the processes born since.
    fn meet_the_born(&mut self) {
        for slot in self.born..self.machine().slots.count() {
            let path = self.machine().path(Pid { serial: 0, slot });
            let place = self.living.partition_point(|other| self.paths[other] < path);
            self.living.insert(place, slot);
            self.paths.insert(slot, path);
        }
        self.born = self.machine().slots.count();
    }

    /// The name of a choice.
    pub fn label(&self, choice: Choice) -> Label {
        let path = |pid| self.path(pid).into_owned();
        match choice.0 {
            What::Step(pid) => Label::Step(path(pid)),
            What::Deliver { from, to } => Label::Deliver { to: path(to), from: path(from) },
            What::Fire(pid, number) => Label::Fire(path(pid), number),
            What::Complete(pid, number) => Label::Complete(path(pid), number),
        }
    }

    /// Takes a choice that is enabled, and says by which rule the state has changed; one that is
    /// not enabled changes nothing.
    pub fn step(&mut self, choice: Choice) -> Option<Rule> {
        match choice.0 {
            What::Step(pid) => self.step_process(pid),
            What::Deliver { from, to } => self.deliver(from, to),
            What::Fire(pid, None) => self.time_out(pid),
            What::Fire(pid, Some(number)) => self.fire_timer(pid, number),
            What::Complete(pid, number) => self.complete(pid, number),
        }
    }

    /// `s:P`: one effect and the local instructions after it (`sched.step.effect`), or the end.
    fn step_process(&mut self, pid: Pid) -> Option<Rule> {
        let process = self.take(pid)?;
        let status = process.status;
        self.on_core(process, |core| match status {
            Status::Exiting => {
                let reason = core.me.reason;
                core.end_process(reason);
                Some(Rule::SchedStepEnd)
            }
            Status::Ready => {
                core.run();
                if core.machine.config.time == Time::Virtual {
                    core.machine.now.fetch_add(u64::from(core.step_cost) * REDUCTION_NS, Relaxed);
                }
                Some(core.rule)
            }
            Status::Waiting | Status::Blocked | Status::Ended => None,
        })
    }

    /// `d:Q<P`: the oldest signal arrives (`sched.deliver.oldest`).
    fn deliver(&mut self, from: Pid, to: Pid) -> Option<Rule> {
        let mut wires = self.core.machine.wires.lock();
        let queue = wires.get_mut(&(from, to))?;
        let post = queue.pop_front()?;
        if queue.is_empty() {
            wires.remove(&(from, to));
        }
        drop(wires);
        Some(self.arrive(to, post))
    }

    fn arrive(&mut self, to: Pid, post: Post) -> Rule {
        match self.take(to) {
            Some(process) => self.on_core(process, |core| core.arrive(post)),
            None => self.core.arrive_at_dead(to, post),
        }
    }

    /// `f:P`: the receive gives up waiting (`exec.wait.timeout`).
    fn time_out(&mut self, pid: Pid) -> Option<Rule> {
        let slot = self.core.machine.slots.live(pid)?;
        let mut process = slot.take()?;
        let due = process.deadline.filter(|_| process.status == Status::Waiting);
        if due.is_some() {
            process.deadline = None;
            process.mailbox.rewind();
            process.status = Status::Ready;
        }
        slot.put(process);
        let due = due?;
        self.core.machine.now.fetch_max(due, Relaxed);
        Some(Rule::SchedTimerFire)
    }

    /// `f:P#n`: a started timer sends its message (`sig.timer.message`).
    fn fire_timer(&mut self, pid: Pid, number: u32) -> Option<Rule> {
        let machine = self.core.machine.clone();
        let is_it = |(.., alarm): &(Key, u64, &Alarm)| match alarm {
            Alarm::Message(timer) => timer.reference.creator == pid && timer.number == number,
            Alarm::Receive(_) => false,
        };
        let found = machine.timers.with(|timers| {
            let (key, due, _) = timers.iter().find(is_it)?;
            Some((due, timers.cancel(key)?))
        });
        let (due, Alarm::Message(timer)) = found? else { return None };
        machine.now.fetch_max(due, Relaxed);
        debug_assert_eq!(timer.post.node().signal, Signal::Message);
        let to = timer.to.as_pid().or_else(|| machine.named(timer.to.as_atom()?));
        Some(match to.filter(|to| machine.slots.is_alive(*to)) {
            Some(to) => {
                self.arrive(to, timer.post);
                Rule::SigTimerMessage
            }
            None => Rule::SigTimerDead,
        })
    }

    /// `c:P#n`: the host answers a call (`sched.host.complete`).
    fn complete(&mut self, pid: Pid, number: u32) -> Option<Rule> {
        let port = self.core.machine.requests.lock().remove(&(pid, number))?;
        let line = port::next_line(&self.core.machine, port);
        if let Some(process) = self.take(pid) {
            self.on_core(process, |core| {
                let answer: Term = port::answer(core.heap(), line);
                core.answer(answer);
            });
        }
        Some(Rule::SchedHostComplete)
    }

    /// A process that lives, out of its slot.
    fn take(&self, pid: Pid) -> Option<Box<Process>> {
        self.core.machine.slots.live(pid)?.take()
    }

    /// Does something with a process on the core; if it lives on, it goes back to its slot.
    fn on_core<R>(&mut self, process: Box<Process>, action: impl FnOnce(&mut Core) -> R) -> R {
        let pid = process.pid;
        self.core.enter(process, NO_TURNS);
        let result = action(&mut self.core);
        let process = self.core.leave();
        if process.status == Status::Ended {
            self.core.bury(process);
        } else if let Some(slot) = self.core.machine.slots.live(pid) {
            slot.put(process);
        }
        result
    }
}

/// The generator of seeded runs (SplitMix64): the book gives its constants, so that seeds mean the
/// same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub u64);

impl Random {
    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let drawn = z ^ (z >> 31);
        usize::try_from(drawn % n as u64).unwrap_or(0)
    }
}
