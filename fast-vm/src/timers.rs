//! Timers: what goes off when.
//!
//! Owns the receive time-outs and the started timers of all processes, by due time. Book:
//! *Signals* (timers), *Scheduling* (time).

use crate::mailbox::Post;
use crate::term::{Pid, Ref, Term};
use std::collections::{BTreeMap, HashMap};

/// A running timer: its due time in nanoseconds of the machine's clock, and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// When it is due.
    pub due: u64,
    /// Which one it is.
    pub number: u64,
}

/// What goes off.
#[derive(Debug)]
pub(crate) enum Alarm {
    /// The receive of a process times out.
    Receive(Pid),
    /// A started timer sends its message.
    Message(Box<Timer>),
}

/// A started timer.
#[derive(Debug)]
pub(crate) struct Timer {
    /// Its reference, made by its owner.
    pub reference: Ref,
    /// Its number among those of its owner, from 1.
    pub number: u32,
    /// A pid or a registered name.
    pub to: Term,
    /// Its message.
    pub post: Post,
}

/// All running timers.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    alarms: BTreeMap<Key, Alarm>,
    /// The started ones, by reference.
    started: HashMap<Ref, Key>,
    count: u64,
}

impl Timers {
    /// Starts a timer.
    pub fn insert(&mut self, due: u64, alarm: Alarm) -> Key {
        self.count += 1;
        let key = Key { due, number: self.count };
        if let Alarm::Message(timer) = &alarm {
            self.started.insert(timer.reference, key);
        }
        self.alarms.insert(key, alarm);
        key
    }

    /// Stops a timer; gives what it would have done, if it was running.
    pub fn cancel(&mut self, key: Key) -> Option<Alarm> {
        let alarm = self.alarms.remove(&key)?;
        self.forget(&alarm);
        Some(alarm)
    }

    fn forget(&mut self, alarm: &Alarm) {
        if let Alarm::Message(timer) = alarm {
            self.started.remove(&timer.reference);
        }
    }

    /// A started timer that is running, and where it will send its message.
    pub fn find(&self, reference: Ref) -> Option<(Key, Term)> {
        let key = *self.started.get(&reference)?;
        match self.alarms.get(&key)? {
            Alarm::Message(timer) => Some((key, timer.to)),
            Alarm::Receive(_) => None,
        }
    }

    /// When the next one goes off.
    pub fn next_due(&self) -> Option<u64> {
        self.alarms.first_key_value().map(|(key, _)| key.due)
    }

    /// Takes the first one that is due at `now`.
    pub fn pop_due(&mut self, now: u64) -> Option<(Key, Alarm)> {
        let first = self.alarms.first_entry().filter(|entry| entry.key().due <= now)?;
        let (key, alarm) = first.remove_entry();
        self.forget(&alarm);
        Some((key, alarm))
    }

    /// All of them, by due time.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Alarm)> {
        self.alarms.iter()
    }
}
