//! Locks, atomics and threads. Everything that threads share goes through these names, so that a
//! checker of schedules can stand in for them: loom for slots and the bell (`explored`), shuttle for
//! whole machines (`shuffled`).

use std::sync::PoisonError;
use std::time::Duration;

#[cfg(all(test, loom))]
use loom as base;
#[cfg(all(test, shuttle))]
use shuttle as base;
#[cfg(not(all(test, any(loom, shuttle))))]
use std as base;

pub(crate) use base::sync::MutexGuard;
pub(crate) use base::sync::atomic;
pub(crate) use base::thread;

/// A lock. A thread that panics does not poison it: what it protects is changed in single steps.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(base::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(base::sync::Mutex::new(value))
    }

    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where threads wait for another.
#[derive(Debug, Default)]
pub(crate) struct Condvar(base::sync::Condvar);

impl Condvar {
    pub fn wait<'m, T>(&self, guard: MutexGuard<'m, T>) -> MutexGuard<'m, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wait_timeout<'m, T>(
        &self,
        guard: MutexGuard<'m, T>,
        time: Duration,
    ) -> MutexGuard<'m, T> {
        self.0.wait_timeout(guard, time).unwrap_or_else(PoisonError::into_inner).0
    }

    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Does all of this at the same time, the first of it here.
pub(crate) fn together(first: impl FnOnce(), others: Vec<impl FnOnce() + Send>) {
    #[cfg(all(test, shuttle))]
    shuttle::thread::scope(|scope| {
        others.into_iter().for_each(|other| drop(scope.spawn(other)));
        first();
    });
    #[cfg(not(all(test, shuttle)))]
    std::thread::scope(|scope| {
        for other in others {
            let thread = std::thread::Builder::new().stack_size(1 << 20);
            thread.spawn_scoped(scope, other).expect("a thread can be started");
        }
        first();
    });
}

/// A lock that many may hold to read. A thread that panics does not poison it either.
#[derive(Debug, Default)]
pub(crate) struct RwLock<T>(std::sync::RwLock<T>);

impl<T> RwLock<T> {
    #[inline]
    pub fn read(&self) -> std::sync::RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> std::sync::RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
