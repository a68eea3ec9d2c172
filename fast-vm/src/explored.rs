//! Slots and the bell in every order of steps that two or three threads can take, by loom: with
//! `cargo xtask loom`. What is claimed of them is in `slots` and `crew`.

use crate::crew::{Bell, Hope, Woken};
use crate::mailbox::{Post, Signal};
use crate::process::Process;
use crate::slots::Slot;
use crate::term::{Pid, Term};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

const RECEIVER: Pid = Pid { serial: 0, slot: 0 };

fn signal(number: u64) -> Post {
    let sender = Pid { serial: 0, slot: 1 };
    Post::plain(sender, Signal::Link, number, Term::NIL)
}

fn open(serial: u32) -> Arc<Slot> {
    let slot = Slot::default();
    slot.open(serial);
    Arc::new(slot)
}

/// A sender of these signals, that queues the process when it is told to.
fn sender(
    slot: &Arc<Slot>,
    queued: &Arc<AtomicUsize>,
    numbers: &'static [u64],
) -> thread::JoinHandle<()> {
    let (slot, queued) = (slot.clone(), queued.clone());
    thread::spawn(move || {
        for number in numbers {
            if slot.post(0, signal(*number)).expect("the process lives") {
                queued.fetch_add(1, Ordering::AcqRel);
            }
        }
    })
}

/// Whoever waits for signals is queued once for each time it parks, finds its process in the slot,
/// misses none and gets those of a sender in order.
fn receive(senders: &'static [&'static [u64]]) {
    loom::model(move || {
        let (slot, queued) = (open(0), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> =
            senders.iter().map(|numbers| sender(&slot, &queued, numbers)).collect();
        let mut process = Box::new(Process::new(RECEIVER, std::ptr::null(), RECEIVER));
        let (mut seen, all) = (Vec::new(), senders.iter().map(|numbers| numbers.len()).sum());
        while seen.len() < all {
            if slot.has_mail() {
                let mut mail = slot.take_mail();
                seen.extend(std::iter::from_fn(|| Some(mail.pop()?.envelope().1)));
                continue;
            }
            slot.put(process);
            if slot.park() {
                while queued.load(Ordering::Acquire) == 0 {
                    thread::yield_now();
                }
                assert_eq!(queued.swap(0, Ordering::AcqRel), 1);
            }
            process = slot.take().expect("who takes a slot out of a queue finds its process");
        }
        threads.into_iter().for_each(|thread| thread.join().expect("a sender does not panic"));
        assert_eq!(queued.load(Ordering::Acquire), 0);
        for numbers in senders {
            let of: Vec<u64> = seen.iter().filter(|n| numbers.contains(n)).copied().collect();
            assert_eq!(of, *numbers);
        }
    });
}

#[test]
fn signals_of_a_sender_come_in_order() {
    receive(&[&[1, 2]]);
}

#[test]
fn the_first_of_two_senders_wakes() {
    receive(&[&[1], &[2]]);
}

/// Every signal to a process that ends is given back, found by who ends it, or by the next process
/// in the slot, which sees that it is not for it.
#[test]
fn no_signal_to_the_ending_is_lost() {
    loom::model(|| {
        let slot = open(0);
        let senders: Vec<_> = (0..2)
            .map(|number| {
                let slot = slot.clone();
                thread::spawn(move || usize::from(slot.post(0, signal(number)).is_err()))
            })
            .collect();
        assert!(slot.begin_end(0) && !slot.is_alive(0));
        let mut found = 0;
        let next = loop {
            match slot.release(0) {
                Ok(next) => break next,
                Err(mut mail) => found += std::iter::from_fn(|| mail.pop()).count(),
            }
        };
        slot.open(next);
        let back: usize = senders.into_iter().map(|s| s.join().expect("no panic")).sum();
        let mut mail = slot.take_mail();
        let strange = std::iter::from_fn(|| mail.pop()).filter(|post| post.serial() != next);
        assert_eq!(back + found + strange.count(), 2);
    });
}

/// Sleeps as a scheduler of `count` does that has no timers.
fn sleep(bell: &Bell, count: usize, work: &AtomicUsize) -> Woken {
    let has_work = || work.load(Ordering::Acquire) > 0;
    bell.sleep(count, &|| false, &has_work, &|| Hope::None)
}

/// Who works until nothing can happen any more.
fn work(bell: &Bell, work: &AtomicUsize) {
    while sleep(bell, 2, work) == Woken::Work {
        let _ = work.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1));
    }
}

#[test]
fn work_that_comes_wakes_who_sleeps() {
    loom::model(|| {
        let (bell, work) = (Arc::new(Bell::default()), Arc::new(AtomicUsize::new(0)));
        let sleeper = {
            let (bell, work) = (bell.clone(), work.clone());
            thread::spawn(move || assert_eq!(sleep(&bell, 2, &work), Woken::Work))
        };
        work.store(1, Ordering::Release);
        bell.ring();
        sleeper.join().expect("the sleeper is woken");
    });
}

#[test]
fn all_is_over_when_all_sleep_and_the_work_is_done() {
    loom::model(|| {
        let (bell, left) = (Arc::new(Bell::default()), Arc::new(AtomicUsize::new(0)));
        let other = {
            let (bell, left) = (bell.clone(), left.clone());
            thread::spawn(move || work(&bell, &left))
        };
        left.store(1, Ordering::Release);
        bell.ring();
        work(&bell, &left);
        other.join().expect("both come to an end");
        assert_eq!(left.load(Ordering::Acquire), 0);
    });
}

/// What a reader brings is work before it is no hope any more (`readers`).
#[test]
fn an_answer_from_outside_is_not_missed() {
    loom::model(|| {
        let bell = Arc::new(Bell::default());
        let (injected, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(1)));
        let reader = {
            let (bell, injected, requests) = (bell.clone(), injected.clone(), requests.clone());
            thread::spawn(move || {
                injected.store(1, Ordering::Release);
                bell.ring();
                requests.store(0, Ordering::Release);
                bell.ring();
            })
        };
        let hope = || match requests.load(Ordering::Acquire) {
            0 => Hope::None,
            _ => Hope::World,
        };
        let woken = bell.sleep(1, &|| false, &|| injected.load(Ordering::Acquire) > 0, &hope);
        assert_eq!(woken, Woken::Work);
        reader.join().expect("the reader does not panic");
    });
}
