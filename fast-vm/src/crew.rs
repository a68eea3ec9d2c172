//! The crew: the schedulers of a machine, and how those without work sleep and wake.
//!
//! Owns the queues that a scheduler may take work from, the bell, and the knowledge that nothing can
//! happen any more. A scheduler that finds nothing says so before it looks a last time, and whoever
//! makes work looks for sleepers after that, so no bell is missed.
//!
//! One process that waits in a queue while its scheduler runs another is no work for the others: most
//! are woken by one that is about to wait itself. From two on, or when the running one goes on at
//! the end of its turn, a sleeper is called.

use crate::sync::atomic::{AtomicUsize, Ordering, fence};
use crate::sync::{Condvar, Mutex};
use crossbeam_deque::{Injector, Steal, Stealer, Worker};
use std::collections::VecDeque;
use std::sync::OnceLock;
use std::time::Duration;

/// The processes that a scheduler will run.
#[derive(Debug)]
pub(crate) enum Queue {
    /// Of a scheduler that is the only one.
    Alone(VecDeque<u32>),
    /// Of one from which others take.
    Shared(Worker<u32>),
}

impl Queue {
    pub fn new(shared: bool) -> Queue {
        if shared { Queue::Shared(Worker::new_fifo()) } else { Queue::Alone(VecDeque::new()) }
    }

    #[inline]
    pub fn push(&mut self, slot: u32) {
        match self {
            Queue::Alone(queue) => queue.push_back(slot),
            Queue::Shared(queue) => queue.push(slot),
        }
    }

    #[inline]
    pub fn pop(&mut self) -> Option<u32> {
        match self {
            Queue::Alone(queue) => queue.pop_front(),
            Queue::Shared(queue) => queue.pop(),
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Queue::Alone(queue) => queue.len(),
            Queue::Shared(queue) => queue.len(),
        }
    }

    /// Whether there are other schedulers.
    #[inline]
    pub fn is_shared(&self) -> bool {
        matches!(self, Queue::Shared(_))
    }
}

/// The schedulers of a machine.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    /// Processes that are ready and in the queue of no scheduler.
    pub injector: Injector<u32>,
    stealers: OnceLock<Vec<Stealer<u32>>>,
    bell: Bell,
}

/// The most that a scheduler takes from another at once.
const HAUL: usize = 16;

impl Crew {
    /// The queues of all schedulers, in order; once.
    pub fn assemble<'q>(&self, queues: impl Iterator<Item = &'q Queue>) {
        let stealers = queues.filter_map(|queue| match queue {
            Queue::Alone(_) => None,
            Queue::Shared(queue) => Some(queue.stealer()),
        });
        let _ = self.stealers.set(stealers.collect());
    }

    fn stealers(&self) -> &[Stealer<u32>] {
        self.stealers.get().map_or(&[], Vec::as_slice)
    }

    /// Work for the scheduler of that number: of nobody, or of others that have at least so many
    /// processes waiting.
    pub fn steal(&self, seat: usize, queue: &Queue, least: usize) -> Option<u32> {
        let Queue::Shared(own) = queue else { return self.injected() };
        let all = self.stealers();
        loop {
            let others = (1..all.len()).map(|n| &all[(seat + n) % all.len()]);
            let found: Steal<u32> = std::iter::once_with(|| self.injector.steal())
                .chain(
                    others
                        .filter(|other| other.len() >= least)
                        .map(|other| other.steal_batch_with_limit_and_pop(own, HAUL)),
                )
                .collect();
            if !found.is_retry() {
                return found.success();
            }
        }
    }

    /// A process that is in the queue of no scheduler.
    pub fn injected(&self) -> Option<u32> {
        if self.injector.is_empty() {
            return None;
        }
        loop {
            match self.injector.steal() {
                Steal::Success(slot) => return Some(slot),
                Steal::Empty => return None,
                Steal::Retry => {}
            }
        }
    }

    fn has_work(&self) -> bool {
        !self.injector.is_empty() || self.stealers().iter().any(|queue| queue.len() > 1)
    }

    /// A process is ready that no scheduler has in its queue.
    pub fn inject(&self, slot: u32) {
        self.injector.push(slot);
        self.bell.ring();
    }

    /// Work has come: somebody who sleeps shall wake. To be called after it is in a queue.
    #[inline]
    pub fn ring(&self) {
        self.bell.ring();
    }

    /// Everybody shall see that the machine has been stopped.
    pub fn ring_all(&self) {
        self.bell.ring_all();
    }

    /// Sleeps until there may be work.
    pub fn sleep(&self, stopped: &dyn Fn() -> bool, hope: &dyn Fn() -> Hope) -> Woken {
        let count = self.stealers().len().max(1);
        self.bell.sleep(count, stopped, &|| self.has_work(), hope)
    }
}

/// Why a scheduler that had no work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There may be work.
    Work,
    /// Nothing can happen any more, or the machine has been stopped.
    Done,
}

/// What may still make work when all schedulers sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hope {
    /// Nothing: then all is over.
    None,
    /// The next timer, after so long.
    Timer(Duration),
    /// Something outside, which will ring.
    World,
}

/// Who sleeps, and how they are called.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    /// How many sleep, or are about to, and have not been called; changed under the lock.
    sleeping: AtomicUsize,
    calls: Mutex<Calls>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Calls {
    /// Calls that no sleeper has heard yet. A call is for whoever hears it first.
    unheard: usize,
    /// Nothing can happen any more.
    done: bool,
}

impl Bell {
    /// Calls one who sleeps, if there is one.
    #[inline]
    pub fn ring(&self) {
        fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::Relaxed) > 0 {
            self.call();
        }
    }

    #[cold]
    fn call(&self) {
        let mut calls = self.calls.lock();
        if self.sleeping.load(Ordering::Relaxed) > 0 {
            self.sleeping.fetch_sub(1, Ordering::Relaxed);
            calls.unheard += 1;
            self.bell.notify_one();
        }
    }

    /// Lets everybody look.
    pub fn ring_all(&self) {
        let _calls = self.calls.lock();
        self.bell.notify_all();
    }

    /// Sleeps until called, until there is work, or until the hope of a timer comes true; not at all
    /// any more when all `count` sleep without hope.
    pub fn sleep(
        &self,
        count: usize,
        stopped: &dyn Fn() -> bool,
        has_work: &dyn Fn() -> bool,
        hope: &dyn Fn() -> Hope,
    ) -> Woken {
        let mut calls = self.calls.lock();
        self.sleeping.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let woken = loop {
            if calls.done || stopped() {
                break Woken::Done;
            }
            if calls.unheard > 0 {
                // Who called has counted the sleeper out.
                calls.unheard -= 1;
                return Woken::Work;
            }
            // In this order: what comes from outside is work before it is no hope any more.
            let hope = hope();
            if has_work() {
                break Woken::Work;
            }
            match hope {
                Hope::Timer(time) if time.is_zero() => break Woken::Work,
                Hope::Timer(time) => calls = self.bell.wait_timeout(calls, time),
                Hope::None if self.sleeping.load(Ordering::Relaxed) >= count => {
                    calls.done = true;
                    self.bell.notify_all();
                    break Woken::Done;
                }
                Hope::None | Hope::World => calls = self.bell.wait(calls),
            }
        };
        self.sleeping.fetch_sub(1, Ordering::Relaxed);
        woken
    }
}
