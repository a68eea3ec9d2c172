//! The table of processes: where a pid leads.
//!
//! Owns the slots. A slot is never freed, so whoever has a pid can lock it, see whether the process
//! is still that one, and leave a signal. A process that no core runs lies in its slot.

use crate::mailbox::{Post, Queue};
use crate::process::Process;
use crate::sync::{Mutex, MutexGuard};
use crate::term::Pid;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Where a process is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// There is none in this slot.
    #[default]
    Free,
    /// A core runs it, or it is in a run queue: it looks at its inbox when its turn comes.
    Active,
    /// It waits or blocks; a signal makes it active.
    Parked,
    /// It has ended, and those that its end concerns are being told. For everybody it is dead; but
    /// signals to it still come into the inbox, so that what answers them comes behind what its end
    /// has sent (`sig.order.pair`).
    Ending,
}

/// A slot.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    inner: Mutex<Inner>,
    /// Whether the inbox has something; changed under the lock, and read without it: who has heard
    /// of a signal by another way, in order, sees that it is there.
    mail: AtomicBool,
}

/// What the lock of a slot protects.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    /// How many processes the slot had before.
    pub serial: u32,
    /// Where its process is.
    pub place: Place,
    /// Signals that have not arrived.
    pub inbox: Queue,
    /// The process, while no core runs it.
    pub process: Option<Box<Process>>,
    /// The alarm of a receive that has gone off and has not been looked at.
    pub timed_out: Option<crate::timers::Key>,
    /// Whether the process has a registered name; changed under the lock of the names only.
    pub named: bool,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Slots {
    /// Chunk `n` has `FIRST << n` slots.
    chunks: [OnceLock<Box<[Slot]>>; CHUNKS],
    /// Slots that were used and are free.
    free: Mutex<Vec<u32>>,
    /// The first slot that was never used.
    next: AtomicU32,
    /// Whether a slot is used again; without that, pids count the processes.
    reuse: bool,
}

const FIRST: usize = 64;
const CHUNKS: usize = 23;

impl Slots {
    /// A table without processes.
    pub fn new(reuse: bool) -> Slots {
        Slots {
            chunks: [const { OnceLock::new() }; CHUNKS],
            free: Mutex::default(),
            next: AtomicU32::new(0),
            reuse,
        }
    }

    /// The slot of that number, if it was ever used.
    pub fn get(&self, slot: u32) -> Option<&Slot> {
        let (chunk, at) = locate(slot);
        self.chunks.get(chunk)?.get()?.get(at)
    }

    /// Locks the slot of a process; `None` if it has ended.
    pub fn lock(&self, pid: Pid) -> Option<MutexGuard<'_, Inner>> {
        let inner = self.get(pid.slot)?.lock();
        let lives = !matches!(inner.place, Place::Free | Place::Ending);
        (inner.serial == pid.serial && lives).then_some(inner)
    }

    /// Whether the process has not ended.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.lock(pid).is_some()
    }

    /// Whether there is or was such a process.
    pub fn knows(&self, pid: Pid) -> bool {
        let Some(slot) = self.get(pid.slot) else { return false };
        let inner = slot.lock();
        pid.serial < inner.serial || (pid.serial == inner.serial && inner.place != Place::Free)
    }

    /// A slot for a new process, active.
    pub fn claim(&self) -> Pid {
        let free = if self.reuse { self.free.lock().pop() } else { None };
        let slot = free.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed));
        let (chunk, at) = locate(slot);
        let chunk = self.chunks[chunk]
            .get_or_init(|| (0..FIRST << chunk).map(|_| Slot::default()).collect());
        let mut inner = chunk[at].lock();
        inner.place = Place::Active;
        Pid { serial: inner.serial, slot }
    }

    /// Puts a new process into its slot, which was claimed, or released by the one who puts it.
    pub fn place(&self, process: Box<Process>) {
        let slot = self.get(process.pid.slot).expect("a pid has a slot");
        let mut inner = slot.lock();
        debug_assert_eq!(inner.serial, process.pid.serial);
        inner.place = Place::Active;
        inner.process = Some(process);
    }

    /// Makes a slot that was released free for everybody.
    pub fn give_back(&self, pid: Pid) {
        self.free.lock().push(pid.slot);
    }

    /// The process in the slot, which its core has, is dead for everybody from here on. If it has a
    /// name, that must go in the same moment: then this does nothing but say so.
    pub fn begin_end(&self, pid: Pid) -> bool {
        match self.lock(pid) {
            Some(inner) if inner.named => return false,
            Some(mut inner) => inner.place = Place::Ending,
            None => {}
        }
        true
    }

    /// The slot of a process that has ended is free, unless signals have come meanwhile: they are
    /// given back, to be answered as the dead do. Else the answer is the pid of the next process in
    /// the slot, if slots are used again, for the caller to use or to give back.
    pub fn release(&self, pid: Pid) -> Result<Option<Pid>, Queue> {
        let Some(slot) = self.get(pid.slot) else { return Ok(None) };
        let mut inner = slot.lock();
        if !inner.inbox.is_empty() {
            return Err(slot.take_mail(&mut inner));
        }
        let serial = inner.serial.wrapping_add(1);
        *inner = Inner { serial, ..Inner::default() };
        Ok(self.reuse.then_some(Pid { serial, ..pid }))
    }

    /// Waits until a process whose end has begun has told everybody.
    pub fn await_end(&self, pid: Pid) {
        let ending = || {
            let inner = self.get(pid.slot)?.lock();
            (inner.serial == pid.serial && inner.place == Place::Ending).then_some(())
        };
        while ending().is_some() {
            std::thread::yield_now();
        }
    }

    /// How many slots were ever used.
    pub fn count(&self) -> u32 {
        self.next.load(Ordering::Relaxed)
    }

    /// Leaves a signal for a process: gives it back if the process has ended, else says whether the
    /// process was parked and must be queued.
    pub fn post(&self, to: Pid, post: Post) -> Result<bool, Post> {
        let Some(slot) = self.get(to.slot) else { return Err(post) };
        let mut inner = slot.lock();
        if inner.serial != to.serial || inner.place == Place::Free {
            return Err(post);
        }
        inner.inbox.push(post);
        slot.mail.store(true, Ordering::Relaxed);
        let parked = inner.place == Place::Parked;
        if parked {
            inner.place = Place::Active;
        }
        Ok(parked)
    }
}

