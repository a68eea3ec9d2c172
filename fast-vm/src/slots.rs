//! The table of processes: where a pid leads.
//!
//! Owns the slots. A slot is never freed, so whoever has a pid can see whether the process is still
//! that one, and leave a signal. A process that no core runs lies in its slot.
//!
//! No slot has a lock. Its inbox is a list with the newest signal first, to which anybody adds by one
//! exchange and from which only whoever has the process takes, always all. The head of the list
//! also says where the process is, so that leaving a signal and waking who waits for one are the
//! same step:
//!
//! ```text
//!             post: CLOSED gives the signal back
//!                            ┌──────────────── post: who adds the first queues the process
//!   CLOSED ──place──▶ empty ─┼─park─▶ PARKED   (only while it is empty, and the process is in
//!     ▲                 │ ▲  ▼                   its slot)
//!     └─────release─────┘ └─ signals           take_mail
//! ```
//!
//! Measured on `pingpong` of `bench/` with short ways for the instructions of messages and with
//! memory of messages used again: 241 ms of processor time with a lock for each slot, 139 ms with
//! this; `ring` 200 and 158 ms.
//!
//! A pid may be out of date: a signal carries the serial it is for, and who finds one of an earlier
//! serial in its inbox deals with it as the dead do.

use crate::mailbox::{Node, Post, Queue};
use crate::process::Process;
use crate::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, thread};
use crate::term::Pid;
use std::ptr;
use std::sync::OnceLock;

/// A slot.
#[derive(Debug)]
pub(crate) struct Slot {
    /// How many processes the slot had before, and in the lower half what is true of this one.
    life: AtomicU64,
    /// The newest signal that has not been taken; or null, [`PARKED`] or [`CLOSED`].
    inbox: AtomicPtr<Node>,
    /// The process, while no core runs it. Only who has taken the slot out of a run queue, or parks
    /// the process, looks here, so no order is asked of these accesses: the head of the inbox and the
    /// run queues give it.
    process: AtomicPtr<Process>,
}

/// There is a process, and its end has not begun.
const ALIVE: u64 = 1;
/// It has ended, and those that its end concerns are being told. For everybody it is dead; but
/// signals to it still come into the inbox, so that what answers them comes behind what its end
/// has sent (`sig.order.pair`).
const ENDING: u64 = 2;
/// It has a registered name; changed under the lock of the names only.
const NAMED: u64 = 4;

/// The process waits or blocks, and no signal has come.
const PARKED: *mut Node = ptr::without_provenance_mut(1);
/// There is no process.
const CLOSED: *mut Node = ptr::without_provenance_mut(2);

impl Default for Slot {
    fn default() -> Slot {
        Slot {
            life: AtomicU64::new(0),
            inbox: AtomicPtr::new(CLOSED),
            process: AtomicPtr::new(ptr::null_mut()),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.take_mail());
        drop(self.take());
    }
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
    #[inline]
    pub fn get(&self, slot: u32) -> Option<&Slot> {
        let (chunk, at) = locate(slot);
        self.chunks.get(chunk)?.get()?.get(at)
    }

    /// The slot of a process; `None` if that has ended.
    pub fn live(&self, pid: Pid) -> Option<&Slot> {
        self.get(pid.slot).filter(|slot| slot.is_alive(pid.serial))
    }

