//! A scheduler: picks processes and lets each run for a turn.
//!
//! Owns the run queue of one core, the turns, and what happens to a process between two of them. A
//! process that is ready goes to the end of a queue, so it is picked after at most as many others
//! as there are (`sched.fair.bound`). Book: *Scheduling*.

use crate::core::Core;
use crate::crew::Woken;
use crate::machine::Machine;
use crate::mailbox::Queue;
use crate::process::{Budget, Process, Status};
use crate::slots::Place;

use crate::timers::{Alarm, Key};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Turns after which a scheduler looks at the clock; the others' work is looked at more rarely, too.
const TURNS_BETWEEN_LOOKS: u32 = 16;

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
        while !stopped() {
            if self.turn() {
                continue;
            }
            self.fire_due();
            let until = || {
                let due = machine.timers.lock().next_due()?;
                Some(Duration::from_nanos(due.saturating_sub(machine.now())))
            };
            if machine.crew.sleep(&stopped, &until) == Woken::Done {
                break;
            }
            self.fire_due();
        }
        machine.crew.ring_all();
    }

    /// Gives one process its turn; says whether there was one.
    pub fn turn(&mut self) -> bool {
        self.turns = self.turns.wrapping_add(1);
        if self.turns.is_multiple_of(TURNS_BETWEEN_LOOKS) {
            self.fire_due();
        }
        let own = self.core.queue.pop();
        let Some(slot) = own.or_else(|| self.core.machine.crew.steal(self.seat)) else {
            return false;
        };
        let Some((process, timed_out, mail)) = self.take(slot) else { return true };
        let budget = i64::from(match process.budget {
            None => self.core.machine.config.quantum,
            Some(Budget::Reductions(n)) => n,
            Some(Budget::Infinite) => self.core.machine.config.budget_max,
        });
        self.core.enter(process, budget);
        if let Some(key) = timed_out {
            self.core.time_out(key);
        }
        self.core.arriving = mail;
        loop {
            self.core.drain();
            if self.core.me.status == Status::Ready {
                self.core.run();
            }
            if !self.goes_on() {
                break;
            }
            let process = self.core.leave();
            self.core.enter(process, budget);
        }
        self.settle(slot);
        true
    }

    /// Whether the process keeps its scheduler: one whose budget has no end is interrupted only for
    /// the signals that have come, and when the machine has been stopped.
    fn goes_on(&self) -> bool {
        let Core { me, yielded, machine, .. } = &*self.core;
        me.budget == Some(Budget::Infinite)
            && me.status == Status::Ready
            && !yielded
            && !machine.stopped.load(Ordering::Acquire)
    }

    /// The process of a slot, which is active, and what has come for it.
    fn take(&self, slot: u32) -> Option<(Box<Process>, Option<Key>, Queue)> {
        let slot = self.core.machine.slots.get(slot)?;
        let mut inner = slot.lock();
        let process = inner.process.take()?;
        Some((process, inner.timed_out.take(), slot.take_mail(&mut inner)))
    }

    /// Takes the process off the core, and puts it where it belongs now.
    fn settle(&mut self, slot: u32) {
        if self.core.me.status == Status::Exiting {
            let reason = self.core.me.reason;
            self.core.end_process(reason);
        }
        if self.core.me.status == Status::Ended {
            drop(self.core.leave());
            return;
        }
        let pid = self.core.pid();
        if let (Status::Waiting, Some(due), None) =
            (self.core.me.status, self.core.me.deadline, self.core.me.alarm)
        {
            let alarm = self.core.machine.timers.lock().insert(due, Alarm::Receive(pid));
            self.core.me.alarm = Some(alarm);
        }
        let parks = self.core.me.status != Status::Ready;
        let process = self.core.leave();
        let machine = &self.core.machine;
        let slot_of = machine.slots.get(slot).expect("the process has a slot");
        let mut inner = slot_of.lock();
        inner.process = Some(process);
        if parks && inner.inbox.is_empty() && inner.timed_out.is_none() {
            inner.place = Place::Parked;
            return;
        }
        drop(inner);
        self.core.queue.push(slot);
        if self.core.queue.len() > 1 {
            self.core.ring();
        }
    }

    /// Fires what is due.
    pub fn fire_due(&mut self) {
        let machine = self.core.machine.clone();
        let mut timers = machine.timers.lock();
        if timers.next_due().is_none() {
            return;
        }
        let now = machine.now();
        let mut due = Vec::new();
        while let Some(fired) = timers.pop_due(now) {
            due.push(fired);
        }
        drop(timers);
        for (key, alarm) in due {
            self.fire(key, alarm);
        }
    }

    fn fire(&mut self, key: Key, alarm: Alarm) {
        match alarm {
            Alarm::Receive(pid) => {
                let Some(mut inner) = self.core.machine.slots.lock(pid) else { return };
                inner.timed_out = Some(key);
                if inner.place == Place::Parked {
                    inner.place = Place::Active;
                    drop(inner);
                    self.core.wake(pid);
                }
            }
            Alarm::Message(timer) => {
                let machine = self.core.machine.clone();
                let to = timer.to.as_pid().or_else(|| machine.named(timer.to.as_atom()?));
                let Some(to) = to else { return };
                if let Ok(true) = machine.slots.post(to, timer.post) {
                    self.core.wake(to);
                }
            }
        }
    }
}

impl Core {
    /// The alarm of a receive has gone off: if the receive still waits for it, it times out.
    fn time_out(&mut self, key: Key) {
        if self.me.alarm != Some(key) {
            return;
        }
        self.me.alarm = None;
        if self.me.status == Status::Waiting {
            self.me.deadline = None;
            self.me.mailbox.rewind();
            self.pc = self.me.on_timeout;
            self.me.status = Status::Ready;
        }
    }
}

/// Runs a machine to its end, on as many threads as it has schedulers.
pub(crate) fn run(machine: &Arc<Machine>) {
    let count = machine.config.schedulers.max(1) as usize;
    let mut schedulers: Vec<Scheduler> =
        (0..count).map(|seat| Scheduler::new(machine.clone(), seat)).collect();
    machine.crew.assemble(schedulers.iter().map(|s| s.core.queue.stealer()).collect());
    let mut first = schedulers.remove(0);
    std::thread::scope(|scope| {
        for mut other in schedulers {
            let thread = std::thread::Builder::new();
            let thread = thread.stack_size(1 << 20);
            thread.spawn_scoped(scope, move || other.work()).expect("a thread can be started");
        }
        first.work();
    });
}