impl Inner {
    /// Whether the slot has or had the process of that serial.
    pub fn seen(&self, serial: u32) -> bool {
        serial < self.serial || (serial == self.serial && self.place != Place::Free)
    }
}

impl Slot {
    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Whether signals have come that were not taken.
    #[inline]
    pub fn has_mail(&self) -> bool {
        self.mail.load(Ordering::Relaxed)
    }

    /// Takes them, under the lock.
    #[inline]
    pub fn take_mail(&self, inner: &mut Inner) -> Queue {
        self.mail.store(false, Ordering::Relaxed);
        inner.inbox.take()
    }
}

/// Chunk and place of a slot.
fn locate(slot: u32) -> (usize, usize) {
    let from_first = slot as usize + FIRST;
    let chunk = from_first.ilog2() - FIRST.ilog2();
    (chunk as usize, from_first - (FIRST << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_where_they_were_claimed() {
        let slots = Slots::new(true);
        let pids: Vec<Pid> = (0..1000).map(|_| slots.claim()).collect();
        assert!(pids.iter().zip(0..).all(|(pid, n)| pid.slot == n && slots.is_alive(*pid)));
        assert!(slots.begin_end(pids[70]) && !slots.is_alive(pids[70]));
        let next = slots.release(pids[70]).ok().flatten();
        assert_eq!(next, Some(Pid { serial: 1, slot: 70 }));
        assert!(!slots.is_alive(pids[70]));
        slots.give_back(Pid { serial: 1, slot: 70 });
        let again = slots.claim();
        assert_eq!(again, Pid { serial: 1, slot: 70 });
        assert!(slots.is_alive(again) && !slots.is_alive(pids[70]));
    }

    #[test]
    fn signals_to_the_ending_are_kept_until_all_are_told() {
        let slots = Slots::new(true);
        let (dying, sender) = (slots.claim(), slots.claim());
        let signal =
            || Post::plain(sender, crate::mailbox::Signal::Link, 0, crate::term::Term::NIL);
        if let Some(mut inner) = slots.lock(dying) {
            inner.named = true;
        }
        assert!(!slots.begin_end(dying) && slots.is_alive(dying));
        if let Some(mut inner) = slots.lock(dying) {
            inner.named = false;
        }
        assert!(slots.begin_end(dying) && !slots.is_alive(dying));
        assert_eq!(slots.post(dying, signal()).ok(), Some(false));
        let came = slots.release(dying);
        assert_eq!(came.map_err(|came| came.iter().count()), Err(1));
        assert!(slots.release(dying).is_ok());
        assert!(slots.post(dying, signal()).is_err());
    }
}