    /// Whether the process has not ended.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.live(pid).is_some()
    }

    /// Whether there is or was such a process.
    pub fn knows(&self, pid: Pid) -> bool {
        self.get(pid.slot).is_some_and(|slot| {
            let (serial, state) = slot.life();
            pid.serial < serial || (pid.serial == serial && state != 0)
        })
    }

    /// The processes that have not ended, by slot.
    pub fn all(&self) -> impl Iterator<Item = Pid> + '_ {
        (0..self.count()).filter_map(|slot| {
            let (serial, state) = self.get(slot)?.life();
            (state & ALIVE > 0).then_some(Pid { serial, slot })
        })
    }

    /// A slot for a new process, which is alive from here on.
    pub fn claim(&self) -> Pid {
        let free = if self.reuse { self.free.lock().pop() } else { None };
        let slot = free.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed));
        let (chunk, at) = locate(slot);
        let chunk = self.chunks[chunk]
            .get_or_init(|| (0..FIRST << chunk).map(|_| Slot::default()).collect());
        let (serial, _) = chunk[at].life();
        chunk[at].open(serial);
        Pid { serial, slot }
    }

    /// Puts a new process into its slot, which was claimed, or released by the one who puts it. Then
    /// the process is active: it must be put into a run queue.
    pub fn place(&self, process: Box<Process>) {
        let Pid { serial, slot } = process.pid;
        let slot = self.get(slot).expect("a pid has a slot");
        debug_assert_eq!(slot.life().0, serial);
        slot.put(process);
        slot.open(serial);
    }

    /// Makes a slot that was released free for everybody.
    pub fn give_back(&self, pid: Pid) {
        self.free.lock().push(pid.slot);
    }

    /// The process in the slot, which its core has, is dead for everybody from here on. If it has a
    /// name, that must go in the same moment: then this does nothing but say so.
    pub fn begin_end(&self, pid: Pid) -> bool {
        self.get(pid.slot).is_none_or(|slot| slot.begin_end(pid.serial))
    }

    /// Notes whether a process has a name, under the lock of the names; says whether it lives.
    pub fn set_named(&self, pid: Pid, named: bool) -> bool {
        let (set, clear) = if named { (NAMED, 0) } else { (0, NAMED) };
        self.get(pid.slot).is_some_and(|slot| slot.change(pid.serial, 0, set, clear).is_ok())
    }

    /// The slot of a process that has ended is free, unless signals have come meanwhile: they are
    /// given back, to be answered as the dead do. Else the answer is the pid of the next process in
    /// the slot, if slots are used again, for the caller to use or to give back.
    pub fn release(&self, pid: Pid) -> Result<Option<Pid>, Queue> {
        let Some(slot) = self.get(pid.slot) else { return Ok(None) };
        let serial = slot.release(pid.serial)?;
        Ok(self.reuse.then_some(Pid { serial, ..pid }))
    }

    /// Waits until a process whose end has begun has told everybody.
    pub fn await_end(&self, pid: Pid) {
        let ending = || Some(self.get(pid.slot)?.life() == (pid.serial, ENDING));
        while ending() == Some(true) {
            thread::yield_now();
        }
    }

    /// How many slots were ever used.
    pub fn count(&self) -> u32 {
        self.next.load(Ordering::Relaxed)
    }

    /// Leaves a signal for a process: gives it back if the process has ended, else says whether the
    /// process was parked and must be queued.
    #[inline]
    pub fn post(&self, to: Pid, post: Post) -> Result<bool, Post> {
        match self.get(to.slot) {
            Some(slot) => slot.post(to.serial, post),
            None => Err(post),
        }
    }
}

impl Slot {
    /// The serial, and what is true of the process.
    #[inline]
    fn life(&self) -> (u32, u64) {
        let life = self.life.load(Ordering::Acquire);
        ((life >> 32) as u32, life & u64::from(u32::MAX))
    }

    /// Whether the process of that serial has not ended.
    #[inline]
    pub fn is_alive(&self, serial: u32) -> bool {
        let (now, state) = self.life();
        now == serial && state & ALIVE > 0
    }

    /// See [`Slots::begin_end`].
    pub fn begin_end(&self, serial: u32) -> bool {
        self.change(serial, NAMED, ENDING, ALIVE).is_ok()
    }

