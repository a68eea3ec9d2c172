//! Mailboxes against a list of messages.

use super::{Mailbox, Pool, Post, Queue, Signal};
use crate::heap::Heap;
use crate::heap::gc::Roots;
use crate::term::any::{Any, references, text};
use crate::term::copy::Packer;
use crate::term::{Pid, Term};
use quickcheck::{Arbitrary, Gen, quickcheck};

const FROM: Pid = Pid { serial: 0, slot: 1 };

fn message(any: &Any) -> Post {
    let heap = &mut Heap::new(10);
    let term = any.build(heap);
    Post::new(&mut Packer::default(), heap, FROM, Signal::Message, 0, term)
}

/// Looks at the next message, with as much room as that takes.
fn look(mailbox: &mut Mailbox, heap: &mut Heap) -> Option<Term> {
    let words = mailbox.words_ahead()?;
    if heap.room() < words {
        heap.collect(&mut Looked(mailbox), words, false, false);
    }
    mailbox.look(heap)
}

/// Messages looked at, as roots.
struct Looked<'m>(&'m mut Mailbox);

impl Roots for Looked<'_> {
    fn each(&mut self, see: &mut dyn FnMut(&mut [Term])) {
        self.0.each_looked(see);
    }
}

/// What happens to a mailbox.
#[derive(Clone, Debug)]
enum Step {
    Push(Any),
    Look,
    Accept,
    Rewind,
    /// Removes the message of this index.
    Remove(usize),
    Collect(bool),
    /// Marks the end.
    Mark,
    /// Skips what lies before the mark.
    Skip,
    /// Looks at the next message if it need not be moved.
    LookAgain,
}

impl Arbitrary for Step {
    fn arbitrary(g: &mut Gen) -> Step {
        match u8::arbitrary(g) % 13 {
            0..=2 => Step::Push(Any::arbitrary(g)),
            3..=5 => Step::Look,
            6 => Step::Accept,
            7 => Step::Rewind,
            8 => Step::Remove(usize::arbitrary(g) % 4),
            9 => Step::Mark,
            10 => Step::Skip,
            11 => Step::LookAgain,
            _ => Step::Collect(bool::arbitrary(g)),
        }
    }
}

quickcheck! {
    fn a_mailbox_is_a_list_with_a_cursor(steps: Vec<Step>) -> bool {
        let mut heap = Heap::new(24);
        let mut mailbox = Mailbox::default();
        // The texts of the messages, how many the current receive has looked at or skipped, how many
        // of these it has skipped, and how many lie before the mark.
        let (mut model, mut seen, mut skipped, mut marked) = (Vec::<String>::new(), 0, 0, 0);
        for step in steps {
            match step {
                Step::Push(any) => {
                    let scratch = &mut Heap::new(10);
                    model.push(text(any.build(scratch)));
                    mailbox.push(message(&any));
                }
                Step::Look => {
                    let looked = look(&mut mailbox, &mut heap).map(text);
                    assert_eq!(looked.as_ref(), model.get(seen));
                    seen += usize::from(looked.is_some());
                }
                Step::Accept => {
                    mailbox.accept(&mut Pool::default());
                    if seen > skipped {
                        model.remove(seen - 1);
                        marked -= usize::from(seen <= marked);
                        (seen, skipped) = (0, 0);
                    }
                }
                Step::Rewind => {
                    mailbox.rewind();
                    (seen, skipped) = (0, 0);
                }
                Step::Remove(index) => {
                    let mut left = index + 1;
                    let removed = mailbox.remove(|_| {
                        left -= 1;
                        left == 0
                    });
                    assert_eq!(removed, index < model.len());
                    if removed {
                        model.remove(index);
                        for count in [&mut seen, &mut skipped, &mut marked] {
                            *count -= usize::from(index < *count);
                        }
                    }
                }
                Step::Mark => {
                    mailbox.mark();
                    marked = model.len();
                }
                Step::Skip => {
                    mailbox.skip_to_mark();
                    if seen == skipped {
                        (seen, skipped) = (marked, marked);
                    }
                }
                Step::LookAgain => {
                    if let Some(term) = mailbox.look_again() {
                        assert_eq!(Some(text(term)).as_ref(), model.get(seen));
                        seen += 1;
                    }
                }
                Step::Collect(full) => {
                    heap.collect(&mut Looked(&mut mailbox), 10, false, full);
                }
            }
            assert_eq!(mailbox.len(), model.len());
            assert_eq!(mailbox.is_empty(), model.is_empty());
            assert_eq!(mailbox.has_unseen(), seen < model.len());
            assert!(mailbox.terms().map(text).eq(model.iter().cloned()));
        }
        let copies = mailbox.copies(&mut heap);
        drop(mailbox);
        copies.into_iter().map(text).eq(model)
    }

    fn a_message_is_its_term_in_one_piece(any: Any) -> bool {
        let heap = &mut Heap::new(10);
        let term = any.build(heap);
        let before = text(term);
        let post = Post::new(&mut Packer::default(), heap, FROM, Signal::Message, 0, term);
        let other = &mut Heap::new(10);
        let copy = post.unpack(other);
        *heap = Heap::new(10);
        text(copy) == before
    }
}

