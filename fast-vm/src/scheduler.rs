//! A scheduler: picks processes and lets each run for a turn.
//!
//! Owns the run queue of one core, the turns, and what happens to a process between two of them. A
//! process that is ready goes to the end of a queue, so it is picked after at most as many others
//! as there are (`sched.fair.bound`). Book: *Steps, schedules and fairness*.

use crate::core::Core;
use crate::crew::{Hope, Woken};
use crate::machine::Machine;
use crate::mailbox::{Post, Signal};
use crate::process::{Budget, Status};
use crate::sync::together;
use crate::term::Term;
use crate::timers::{Alarm, Key};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Turns after which a scheduler looks whether a timer is due, and for work that nobody has.
const TURNS_BETWEEN_LOOKS: u32 = 16;

/// How often a scheduler that has found nothing looks once more before it sleeps: for as long as it
/// takes about to sleep and be woken.
const SEARCHES: u32 = 64;

/// A scheduler.
pub(crate) struct Scheduler {
    /// Its core.
    pub core: Box<Core>,
    seat: usize,
    turns: u32,
}

impl Scheduler {
    /// The scheduler of that number.
    pub fn new(machine: Arc<Machine>, seat: usize) -> Scheduler {
        Scheduler { core: Core::new(machine), seat, turns: 0 }
    }

    /// Runs processes until nothing can happen any more, or the machine is stopped.
    pub fn work(&mut self) {
        let machine = self.core.machine.clone();
        let stopped = || machine.stopped.load(Ordering::Acquire);
        let hope = || match machine.timers.with(|timers| timers.next_due()) {
            Some(due) => Hope::Timer(Duration::from_nanos(due.saturating_sub(machine.now()))),
            None if !machine.requests.lock().is_empty() => Hope::World,
            None => Hope::None,
        };
        while !stopped() {
            if self.turn() || self.search() {
                continue;
            }
            self.fire_due();
            if self.core.queue.len() > 0 {
                continue;
            }
            if machine.crew.sleep(&stopped, &hope) == Woken::Done {
                break;
            }
            self.fire_due();
            if let Some(slot) = machine.crew.steal(self.seat, &self.core.queue, 1) {
                self.run(slot);
            }
        }
        machine.crew.ring_all();
    }

    /// Looks for a while for processes that others cannot run soon; says whether it has run one.
    fn search(&mut self) -> bool {
        if !self.core.queue.is_shared() {
            return false;
        }
        for _ in 0..SEARCHES {
            if let Some(slot) = self.core.machine.crew.steal(self.seat, &self.core.queue, 2) {
                self.run(slot);
                return true;
            }
            std::hint::spin_loop();
        }
        false
    }

    /// Gives one process its turn; says whether there was one.
    #[inline]
    pub fn turn(&mut self) -> bool {
        self.turns = self.turns.wrapping_add(1);
        let mut next = None;
        if self.turns.is_multiple_of(TURNS_BETWEEN_LOOKS) {
            self.fire_due();
            next = self.core.machine.crew.injected();
        }
        let next = next.or_else(|| self.core.queue.pop());
        let Some(slot) = next.or_else(|| self.core.machine.crew.injected()) else { return false };
        self.run(slot);
        true
    }

    /// Gives the process of a slot that was in a run queue its turn.
    fn run(&mut self, slot: u32) {
        let process = self.core.machine.slots.get(slot).and_then(|slot| slot.take());
        let process = process.expect("a process that is ready lies in its slot");
        let budget = i64::from(match process.budget {
            None => self.core.machine.config.quantum,
            Some(Budget::Reductions(n)) => n,
            Some(Budget::Infinite) => self.core.machine.config.budget_max,
        });
        if process.budget.is_some() {
            self.hand_over();
        }
        self.core.enter(process, budget);
        loop {
            self.core.drain();
            if self.core.me.status == Status::Ready {
                self.core.run();
            }
            if !self.goes_on() {
                break;
            }
            self.hand_over();
            let process = self.core.leave();
            self.core.enter(process, budget);
        }
        self.settle(slot);
    }

    /// Leaves what waits in the queue to other schedulers, before a process of which nobody knows
    /// how long it runs.
    #[cold]
    fn hand_over(&mut self) {
        if !self.core.queue.is_shared() {
            return;
        }
        while let Some(slot) = self.core.queue.pop() {
            self.core.machine.crew.inject(slot);
        }
    }

    /// Whether the process keeps its scheduler: one whose budget has no end is interrupted only for
    /// the signals that have come, and when the machine has been stopped.
    #[inline]
    fn goes_on(&self) -> bool {
        let Core { me, yielded, machine, .. } = &*self.core;
        me.budget == Some(Budget::Infinite)
            && me.status == Status::Ready
            && !yielded
            && !machine.stopped.load(Ordering::Acquire)
    }

    /// Takes the process off the core, and puts it where it belongs now.
    #[inline]
    fn settle(&mut self, slot: u32) {
        if self.core.me.status == Status::Exiting {
            let reason = self.core.me.reason;
            self.core.end_process(reason);
        }
        if self.core.me.status == Status::Ended {
            let process = self.core.leave();
            self.core.bury(process);
            return;
        }
        if self.core.me.deadline.is_some() {
            self.start_alarm();
        }
        let parks = self.core.me.status != Status::Ready;
        let process = self.core.leave();
        let slot_of = self.core.machine.slots.get(slot).expect("the process has a slot");
        slot_of.put(process);
        if parks && slot_of.park() {
            return;
        }
        self.core.queue.push(slot);
        if self.core.queue.is_shared() && self.core.queue.len() > 1 {
            self.core.machine.crew.ring();
        }
    }

    /// The process that waits is woken when its receive times out.
    fn start_alarm(&mut self) {
        let Core { me, machine, .. } = &mut *self.core;
        if let (Status::Waiting, Some(due), None) = (me.status, me.deadline, me.alarm) {
            let alarm = Alarm::Receive(me.pid);
            me.alarm = Some(machine.timers.with(|timers| timers.insert(due, alarm)));
        }
    }

    /// Fires what is due.
    pub fn fire_due(&mut self) {
        if self.core.machine.timers.is_empty() {
            return;
        }
        let now = self.core.machine.now();
        let due = self.core.machine.timers.with(|timers| timers.take_due(now));
        for (key, alarm) in due {
            self.fire(key, alarm);
        }
    }

    fn fire(&mut self, key: Key, alarm: Alarm) {
        let (to, post) = match alarm {
            Alarm::Receive(pid) => {
                (pid, Post::plain(pid, Signal::TimedOut, key.number(), Term::NIL))
            }
            Alarm::Message(timer) => {
                let named = |name| self.core.machine.named(name);
                let to = timer.to.as_pid().or_else(|| named(timer.to.as_atom()?));
                let Some(to) = to else { return };
                (to, timer.post)
            }
        };
        if let Ok(true) = self.core.machine.slots.post(to, post) {
            self.core.wake(to.slot);
        }
    }
}

/// Runs a machine to its end, on as many threads as it has schedulers.
pub(crate) fn run(machine: &Arc<Machine>) {
    let count = machine.config.schedulers.max(1) as usize;
    let mut schedulers: Vec<Scheduler> =
        (0..count).map(|seat| Scheduler::new(machine.clone(), seat)).collect();
    machine.crew.assemble(schedulers.iter().map(|s| &s.core.queue));
    machine.readers.allowed.store(cfg!(not(target_family = "wasm")), Ordering::Relaxed);
    let mut first = schedulers.remove(0);
    let others = schedulers.into_iter().map(|mut other| move || other.work()).collect();
    together(|| first.work(), others);
}
