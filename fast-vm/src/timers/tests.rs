//! Timers against a sorted list.

use super::{Alarm, Key, TICK, Timer, Wheel};
use crate::heap::Heap;
use crate::mailbox::{Post, Signal};
use crate::term::copy::Packer;
use crate::term::{Pid, Ref, Term};
use quickcheck::{Arbitrary, Gen, quickcheck};

const OWNER: Pid = Pid { serial: 0, slot: 1 };

/// How many processes there are messages for, in turn.
const DESTINATIONS: u32 = 3;

fn destination(number: u32) -> Pid {
    Pid { serial: 0, slot: number % DESTINATIONS }
}

/// What happens to timers.
#[derive(Clone, Debug)]
enum Step {
    /// One is started that is due after so many nanoseconds; with a message or without.
    Start(u64, bool),
    /// The one started as so many before is cancelled, if it runs.
    Cancel(usize),
    /// So many nanoseconds pass.
    Pass(u64),
    /// The process in that slot ends.
    End(u32),
}

impl Arbitrary for Step {
    fn arbitrary(g: &mut Gen) -> Step {
        // From less than a tick to all levels.
        let time = |g: &mut Gen| u64::arbitrary(g) >> (u32::arbitrary(g) % 64);
        match u8::arbitrary(g) % 9 {
            0..=3 => Step::Start(time(g), bool::arbitrary(g)),
            4..=5 => Step::Cancel(usize::arbitrary(g) % 16),
            6 => Step::Pass(time(g) >> 8),
            7 => Step::End(u32::arbitrary(g) % DESTINATIONS),
            _ => Step::Pass(u64::arbitrary(g) % (3 << TICK)),
        }
    }
}

fn alarm(number: u32, message: bool) -> Alarm {
    if !message {
        return Alarm::Receive(OWNER);
    }
    let heap = &Heap::new(0);
    let term = Term::small(i64::from(number));
    let post = Post::new(&mut Packer::default(), heap, OWNER, Signal::Message, 0, term);
    let reference = Ref { creator: OWNER, number: u64::from(number) };
    Alarm::Message(Box::new(Timer { reference, number, to: Term::pid(destination(number)), post }))
}

quickcheck! {
    fn timers_are_a_sorted_list(steps: Vec<Step>) -> bool {
        let (mut wheel, mut now, mut started) = (Wheel::default(), 0_u64, 0);
        // The numbers of those with a message.
        let mut messages: Vec<u32> = Vec::new();
        // Due time, order and key.
        let mut list: Vec<(u64, u32, Key)> = Vec::new();
        for step in steps {
            match step {
                Step::Start(after, message) => {
                    let due = now.saturating_add(after);
                    let key = wheel.insert(due, alarm(started, message));
                    let found = wheel.find(Ref { creator: OWNER, number: u64::from(started) });
                    messages.extend(message.then_some(started));
                    assert_eq!(found, message.then_some((key, due)));
                    list.push((due, started, key));
                    started += 1;
                }
                Step::Cancel(nth) => {
                    let Some((_, number, key)) = list.get(nth).copied() else { continue };
                    list.remove(nth);
                    assert!(wheel.cancel(key).is_some() && wheel.cancel(key).is_none());
                    assert!(wheel.find(Ref { creator: OWNER, number: u64::from(number) }).is_none());
                }
                Step::End(slot) => {
                    wheel.remove_towards(Pid { serial: 0, slot });
                    let message = |key: &Key| wheel.find_entry(*key).is_none();
                    let ended = |number: u32| destination(number).slot == slot;
                    assert!(list.iter().all(|(_, number, key)| ended(*number) || !message(key)));
                    list.retain(|(_, number, key)| {
                        let started = messages.contains(number) && ended(*number);
                        assert_eq!(started, message(key));
                        !started
                    });
                }
                Step::Pass(time) => {
                    now = now.saturating_add(time);
                    let fired: Vec<Key> =
                        wheel.take_due(now).into_iter().map(|(key, _)| key).collect();
                    list.sort_by_key(|(due, order, _)| (*due, *order));
                    let due = list.partition_point(|(due, ..)| *due <= now);
                    let expected: Vec<Key> = list.drain(..due).map(|(.., key)| key).collect();
                    assert_eq!(fired, expected);
                }
            }
            let first = list.iter().map(|(due, ..)| *due).min();
            assert_eq!(wheel.next_due().is_some(), first.is_some());
            assert!(wheel.next_due() <= first);
            assert_eq!((wheel.running, wheel.iter().count()), (list.len(), list.len()));
        }
        true
    }
}

/// Who sleeps until the time that is told comes to the next timer, however far it is, soon.
#[test]
fn sleeping_until_the_next_due_time_gets_there() {
    for due in [1, 1 << TICK, 12_345_678_901, u64::MAX >> 1, u64::MAX] {
        let mut wheel = Wheel::default();
        wheel.insert(due, alarm(0, false));
        let mut naps = 0;
        let fired = loop {
            naps += 1;
            let next = wheel.next_due().expect("a timer runs");
            let fired = wheel.take_due(next);
            if !fired.is_empty() {
                break next;
            }
        };
        assert_eq!(fired, due);
        assert!(naps <= super::LEVELS + 1, "{naps}");
    }
}