#[test]
fn a_message_in_the_middle_is_taken() {
    let mut heap = Heap::new(24);
    let mut mailbox = Mailbox::default();
    for n in 1..=4 {
        mailbox.push(Post::plain(FROM, Signal::Message, 0, Term::small(n)));
    }
    let looked: Vec<_> = (0..2).map(|_| look(&mut mailbox, &mut heap)).collect();
    assert_eq!(looked, [Some(Term::small(1)), Some(Term::small(2))]);
    mailbox.accept(&mut Pool::default());
    assert_eq!(mailbox.terms().collect::<Vec<_>>(), [1, 3, 4].map(Term::small));
    // The next receive begins with the first again, and goes to the end.
    let looked: Vec<_> = (0..4).map(|_| look(&mut mailbox, &mut heap)).collect();
    assert_eq!(looked[..3], [1, 3, 4].map(|n| Some(Term::small(n))));
    assert_eq!(looked[3], None);
    mailbox.accept(&mut Pool::default());
    // The last is gone: the next comes behind what is the last now.
    mailbox.push(Post::plain(FROM, Signal::Message, 0, Term::small(5)));
    assert_eq!(mailbox.terms().collect::<Vec<_>>(), [1, 3, 5].map(Term::small));
}

#[test]
fn removing_leaves_the_cursor_behind_the_same_messages() {
    let mut heap = Heap::new(24);
    let mut mailbox = Mailbox::default();
    for n in 1..=4 {
        mailbox.push(Post::plain(FROM, Signal::Message, 0, Term::small(n)));
    }
    look(&mut mailbox, &mut heap);
    look(&mut mailbox, &mut heap);
    assert!(mailbox.remove(|term| term == Term::small(2)));
    assert!(!mailbox.remove(|term| term == Term::small(2)));
    assert_eq!(look(&mut mailbox, &mut heap), Some(Term::small(3)));
    assert!(mailbox.remove(|term| term == Term::small(1)));
    mailbox.accept(&mut Pool::default());
    assert_eq!(mailbox.terms().collect::<Vec<_>>(), [Term::small(4)]);
    assert!(mailbox.remove(|_| true));
    assert!(mailbox.is_empty() && !mailbox.has_unseen());
    mailbox.push(Post::plain(FROM, Signal::Message, 0, Term::small(5)));
    assert_eq!(look(&mut mailbox, &mut heap), Some(Term::small(5)));
}

#[test]
fn bytes_outside_are_counted_once_for_each_message() {
    let mut sender = Heap::new(24);
    let kept = sender.binary(&[1; 200]);
    let post = |packer: &mut Packer| Post::new(packer, &sender, FROM, Signal::Message, 0, kept);
    let packer = &mut Packer::default();
    let mut heap = Heap::new(24);
    let mut mailbox = Mailbox::default();
    let mut queue = Queue::default();
    for _ in 0..3 {
        queue.push(post(packer));
    }
    assert_eq!(references(kept), 4);
    // One is dropped on its way, one with the mailbox before it was looked at, one from the heap.
    drop(queue.pop());
    assert_eq!(references(kept), 3);
    while let Some(post) = queue.pop() {
        mailbox.push(post);
    }
    look(&mut mailbox, &mut heap);
    assert_eq!(references(kept), 3);
    mailbox.accept(&mut Pool::default());
    assert_eq!(references(kept), 3);
    heap.collect(&mut Looked(&mut mailbox), 0, false, false);
    assert_eq!(references(kept), 2);
    drop(mailbox);
    assert_eq!(references(kept), 1);
    let mut queue = Queue::default();
    queue.push(post(packer));
    queue.push(post(packer));
    let taken = queue.take();
    assert!(queue.is_empty());
    assert_eq!(taken.iter().count(), 2);
    drop(taken);
    assert_eq!(references(kept), 1);
}

#[test]
fn looked_messages_survive_collections() {
    let mut heap = Heap::new(24);
    let mut mailbox = Mailbox::default();
    let any = Any::Tuple(vec![Any::Int(1 << 100), Any::Bits(vec![3; 100], 1, 2), Any::Nil]);
    mailbox.push(message(&any));
    mailbox.push(message(&any));
    let before = text(look(&mut mailbox, &mut heap).expect("a message"));
    for full in [false, true, false] {
        heap.collect(&mut Looked(&mut mailbox), 0, false, full);
        assert!(mailbox.terms().all(|term| text(term) == before));
    }
    drop(heap);
    assert_eq!(mailbox.len(), 2);
}
