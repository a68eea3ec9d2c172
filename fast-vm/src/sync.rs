//! Locks. Everything that threads share goes through these names, so that a checker of schedules
//! can stand in for them.

pub(crate) use std::sync::MutexGuard;
use std::sync::PoisonError;

/// A lock. A thread that panics does not poison it: what it protects is changed in single steps.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