    /// See [`Slots::release`]; gives the serial of the next process.
    pub fn release(&self, serial: u32) -> Result<u32, Queue> {
        let (from, to) = (ptr::null_mut(), CLOSED);
        if self.inbox.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return Err(self.take_mail());
        }
        let next = serial.wrapping_add(1);
        self.life.store(u64::from(next) << 32, Ordering::Release);
        Ok(next)
    }

    /// From here on the process of that serial lives, and signals may come.
    #[inline]
    pub fn open(&self, serial: u32) {
        self.life.store(u64::from(serial) << 32 | ALIVE, Ordering::Release);
        if self.inbox.load(Ordering::Relaxed) == CLOSED {
            self.inbox.store(ptr::null_mut(), Ordering::Release);
        }
    }

    /// Changes what is true of the process of that serial, if it lives and none of `unless` is true.
    fn change(&self, serial: u32, unless: u64, set: u64, clear: u64) -> Result<u64, u64> {
        self.life.fetch_update(Ordering::AcqRel, Ordering::Acquire, |life| {
            let is_it = life >> 32 == u64::from(serial);
            (is_it && life & ALIVE > 0 && life & unless == 0).then_some(life & !clear | set)
        })
    }

    /// See [`Slots::post`].
    #[inline]
    pub fn post(&self, serial: u32, mut post: Post) -> Result<bool, Post> {
        if self.life().0 != serial {
            return Err(post);
        }
        post.address(serial);
        let mut head = self.inbox.load(Ordering::Relaxed);
        loop {
            if head == CLOSED {
                return Err(post);
            }
            let parked = head == PARKED;
            let new = post.link(if parked { ptr::null_mut() } else { head });
            match self.inbox.compare_exchange_weak(head, new, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => {
                    let _ = post.into_raw();
                    return Ok(parked);
                }
                Err(now) => head = now,
            }
        }
    }

    /// Whether signals have come that were not taken. Who has heard of a signal by another way, in
    /// order, sees that it is there. Only for who has the process.
    #[inline]
    pub fn has_mail(&self) -> bool {
        !self.inbox.load(Ordering::Relaxed).is_null()
    }

    /// Takes them. Only for who has the process.
    #[inline]
    pub fn take_mail(&self) -> Queue {
        let head = self.inbox.load(Ordering::Relaxed);
        if head.is_null() || head == PARKED || head == CLOSED {
            return Queue::default();
        }
        let newest = self.inbox.swap(ptr::null_mut(), Ordering::Acquire);
        // SAFETY: only `post` puts nodes here, each in front of what it found, and whoever takes
        // takes all: they are nobody else's.
        unsafe { Queue::reversed(newest) }
    }

    /// Takes the process out, to run it. Only for who has taken the slot out of a run queue.
    #[inline]
    pub fn take(&self) -> Option<Box<Process>> {
        let process = self.process.load(Ordering::Relaxed);
        if process.is_null() {
            return None;
        }
        self.process.store(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: `put` made it of a box, and it is there once.
        Some(unsafe { Box::from_raw(process) })
    }

    /// Puts the process back.
    #[inline]
    pub fn put(&self, process: Box<Process>) {
        debug_assert!(self.process.load(Ordering::Relaxed).is_null());
        self.process.store(Box::into_raw(process), Ordering::Relaxed);
    }

    /// The process, which lies in its slot, has nothing to do: the next signal queues it. Says no if
    /// one has come. After a yes the process is whoever's.
    #[inline]
    pub fn park(&self) -> bool {
        let (from, to) = (ptr::null_mut(), PARKED);
        self.inbox.compare_exchange(from, to, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Looks at the process in the slot, in a machine whose schedulers do nothing meanwhile.
    pub fn look<R>(&self, look: impl FnOnce(&Process) -> R) -> Option<R> {
        let process = self.take()?;
        let seen = look(&process);
        self.put(process);
        Some(seen)
    }
}

/// Chunk and place of a slot.
#[inline]
fn locate(slot: u32) -> (usize, usize) {
    let from_first = slot as usize + FIRST;
    let chunk = from_first.ilog2() - FIRST.ilog2();
    (chunk as usize, from_first - (FIRST << chunk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::Signal;
    use crate::term::Term;

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
        assert!(slots.knows(again) && slots.knows(pids[70]));
        assert!(!slots.knows(Pid { serial: 2, slot: 70 }) && slots.all().count() == 1000);
    }

    #[test]
    fn signals_to_the_ending_are_kept_until_all_are_told() {
        let slots = Slots::new(true);
        let (dying, sender) = (slots.claim(), slots.claim());
        let signal = || Post::plain(sender, Signal::Link, 0, Term::NIL);
        assert!(slots.set_named(dying, true));
        assert!(!slots.begin_end(dying) && slots.is_alive(dying));
        assert!(slots.set_named(dying, false));
        assert!(slots.begin_end(dying) && !slots.is_alive(dying));
        assert!(!slots.set_named(dying, true));
        assert_eq!(slots.post(dying, signal()).ok(), Some(false));
        let came = slots.release(dying);
        assert_eq!(came.map_err(|came| came.iter().count()), Err(1));
        assert!(slots.release(dying).is_ok());
        assert!(slots.post(dying, signal()).is_err());
    }

    #[test]
    fn the_first_signal_wakes_and_the_order_is_kept() {
        let slots = Slots::new(true);
        let (waits, sender) = (slots.claim(), slots.claim());
        let signal = |number| Post::plain(sender, Signal::Link, number, Term::NIL);
        let slot = slots.get(waits.slot).expect("claimed");
        assert!(slot.park() && !slot.park());
        assert_eq!(slots.post(waits, signal(1)).ok(), Some(true));
        assert_eq!(slots.post(waits, signal(2)).ok(), Some(false));
        assert!(slot.has_mail() && !slot.park());
        let mut mail = slot.take_mail();
        let numbers = std::iter::from_fn(|| Some(mail.pop()?.envelope().1));
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 2]);
        assert!(!slot.has_mail() && slot.take_mail().is_empty());
    }
}
