//! The crew: the schedulers of a machine, and how those without work sleep and wake.
//!
//! Owns the queues that a scheduler may take work from, the bell, and the knowledge that nothing can
//! happen any more. A scheduler that finds nothing says so before it looks a last time, and whoever
//! makes work looks for sleepers after that, so no bell is missed.

use crate::sync::Mutex;
use crossbeam_deque::{Injector, Steal, Stealer};
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Condvar, OnceLock};
use std::time::Duration;

/// The schedulers of a machine.
#[derive(Debug)]
pub(crate) struct Crew {
    /// Processes that are ready and in the queue of no scheduler.
    pub injector: Injector<u32>,
    stealers: OnceLock<Vec<Stealer<u32>>>,
    /// How many sleep, or are about to.
    sleeping: AtomicUsize,
    done: Mutex<bool>,
    bell: Condvar,
}

/// Why a scheduler that had no work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There may be work.
    Work,
    /// Nothing can happen any more, or the machine has been stopped.
    Done,
}

impl Default for Crew {
    fn default() -> Crew {
        Crew {
            injector: Injector::new(),
            stealers: OnceLock::new(),
            sleeping: AtomicUsize::new(0),
            done: Mutex::new(false),
            bell: Condvar::new(),
        }
    }
}

impl Crew {
    /// The queues of all schedulers, in order; once.
    pub fn assemble(&self, stealers: Vec<Stealer<u32>>) {
        let _ = self.stealers.set(stealers);
    }

    fn stealers(&self) -> &[Stealer<u32>] {
        self.stealers.get().map_or(&[], Vec::as_slice)
    }

    /// Work of others, for the scheduler of that number.
    pub fn steal(&self, seat: usize) -> Option<u32> {
        let all = self.stealers();
        loop {
            let others = (1..all.len()).map(|n| &all[(seat + n) % all.len()]);
            let found: Steal<u32> = others
                .map(Stealer::steal)
                .chain(std::iter::once_with(|| self.injector.steal()))
                .collect();
            if !found.is_retry() {
                return found.success();
            }
        }
    }

    fn has_work(&self) -> bool {
        !self.injector.is_empty() || self.stealers().iter().any(|queue| !queue.is_empty())
    }

    /// Work has come: somebody who sleeps shall wake. To be called after it is in a queue.
    #[inline]
    pub fn ring(&self) {
        fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::SeqCst) > 0 {
            self.ring_one();
        }
    }

    #[cold]
    fn ring_one(&self) {
        let _done = self.done.lock();
        self.bell.notify_one();
    }

    /// Everybody shall see that the machine has been stopped.
    pub fn ring_all(&self) {
        let _done = self.done.lock();
        self.bell.notify_all();
    }

    /// Sleeps until there may be work. `until` says how long at most, or that nothing but another
    /// scheduler can make work any more: then all is over when all sleep.
    pub fn sleep(&self, stopped: &dyn Fn() -> bool, until: &dyn Fn() -> Option<Duration>) -> Woken {
        let mut done = self.done.lock();
        let sleeping = self.sleeping.fetch_add(1, Ordering::SeqCst) + 1;
        fence(Ordering::SeqCst);
        let woken = loop {
            if *done || stopped() {
                break Woken::Done;
            }
            if self.has_work() {
                break Woken::Work;
            }
            match until() {
                Some(time) if time.is_zero() => break Woken::Work,
                Some(time) => {
                    let (guard, _) = self
                        .bell
                        .wait_timeout(done, time)
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    done = guard;
                    if !*done {
                        break Woken::Work;
                    }
                }
                None if sleeping.max(self.sleeping.load(Ordering::SeqCst))
                    >= self.stealers().len() =>
                {
                    *done = true;
                    self.bell.notify_all();
                    break Woken::Done;
                }
                None => {
                    done = self.bell.wait(done).unwrap_or_else(std::sync::PoisonError::into_inner);
                }
            }
        };
        self.sleeping.fetch_sub(1, Ordering::SeqCst);
        woken
    }
}
